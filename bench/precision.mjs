// node bench/precision.mjs RUN … [--shared ../shared/data] [--rounds 3] [--threads 2] — what does bf16 do to the answers, and to the time?
//
// For each run folder: the held-out MultiLoc proteins of its own split, in f32 and in bf16 on the same weights, interleaved. Accuracy of both, proteins
// whose compartment differs, and the largest difference of a probability. Faster only where the processor multiplies bf16 (`subloc devices` says so).
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { cpuInfo, heldOutRecords, loadModel, predictAll, readDataset } from 'subloc-native'

const { values: options, positionals: runs } = parseArgs({
	allowPositionals: true,
	options: {
		shared: { type: 'string', default: '../shared/data' },
		rounds: { type: 'string', default: '3' },
		threads: { type: 'string', default: '2' },
	},
})
const [rounds, threads] = [options.rounds, options.threads].map(Number)
const dataset = await readDataset(join(options.shared, 'multiloc'))
const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

const { isa, bf16 } = cpuInfo()
const how = bf16 ? 'multiplies bf16 itself' : 'has no products of bf16: rounded values in f32'
console.log(`${isa[0]}, which ${how}; ${threads} threads, ${rounds} rounds\n`)
console.log(
	'| run | held-out proteins | accuracy f32 | bf16 | other compartment | largest difference of a probability | s f32 | s bf16 |',
)
console.log(`|${' --- |'.repeat(8)}`)
for (const run of runs) {
	const model = await loadModel(run)
	const records = await heldOutRecords(model, dataset)
	const profiles = model.readsProfiles ? join(options.shared, 'profiles') : undefined
	const [answers, times] = [{}, { f32: [], bf16: [] }]
	for (let round = 0; round < rounds; round++) {
		for (const precision of ['f32', 'bf16']) {
			const began = performance.now()
			answers[precision] = await predictAll(model, records, { precision, threads, profiles, backend: 'cpu' })
			times[precision].push((performance.now() - began) / 1000)
		}
	}
	const { f32, bf16 } = answers
	const right = (predictions) => predictions.filter((p, at) => p.compartment === records[at].class).length
	const other = f32.filter((p, at) => p.compartment !== bf16[at].compartment).length
	const gap = (p, at) => Math.max(...model.classes.map((c) => Math.abs(p.probabilities[c] - bf16[at].probabilities[c])))
	const cells = [
		...[basename(run), records.length],
		...[f32, bf16].map((predictions) => `${(right(predictions) / records.length).toFixed(4)} (${right(predictions)})`),
		...[other, Math.max(...f32.map(gap)).toFixed(4)],
		...[times.f32, times.bf16].map((seconds) => middle(seconds).toFixed(2)),
	]
	console.log(`| ${cells.join(' | ')} |`)
	model.close()
}
