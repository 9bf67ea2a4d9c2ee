/** The nearest training relative of a protein, as a search finds it and a table gives it. */
import { tsvRows } from '../dataset/tsv.js'
import { SublocError } from '../errors.js'
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
