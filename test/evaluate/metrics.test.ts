import test from 'ava'
import { confusionMatrix, logLoss, scores } from '../../src-ts/evaluate/metrics.js'

/** Table 2 of the paper: R-LSTM ensemble, rows true, columns predicted. */
const TABLE_2 = {
	ER: [26, 1, 0, 0, 8, 1, 0, 0, 0, 3, 0],
	Golgi: [1, 28, 0, 0, 0, 0, 0, 0, 0, 1, 0],
	chloroplast: [0, 0, 82, 3, 0, 0, 5, 0, 0, 0, 0],
	cytoplasmic: [0, 0, 1, 266, 0, 0, 3, 12, 0, 0, 0],
	extracellular: [0, 0, 0, 1, 166, 0, 0, 0, 0, 1, 0],
	lysosomal: [0, 0, 0, 0, 5, 12, 0, 0, 0, 3, 0],
	mitochondrial: [0, 0, 2, 5, 0, 0, 94, 1, 0, 0, 0],
	nuclear: [0, 0, 0, 27, 1, 0, 3, 137, 0, 0, 0],
	peroxisomal: [0, 1, 0, 10, 0, 0, 0, 1, 18, 2, 0],
	plasma_membrane: [0, 0, 0, 0, 5, 0, 1, 1, 0, 241, 0],
	vacuolar: [0, 0, 0, 0, 7, 0, 0, 0, 0, 1, 5],
}
/** Per-class MCC of the same table, method page (three decimals). */
const MCC = [0.796, 0.932, 0.933, 0.863, 0.911, 0.741, 0.895, 0.835, 0.746, 0.954, 0.618]

const close = (a: number, b: number, tolerance: number) => Math.abs(a - b) <= tolerance

test('the paper’s Table 2 has the scores that the method page gives for it', (t) => {
	const found = scores(Object.values(TABLE_2), Object.keys(TABLE_2))
	t.is(found.records, 1192)
	t.is(found.accuracy, 1075 / 1192)
	t.true(close(found.gorodkin, 0.8838, 5e-5))
	t.true(close(found.macroF1, 0.8366, 5e-5))
	t.true(close(found.balancedAccuracy, 0.7908, 5e-5))
	for (const [index, { mcc }] of found.perClass.entries())
		t.true(close(mcc, MCC[index]!, 5e-4), found.perClass[index]!.class)
})

test('scores of two classes by hand', (t) => {
	// TP 6, FN 2, FP 1, TN 3 of class a.
	const { perClass, accuracy, gorodkin } = scores(
		[
			[6, 2],
			[1, 3],
		],
		['a', 'b'],
	)
	t.is(accuracy, 9 / 12)
	t.like(perClass[0], {
		support: 8,
		predicted: 7,
		sensitivity: 6 / 8,
		specificity: 3 / 4,
		precision: 6 / 7,
		f1: 12 / 15,
	})
	const mcc = (6 * 3 - 1 * 2) / Math.sqrt(7 * 8 * 4 * 5)
	t.true(close(perClass[0]!.mcc, mcc, 1e-15))
	// With two classes R_K is the MCC.
	t.true(close(gorodkin, mcc, 1e-15))
})

test('a class that never occurs or is never predicted has no ratio and does not spoil the means', (t) => {
	const found = scores(
		[
			[3, 0, 0],
			[1, 0, 0],
			[0, 0, 0],
		],
		['a', 'b', 'c'],
	)
	t.like(found.perClass[1], { precision: null, sensitivity: 0, f1: 0, mcc: 0 })
	t.like(found.perClass[2], { sensitivity: null, precision: null, f1: null, mcc: 0 })
	t.is(found.balancedAccuracy, 0.5)
	t.is(found.gorodkin, 0)
	t.true(close(found.macroF1, (6 / 7 + 0) / 2, 1e-15))
})

test('the confusion matrix counts rows by truth', (t) => {
	t.deepEqual(confusionMatrix([0, 0, 1], [0, 1, 1], 2), [
		[1, 1],
		[0, 1],
	])
})

test('log loss by hand, with a floor under zero', (t) => {
	t.true(close(logLoss([0, 1], [0.5, 0.5, 0.25, 0.75], 2), -(Math.log(0.5) + Math.log(0.75)) / 2, 1e-15))
	t.true(close(logLoss([0], [0, 1], 2), -Math.log(1e-15), 1e-12))
})
