// node bench/memory.mjs [--shared ../shared/data] — how much memory do a training at the paper preset and the prediction of one long protein take?
//
// Each a process of its own; the largest resident size at its end. Training: all MultiLoc proteins, preset `paper` without profiles (H = 200, batch 64, one
// member), one epoch. Prediction: one random protein of 35,000 residues, nothing cut, preset `quick`.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { predictAll, readDataset, syntheticDataset, train } from 'subloc-native'

const { values: options } = parseArgs({
	options: { shared: { type: 'string', default: '../shared/data' }, child: { type: 'string' } },
})

const work = {
	'r-lstm': () => training('r-lstm'),
	'a-lstm': () => training('a-lstm'),
	'long r-lstm': () => longProtein('r-lstm'),
	'long a-lstm': () => longProtein('a-lstm'),
}

async function training(model) {
	const dataset = await readDataset(join(options.shared, 'multiloc'))
	const blocks = ['onehot', 'blosum80', 'hsdm']
	await train(dataset, { preset: 'paper', model, blocks, epochs: 1, threads: 2, backend: 'cpu' })
}

async function longProtein(kind) {
	const small = syntheticDataset({ seed: 2, perClass: 2, length: [30, 40] })
	const model = await train(small, { preset: 'quick', model: kind, epochs: 1, maxResidues: 40_000, backend: 'cpu' })
	const sequence = 'MKVLAGESTDRNHPWYFICQ'.repeat(1750)
	await predictAll(model, [{ id: 'long', sequence }], { threads: 2, backend: 'cpu' })
}

if (options.child !== undefined) {
	await work[options.child]()
	console.log(Math.round(process.resourceUsage().maxRSS / 1024))
	process.exit(0)
}

const names = {
	'r-lstm': 'R-LSTM, an epoch of MultiLoc at `paper`',
	'a-lstm': 'A-LSTM, an epoch of MultiLoc at `paper`',
	'long r-lstm': 'R-LSTM, a protein of 35,000 residues',
	'long a-lstm': 'A-LSTM, a protein of 35,000 residues',
}
console.log('| what | largest resident size, MB |\n| --- | --- |')
for (const [name, told] of Object.entries(names)) {
	const args = [import.meta.filename, '--child', name, '--shared', options.shared]
	const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
	if (status !== 0) throw new Error(stderr)
	console.log(`| ${told} | ${stdout.trim()} |`)
}
