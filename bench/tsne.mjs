// node bench/tsne.mjs RUN DATA OUT — the points that bench/tsne.py compares: our t-SNE of a model's states, and the states themselves.
//
// Writes OUT-<state>.tsv for the forward and backward last states (and the context of an A-LSTM) of the held-out proteins, and prints KL and seconds.
import { writeFileSync } from 'node:fs'
import { heldOutRecords, loadModel, mapStates, proteinStates, readDataset } from 'subloc-native'

const [run, data, out] = process.argv.slice(2)
const model = await loadModel(run)
const records = await heldOutRecords(model, await readDataset(data))
const { hidden, ...states } = await proteinStates(model, records)
for (const [name, dims] of [
	['forward', hidden],
	['backward', hidden],
	['context', 2 * hidden],
]) {
	if (!states[name]) continue
	const started = performance.now()
	const { coordinates, divergence } = await mapStates(states[name], dims, { threads: 2 })
	console.log(`${name}: KL ${divergence.toFixed(4)} nats, ${((performance.now() - started) / 1000).toFixed(1)} s`)
	const rows = records.map((_, row) => [
		...coordinates.subarray(2 * row, 2 * row + 2),
		...states[name].subarray(row * dims, (row + 1) * dims),
	])
	writeFileSync(`${out}-${name}.tsv`, rows.map((row) => `${row.join('\t')}\n`).join(''))
}
