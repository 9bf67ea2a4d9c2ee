/** How sure a share is. */
import { unitsOf } from './bootstrap.js'
import { twoSidedZ } from './normal.js'

/** An interval around a number. */
export interface Interval {
	low: number
	high: number
}

const USUAL_LEVEL = 0.95
const USUAL_Z = 1.959963984540054

/** The Wilson score interval of `right` of `count` at a level above 0 and below 1 (default 0.95; Wilson 1927); 0 to 1 where there is nothing to count. */
export function wilson(right: number, count: number, level = USUAL_LEVEL): Interval {
	if (count === 0) return { low: 0, high: 1 }
	const z = level === USUAL_LEVEL ? USUAL_Z : twoSidedZ(level)
	const share = right / count
	const middle = share + z ** 2 / (2 * count)
	const half = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
	const scale = 1 + z ** 2 / count
	return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) }
}

/**
 * The interval of a share at a level (default 0.95). Wilson's where records stand for themselves. With clusters, Wilson's of the effective number of records: N over the design
 * effect (the variance of the share as clusters vary, over that of N independent records; Korn & Graubard 1998), and never more than N. Where all are right, or
 * none is, nothing varies, and the number of clusters counts.
 */
export function shareInterval(
	right: readonly boolean[],
	clusters: readonly string[] | null,
	level = USUAL_LEVEL,
): Interval {
	const count = right.length
	const hits = right.filter(Boolean).length
	if (clusters === null || count === 0) return wilson(hits, count, level)
	const units = unitsOf(clusters)
	if (hits === 0 || hits === count || units.length === 1)
		return wilson((hits / count) * units.length, units.length, level)
	const share = hits / count
	let square = 0
	for (const rows of units) {
		const residual = rows.reduce((sum, row) => sum + Number(right[row]) - share, 0)
		square += residual * residual
	}
	const clustered = ((units.length / (units.length - 1)) * square) / count ** 2
	const effective = Math.min(count, (share * (1 - share)) / clustered)
	return wilson(share * effective, effective, level)
}
