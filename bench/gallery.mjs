// node bench/gallery.mjs R-LSTM-RUN A-LSTM-RUN DATA OUT — the pictures of docs/gallery.md that come from a model of real proteins.
//
// Held-out proteins of both runs (which must have the same split). No sequence, and no table of proteins, is in the pictures: hits and ids are left out.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as subloc from 'subloc-native'

const [forLast, forContext, data, out] = process.argv.slice(2)
const [last, context] = [await subloc.loadModel(forLast), await subloc.loadModel(forContext)]
const dataset = await subloc.readDataset(data)
const records = await subloc.heldOutRecords(context, dataset)
const on = `${records.length} held-out proteins, stratified split`
const { classes } = context
const draw = (name, svg) => writeFileSync(join(out, `multiloc-${name}.svg`), svg)

const predictions = await subloc.predictAll(context, records, { attention: true, threads: 2 })
const evaluation = subloc.evaluatePredictions(records, predictions, classes, on)
const subtitle = `A-LSTM, accuracy ${(100 * evaluation.accuracy).toFixed(1)} % on ${on}`
draw('confusion', subloc.confusionFigure(evaluation, { title: 'Where proteins were predicted', subtitle }))
draw('classes', await subloc.classesFigure(evaluation, { title: 'Sensitivity and precision of each class', subtitle }))
draw(
	'curves',
	await subloc.curvesFigure(context.training.history, {
		title: 'Learning curves',
		subtitle: 'A-LSTM, mean and range of two networks',
	}),
)
const calibration = subloc.calibration(
	predictions.map(({ probability }) => probability),
	predictions.map(({ compartment }, row) => compartment === records[row].class),
)
draw('reliability', await subloc.reliabilityFigure(calibration, { title: 'Reliability', subtitle: 'A-LSTM' }))

const rows = predictions.map(({ id, attention }, row) => ({
	id,
	class: records[row].class,
	weights: attention.weights,
}))
const map = subloc.attentionMap(rows, classes, context.info.maxResidues)
draw(
	'attention-map',
	subloc.attentionMapFigure(map, {
		title: 'Where the model looks',
		subtitle: `α of ${on}; rows by true class, shortest first`,
	}),
)

const tracks = classes.flatMap((name) => {
	const right = [...predictions.keys()].filter(
		(row) => records[row].class === name && predictions[row].compartment === name,
	)
	const [best] = right.sort((a, b) => predictions[b].probability - predictions[a].probability)
	if (best === undefined) return []
	const { attention, length, probability } = predictions[best]
	return [
		{
			id: name,
			note: `predicted so with ${(100 * probability).toFixed(0)} %`,
			length,
			annotations: records[best].annotations,
			...attention,
		},
	]
})
draw(
	'attention-tracks',
	subloc.attentionTrackFigure(tracks, { title: 'Attention along one protein of each class', scale: 'own' }),
)

const panels = []
const states = [
	await subloc.proteinStates(last, records, { threads: 2 }),
	await subloc.proteinStates(context, records, { threads: 2 }),
]
for (const [title, points, dims] of [
	['R-LSTM: forward last state', states[0].forward, states[0].hidden],
	['R-LSTM: backward last state', states[0].backward, states[0].hidden],
	['A-LSTM: context c', states[1].context, 2 * states[1].hidden],
]) {
	const { coordinates, divergence } = await subloc.mapStates(points, dims, { threads: 2 })
	console.log(`${title}: KL ${divergence.toFixed(4)} nats`)
	panels.push({
		title,
		points: records.map(({ class: name }, row) => ({
			id: '',
			class: name,
			x: coordinates[2 * row],
			y: coordinates[2 * row + 1],
		})),
	})
}
draw(
	'tsne',
	subloc.tsneFigure(panels, classes, { title: 'States of proteins', subtitle: `t-SNE, perplexity 30, ${on}` }),
)

for (const [name, model] of [
	['a', context],
	['r', last],
]) {
	const reports = await subloc.filterReports(model, records, { threads: 2, hits: 0 })
	const kind = name === 'a' ? 'A-LSTM' : 'R-LSTM'
	const order = 'ordered by the rise of the mean −ln p of the true class when the filter is silenced'
	draw(
		`filters-${name}`,
		subloc.logoSheetFigure(reports.slice(0, 12), classes, {
			title: `The twelve filters that matter most: ${kind}, seed 1`,
			subtitle: order,
		}),
	)
}
