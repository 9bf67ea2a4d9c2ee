// node bench/scaling.mjs [--rounds 3] — how does the cost grow with threads, with the length of a protein, with their number; and what does reading cost?
//
// Synthetic proteins, H = 64 (threads: also 200), on the CPU; medians of interleaved rounds. Memory is the largest resident size of a process of its own.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { predictAll, readFasta, syntheticDataset, train } from 'subloc-native'

const { values: options } = parseArgs({
	options: { rounds: { type: 'string', default: '3' }, child: { type: 'string' } },
})
const rounds = Number(options.rounds)
const ALPHABET = 'ARNDCQEGHILKMFPSTWYV'
const protein = (length, seed) =>
	Array.from({ length }, (_, at) => ALPHABET[(at * 7 + seed * 13 + ((at * seed) % 11)) % 20]).join('')
const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

async function timed(work) {
	const began = performance.now()
	await work()
	return (performance.now() - began) / 1000
}

/** Medians of interleaved rounds of some sides, after one round that warms. */
async function compare(sides) {
	const times = sides.map(() => [])
	for (let round = 0; round <= rounds; round++) {
		for (const [at, side] of sides.entries()) {
			const seconds = await side()
			if (round > 0) times[at].push(seconds)
		}
	}
	return times.map(middle)
}

const small = syntheticDataset({ seed: 2, perClass: 2, length: [30, 40] })
const model = await train(small, { preset: 'quick', epochs: 1, maxResidues: 20_000 })

if (options.child !== undefined) {
	// Predicts so many proteins of 300 residues from a generator, and tells the memory it took.
	function* proteins() {
		for (let n = 0; n < Number(options.child); n++) yield { id: `p${n}`, sequence: protein(300, n) }
	}
	const { predict } = await import('subloc-native')
	let rows = 0
	const seconds = await timed(async () => {
		for await (const _ of predict(model, proteins(), { threads: 2 })) rows += 1
	})
	console.log(JSON.stringify({ rows, seconds, megabytes: process.resourceUsage().maxRSS / 1024 }))
	process.exit(0)
}

console.log(
	'Threads: seconds an epoch of 320 synthetic proteins of 60–900 residues.\n\n| H | 1 thread | 2 threads | ratio |\n| --- | --- | --- | --- |',
)
const dataset = syntheticDataset({ seed: 1, perClass: 40, length: [60, 900] })
for (const hidden of [64, 200]) {
	const epoch = (threads) => async () => {
		let seconds = 0
		const run = train(dataset, { preset: 'quick', hidden, threads, epochs: 1, testFraction: 0 })
		for await (const report of run) seconds = report.seconds
		;(await run).close()
		return seconds
	}
	const [one, two] = await compare([epoch(1), epoch(2)])
	console.log(`| ${hidden} | ${one.toFixed(2)} | ${two.toFixed(2)} | ${(one / two).toFixed(2)}× |`)
}

console.log(
	'\nLength: prediction of 200,000 residues in proteins of one length, 2 threads (nothing is cut).\n\n| residues a protein | seconds | µs a residue |\n| --- | --- | --- |',
)
const lengths = [1, 10, 100, 300, 1000, 3000, 10_000]
const inputs = lengths.map((length) =>
	Array.from({ length: Math.round(200_000 / length) }, (_, n) => ({ id: `p${n}`, sequence: protein(length, n) })),
)
// Proteins of one residue are few: what they cost is told by the residue all the same.
inputs[0] = inputs[0].slice(0, 20_000)
const byLength = await compare(inputs.map((input) => () => timed(() => predictAll(model, input, { threads: 2 }))))
for (const [at, seconds] of byLength.entries()) {
	const residues = inputs[at].length * lengths[at]
	console.log(`| ${lengths[at]} | ${seconds.toFixed(2)} | ${((1e6 * seconds) / residues).toFixed(2)} |`)
}

console.log(
	'\nNumber: streamed prediction of proteins of 300 residues, 2 threads, a process each.\n\n| proteins | seconds | proteins a second | largest resident size, MB |\n| --- | --- | --- | --- |',
)
for (const count of [100, 1000, 10_000, 100_000]) {
	const { stdout } = spawnSync(process.execPath, [import.meta.filename, '--child', String(count)], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
	})
	const { seconds, megabytes } = JSON.parse(stdout)
	console.log(`| ${count} | ${seconds.toFixed(2)} | ${Math.round(count / seconds)} | ${megabytes.toFixed(0)} |`)
}

const home = mkdtempSync(join(tmpdir(), 'subloc-bench-'))
const text = Array.from(
	{ length: 20_000 },
	(_, n) => `>p${n} a protein\n${protein(400, n).replace(/.{60}/g, '$&\n')}\n`,
).join('')
writeFileSync(join(home, 'all.fasta'), text)
const [seconds] = await compare([
	() =>
		timed(async () => {
			for await (const _ of readFasta(join(home, 'all.fasta'))) void 0
		}),
])
rmSync(home, { recursive: true })
console.log(
	`\nReading: 20,000 proteins of 400 residues in FASTA (${(text.length / 1e6).toFixed(1)} MB): ${seconds.toFixed(2)} s, ${(text.length / 1e6 / seconds).toFixed(0)} MB/s.`,
)
