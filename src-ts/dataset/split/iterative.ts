/** Iterative stratification of multi-label data (Sechidis, Tsoumakas & Vlahavas 2011): each label alike in every part, the rarest first. */
import { shuffledIndices } from '../../native/binding.js'

/**
 * The part, from 0, of each of `rows`. `sets` is [N, K], `shares` [P] are the parts' shares of the records, sum 1. Again and again the label with the fewest records
 * that are left is taken, and each of these goes to the part that wants that label most; of equals to the one that wants most records, then to the first.
 * Records are taken in an order that the stream of the seed shuffles.
 */
export function iterativeParts(
	sets: Uint8Array,
	classes: number,
	rows: readonly number[],
	shares: readonly number[],
	{ seed, stream }: { seed: number; stream: bigint },
): number[] {
	const has = (row: number, label: number) => sets[row * classes + label] === 1
	const order = Array.from(shuffledIndices(BigInt(seed), stream, rows.length))
	const left = new Set(order)
	const counts = Array.from({ length: classes }, (_, label) => rows.filter((row) => has(row, label)).length)
	const wanted = shares.map((share) => rows.length * share)
	const wantedOf = counts.map((count) => shares.map((share) => count * share))
	const parts = new Array<number>(rows.length).fill(0)
	const place = (at: number, label: number | null) => {
		const better = (a: number, b: number) => {
			const byLabel = label === null ? 0 : wantedOf[label]![a]! - wantedOf[label]![b]!
			// Shares of counts are fractions: what differs by rounding alone is equal.
			if (Math.abs(byLabel) > 1e-9) return byLabel > 0
			return wanted[a]! - wanted[b]! > 1e-9
		}
		const part = shares.reduce((best, _, own) => (better(own, best) ? own : best), 0)
		parts[at] = part
		left.delete(at)
		wanted[part]! -= 1
		for (let own = 0; own < classes; own++) {
			if (!has(rows[at]!, own)) continue
			wantedOf[own]![part]! -= 1
			counts[own]! -= 1
		}
	}
	for (;;) {
		const present = counts.flatMap((count, label) => (count > 0 ? [label] : []))
		if (present.length === 0) break
		const rarest = present.reduce((best, label) => (counts[label]! < counts[best]! ? label : best))
		for (const at of order) if (left.has(at) && has(rows[at]!, rarest)) place(at, rarest)
	}
	for (const at of order) if (left.has(at)) place(at, null)
	return parts
}
