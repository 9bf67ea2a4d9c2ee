/** Labelled proteins: from a folder of `<class>.fasta`, or from a TSV. docs/data.md states the formats. */
import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError, named, SublocError } from '../errors.js'
import { readFasta } from '../sequence/fasta.js'
import type { SequenceRecord } from '../sequence/record.js'
import { cleanSequence, unknownResidue } from '../sequence/residues.js'
import { type Annotation, parseAnnotations } from './annotations.js'
import { LABEL_SEPARATOR, labelsOf } from './label-sets.js'
import { readTsvRecords } from './tsv.js'

/** A protein whose place is known. */
export interface LabelledRecord extends SequenceRecord {
	/** Its compartment; of a multi-label dataset its labels in byte order, joined by `;`. */
	class: string
	/** Value of the TSV's `fold` column; empty where there is none. */
	fold: string
	/** Value of the TSV's `cluster` column; empty where there is none. */
	cluster: string
	/** The header's tags (MultiLoc): what is known of its sorting signal. Never input of a model. */
	annotations: Annotation[]
	/** The file it was read from, in which `line` counts; absent where it comes from no file. */
	file?: string
}

/** Labelled proteins and their classes. */
export interface Dataset {
	readonly records: readonly LabelledRecord[]
	/** Class names in byte order; a record's class index is the place of its class here. */
	readonly classes: readonly string[]
	/** Where it was read from. */
	readonly source: string
	/** SHA-256 over ids, classes and sequences in order: two datasets of one digest train the same model. */
	readonly digest: string
	/** Whether a record's class names any number of labels, and `classes` are these. */
	readonly multiLabel?: boolean
	/** Files of the folder that were not read, because their names are not those of FASTA files. */
	readonly ignored: readonly string[]
}

export interface ReadDatasetOptions {
	/** The classes that may occur, in any order; `UNKNOWN_CLASS` for another. Default: those that do occur. */
	classes?: readonly string[]
	/** A dataset to learn from needs two classes with records; one to evaluate on does not. Default 2. */
	minimumClasses?: number
	/**
	 * Reads a class value as any number of labels joined by `;`. Of a folder, a protein that stands in several classes' files with the same id and sequence is one
	 * record with all of their labels. Default false: such a protein is an error, and `;` is part of a name.
	 */
	multiLabel?: boolean
}

/**
 * Reads a dataset: a folder with one `<class>.fasta` (or `.fa`, `.faa`, `.fas`, `.fsa` in any case, each also `.gz`) a class, or a TSV with the columns
 * `id`, `sequence`, `class` and optionally `fold` and `cluster`, in capital or small letters (`.gz` too). Records keep their order: files in byte order of their class, records as they
 * stand. Stray `._*` and hidden files are ignored. Residues are read as in `readFasta`.
 *
 * Errors: `INPUT_MISSING`, `INVALID_DATASET` (empty, one class only, an id twice), `UNKNOWN_CLASS`, `INVALID_FASTA`, `UNKNOWN_RESIDUE`; with file,
 * line and record.
 */
export async function readDataset(path: string, options: ReadDatasetOptions = {}): Promise<Dataset> {
	const isFolder = await stat(path).then(
		(found) => found.isDirectory(),
		(error) => {
			throw fileError(error, path, 'read')
		},
	)
	const { records, ignored } = isFolder
		? await readFolder(path, options.multiLabel ?? false)
		: { records: await readTsvRecords(path, options.multiLabel ? undefined : options.classes), ignored: [] }
	return { ...makeDataset(records, { ...options, source: path }), ignored }
}

/**
 * A dataset from records, whose sequences are read as in `readFasta`. Ids and classes stand in tables: they have no control characters.
 * Errors: `INVALID_DATASET`, `UNKNOWN_CLASS`, `UNKNOWN_RESIDUE`; with file, line and record.
 */
