/** How far probabilities can be believed, and how sure a share is. */

/** An interval around a share. */
export interface Interval {
	low: number
	high: number
}

/** Predictions whose probability lies in a range. */
export interface CalibrationBin {
	/** The range of the winning class's probability: from (exclusive, but for 0) to (inclusive). */
	from: number
	to: number
	count: number
	/** Mean probability; null for an empty bin. */
	confidence: number | null
	/** Share that is right, and its 95 % Wilson interval; null for an empty bin. */
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

/** z of a two-sided 95 % interval. */
const Z = 1.959963984540054

/** The 95 % Wilson score interval of `right` of `count` (Wilson 1927); 0 to 1 where there is nothing to count. */
export function wilson(right: number, count: number): Interval {
	if (count === 0) return { low: 0, high: 1 }
	const share = right / count
	const middle = share + Z ** 2 / (2 * count)
	const half = Z * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2))
	const scale = 1 + Z ** 2 / count
	return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) }
}

/**
 * Bins of equal width over the winning class's probability. `confidence[n]` is the probability of what was predicted for record n, `right[n]` whether that is
 * its class. `bins` from 1; default 10.
 */
export function calibration(confidence: ArrayLike<number>, right: ArrayLike<boolean>, bins = 10): Calibration {
	const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }))
	for (let record = 0; record < confidence.length; record++) {
		// The upper end belongs to a bin: 0.1 is in the first of ten.
		const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence[record]! * bins - 1e-9) - 1))]!
		bin.count += 1
		bin.confidence += confidence[record]!
		bin.right += Number(right[record])
	}
	let expectedError = 0
	const found = sums.map(({ count, confidence: sum, right: own }, index): CalibrationBin => {
		const [from, to] = [index / bins, (index + 1) / bins]
		if (count === 0) return { from, to, count, confidence: null, accuracy: null, interval: null }
		expectedError += Math.abs(sum - own) / confidence.length
		return { from, to, count, confidence: sum / count, accuracy: own / count, interval: wilson(own, count) }
	})
	return { bins: found, expectedError, records: confidence.length }
}
