import test from 'ava'
import { chooseThresholds, matthews, selectRecords } from '../../src-ts/train/thresholds.js'

/** MCC of a threshold, counted anew. */
function literal(p: readonly number[], truth: readonly number[], threshold: number): number {
	const count = (says: boolean, is: number) =>
		p.filter((value, at) => value >= threshold === says && truth[at] === is).length
	return matthews({ tp: count(true, 1), fp: count(true, 0), fn: count(false, 1), tn: count(false, 0) })
}

test('the threshold is the one with the largest MCC of all', (t) => {
	let state = 7
	const next = () => {
		state = (state * 48271) % 2147483647
		return state / 2147483647
	}
	for (let round = 0; round < 30; round++) {
		const truth = Array.from({ length: 25 }, () => Number(next() < 0.3))
		truth[0] = 1
		truth[1] = 0
		// Rounded, so that there are equal ones.
		const p = truth.map((has) => Math.round(20 * (0.35 * has + 0.65 * next())) / 20)
		const [threshold] = chooseThresholds(p, truth, 1) as [number]
		const all = Array.from({ length: 201 }, (_, at) => literal(p, truth, at / 200 + 0.001))
		t.true(Math.abs(literal(p, truth, threshold) - Math.max(...all)) < 1e-9, `${round}`)
	}
})

test('each label has a threshold of its own; without both answers, or a choice, it is 0.5', (t) => {
	// [N, K], three labels: one told apart at 0.2, one that all have, one with a single probability.
	const probabilities = [0.1, 0.9, 0.3, 0.3, 0.1, 0.3, 0.15, 0.5, 0.3, 0.9, 0.2, 0.3]
	const truth = [0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0]
	t.deepEqual(chooseThresholds(probabilities, truth, 3), [0.225, 0.5, 0.5])
})

test('a threshold lies between its two probabilities, however near to 0, to 1 or to each other they are', (t) => {
	for (const [below, above] of [
		[2e-9, 3e-8],
		[1 - 3e-8, 1 - 2e-9],
		[0.4, 0.4 + 2e-8],
		[0, 5e-20],
		[1 - 2 ** -53, 1],
	] as const) {
		const [threshold] = chooseThresholds([below, above], [0, 1], 1) as [number]
		t.true(threshold > below && threshold <= above, `${below} ${threshold} ${above}`)
	}
})

test('of equal MCC the threshold next to 0.5 is taken', (t) => {
	// Between 0.3 and 0.6 nothing lies, and 0.9 | 0.6 | 0.3 | 0.1 separates with 0.45 alone.
	t.deepEqual(chooseThresholds([0.9, 0.6, 0.3, 0.1], [1, 1, 0, 0], 1), [0.45])
	// 0.75 and 0.28 have the MCC 1/√3, 0.505 has 0.
	t.deepEqual(chooseThresholds([0.95, 0.55, 0.46, 0.1], [1, 0, 1, 0], 1), [0.28])
})

test('selected records are those that are named, in their order', (t) => {
	const records = { codes: Uint8Array.of(1, 2, 3, 4, 5, 6), offsets: Float64Array.of(0, 2, 3, 6), profiles: null }
	const found = selectRecords(records, [2, 0])
	t.deepEqual([...found.codes], [4, 5, 6, 1, 2])
	t.deepEqual([...found.offsets].map(Number), [0, 3, 5])
	const rows = { ...records, profiles: Uint8Array.from({ length: 120 }, (_, at) => Math.floor(at / 20)) }
	t.deepEqual(
		Array.from({ length: 5 }, (_, row) => selectRecords(rows, [2, 0]).profiles![20 * row]),
		[3, 4, 5, 0, 1],
	)
})
