// node bench/proteome.mjs [--proteins 20000] [--rounds 3] [--threads 2] — how many proteins a second does `subloc predict` do, from FASTA to TSV?
//
// A synthetic proteome (seeded; lengths drawn from 60 to 900 residues), one model and an ensemble of ten at H = 64 (their weights do not matter to the
// time). Times are those of whole processes, so start-up and reading count. Also the start-up alone: one protein, against `node -e 0`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { syntheticDataset, train } from 'subloc-native'

const { values: options } = parseArgs({
	options: {
		proteins: { type: 'string', default: '20000' },
		rounds: { type: 'string', default: '3' },
		threads: { type: 'string', default: '2' },
	},
})
const [proteins, rounds] = [options.proteins, options.rounds].map(Number)
const home = mkdtempSync(join(tmpdir(), 'subloc-bench-'))
const { records } = syntheticDataset({ seed: 1, perClass: Math.ceil(proteins / 8), length: [60, 900] })
const fasta = (some) => some.map(({ id, sequence }) => `>${id}\n${sequence}\n`).join('')
writeFileSync(join(home, 'proteome.fasta'), fasta(records.slice(0, proteins)))
writeFileSync(join(home, 'one.fasta'), fasta(records.slice(0, 1)))
const small = syntheticDataset({ seed: 2, perClass: 3, length: [30, 40] })
for (const members of [1, 10]) {
	const model = await train(small, { preset: 'quick', epochs: 1, members })
	await model.save(join(home, `model${members}`))
	model.close()
}

function run(args) {
	const began = performance.now()
	const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
	if (status !== 0) throw new Error(stderr)
	return (performance.now() - began) / 1000
}
const predict = (input, members) =>
	run([
		...['dist/cli/main.js', 'predict', join(home, input), '--model', join(home, `model${members}`)],
		...['-o', join(home, 'out.tsv'), '--threads', options.threads, '--quiet'],
	])

const sides = {
	'node -e 0': () => run(['-e', '0']),
	'one protein, one model': () => predict('one.fasta', 1),
	[`${proteins} proteins, one model`]: () => predict('proteome.fasta', 1),
	[`${proteins} proteins, ten models`]: () => predict('proteome.fasta', 10),
}
const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]))
for (let round = 0; round <= rounds; round++) {
	for (const [name, side] of Object.entries(sides)) {
		const seconds = side()
		if (round > 0) times[name].push(seconds) // the first round warms the page cache
	}
}
rmSync(home, { recursive: true })
console.log(
	`${options.threads} threads, ${rounds} rounds; seconds, median (range)\n\n| what | seconds | proteins a second |\n| --- | --- | --- |`,
)
for (const [name, seconds] of Object.entries(times)) {
	const sorted = seconds.toSorted((a, b) => a - b)
	const middle = sorted[Math.floor(sorted.length / 2)]
	const rate = name.startsWith(`${proteins} `) ? Math.round(proteins / middle) : ''
	console.log(`| ${name} | ${middle.toFixed(2)} (${sorted[0].toFixed(2)}–${sorted.at(-1).toFixed(2)}) | ${rate} |`)
}
