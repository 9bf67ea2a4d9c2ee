/** The nearest protein of what a model was trained on: how far a prediction may be a copy. */
import { type HomologyOptions, type HomologyRecord, LONGEST_ALIGNED, nearestRelatives } from '../dataset/homology.js'

/** A protein that a model was trained on. */
export interface TrainingProtein extends HomologyRecord {
	class: string
}

/** The nearest training protein of a protein, and how near it is. */
export interface NearestProtein {
	id: string
	class: string
	/** Share of the aligned columns that are identical, 0 to 1. */
	identity: number
	/** Share of the shorter of both sequences that is aligned, 0 to 1. */
	coverage: number
	/** Bit score of the alignment. */
	bits: number
}

/** The nearest of some targets: its row, and how near it is. */
export interface NearestRow extends Omit<NearestProtein, 'id' | 'class'> {
	row: number
}

/**
 * For each record the target of the largest bit score; null where no E is within the limit (default 0.001), or the record has more residues than can be aligned.
 * Errors: those of `nearestRelatives`.
 */
export async function nearestRows(
	records: readonly HomologyRecord[],
	targets: readonly HomologyRecord[],
	options: Omit<HomologyOptions, 'identity' | 'coverage'>,
): Promise<(NearestRow | null)[]> {
	const found = new Array<NearestRow | null>(records.length).fill(null)
	const rows = [...records.keys()].filter((row) => records[row]!.sequence.length <= LONGEST_ALIGNED)
	const own = rows.map((row) => records[row]!)
	const hits = await nearestRelatives(own, targets, options)
	for (const [at, row] of rows.entries()) {
		const hit = hits[at]
		if (!hit) continue
		const { target, identity, queryCoverage, targetCoverage, bits } = hit
		// The same residues are a larger share of the shorter.
		found[row] = { row: target, identity, coverage: Math.max(queryCoverage, targetCoverage), bits }
	}
	return found
}
