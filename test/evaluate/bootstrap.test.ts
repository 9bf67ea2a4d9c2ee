import test from 'ava'
import fc from 'fast-check'
import { bootstrapInterval, bootstrapIntervals, quantile, resamples, unitsOf } from '../../src-ts/evaluate/bootstrap.js'
import { compareAnswers } from '../../src-ts/evaluate/compare.js'
import { scoreIntervals } from '../../src-ts/evaluate/intervals.js'
import { confusionMatrix, logLoss, scores } from '../../src-ts/evaluate/metrics.js'
import { shareInterval, wilson } from '../../src-ts/evaluate/share.js'
import { uniforms } from '../../src-ts/native/binding.js'

const CLASSES = ['a', 'b', 'c']

/** Answers of 30 records: every fifth wrong. */
function example(shift = 0) {
	const truth = Array.from({ length: 30 }, (_, n) => n % 3)
	const answers = truth.map((own, n) => ((n + shift) % 5 === 0 ? (own + 1) % 3 : own))
	const probabilities = Float64Array.from(
		answers.flatMap((own, n) => CLASSES.map((_, k) => (k === own ? 0.6 : n % 2 ? 0.1 + 0.1 * k : 0.2))),
	)
	return {
		...{ rows: truth.map((_, n) => n), truth, answers, probabilities, confidence: truth.map(() => 0.6) },
		right: truth.map((own, n) => own === answers[n]),
	}
}

test('the same seed draws the same, another seed and another replicate something else', (t) => {
	const all = (seed: number) => Array.from(resamples(12, { seed, replicates: 4 }), (counts) => [...counts])
	t.deepEqual(all(1), all(1))
	t.notDeepEqual(all(1), all(2))
	t.is(new Set(all(1).map(String)).size, 4)
	for (const counts of all(5))
		t.is(
			counts.reduce((a, b) => a + b, 0),
			12,
		)
	// The first draws do not depend on how many follow.
	t.deepEqual(
		Array.from(resamples(12, { seed: 1, replicates: 2 }), (counts) => [...counts]),
		all(1).slice(0, 2),
	)
})

test('intervals from counts are those of the literal bootstrap, which copies the records', (t) => {
	const own = example()
	const found = scoreIntervals(own, CLASSES, { replicates: 200, seed: 9 })
	const drawn = Array.from({ length: 200 }, (_, replicate) => {
		const stream = (0x424f_4f54n << 32n) + BigInt(replicate)
		return Array.from(uniforms(9n, stream, 30), (uniform) => Math.floor(30 * uniform))
	})
	const literal = drawn.map((rows) => {
		const [truth, answers] = [rows.map((row) => own.truth[row]!), rows.map((row) => own.answers[row]!)]
		const p = rows.flatMap((row) => [...own.probabilities.slice(3 * row, 3 * row + 3)])
		return { ...scores(confusionMatrix(truth, answers, 3), CLASSES), logLoss: logLoss(truth, p, 3) }
	})
	for (const name of ['accuracy', 'balancedAccuracy', 'macroF1', 'gorodkin', 'logLoss'] as const) {
		const sorted = literal.map((one) => one[name]).sort((a, b) => a - b)
		for (const [end, share] of [
			['low', 0.025],
			['high', 0.975],
		] as const)
			t.true(Math.abs(found[name]![end] - quantile(sorted, share)) < 1e-12, name)
	}
	const mcc = literal.map((one) => one.perClass[1]!.mcc).sort((a, b) => a - b)
	t.true(Math.abs(found.perClass[1]!.mcc!.low - quantile(mcc, 0.025)) < 1e-12)
	t.like(found, { resampled: 'proteins', units: 30, replicates: 200, seed: 9, level: 0.95 })
})

test('of independent records the interval of a share is about Wilson’s', (t) => {
	const right = Array.from({ length: 400 }, (_, n) => n % 4 > 0)
	const share = (counts: Uint32Array) => counts.reduce((sum, count, n) => sum + (right[n] ? count : 0), 0) / 400
	const found = bootstrapInterval(400, share)!
	const expected = wilson(300, 400)
	t.true(Math.abs(found.low - expected.low) < 0.01, JSON.stringify(found))
	t.true(Math.abs(found.high - expected.high) < 0.01)
	// A smaller level lies within.
	const half = bootstrapInterval(400, share, { level: 0.5 })!
	t.true(half.low > found.low && half.high < found.high)
})

