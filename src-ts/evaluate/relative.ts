/** The nearest training relative of a protein, as a search finds it and a table gives it. */
import type { Dataset } from '../dataset/dataset.js'
import type { HomologyOptions, HomologyRecord } from '../dataset/homology.js'
import type { Split } from '../dataset/split/split.js'
import { tsvRows } from '../dataset/tsv.js'
import { SublocError } from '../errors.js'
import { nearestRows } from '../predict/nearest.js'
import type { TextSource } from '../sequence/lines.js'

/** A protein and its nearest relative among the training proteins. */
export interface Relative {
	/** The protein that is scored. */
	id: string
	/** Id of the training protein; null where none was found. */
	relative: string | null
	/** Share of the aligned columns that are identical, 0 to 1; null without a relative. */
	identity: number | null
	/** Share of the shorter of both sequences that is aligned, 0 to 1; null without a relative. */
	coverage: number | null
	/** Bit score of the alignment; null without a relative. */
	bits: number | null
}

/** Of a search for relatives: that of homologs, without limits, since the nearest is told whatever it is. */
export type RelativesOptions = Omit<HomologyOptions, 'identity' | 'coverage'>

/**
 * The nearest training protein of each record (largest bit score with E ≤ `maxExpect`), in the order of the records. A fold of the MultiLoc set against the
 * other four takes about 25 s of CPU time (a fifth of what bench/RESULTS.md has for all five). Errors: those of `nearestRelatives`. Rejects with the signal's reason once it is aborted.
 */
export async function findRelatives(
	training: readonly HomologyRecord[],
	records: readonly HomologyRecord[],
	options: RelativesOptions = {},
): Promise<Relative[]> {
	const found = await nearestRows(records, training, options)
	return records.map(({ id }, at) => {
		const hit = found[at]
		if (!hit) return { id, relative: null, identity: null, coverage: null, bits: null }
		const { row, ...nearness } = hit
		return { id, relative: training[row]!.id, ...nearness }
	})
}

/** {@link findRelatives} of a whole dataset: each record's nearest protein of the other folds. In the order of the folds. */
export async function findFoldedRelatives(
	dataset: Dataset,
	split: Split,
	options: RelativesOptions = {},
): Promise<Relative[]> {
	const found: Relative[] = []
	for (let fold = 1; fold <= split.folds; fold++) {
		const own = dataset.records.filter((_, row) => split.parts[row] === fold)
		const others = dataset.records.filter((_, row) => split.parts[row] !== fold)
		found.push(...(await findRelatives(others, own, options)))
	}
	return found
}

/**
 * Reads a table of relatives: a TSV with the columns `id`, `relative`, `identity` (0 to 1) and optionally `coverage` and `bits`; others are ignored. An empty
 * `relative` means that none was found, and so does a protein that the table lacks.
 *
 * Errors: `INPUT_MISSING`; `INVALID_DATASET` with file, line and record.
 */
export async function readRelatives(
	path: TextSource,
	file = typeof path === 'string' ? path : 'relatives',
): Promise<Relative[]> {
	const invalid = (why: string, line?: number, record?: string) =>
		new SublocError('INVALID_DATASET', why, { file, ...(line && { line }), ...(record && { record }) })
	const found: Relative[] = []
	const ids = new Set<string>()
	for await (const { cells, line } of tsvRows(path, ['id', 'relative', 'identity'], invalid)) {
		const { id = '', relative = '', identity = '', coverage = '', bits = '' } = cells
		if (ids.has(id)) throw invalid('the id occurs twice', line, id)
		ids.add(id)
		if (relative === '') {
			found.push({ id, relative: null, identity: null, coverage: null, bits: null })
			continue
		}
		const share = Number(identity)
		if (identity === '' || !(share >= 0 && share <= 1)) {
			throw invalid(`the identity '${identity}' is no number from 0 to 1`, line, id)
		}
		const number = (text: string) => (text === '' || Number.isNaN(Number(text)) ? null : Number(text))
		found.push({ id, relative, identity: share, coverage: number(coverage), bits: number(bits) })
	}
	return found
}
