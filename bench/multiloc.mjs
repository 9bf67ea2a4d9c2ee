// node bench/multiloc.mjs [SHARED] [RUNS] — does training on the real proteins reach what the method page's yardstick reached?
//
// Trains on all MultiLoc proteins (SHARED/multiloc, default ../shared/data), stratified 1/5 held out, and prints the learning curves, times and the
// score on MultiLoc2's independent set as Markdown, for bench/RESULTS.md. A run that is there is not trained again, one that was stopped goes on.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [shared = '../shared/data', runs = 'runs'] = process.argv.slice(2)
const data = join(shared, 'multiloc')
const YARDSTICK = ['--preset', 'quick', '--members', '2', '--seed', '1', '--threads', '2']
const TRAININGS = {
	'r-lstm': [...YARDSTICK, '--model', 'r-lstm'],
	'a-lstm': [...YARDSTICK, '--model', 'a-lstm'],
	'r-lstm-80': [
		...['--preset', 'quick', '--model', 'r-lstm', '--seed', '1', '--threads', '2', '--epochs', '10'],
		...['--blocks', 'onehot,blosum80,hsdm,profile', '--profiles', join(shared, 'profiles')],
	],
}

mkdirSync(runs, { recursive: true })
for (const [name, flags] of Object.entries(TRAININGS)) {
	const folder = join(runs, name)
	if (!existsSync(join(folder, 'DONE'))) subloc(['train', data, '-o', folder, ...flags, '--resume'])
}
const independent = join(runs, 'independent.tsv')
writeFileSync(independent, node(['scripts/multiloc2-independent.mjs', join(shared, 'multiloc2-independent')]))

for (const [name, flags] of Object.entries(TRAININGS)) {
	const folder = join(runs, name)
	const info = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))
	const curve = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trim().split('\n').map(JSON.parse)
	const seconds = info.epochSeconds.toSorted((a, b) => a - b)
	console.log(`\n### ${name}\n\n    subloc train ${data} -o ${folder} ${flags.join(' ')}\n`)
	console.log(
		`${info.rows.train} training and ${info.rows.test} test proteins, ${info.device.cpuIsa}, ${info.device.threads} threads;`,
	)
	console.log(
		`an epoch of all members with its test pass: median ${middle(seconds).toFixed(1)} s (${seconds[0].toFixed(1)}–${seconds.at(-1).toFixed(1)}).\n`,
	)
	const members = [...new Set(curve.map(({ member }) => member))]
	console.log(
		`| epoch | ${members.map((m) => `seed ${info.seeds[m - 1]}: training loss | test accuracy`).join(' | ')} |`,
	)
	console.log(`|${' --- |'.repeat(1 + 2 * members.length)}`)
	const last = Math.max(...curve.map(({ epoch }) => epoch))
	for (const epoch of new Set(curve.map(({ epoch }) => epoch))) {
		if (epoch % 5 && epoch !== 1 && epoch !== last) continue
		const cells = members.map((m) => {
			const at = curve.find((line) => line.member === m && line.epoch === epoch)
			return `${at.trainingLoss.toFixed(3)} | ${at.testAccuracy.toFixed(3)}`
		})
		console.log(`| ${epoch} | ${cells.join(' | ')} |`)
	}
	const held = JSON.parse(readFileSync(join(folder, 'evaluation.json'), 'utf8'))
	console.log(
		`\nAll members together on ${held.on}: accuracy ${held.accuracy.toFixed(3)}, macro F1 ${held.macroF1.toFixed(3)}, R_K ${held.gorodkin.toFixed(3)}.`,
	)
	const profiles = flags.includes('--profiles') ? ['--profiles', join(shared, 'profiles')] : []
	const other = JSON.parse(subloc(['evaluate', folder, independent, '--json', ...profiles]))
	const { clusters, accuracy } = other.clusters
	console.log(
		`MultiLoc2's independent set: accuracy a cluster ${accuracy.toFixed(3)} (${clusters} clusters), a protein ${other.accuracy.toFixed(3)} (${other.records}).`,
	)
}

function middle(sorted) {
	return sorted[Math.floor(sorted.length / 2)]
}

function subloc(args) {
	return node(['dist/cli/main.js', ...args])
}

function node(args) {
	const { status, stdout } = spawnSync(process.execPath, args, {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
		maxBuffer: 1 << 28,
	})
	if (status !== 0) throw new Error(`node ${args.join(' ')}: exit code ${status}`)
	return stdout
}
