/** Which records train and which are held out: a plain assignment, seeded, written to a file and read back. */
import { SublocError } from '../../errors.js'
import { shuffledIndices } from '../../native/binding.js'
import type { Dataset, LabelledRecord } from '../dataset.js'
import { classesOfRecords, labelSets } from '../label-sets.js'
import { iterativeParts } from './iterative.js'

/**
 * A record's part: a fold from 1 of a cross-validation, or a fixed part of a single run.
 */
export type Part = number | 'train' | 'validation' | 'test'

/** An assignment of all records of a dataset. */
export interface Split {
	/** How it was made: `stratified`, `homology`, `column`, `file`, or another method's name. Printed beside every accuracy. */
	readonly by: string
	/** Part of each record, in the order of the dataset. */
	readonly parts: readonly Part[]
	/** Number of folds, or 0 where the parts are train, validation and test. */
	readonly folds: number
	/** Homology cluster of each record, in the order of the dataset; absent where the split has none. */
	readonly clusters?: readonly string[]
	/** What it was made with, seed included; absent where that is not known. */
	readonly settings?: Readonly<Record<string, string | number | boolean>>
}

/** Rows of a dataset for one model. */
export interface Rows {
	train: Uint32Array
	validation: Uint32Array
	test: Uint32Array
}

/** The records of a dataset, each with the homology cluster that its split gives it (`cluster`); as they are where the split has no clusters. The split is of this dataset. */
export function clusteredRecords(
	{ records }: Pick<Dataset, 'records'>,
	{ clusters }: Split,
): readonly LabelledRecord[] {
	return clusters ? records.map((record, row) => ({ ...record, cluster: clusters[row]! })) : records
}

/** Streams of the seed: class k of a split shuffles with stream SPLIT + k, of a validation part with VALIDATION + k. */
const SPLIT_STREAM = 0x5350_4c49n << 32n
const VALIDATION_STREAM = 0x5641_4c49n << 32n

/**
 * Holds out `testFraction` (0 to below 1) of every class: round(n · fraction) records, at least one and never all of a class with two or more records; a
 * class with one record trains. Multi-label data are stratified iteratively, by `iterativeParts`. Errors: `INVALID_OPTION`.
 */
export function holdOut(dataset: Dataset, { testFraction, seed }: { testFraction: number; seed: number }): Split {
	checkFraction('testFraction', testFraction)
	if (dataset.multiLabel && testFraction > 0) {
		const parts = multiLabelParts(dataset, allRows(dataset), [1 - testFraction, testFraction], seed, SPLIT_STREAM)
		return { by: 'stratified', parts: parts.map((part) => (part === 1 ? 'test' : 'train')), folds: 0 }
	}
	const parts: Part[] = dataset.records.map(() => 'train')
	for (const rows of shuffledClasses(dataset, allRows(dataset), seed, SPLIT_STREAM)) {
		for (const row of rows.slice(0, heldOut(rows.length, testFraction))) parts[row] = 'test'
	}
	return { by: 'stratified', parts, folds: 0 }
}

/**
 * Deals the shuffled records of every class over `folds` (2 or more) parts of equal size, give or take one.
 * Errors: `INVALID_SPLIT` for a class with fewer records than folds.
 */
export function stratifiedFolds(dataset: Dataset, { folds, seed }: { folds: number; seed: number }): Split {
	if (!Number.isInteger(folds) || folds < 2) {
		throw new SublocError('INVALID_OPTION', `folds: ${folds} is not a whole number from 2`, {
			option: 'folds',
			value: folds,
		})
	}
	if (dataset.multiLabel) {
		const shares = new Array<number>(folds).fill(1 / folds)
		const found = multiLabelParts(dataset, allRows(dataset), shares, seed, SPLIT_STREAM)
		for (const [part] of shares.entries()) {
			if (found.includes(part)) continue
			const message = `${dataset.records.length} records do not make ${folds} folds`
			throw new SublocError('INVALID_SPLIT', message, { file: dataset.source, folds })
		}
		return { by: 'stratified', parts: found.map((part) => part + 1), folds }
	}
	const parts = new Array<Part>(dataset.records.length)
	let next = 0
	for (const [index, rows] of shuffledClasses(dataset, allRows(dataset), seed, SPLIT_STREAM).entries()) {
		if (rows.length < folds) {
			const name = dataset.classes[index]
			const message = `class '${name}' has ${rows.length} records, fewer than ${folds} folds`
			throw new SublocError('INVALID_SPLIT', message, {
				file: dataset.source,
				class: name,
				records: rows.length,
				folds,
			})
		}
		for (const row of rows) parts[row] = (next++ % folds) + 1
	}
	return { by: 'stratified', parts, folds }
}

/** The TSV's own `fold` column: numbers from 1, or `train`, `validation`, `test`; and its `cluster` column where every record has one. Errors: `INVALID_SPLIT`. */
export function columnSplit(dataset: Dataset): Split {
	const values = dataset.records.map(({ id, fold, line }) => ({ record: id, value: fold, line }))
	const clusters = dataset.records.map(({ cluster }) => cluster)
	const split = partsOf(values, 'column', dataset.source)
	return clusters.includes('') ? split : { ...split, clusters }
}

