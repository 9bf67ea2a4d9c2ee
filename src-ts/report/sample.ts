/** A part of the proteins where all would be too many. */
import type { ReportProtein } from './content.js'

/**
 * Rows of the proteins that were predicted and whose sequence is at hand, at most `most`, in their order. Where there are more, places (the true ones where they
 * are known) share the number evenly; each gives some at equal steps.
 */
export function evenly(proteins: readonly ReportProtein[], most: number): number[] {
	const usable = proteins.flatMap(({ sequence, prediction }, row) =>
		sequence !== null && prediction.status === 'ok' ? [row] : [],
	)
	if (usable.length <= most) return usable
	const places = new Map<string, number[]>()
	for (const row of usable) {
		const place = proteins[row]!.class ?? proteins[row]!.prediction.compartment!
		const own = places.get(place)
		if (own) own.push(row)
		else places.set(place, [row])
	}
	// Small places first: what they leave is shared by the others.
	const groups = [...places.values()].sort((a, b) => a.length - b.length)
	let left = most
	const chosen = groups.flatMap((rows, at) => {
		const count = Math.min(rows.length, Math.floor(left / (groups.length - at)))
		left -= count
		return Array.from({ length: count }, (_, index) => rows[Math.floor((index * rows.length) / count)]!)
	})
	return chosen.sort((a, b) => a - b)
}
