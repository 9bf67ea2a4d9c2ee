/** Splits as files: `id`, `class`, `fold`, and what else there is. */
import { Readable } from 'node:stream'
import { SublocError } from '../../errors.js'
import { fingerprint } from '../../sequence/fingerprint.js'
import type { TextSource } from '../../sequence/lines.js'
import type { Dataset } from '../dataset.js'
import { tsvRows } from '../tsv.js'
import { type Part, partsOf, type Split } from './split.js'

/**
 * A split as text: comment lines with its method and settings, then `id`, `class`, `fold`, and `cluster` where it has clusters; a line a record in the dataset's order.
 * `fingerprints` (default false) adds a column `fingerprint`, by which a run knows its proteins again in other data.
 */
export function formatSplit(split: Split, dataset: Dataset, { fingerprints = false } = {}): string {
	const line = (...cells: (string | Part)[]) => `${cells.join('\t')}\n`
	const { clusters, settings } = split
	const lines = dataset.records.map(({ id, class: own, sequence }, row) =>
		line(
			...[id, own, split.parts[row]!],
			...(clusters ? [clusters[row]!] : []),
			...(fingerprints ? [fingerprint(sequence)] : []),
		),
	)
	const columns = ['id', 'class', 'fold', ...(clusters ? ['cluster'] : []), ...(fingerprints ? ['fingerprint'] : [])]
	const told = settings ? `# settings: ${JSON.stringify(settings)}\n` : ''
	return `# split: ${split.by}\n${told}${line(...columns)}${lines.join('')}`
}

/** A line of a split. */
export interface SplitRow {
	id: string
	class: string
	/** A number from 1, or `train`, `validation`, `test`. */
	fold: string
	/** Homology cluster; empty where the split has none. */
	cluster: string
	/** Empty in the run folders of earlier versions. */
	fingerprint: string
}

/** The lines of a run's own splits.tsv, without its dataset; a column that is not there is empty. */
export function splitRows(text: string): SplitRow[] {
	const [header = '', ...lines] = text.split('\n').filter((line) => line !== '' && !line.startsWith('# '))
	const columns = header.split('\t')
	const at = (name: string) => columns.indexOf(name)
	const places = { id: at('id'), class: at('class'), fold: at('fold'), cluster: at('cluster') }
	const marks = at('fingerprint')
	return lines.map((line) => {
		const cells = line.split('\t')
		const cell = (place: number) => cells[place] ?? ''
		return {
			...{ id: cell(places.id), class: cell(places.class), fold: cell(places.fold) },
			...{ cluster: cell(places.cluster), fingerprint: cell(marks) },
		}
	})
}

/**
 * Reads a split for a dataset, and its method and settings from the comments of {@link formatSplit}: columns `id` and `fold`, and `cluster` where it is there (others
 * are ignored), in any order of lines; every record of the dataset stands there once. Ids that the dataset lacks are an error too, since the split was then made for other data.
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
	const found = new Map<string, { record: string; value: string; line: number; cluster: string }>()
	let by = 'file'
	let settings: Split['settings']
	const readMethod = (comment: string) => {
		by = /^# split: (\S+)$/.exec(comment)?.[1] ?? by
		settings = parseSettings(/^# settings: (\{.*\})$/.exec(comment)?.[1]) ?? settings
	}
	for await (const { cells, line } of tsvRows(source, ['id', 'fold'], invalid, readMethod)) {
		const { id = '', fold = '', cluster = '' } = cells
		if (found.has(id)) throw invalid('the id occurs twice', line, id)
		if (!known.has(id)) throw invalid(`the dataset ${dataset.source} has no such record`, line, id)
		found.set(id, { record: id, value: fold, line, cluster })
	}
	const values = dataset.records.map(({ id }) => {
		const value = found.get(id)
		if (!value) throw invalid('the record is missing in the split', undefined, id)
		return value
	})
	const split = partsOf(values, by, path)
	const clusters = values.map(({ cluster }) => cluster)
	return { ...split, ...(!clusters.includes('') && { clusters }), ...(settings && { settings }) }
}

/** Settings of a comment line; a line that a person has changed into something else says nothing. */
function parseSettings(text: string | undefined): Split['settings'] {
	if (text === undefined) return undefined
	try {
		const found: Record<string, unknown> = JSON.parse(text)
		const plain = Object.entries(found).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
		return Object.fromEntries(plain) as Split['settings']
	} catch {
		return undefined
	}
}
