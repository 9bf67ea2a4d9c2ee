import test from 'ava'
import fc from 'fast-check'
import { abstaining, riskCoverage, thresholdFor } from '../../src-ts/evaluate/selective.js'

test('risk and coverage by hand', (t) => {
	const found = riskCoverage([0.9, 0.6, 0.8, 0.7], [true, true, false, true])
	t.deepEqual(
		found.curve.map(({ threshold, records, coverage, risk }) => [threshold, records, coverage, risk]),
		[
			[0.9, 1, 0.25, 0],
			[0.8, 2, 0.5, 0.5],
			[0.7, 3, 0.75, 1 / 3],
			[0.6, 4, 1, 0.25],
		],
	)
	t.true(Math.abs(found.aurc - (0 + 1 / 2 + 1 / 3 + 1 / 4) / 4) < 1e-15)
	// Best order: the wrong one last.
	t.true(Math.abs(found.excess - (found.aurc - 1 / 16)) < 1e-15)
	t.is(thresholdFor(found, 0.75)!.threshold, 0.6)
	t.is(thresholdFor(found, 0.9)!.threshold, 0.9)
	t.is(thresholdFor(riskCoverage([0.5], [false]), 0.5), null)
	t.deepEqual(riskCoverage([], []), { curve: [], aurc: 0, excess: 0 })
})

test('the area is the mean over every order of equals', (t) => {
	const confidences = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 6 })
	fc.assert(
		fc.property(confidences, (pairs) => {
			const [confidence, right] = [pairs.map(([own]) => own / 4), pairs.map(([, own]) => own)]
			const orders = permutations(pairs.map((_, at) => at)).filter((order) =>
				order.every((at, place) => place === 0 || confidence[order[place - 1]!]! >= confidence[at]!),
			)
			const areas = orders.map((order) => {
				let [wrong, area] = [0, 0]
				for (const [place, at] of order.entries()) {
					wrong += Number(!right[at])
					area += wrong / (place + 1)
				}
				return area / order.length
			})
			const mean = areas.reduce((a, b) => a + b, 0) / areas.length
			const { aurc, excess } = riskCoverage(confidence, right)
			t.true(Math.abs(aurc - mean) < 1e-12)
			t.true(excess > -1e-12)
		}),
		{ numRuns: 60 },
	)
})

test('abstaining keeps what is sure enough', (t) => {
	const found = abstaining([0.9, 0.8, 0.5], [true, false, true], 0.8)
	t.like(found, { threshold: 0.8, records: 2, coverage: 2 / 3, accuracy: 0.5 })
	t.like(abstaining([0.9], [true], 0.95), { records: 0, coverage: 0, accuracy: null, interval: { low: 0, high: 1 } })
})

function permutations(values: number[]): number[][] {
	if (values.length < 2) return [values]
	return values.flatMap((value, at) => permutations(values.toSpliced(at, 1)).map((rest) => [value, ...rest]))
}
