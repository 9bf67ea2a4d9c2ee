/** How far probabilities can be believed. */
import type { BootstrapOptions } from './bootstrap.js'
import { type Interval, shareInterval } from './share.js'

/** Predictions whose probability lies in a range. */
export interface CalibrationBin {
	/** The range of the winning class's probability: from (exclusive, but for 0) to (inclusive). */
	from: number
	to: number
	count: number
	/** Mean probability; null for an empty bin. */
	confidence: number | null
	/** Share that is right, and its interval ({@link shareInterval}); null for an empty bin. */
	accuracy: number | null
	interval: Interval | null
}

/** How probabilities and outcomes agree. */
export interface Calibration {
	bins: CalibrationBin[]
	/** Expected calibration error: Σ count/N · |confidence − accuracy| over the bins (Naeini et al. 2015). */
	expectedError: number
	/** N. */
	records: number
}

/**
 * Bins of equal width over the winning class's probability. `confidence[n]` is the probability of what was predicted for record n, `right[n]` whether that is
 * its class. `bins` from 1; default 10. `clusters` of `options`: homology cluster of each record, for the intervals; null (default): records stand for themselves.
 */
export function calibration(
	confidence: ArrayLike<number>,
	right: ArrayLike<boolean>,
	bins = 10,
	{ clusters = null, level }: Pick<BootstrapOptions, 'clusters' | 'level'> = {},
): Calibration {
	const own: number[][] = Array.from({ length: bins }, () => [])
	for (let record = 0; record < confidence.length; record++) own[binOf(confidence[record]!, bins)]!.push(record)
	let expectedError = 0
	const found = own.map((records, index): CalibrationBin => {
		const [from, to, count] = [index / bins, (index + 1) / bins, records.length]
		if (count === 0) return { from, to, count, confidence: null, accuracy: null, interval: null }
		const sum = records.reduce((all, record) => all + confidence[record]!, 0)
		const hits = records.map((record) => right[record]!)
		const correct = hits.filter(Boolean).length
		expectedError += Math.abs(sum - correct) / confidence.length
		const interval = shareInterval(hits, clusters && records.map((record) => clusters[record]!), level)
		return { from, to, count, confidence: sum / count, accuracy: correct / count, interval }
	})
	return { bins: found, expectedError, records: confidence.length }
}

/** {@link Calibration.expectedError} of a draw: every record counts as often as it was drawn. */
export function drawnCalibrationError(
	confidence: ArrayLike<number>,
	right: ArrayLike<boolean>,
	counts: ArrayLike<number>,
	bins = 10,
): number {
	const differences = new Float64Array(bins)
	let drawn = 0
	for (let record = 0; record < confidence.length; record++) {
		differences[binOf(confidence[record]!, bins)]! += counts[record]! * (confidence[record]! - Number(right[record]))
		drawn += counts[record]!
	}
	return differences.reduce((sum, difference) => sum + Math.abs(difference), 0) / drawn
}

/** The upper end belongs to a bin: 0.1 is in the first of ten. */
function binOf(confidence: number, bins: number): number {
	return Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins - 1e-9) - 1))
}