export function makeDataset(
	records: readonly LabelledRecord[],
	{
		classes,
		minimumClasses = 2,
		multiLabel = false,
		source = 'records',
	}: ReadDatasetOptions & { source?: string } = {},
): Dataset {
	if (records.length === 0) throw new SublocError('INVALID_DATASET', 'the dataset has no records', { file: source })
	const ids = new Map<string, LabelledRecord>()
	const digest = createHash('sha256')
	const read: LabelledRecord[] = []
	const occurring = new Set<string>()
	for (const record of records) {
		const place = placeOf(record, source)
		for (const name of ['id', 'class', 'sequence'] as const) {
			if (typeof record[name] === 'string') continue
			throw new SublocError('INVALID_DATASET', `the ${name} is no text but ${typeof record[name]}`, place)
		}
		for (const name of ['id', 'class'] as const) {
			if (!/\p{Cc}/u.test(record[name])) continue
			const message = `the ${name} has a control character (a tab, a line end, …), which a table cannot hold`
			throw new SublocError('INVALID_DATASET', message, place)
		}
		const former = ids.get(record.id)
		if (former) {
			const message = `the id occurs twice (classes ${former.class} and ${record.class}); ids must be unique`
			throw new SublocError('INVALID_DATASET', message, place)
		}
		const clean = cleanSequence(record.sequence)
		if ('residue' in clean) throw unknownResidue(clean.residue, clean.position, place)
		const { sequence } = clean
		if (sequence === '') throw new SublocError('INVALID_DATASET', 'the record has no residues', place)
		const labels = multiLabel ? labelsOf(record.class) : [record.class]
		if (labels.length === 0) {
			throw new SublocError('INVALID_DATASET', `'${record.class}' has an empty label beside a ;`, place)
		}
		const unknown = classes && labels.find((label) => !classes.includes(label))
		if (unknown !== undefined) throw unknownClass(unknown, classes!, place)
		const own = labels.join(LABEL_SEPARATOR)
		ids.set(record.id, record)
		digest.update(`${record.id}\t${own}\t${sequence}\n`)
		read.push({ ...record, class: own, sequence })
		for (const label of labels) occurring.add(label)
	}
	const present = byteOrder(occurring)
	if (present.length < minimumClasses) {
		const message = `all ${records.length} records are '${present[0]}': at least ${minimumClasses} classes are needed`
		throw new SublocError('INVALID_DATASET', message, { file: source, class: present[0] })
	}
	return {
		records: read,
		classes: classes ? byteOrder(classes) : present,
		source,
		digest: digest.digest('hex'),
		...(multiLabel && { multiLabel }),
		ignored: [],
	}
}

/**
 * The dataset with each class value read as labels joined by `;`: a record's `class` becomes its labels in byte order, `classes` are the labels. A
 * multi-label dataset is given back as it is. Errors: `INVALID_DATASET` for an empty label, or all records with one label.
 */
export function multiLabelDataset(dataset: Dataset): Dataset {
	if (dataset.multiLabel) return dataset
	return { ...makeDataset(dataset.records, { multiLabel: true, source: dataset.source }), ignored: dataset.ignored }
}

/** Class index of each record, [N]; not of a multi-label dataset. */
export function classIndices({ records, classes }: Pick<Dataset, 'records' | 'classes'>): Uint32Array {
	const index = new Map(classes.map((name, at) => [name, at]))
	return Uint32Array.from(records, (record) => index.get(record.class)!)
}

/** Names in byte order of their UTF-8, everywhere the order of the classes. */
export function byteOrder(names: Iterable<string>): string[] {
	return [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

/** @internal Where a record stands: its own file, or else the dataset's source. */
export function placeOf({ file, line, id }: LabelledRecord, source: string) {
	return { file: file ?? source, ...(line && { line }), record: id }
}

/** @internal */
export function unknownClass(name: string, classes: readonly string[], place: object): SublocError {
	const message = `class '${name}' is none of ${named(name, classes)}`
	return new SublocError('UNKNOWN_CLASS', message, { ...place, value: name, allowed: classes })
}

const FASTA_NAME = /^(.+?)\.(fasta|fas|fsa|fa|faa)(\.gz)?$/i

async function readFolder(
	folder: string,
	multiLabel: boolean,
): Promise<{ records: LabelledRecord[]; ignored: string[] }> {
	const entries = await readdir(folder).catch((error) => {
		throw fileError(error, folder, 'read')
	})
	const visible = entries.filter((name) => !name.startsWith('.')).sort()
	const names = visible.filter((name) => FASTA_NAME.test(name))
	if (names.length === 0) {
		const message = 'the folder has no <class>.fasta (or .fa, .faa, .fas, .fsa; also with .gz)'
		throw new SublocError('INVALID_DATASET', message, { file: folder })
	}
	const fileOf = new Map<string, string>()
	for (const name of names) {
		const own = FASTA_NAME.exec(name)![1]!
		const former = fileOf.get(own)
		if (former) {
			throw new SublocError('INVALID_DATASET', `class '${own}' has two files, ${former} and ${name}`, { file: folder })
		}
		fileOf.set(own, name)
	}
	const records: LabelledRecord[] = []
	const seen = new Map<string, { place: string; record: LabelledRecord }>()
	for (const own of byteOrder(fileOf.keys())) {
		const file = join(folder, fileOf.get(own)!)
		for await (const record of readFasta(file)) {
			const former = seen.get(record.id)
			if (former && multiLabel && former.record.sequence === record.sequence && former.record.file !== file) {
				former.record.class += LABEL_SEPARATOR + own
				continue
			}
			if (former) {
				const why = multiLabel ? 'ids must be unique but for one protein in several classes' : 'ids must be unique'
				const message = `the id occurs twice, first in ${former.place}; ${why}`
				throw new SublocError('INVALID_DATASET', message, { file, line: record.line, record: record.id })
			}
			const annotations = parseAnnotations(record.description)
			const labelled = { ...record, class: own, fold: '', cluster: '', annotations, file }
			seen.set(record.id, { place: `${file}:${record.line}`, record: labelled })
			records.push(labelled)
		}
	}
	return { records, ignored: visible.filter((name) => !FASTA_NAME.test(name)) }
}
