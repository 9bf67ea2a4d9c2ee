// node bench/pytorch.mjs [--python .venv/bin/python] [--shared ../shared/data] [--hidden 64,128,200] [--kinds r-lstm,a-lstm] [--proteins 640] [--rounds 3] [--threads 2]
//
// How long do an epoch and a prediction take, against the same network in PyTorch, and a prediction in onnxruntime, on the same cores? (Set up with
// bench/peers/setup.sh.)
//
// Sides are interleaved, one round after the other; the table has the median of the rounds and their range, and ratios of medians of this one run.
// PyTorch stays loaded between rounds and has run each form once before. Real MultiLoc proteins, every n-th of the set; 40 features, batches of 64,
// f32, dropout 0.5 three times, Adam, clipping; denormals flushed on both sides. The forms of PyTorch are described in bench/peers/pytorch.py, the graph
// of onnxruntime in bench/peers/onnx_runtime.py. The ceiling is what a side would gain that ran at the speed of torch.matmul: that peak over the GFLOP/s that
// PyTorch's best form reaches, counting the products of the LSTM on real residues alone (three times the forward ones for training).
import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { applyCut, cpuInfo, makeDataset, middleCut, predictAll, readDataset, train } from 'subloc-native'

const { values: options } = parseArgs({
	options: {
		python: { type: 'string', default: '.venv/bin/python' },
		shared: { type: 'string', default: '../shared/data' },
		hidden: { type: 'string', default: '64,128,200' },
		kinds: { type: 'string', default: 'r-lstm,a-lstm' },
		proteins: { type: 'string', default: '640' },
		rounds: { type: 'string', default: '3' },
		threads: { type: 'string', default: '2' },
	},
})
const [rounds, threads, proteins] = [options.rounds, options.threads, options.proteins].map(Number)

const all = await readDataset(join(options.shared, 'multiloc'))
const every = all.records.length / proteins
const records = Array.from({ length: proteins }, (_, at) => all.records[Math.floor(at * every)])
const dataset = makeDataset(records, { source: 'bench' })
const file = join(mkdtempSync(join(tmpdir(), 'subloc-bench-')), 'proteins.tsv')
const cut = (sequence) => applyCut(sequence, middleCut(sequence.length, 1000))
writeFileSync(file, records.map((r) => `${dataset.classes.indexOf(r.class)}\t${cut(r.sequence)}\n`).join(''))

const peers = []
/** A program that answers each line with one, and stays warm between. */
function startPeer(script) {
	const peer = spawn(options.python, [join(import.meta.dirname, 'peers', script)], {
		stdio: ['pipe', 'pipe', 'inherit'],
	})
	const answers = createInterface(peer.stdout)[Symbol.asyncIterator]()
	peers.push(peer)
	return async (command) => {
		peer.stdin.write(`${JSON.stringify(command)}\n`)
		const { value, done } = await answers.next()
		if (done) throw new Error(`${script} has ended`)
		return JSON.parse(value)
	}
}
const pytorch = startPeer('pytorch.py')
const onnx = startPeer('onnx_runtime.py')

async function ours(model, hidden, bucketBatches) {
	const run = train(dataset, {
		...{ preset: 'quick', model, hidden, bucketBatches, threads, epochs: 1, testFraction: 0, backend: 'cpu' },
	})
	let seconds = 0
	for await (const epoch of run) seconds = epoch.seconds
	return { seconds, model: await run }
}

const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const told = (values) =>
	`${middle(values).toFixed(2)} (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`

const residues = records.reduce((sum, { sequence }) => sum + cut(sequence).length, 0)
/** Operations of the LSTM's products, both directions, forward. */
const flops = (hidden) => 2 * 2 * 4 * hidden * (60 + hidden) * residues
const { bf16 } = cpuInfo()

