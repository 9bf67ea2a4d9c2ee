import test from 'ava'
import { calibration } from '../../src-ts/evaluate/calibration.js'
import { wilson } from '../../src-ts/evaluate/share.js'

test('the Wilson interval is that of the literature', (t) => {
	// Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611; 1 of 29 gives 0.0061 to 0.1718.
	const rounded = (right: number, count: number) => Object.values(wilson(right, count)).map((value) => value.toFixed(4))
	t.deepEqual(rounded(81, 263), ['0.2553', '0.3662'])
	t.deepEqual(rounded(0, 20), ['0.0000', '0.1611'])
	t.deepEqual(rounded(1, 29), ['0.0061', '0.1718'])
	t.deepEqual(wilson(0, 0), { low: 0, high: 1 })
})

test('calibration by hand: two bins, and the error between confidence and accuracy', (t) => {
	const found = calibration([0.2, 0.5, 0.9, 1], [true, false, true, false], 2)
	t.deepEqual(
		found.bins.map(({ count, confidence, accuracy }) => [count, confidence, accuracy]),
		[
			[2, 0.35, 0.5],
			[2, 0.95, 0.5],
		],
	)
	// ½ · |0.35 − 0.5| + ½ · |0.95 − 0.5| = 0.3
	t.true(Math.abs(found.expectedError - 0.3) < 1e-12)
	t.is(calibration([], []).expectedError, 0)
	t.deepEqual(
		calibration([0.95], [true]).bins.map(({ count }) => count),
		[0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
	)
	t.is(calibration([0.1], [true]).bins[0]!.count, 1)
})
