/** Tab-separated tables with a header line. */
import { SublocError } from '../errors.js'
import { sourceName, type TextSource, textLines } from '../sequence/lines.js'
import { cleanSequence, unknownResidue } from '../sequence/residues.js'
import { type LabelledRecord, unknownClass } from './dataset.js'

/** A line of a table: its cells by column name. */
export interface TsvRow {
	cells: Record<string, string>
	/** From 1; the header is line 1. */
	line: number
}

/**
 * Rows of a table. The first line names the columns, in capital or small letters; every other line has as many cells. Blank lines, and lines
 * before the header that begin with `#`, are ignored.
 * Errors: what `invalid` makes, with the line.
 */
export async function* tsvRows(
	source: TextSource,
	required: readonly string[],
	invalid: (why: string, line: number) => SublocError,
	onComment: (text: string) => void = () => {},
): AsyncGenerator<TsvRow> {
	let columns: string[] | undefined
	for await (const lines of textLines(source, invalid)) {
		for (const { text, number } of lines) {
			if (text.trim() === '') continue
			const cells = text.split('\t').map((cell) => cell.trim())
			if (!columns) {
				const names = cells.map((cell) => cell.toLowerCase())
				// An id may begin with #; a comment stands before the header, which may begin with # itself.
				if (
					text.startsWith('#') &&
					!required.every((column) => [...names, names[0]!.slice(1).trim()].includes(column))
				) {
					onComment(text)
					continue
				}
				names[0] = names[0]!.replace(/^#\s*/, '')
				columns = names
				const missing = required.filter((column) => !names.includes(column))
				if (missing.length > 0) throw invalid(wrongHeader(text, required, missing), number)
				const twice = required.find((column) => names.indexOf(column) !== names.lastIndexOf(column))
				if (twice) throw invalid(`the column ${twice} occurs twice`, number)
				continue
			}
			if (cells.length !== columns.length) {
				throw invalid(`${cells.length} cells, the header has ${columns.length}`, number)
			}
			yield { cells: Object.fromEntries(columns.map((column, at) => [column, cells[at]!])), line: number }
		}
	}
	if (!columns) throw invalid('the file is empty', 1)
}

function wrongHeader(text: string, required: readonly string[], missing: readonly string[]): string {
	if (text.startsWith('>'))
		return 'this looks like FASTA: a dataset is a folder with one <class>.fasta a class, or a TSV'
	const hint = !text.includes('\t') && text.includes(',') ? '; this looks comma-separated' : ''
	return `the first line must name the tab-separated columns ${required.join(', ')}; ${missing.join(', ')} missing${hint}`
}

/** Labelled records of a TSV; see `readDataset`. */
export async function readTsvRecords(source: TextSource, classes?: readonly string[]): Promise<LabelledRecord[]> {
	const file = sourceName(source)
	const invalid = (why: string, line: number, record?: string) =>
		new SublocError('INVALID_DATASET', why, { file, line, ...(record && { record }) })
	const records: LabelledRecord[] = []
	const seen = new Map<string, number>()
	for await (const { cells, line } of tsvRows(source, ['id', 'sequence', 'class'], invalid)) {
		const { id = '', class: own = '', fold = '', cluster = '' } = cells
		const former = seen.get(id)
		if (id === '') throw invalid('the id is empty', line)
		if (former) throw invalid(`the id occurs twice, first in line ${former}; ids must be unique`, line, id)
		if (own === '') throw invalid('the class is empty', line, id)
		if (classes && !classes.includes(own)) throw unknownClass(own, classes, { file, line, record: id })
		const clean = cleanSequence(cells.sequence!)
		if ('residue' in clean) throw unknownResidue(clean.residue, clean.position, { file, line, record: id })
		const { sequence } = clean
		if (sequence === '') throw invalid('the record has no residues', line, id)
		seen.set(id, line)
		records.push({ id, description: '', sequence, line, class: own, fold, cluster, annotations: [], file })
	}
	return records
}
