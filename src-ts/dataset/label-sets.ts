/** Proteins with any number of labels: how they are written, and as bytes. */
import { SublocError } from '../errors.js'
import type { Dataset } from './dataset.js'

/** What stands between the labels of a record. */
export const LABEL_SEPARATOR = ';'

/** The labels that a class value names: distinct, in byte order; empty where a name is missing between two separators. */
export function labelsOf(value: string): string[] {
	const names = value.split(LABEL_SEPARATOR).map((name) => name.trim())
	if (names.includes('')) return []
	return [...new Set(names)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

/** Which labels each record has, [N, K] row-major, 1 or 0. Errors: `UNKNOWN_CLASS` for a label that is not in `classes`. */
export function labelSets({ records, classes }: Pick<Dataset, 'records' | 'classes'>): Uint8Array {
	const index = new Map(classes.map((name, at) => [name, at]))
	const sets = new Uint8Array(records.length * classes.length)
	for (const [row, record] of records.entries()) {
		for (const name of labelsOf(record.class)) {
			const label = index.get(name)
			if (label === undefined) {
				const message = `class '${name}' is none of ${classes.join(', ')}`
				throw new SublocError('UNKNOWN_CLASS', message, { record: record.id, value: name, allowed: classes })
			}
			sets[row * classes.length + label] = 1
		}
	}
	return sets
}

/** Class indices of each record, [N]: one of it, or of a multi-label dataset those of its labels. Errors: as {@link labelSets}. */
export function classesOfRecords(
	dataset: Pick<Dataset, 'records' | 'classes' | 'multiLabel'>,
): readonly (readonly number[])[] {
	const index = new Map(dataset.classes.map((name, at) => [name, at]))
	if (!dataset.multiLabel) return dataset.records.map((record) => [index.get(record.class)!])
	const sets = labelSets(dataset)
	const all = [...dataset.classes.keys()]
	return dataset.records.map((_, row) => all.filter((label) => sets[row * all.length + label] === 1))
}