test('clusters are drawn whole, and alike records in clusters make the interval wider', (t) => {
	const clusters = Array.from({ length: 40 }, (_, n) => `c${Math.floor(n / 4)}`)
	for (const counts of resamples(40, { replicates: 20, clusters })) {
		for (let n = 0; n < 40; n++) t.is(counts[n], counts[4 * Math.floor(n / 4)])
	}
	const right = clusters.map((name) => Number(name.slice(1)) < 6)
	const share = (counts: Uint32Array) => {
		let [sum, all] = [0, 0]
		for (const [n, count] of counts.entries()) {
			sum += right[n] ? count : 0
			all += count
		}
		return sum / all
	}
	const width = ({ low, high }: { low: number; high: number }) => high - low
	const [plain, clustered] = [bootstrapInterval(40, share)!, bootstrapInterval(40, share, { clusters })!]
	t.true(width(clustered) > 1.7 * width(plain))
	// Four alike records a cluster are worth one: ten clusters.
	t.deepEqual(shareInterval(right, null), wilson(24, 40))
	const effective = shareInterval(right, clusters)
	t.true(Math.abs(width(effective) - width(wilson(6, 10))) < 0.04, JSON.stringify(effective))
	t.deepEqual(shareInterval([true, true, true, true], ['x', 'x', 'y', 'y']), wilson(2, 2))
	t.deepEqual(unitsOf(['x', '', 'y', 'x', '']), [[0, 3], [1], [2], [4]])
})

test('clusters of one record each draw as records do', (t) => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(1000), (n, seed) => {
			const clusters = Array.from({ length: n }, (_, at) => (at % 2 ? '' : `c${at}`))
			const all = (options: object) =>
				Array.from(resamples(n, { seed, replicates: 3, ...options }), (counts) => String(counts))
			t.deepEqual(all({ clusters }), all({}))
		}),
		{ numRuns: 30 },
	)
})

test('a score that a draw leaves undefined does not count, and one without any has null', (t) => {
	const first = (counts: Uint32Array) => [counts[0]! > 0 ? counts[0]! : NaN, NaN]
	const [found, none] = bootstrapIntervals(6, first, { replicates: 50 })
	t.is(found!.low, 1)
	t.true(found!.high > 1)
	t.is(none, null)
	for (const [option, value] of [
		['replicates', 0],
		['seed', -1],
		['level', 1],
		['clusters', ['a']],
	] as const)
		t.throws(() => bootstrapIntervals(3, () => [1], { [option]: value }), { code: 'INVALID_OPTION' }, option)
})

test('few records or clusters, and a score that never varies, have no interval', (t) => {
	const share = (counts: Uint32Array) => [counts[0]! / counts.reduce((sum, count) => sum + count, 0)]
	t.deepEqual(bootstrapIntervals(4, share), [null])
	t.not(bootstrapIntervals(5, share)[0], null)
	const clusters = Array.from({ length: 40 }, (_, n) => `c${n % 4}`)
	t.deepEqual(bootstrapIntervals(40, share, { clusters }), [null])
	// Sums of equal values differ in their last digit.
	const mean = (counts: Uint32Array) => [counts.reduce((sum, count) => sum + 0.1 * count, 0) / 40]
	t.deepEqual(bootstrapIntervals(40, mean), [null])
	const one = { truth: [0, 1, 1], answers: [0, 1, 0], right: [true, true, false] }
	const answers = {
		...one,
		rows: [0, 1, 2],
		probabilities: [0.9, 0.1, 0.2, 0.8, 0.6, 0.4],
		confidence: [0.9, 0.8, 0.6],
	}
	const few = scoreIntervals(answers as never, ['a', 'b'])
	t.deepEqual(few.accuracy, wilson(2, 3))
	t.is(few.logLoss, null)
	t.is(compareAnswers(answers as never, answers as never, ['a', 'b']).logLoss.interval, null)
})

test('a comparison with oneself is zero; of two models the difference is that of the same draws', (t) => {
	const [first, second] = [example(), example(2)]
	const same = compareAnswers(first, first, CLASSES, { replicates: 50 })
	t.like(same.accuracy, { difference: 0, interval: null })
	t.is(same.mcnemar.p, 1)
	const better = { ...second, answers: second.truth, right: second.truth.map(() => true) }
	const found = compareAnswers(better, first, CLASSES, { replicates: 400 })
	t.is(found.records, 30)
	t.like(found.accuracy, { first: 1, second: 0.8 })
	t.true(Math.abs(found.accuracy.difference - 0.2) < 1e-12)
	t.true(found.accuracy.interval!.low > 0)
	t.like(found.mcnemar, { onlyFirst: 6, onlySecond: 0, method: 'exact', p: 2 * 0.5 ** 6 })
	// B's mistakes are A's too: drawn apart, the interval of the difference would be wider than that of B alone.
	const alone = scoreIntervals(first, CLASSES, { replicates: 400 }).accuracy!
	t.true(Math.abs(found.accuracy.interval!.high - (1 - alone.low)) < 1e-12)
})
