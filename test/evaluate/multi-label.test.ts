import test from 'ava'
import {
	confusionMatrix,
	evaluate,
	evaluateLabels,
	evaluateMultiLabel,
	labelSetScores,
	type Prediction,
	predictAll,
	scores,
	syntheticMultiLabel,
	train,
} from 'subloc-native'
import { SMALL, smallDataset } from '../support/models.js'

test('scores of label sets, by hand', (t) => {
	// Three records, three labels: {a,b} as {a}; {c} as {c}; {} as {b}.
	const found = labelSetScores([1, 1, 0, 0, 0, 1, 0, 0, 0], [1, 0, 0, 0, 0, 1, 0, 1, 0], ['a', 'b', 'c'])
	t.is(found.records, 3)
	t.is(found.subsetAccuracy, 1 / 3)
	t.is(found.jaccard, (1 / 2 + 1 + 0) / 3)
	// tp a, c; fn b of record 1; fp b of record 3.
	t.is(found.microF1, 4 / 6)
	t.is(found.macroF1, (1 + 0 + 1) / 3)
	t.deepEqual(found.labelsPerRecord, { true: 1, predicted: 1 })
	t.deepEqual(found.perLabel[1], {
		...{ class: 'b', support: 1, predicted: 1, right: 0, sensitivity: 0, precision: 0, f1: 0 },
		// (0 · 1 − 1 · 1) / √(1 · 1 · 2 · 2)
		mcc: -1 / 2,
	})
	t.is(labelSetScores([0, 0], [0, 0], ['a', 'b']).jaccard, 1)
	t.is(labelSetScores([0, 0], [0, 0], ['a', 'b']).microF1, null)
	t.throws(() => labelSetScores([1, 0], [1], ['a', 'b']), { code: 'INVALID_OPTION' })
})

test('with one label each the scores are those of the confusion matrix', (t) => {
	const [truth, answers] = [
		[0, 1, 2, 0, 1, 2, 2, 0],
		[0, 1, 1, 0, 2, 2, 2, 1],
	]
	const sets = (labels: readonly number[]) => labels.flatMap((own) => [0, 1, 2].map((label) => Number(label === own)))
	const classes = ['a', 'b', 'c']
	const found = labelSetScores(sets(truth), sets(answers), classes)
	const expected = scores(confusionMatrix(truth, answers, 3), classes)
	// A record that counts twice is as two.
	const twice = [...truth.keys(), 0, 0]
	const repeated = (of: readonly number[]) => sets(twice.map((at) => of[at]!))
	const counts = truth.map((_, at) => (at === 0 ? 3 : 1))
	t.deepEqual(
		labelSetScores(sets(truth), sets(answers), classes, counts),
		labelSetScores(repeated(truth), repeated(answers), classes),
	)
	t.is(found.subsetAccuracy, expected.accuracy)
	t.is(found.jaccard, expected.accuracy)
	t.is(found.microF1, expected.accuracy)
	t.true(Math.abs(found.macroF1! - expected.macroF1) < 1e-12)
	for (const [label, own] of found.perLabel.entries()) {
		const { support, predicted, sensitivity, precision, f1, mcc } = expected.perClass[label]!
		t.like(own, { support, predicted, sensitivity, precision, f1 })
		t.true(Math.abs(own.mcc - mcc) < 1e-12)
	}
})

test('a model of label sets is scored by its own function, and each function refuses the other’s model', async (t) => {
	const dataset = syntheticMultiLabel({ perClass: 6, length: [20, 40] })
	const options = { ...SMALL, loss: 'multi-label', testFraction: 0, validationFraction: 0.25 } as const
	using model = await train(dataset, options)
	const found = await evaluateMultiLabel(model, dataset, { threads: 1 })
	const predictions = await predictAll(model, dataset.records, { threads: 1 })
	t.deepEqual(found, evaluateLabels(dataset.records, predictions, model.classes, dataset.source))
	const { low, high } = found.intervals!.jaccard!
	t.true(low <= found.jaccard && found.jaccard <= high && low < high)
	t.true(found.majority!.subsetAccuracy < 1 && found.majority!.jaccard >= found.majority!.subsetAccuracy)
	const wide = await evaluateMultiLabel(model, dataset, { threads: 1, bootstrap: { level: 0.5, replicates: 50 } })
	t.like(wide.intervals, { level: 0.5, replicates: 50, resampled: 'proteins' })
	const pairs = dataset.records.map((record, row) => ({ ...record, cluster: `c${row >> 1}` }))
	t.is(evaluateLabels(pairs, predictions, model.classes, 'x').intervals!.resampled, 'clusters')
	// A record that could not be predicted takes its cluster along; undefined clusters are the records' own.
	const skipped = predictions.map((own, row) =>
		row === 3 ? { ...own, status: 'skipped' as const } : own,
	) as Prediction[]
	const clusters = pairs.map(({ cluster }) => cluster)
	const given = evaluateLabels(dataset.records, skipped, model.classes, 'x', { clusters })
	t.is(given.skipped, 1)
	t.deepEqual(given.intervals, evaluateLabels(pairs, skipped, model.classes, 'x', { clusters: undefined }).intervals)
	t.is(given.intervals!.resampled, 'clusters')
	t.throws(() => evaluateLabels(pairs, predictions, model.classes, 'x', { clusters: ['c1'] }), {
		code: 'INVALID_OPTION',
	})
	const few = evaluateLabels(dataset.records.slice(0, 3), predictions.slice(0, 3), model.classes, 'x')
	t.is(few.intervals, undefined)
	const exact = dataset.records.filter((record, row) => predictions[row]!.labels!.join(';') === record.class)
	t.is(found.subsetAccuracy, exact.length / dataset.records.length)
	await t.throwsAsync(evaluate(model, dataset), { code: 'INVALID_OPTION', message: /evaluateMultiLabel/ })
	using single = await train(smallDataset(), { ...SMALL, epochs: 1 })
	await t.throwsAsync(evaluateMultiLabel(single, smallDataset()), { code: 'INVALID_OPTION', message: /multi-label/ })
	const other = [{ ...dataset.records[0]!, class: 'nuclear;Golgi' }]
	t.throws(() => evaluateLabels(other, predictions, model.classes, 'x'), { code: 'UNKNOWN_CLASS', message: /Golgi/ })
	const without: Prediction[] = predictions.map(({ labels: _, ...own }) => own)
	t.throws(() => evaluateLabels(dataset.records, without, model.classes, 'x'), { code: 'INVALID_OPTION' })
})