/** A split from words: whole numbers from 1, or `train`, `validation`, `test`. */
export function partsOf(values: { record: string; value: string; line: number }[], by: string, file: string): Split {
	const parts = values.map(({ record, value, line }): Part => {
		if (value === 'train' || value === 'validation' || value === 'test') return value
		if (/^[1-9]\d{0,5}$/.test(value)) return Number(value)
		const message = `'${value}' is no fold: numbers from 1, or train, validation, test`
		throw new SublocError('INVALID_SPLIT', message, { file, line, record, value })
	})
	const numbers = parts.filter((part) => typeof part === 'number')
	if (numbers.length > 0 && numbers.length < parts.length) {
		throw new SublocError('INVALID_SPLIT', 'numbered folds and the words train, validation, test are mixed', { file })
	}
	const folds = numbers.reduce((a, b) => Math.max(a, b), 0)
	for (let fold = 1; fold <= folds; fold++) {
		if (!numbers.includes(fold))
			throw new SublocError('INVALID_SPLIT', `fold ${fold} of ${folds} has no record`, { file, fold })
	}
	if (folds === 1) throw new SublocError('INVALID_SPLIT', 'there is one fold; at least two are needed', { file })
	return { by, parts, folds }
}

/**
 * Rows of one model. `fold` (from 1) names the part that is held out of a split into folds, and must not be given otherwise; `validationFraction`
 * of every class's training rows becomes the validation part where the split has none. Of a split with clusters whole clusters are held out, until each class has
 * about its share: its relatives in the training part would make the validation part say too much.
 * Errors: `INVALID_OPTION`, `INVALID_SPLIT`.
 */
export function rowsOf(
	split: Split,
	dataset: Dataset,
	{ fold, validationFraction, seed }: { fold: number | null; validationFraction: number; seed: number },
): Rows {
	checkFraction('validationFraction', validationFraction)
	if (split.folds === 0 && fold !== null) {
		throw new SublocError(
			'INVALID_OPTION',
			'fold: the split has no numbered folds (give one, for example from `subloc split`)',
			{ option: 'fold', value: fold },
		)
	}
	if (split.folds > 0 && (fold === null || !Number.isInteger(fold) || fold < 1 || fold > split.folds)) {
		const message = `fold: name the held-out fold, 1 to ${split.folds}`
		throw new SublocError('INVALID_OPTION', message, { option: 'fold', value: fold })
	}
	const rows: Record<'train' | 'validation' | 'test', number[]> = { train: [], validation: [], test: [] }
	for (const [row, part] of split.parts.entries()) {
		rows[typeof part === 'string' ? part : part === fold ? 'test' : 'train'].push(row)
	}
	if (validationFraction > 0 && rows.validation.length === 0) {
		const held = heldRows(split, dataset, rows.train, validationFraction, seed)
		rows.validation = rows.train.filter((row) => held.has(row))
		rows.train = rows.train.filter((row) => !held.has(row))
	}
	if (rows.train.length === 0) {
		throw new SublocError('INVALID_SPLIT', 'no record is left to train on', { file: dataset.source })
	}
	return {
		train: Uint32Array.from(rows.train),
		validation: Uint32Array.from(rows.validation),
		test: Uint32Array.from(rows.test),
	}
}

function multiLabelParts(dataset: Dataset, rows: readonly number[], shares: number[], seed: number, stream: bigint) {
	return iterativeParts(labelSets(dataset), dataset.classes.length, rows, shares, { seed, stream })
}

/** Rows of the validation part: whole clusters where the split has them. */
function heldRows(
	split: Split,
	dataset: Dataset,
	train: readonly number[],
	fraction: number,
	seed: number,
): Set<number> {
	if (dataset.multiLabel && !split.clusters) {
		const parts = multiLabelParts(dataset, train, [1 - fraction, fraction], seed, VALIDATION_STREAM)
		return new Set(train.filter((_, at) => parts[at] === 1))
	}
	const shuffled = shuffledClasses(dataset, train, seed, VALIDATION_STREAM)
	if (split.clusters) return heldClusters(split.clusters, shuffled, train, fraction)
	return new Set(shuffled.flatMap((own) => own.slice(0, heldOut(own.length, fraction))))
}

/** Rows of whole clusters: each class, the smallest first, takes the clusters of its shuffled rows until it has its share. A cluster larger than what is lacking is left. */
function heldClusters(
	clusters: readonly string[],
	shuffled: readonly number[][],
	train: readonly number[],
	fraction: number,
): Set<number> {
	const members = new Map<string, number[]>()
	for (const row of train) members.set(clusters[row]!, [...(members.get(clusters[row]!) ?? []), row])
	const held = new Set<number>()
	for (const own of [...shuffled].sort((a, b) => a.length - b.length)) {
		const wanted = heldOut(own.length, fraction)
		let has = own.filter((row) => held.has(row)).length
		const ofClass = new Set(own)
		for (const row of own) {
			if (has >= wanted) break
			if (held.has(row)) continue
			const cluster = members.get(clusters[row]!)!
			if (cluster.length > Math.max(1, wanted - has)) continue
			for (const member of cluster) held.add(member)
			has += cluster.filter((member) => ofClass.has(member)).length
		}
	}
	return held
}

function heldOut(records: number, fraction: number): number {
	if (fraction === 0 || records < 2) return 0
	return Math.min(records - 1, Math.max(1, Math.round(records * fraction)))
}

function checkFraction(option: string, value: number): void {
	if (value >= 0 && value < 1) return
	throw new SublocError('INVALID_OPTION', `${option}: ${value} is not from 0 to below 1`, { option, value })
}

const allRows = (dataset: Dataset) => dataset.records.map((_, row) => row)

/** The given rows by class index, each class in its own seeded order; a row of several labels stands in each of them. */
function shuffledClasses(dataset: Dataset, rows: readonly number[], seed: number, stream: bigint): number[][] {
	const labels = classesOfRecords(dataset)
	const classes: number[][] = dataset.classes.map(() => [])
	for (const row of rows) for (const label of labels[row]!) classes[label]!.push(row)
	return classes.map((own, index) => {
		const order = shuffledIndices(BigInt(seed), stream + BigInt(index), own.length)
		return Array.from(order, (at) => own[at]!)
	})
}
