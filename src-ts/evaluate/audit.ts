/** The leak audit: how near the proteins of a test part are to those of a training part. */
import type { Dataset } from '../dataset/dataset.js'
import { type Homolog, type HomologyRecord, nearestRelatives } from '../dataset/homology.js'
import { rowsOf, type Split } from '../dataset/split/split.js'
import type { RelativesOptions } from './relative.js'
import { type CopiedLabel, copyLabels, type RelativesSummary, summariseRelatives } from './relatives.js'

/** A test protein, its nearest training relative, and the class that copying gives. */
export interface AuditedRecord extends CopiedLabel {
	id: string
	/** Id and class of the relative and their alignment; null where there is none. */
	relative: (Omit<Homolog, 'query' | 'target'> & { id: string; class: string }) | null
}

/** What a leak audit has found. */
export interface LeakAudit extends RelativesSummary {
	/** In the order of the test proteins. */
	proteins: AuditedRecord[]
}

/**
 * Finds the nearest training relative of every test protein (largest bit score with E ≤ `maxExpect`) and what copying its class would score, overall and by identity.
 * An accuracy on the test proteins stands beside that. Without classes of the test proteins there is no score.
 * Errors: `INVALID_OPTION`; `INVALID_DATASET` without test or training proteins. Rejects with the signal's reason once it is aborted.
 */
export async function auditLeak(
	training: readonly (HomologyRecord & { class: string })[],
	test: readonly (HomologyRecord & { class?: string })[],
	options: RelativesOptions = {},
): Promise<LeakAudit> {
	const relatives = await nearestRelatives(test, training, options)
	const copied = copyLabels(training, relatives)
	const proteins = test.map(({ id, class: name }, row): AuditedRecord => {
		const found = relatives[row]
		const own = { id, ...(name !== undefined && { class: name }), copied: copied[row]! }
		if (!found) return { ...own, identity: null, relative: null }
		const { query: _, target, ...alignment } = found
		const other = training[target]!
		const relative = { id: other.id, class: other.class, ...alignment }
		return { ...own, identity: found.identity, relative }
	})
	return { ...summariseRelatives(proteins), proteins }
}

/**
 * {@link auditLeak} of a split: the test part against the training part; of numbered folds the given ones (default: all), each against the other folds, pooled. The
 * proteins stand in the order of the folds.
 */
export async function auditSplitLeak(
	split: Split,
	dataset: Dataset,
	{ folds, ...options }: RelativesOptions & { folds?: readonly number[] } = {},
): Promise<LeakAudit> {
	const wanted = split.folds === 0 ? [null] : (folds ?? Array.from({ length: split.folds }, (_, index) => index + 1))
	const proteins: AuditedRecord[] = []
	for (const fold of wanted) {
		const { train, test } = rowsOf(split, dataset, { fold, validationFraction: 0, seed: 0 })
		const [own, others] = [test, train].map((rows) => Array.from(rows, (row) => dataset.records[row]!))
		if (own!.length === 0) continue
		for (const protein of (await auditLeak(others!, own!, options)).proteins) proteins.push(protein)
	}
	return { ...summariseRelatives(proteins), proteins }
}

/** The proteins of an audit as a table, a line a protein; cells are empty where there is no relative. */
export function auditTsv({ proteins }: Pick<LeakAudit, 'proteins'>): string {
	const alignment = ['identity', 'coverage', 'relative_coverage', 'bits', 'expect']
	const header = ['id', 'class', 'copied', 'relative', 'relative_class', ...alignment]
	const rows = proteins.map(({ id, class: name = '', copied, relative }) => {
		if (!relative) return [id, name, copied, ...header.slice(3).map(() => '')]
		const { identity, queryCoverage, targetCoverage, bits, expect } = relative
		const shares = [identity, queryCoverage, targetCoverage].map((share) => share.toFixed(4))
		return [id, name, copied, relative.id, relative.class, ...shares, bits.toFixed(1), expect.toExponential(2)]
	})
	return [header, ...rows].map((cells) => `${cells.join('\t')}\n`).join('')
}
