import test from 'ava'
import { makeDataset, type Prediction } from 'subloc-native'
import { evaluatePredictions } from '../../src-ts/evaluate/evaluate.js'
import { confidenceGroups, drawnAurc, riskCoverage } from '../../src-ts/evaluate/selective.js'
import { shareInterval, wilson } from '../../src-ts/evaluate/share.js'

const classes = ['a', 'b']

/** Records of which each `wrong`th is wrong, in clusters of two. */
function answered(count: number, wrong: number, clustered = false) {
	const dataset = makeDataset(
		Array.from({ length: count }, (_, row) => ({
			...{ id: `r${row}`, sequence: 'MK', class: 'a', line: 1, description: '', fold: '', annotations: [] },
			cluster: clustered ? `c${row >> 1}` : '',
		})),
		{ classes, minimumClasses: 1 },
	)
	const predictions = dataset.records.map(({ id }, row) => {
		const p = 0.9 - 0.3 * (row / count)
		const [first, second] = (row >> 1) % wrong === 0 ? [1 - p, p] : [p, 1 - p]
		return {
			...{ id, status: 'ok', problem: null, length: 2, missingProfile: false, nucleotides: false },
			...{ compartment: first > second ? 'a' : 'b', probability: p, calibrated: null, spread: 0, relative: null },
			...{ probabilities: { a: first, b: second }, attention: null, members: null },
		}
	}) as Prediction[]
	return { records: dataset.records, predictions }
}

test('a level is kept by every interval, and clusters widen those of shares', (t) => {
	const width = ({ low, high }: { low: number; high: number }) => high - low
	const { records, predictions } = answered(80, 4)
	const wide = evaluatePredictions(records, predictions, classes, 'x', { abstain: 0.7, bootstrap: { level: 0.99 } })
	const narrow = evaluatePredictions(records, predictions, classes, 'x', { abstain: 0.7, bootstrap: { level: 0.8 } })
	const clustered = answered(80, 4, true)
	const drawn = evaluatePredictions(clustered.records, clustered.predictions, classes, 'x', { abstain: 0.7 })
	const usual = evaluatePredictions(records, predictions, classes, 'x', { abstain: 0.7 })
	const all = ({ intervals, selective, strata, probabilities }: typeof wide) => [
		intervals!.accuracy!,
		intervals!.perClass[0]!.sensitivity!,
		selective!.abstained!.interval,
		selective!.aurcInterval!,
		strata!.class[0]!.interval,
		probabilities!.bins.find(({ count }) => count > 0)!.interval!,
		probabilities!.intervals!.expectedError!,
		probabilities!.intervals!.brier!,
		probabilities!.intervals!.logLoss!,
	]
	for (const [at, interval] of all(wide).entries()) t.true(width(interval) > width(all(narrow)[at]!), String(at))
	// Of a pair both are right or both wrong: 40 units.
	t.true(width(drawn.selective!.abstained!.interval) > 1.2 * width(usual.selective!.abstained!.interval))
	const bin = (found: typeof wide) => found.probabilities!.bins.find(({ count }) => count > 4)!.interval!
	t.true(width(bin(drawn)) > 1.2 * width(bin(usual)))
	const { low, high } = drawn.clusters!.interval!
	t.true(low < drawn.clusters!.accuracy && drawn.clusters!.accuracy < high)
	t.true(width(wilson(3, 10, 0.99)) > width(wilson(3, 10)))
	t.deepEqual(wilson(3, 10, 0.95), wilson(3, 10))
	t.deepEqual(shareInterval([true, false], null, 0.9), wilson(1, 2, 0.9))
})

test('the area of a draw in which every record came once is that of the curve, and of one that came twice of twice', (t) => {
	const confidence = [0.9, 0.9, 0.8, 0.7, 0.7, 0.6]
	const right = [true, false, true, true, false, false]
	const area = (counts: number[]) => drawnAurc(confidenceGroups(confidence), right, counts)
	t.true(Math.abs(area([1, 1, 1, 1, 1, 1]) - riskCoverage(confidence, right).aurc) < 1e-12)
	const twice = riskCoverage([...confidence, 0.8], [...right, true]).aurc
	t.true(Math.abs(area([1, 1, 2, 1, 1, 1]) - twice) < 1e-12)
})

test('what cannot vary, or is of few proteins, has no interval of width 0', (t) => {
	const { records, predictions } = answered(8, 100)
	const baselines = [{ name: 'majority' as const, what: 'a', answers: records.map(() => 'a') }]
	const even = evaluatePredictions(records.slice(2), predictions.slice(2), classes, 'x', {
		baselines: [{ ...baselines[0]!, answers: baselines[0]!.answers.slice(2) }],
	})
	t.deepEqual(even.baselines![0]!.interval, wilson(6, 6))
	t.is(even.baselines![0]!.gain, 0)
	t.is(even.baselines![0]!.gainInterval, null)
	const few = evaluatePredictions(records.slice(0, 3), predictions.slice(0, 3), classes, 'x')
	t.is(few.probabilities!.intervals, undefined)
	t.is(few.selective!.aurcInterval, null)
})
