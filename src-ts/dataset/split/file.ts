/** Splits as files: `id`, `class`, `fold`. */
import { Readable } from 'node:stream'
import { SublocError } from '../../errors.js'
import type { TextSource } from '../../sequence/lines.js'
import type { Dataset } from '../dataset.js'
import { tsvRows } from '../tsv.js'
import { type Part, partsOf, type Split } from './split.js'

/** A split as text: a comment line with its method, then `id`, `class` and `fold`, a line a record in the dataset's order. */
export function formatSplit(split: Split, dataset: Dataset): string {
	const line = (id: string, own: string, part: Part) => `${id}\t${own}\t${part}\n`
	const lines = dataset.records.map((record, row) => line(record.id, record.class, split.parts[row]!))
	return `# split: ${split.by}\n${line('id', 'class', 'fold' as Part)}${lines.join('')}`
}

/**
 * Reads a split for a dataset, and the method that made it from the comment of {@link formatSplit}: columns `id` and `fold` (others are ignored), in any
 * order of lines; every record of the dataset stands there once. Ids that the dataset lacks are an error too, since the split was then made for other data.
 *
 * Errors: `INPUT_MISSING`, `INVALID_SPLIT` with file, line and record.
 */
export async function readSplit(path: string, dataset: Dataset): Promise<Split> {
	return readFrom(path, path, dataset)
}

/** {@link readSplit} for a text; `file` is its name in messages. */
export async function parseSplit(text: string, dataset: Dataset, file = 'splits.tsv'): Promise<Split> {
	return readFrom(Readable.from([Buffer.from(text)]), file, dataset)
}

async function readFrom(source: TextSource, path: string, dataset: Dataset): Promise<Split> {
	const invalid = (why: string, line?: number, record?: string) =>
		new SublocError('INVALID_SPLIT', why, { file: path, ...(line && { line }), ...(record && { record }) })
	const known = new Set(dataset.records.map(({ id }) => id))
	const found = new Map<string, { record: string; value: string; line: number }>()
	let by = 'file'
	const readMethod = (comment: string) => {
		by = /^# split: (\S+)$/.exec(comment)?.[1] ?? by
	}
	for await (const { cells, line } of tsvRows(source, ['id', 'fold'], invalid, readMethod)) {
		const { id = '', fold = '' } = cells
		if (found.has(id)) throw invalid('the id occurs twice', line, id)
		if (!known.has(id)) throw invalid(`the dataset ${dataset.source} has no such record`, line, id)
		found.set(id, { record: id, value: fold, line })
	}
	const values = dataset.records.map(({ id }) => {
		const value = found.get(id)
		if (!value) throw invalid('the record is missing in the split', undefined, id)
		return value
	})
	return partsOf(values, by, path)
}