const { gflops } = await pytorch({ do: 'peak', size: 1024, threads })
console.log(
	`${proteins} proteins, ${threads} threads, ${rounds} rounds; seconds, median (range). torch.matmul 1024³: ${gflops.toFixed(0)} GFLOP/s\n`,
)
console.log(
	'| network | work | ours, random batches | ours, by length | PyTorch ordinary | PyTorch best | best ÷ ours by length | ordinary ÷ ours random | ceiling |',
)
console.log(`|${' --- |'.repeat(9)}`)
for (const kind of options.kinds.split(',')) {
	for (const hidden of options.hidden.split(',').map(Number)) {
		await pytorch({ do: 'open', sequences: file, kind, hidden, threads })
		await onnx({ do: 'open', sequences: file, kind, hidden, threads })
		await onnx({ do: 'predict', form: 'best' })
		for (const form of ['ordinary', 'best']) await pytorch({ do: 'train', form, batches: 1 })
		for (const form of ['ordinary', 'best', ...(bf16 ? ['bf16'] : [])]) await pytorch({ do: 'predict', form })
		const times = { random: [], sorted: [], ordinary: [], best: [] }
		const predictions = { ours: [], ordinary: [], best: [], onnx: [], oursBf16: [], bf16: [] }
		for (let round = 0; round < rounds; round++) {
			times.random.push((await ours(kind, hidden, 1)).seconds)
			times.ordinary.push((await pytorch({ do: 'train', form: 'ordinary', seed: round })).seconds)
			const { seconds, model } = await ours(kind, hidden, 1000)
			times.sorted.push(seconds)
			times.best.push((await pytorch({ do: 'train', form: 'best', seed: round })).seconds)
			const predicted = async (precision) => {
				const began = performance.now()
				await predictAll(model, records, { threads, precision, backend: 'cpu' })
				return (performance.now() - began) / 1000
			}
			predictions.ours.push(await predicted('f32'))
			predictions.onnx.push((await onnx({ do: 'predict', form: 'best' })).seconds)
			if (bf16) {
				predictions.oursBf16.push(await predicted('bf16'))
				predictions.bf16.push((await pytorch({ do: 'predict', form: 'bf16' })).seconds)
			}
			predictions.best.push((await pytorch({ do: 'predict', form: 'best' })).seconds)
			predictions.ordinary.push((await pytorch({ do: 'predict', form: 'ordinary' })).seconds)
			model.close()
		}
		const ratio = (a, b) => `${(middle(a) / middle(b)).toFixed(1)}×`
		const ceiling = (seconds, operations) => `${((gflops * 1e9) / (operations / middle(seconds))).toFixed(1)}×`
		const { random, sorted, ordinary, best } = times
		const name = `${kind} H ${hidden}`
		const row = (cells) => console.log(`| ${cells.join(' | ')} |`)
		row([
			name,
			'training epoch',
			...[random, sorted, ordinary, best].map(told),
			ratio(best, sorted),
			ratio(ordinary, random),
			ceiling(best, 3 * flops(hidden)),
		])
		const p = predictions
		row([
			name,
			'prediction',
			'',
			told(p.ours),
			told(p.ordinary),
			told(p.best),
			ratio(p.best, p.ours),
			`${ratio(p.ordinary, p.ours)} (by length)`,
			ceiling(p.best, flops(hidden)),
		])
		row([
			name,
			'prediction, onnxruntime',
			'',
			told(p.ours),
			'',
			told(p.onnx),
			ratio(p.onnx, p.ours),
			'',
			ceiling(p.onnx, flops(hidden)),
		])
		if (bf16) {
			row([
				name,
				'prediction, bf16 against f32',
				'',
				told(p.oursBf16),
				'',
				told(p.best),
				ratio(p.best, p.oursBf16),
				'',
				'',
			])
			row([name, 'prediction, both in bf16', '', told(p.oursBf16), '', told(p.bf16), ratio(p.bf16, p.oursBf16), '', ''])
		}
	}
}
for (const peer of peers) peer.stdin.end()
