/** Folds that keep homologs together, and the audit that looks whether a split does. */
import { requireOption, SublocError } from '../../errors.js'
import type { Dataset } from '../dataset.js'
import {
	type ClusterOptions,
	clustersOf,
	findHomologs,
	type Homolog,
	type HomologyOptions,
	homologyLimits,
} from '../homology.js'
import { classesOfRecords } from '../label-sets.js'
import { balancedFolds } from './balance.js'
import { mmseqsHomologs } from './mmseqs.js'
import type { Split } from './split.js'

/** Which program looks for homologs. */
export type HomologyEngine = 'own' | 'mmseqs'

export interface HomologyFoldsOptions extends ClusterOptions {
	/** Number of folds, from 2; default 5. */
	folds?: number
	/** Of the order in which equal clusters are dealt; default 1. */
	seed?: number
	/** `own` (default), or `mmseqs`, which must be on the PATH. */
	engine?: HomologyEngine
}

/**
 * Folds of whole homology clusters, every class (of a multi-label dataset every label) spread as evenly as the clusters let it. The split remembers its clusters and
 * settings. It is not audited: give it to {@link auditSplit}.
 *
 * Errors: `INVALID_SPLIT` for a class that cannot be in every fold; `INVALID_OPTION`; `TOOL_UNAVAILABLE` (mmseqs). Rejects with the signal's reason once it is aborted.
 */
export async function homologyFolds(dataset: Dataset, options: HomologyFoldsOptions = {}): Promise<Split> {
	const { folds = 5, seed = 1, engine = 'own', linkage = 'single', ...search } = options
	requireOption(Number.isInteger(folds) && folds >= 2, 'folds', folds, 'a whole number from 2')
	requireOption(Number.isSafeInteger(seed) && seed >= 0, 'seed', seed, 'a whole number from 0')
	requireOption(['single', 'greedy'].includes(linkage), 'linkage', linkage, 'single or greedy')
	const links = await homologs(dataset, engine, search)
	const [from, to] = (['query', 'target'] as const).map((end) => Uint32Array.from(links, (link) => link[end]))
	const clusters = clustersOf(dataset.records, from!, to!, linkage)
	const labels = classesOfRecords(dataset)
	const counts = Array.from({ length: 1 + clusters.reduce((a, b) => Math.max(a, b), -1) }, () =>
		dataset.classes.map(() => 0),
	)
	for (const [row, cluster] of clusters.entries()) for (const label of labels[row]!) counts[cluster]![label]! += 1
	const foldOf = balancedFolds(counts, { folds, seed })
	const parts = Array.from(clusters, (cluster) => foldOf[cluster]!)
	requireEveryClass(dataset, labels, parts, folds, counts)
	const { identity, coverage, maxExpect, identityOver } = homologyLimits(search)
	return {
		...{ by: 'homology', parts, folds },
		clusters: Array.from(clusters, (cluster) => `c${cluster + 1}`),
		settings: { identity, coverage, maxExpect, identityOver, linkage, engine, folds, seed },
	}
}

/** A homologous pair of two parts of a split. */
export interface CrossingPair extends Homolog {
	/** Ids of query and target. */
	ids: [string, string]
}

/** What an audit has found. */
export interface SplitAudit {
	/** Whether no two homologs stand in different parts. */
	passed: boolean
	/** Limits that were looked at. */
	identity: number
	coverage: number
	/** Pairs of different parts that reach the limits of identity and coverage; none where it has passed. By falling bit score. */
	leaks: CrossingPair[]
	/**
	 * Pairs of different parts that reach the identity but not the coverage: a shared domain or repeat. No leak by the split's own definition, but something to know.
	 * By falling bit score.
	 */
	local: CrossingPair[]
	/** Records that are in a pair of `local`. */
	recordsWithLocal: number
}

/**
 * Searches anew for homologs in different parts of a split (folds, or train, validation and test). Limits are the split's own settings where it has some and none are
 * given. It searches with the split's own engine unless told otherwise: two engines disagree about some pairs near the limits.
 * Errors: as {@link homologyFolds}.
 */
export async function auditSplit(
	split: Split,
	dataset: Dataset,
	options: HomologyOptions & { engine?: HomologyEngine } = {},
): Promise<SplitAudit> {
	if (split.parts.length !== dataset.records.length) {
		throw new SublocError('INVALID_SPLIT', 'the split is of other records', { file: dataset.source })
	}
	const { engine = split.settings?.engine === 'mmseqs' ? 'mmseqs' : 'own', ...given } = options
	const own = split.settings ?? {}
	const limits = homologyLimits({
		...(typeof own.identity === 'number' && { identity: own.identity }),
		...(typeof own.coverage === 'number' && { coverage: own.coverage }),
		...(typeof own.maxExpect === 'number' && { maxExpect: own.maxExpect }),
		...(typeof own.identityOver === 'string' && { identityOver: own.identityOver as 'alignment' }),
		...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
	})
	const found = await homologs(dataset, engine, { ...given, ...limits, coverage: 0 }, split.parts)
	const named = found.map((pair) => {
		const ids: [string, string] = [dataset.records[pair.query]!.id, dataset.records[pair.target]!.id]
		return { ...pair, ids }
	})
	named.sort((a, b) => b.bits - a.bits || a.query - b.query || a.target - b.target)
	// Equal sequences are a leak whatever is covered.
	const isLeak = ({ query, target, queryCoverage, targetCoverage }: CrossingPair) =>
		Math.min(queryCoverage, targetCoverage) >= limits.coverage ||
		dataset.records[query]!.sequence === dataset.records[target]!.sequence
	const local = named.filter((pair) => !isLeak(pair))
	const leaks = named.filter(isLeak)
	return {
		...{ passed: leaks.length === 0, identity: limits.identity, coverage: limits.coverage, leaks, local },
		recordsWithLocal: new Set(local.flatMap(({ query, target }) => [query, target])).size,
	}
}

async function homologs(
	dataset: Dataset,
	engine: HomologyEngine,
	options: HomologyOptions,
	groups?: Split['parts'],
): Promise<Homolog[]> {
	requireOption(['own', 'mmseqs'].includes(engine), 'engine', engine, 'own or mmseqs')
	requireOption(
		engine === 'own' || !options.exhaustive,
		'exhaustive',
		true,
		'the engine own: mmseqs chooses its pairs itself',
	)
	if (engine === 'own') return findHomologs(dataset.records, { ...options, ...(groups && { groups }) })
	const hits = await mmseqsHomologs(dataset.records, options)
	const known = new Set(hits.map(({ query, target }) => `${query} ${target}`))
	const equals = await equalSequences(dataset.records, options)
	const found = [...hits, ...equals.filter(({ query, target }) => !known.has(`${query} ${target}`))]
	return groups ? found.filter(({ query, target }) => groups[query] !== groups[target]) : found
}

/** Pairs of equal sequences, which are homologs however short they are: MMseqs2 finds none for a short peptide. */
async function equalSequences(
	records: Dataset['records'],
	{ threads, signal }: Pick<HomologyOptions, 'threads' | 'signal'>,
): Promise<Homolog[]> {
	const counts = new Map<string, number>()
	for (const { sequence } of records) counts.set(sequence, (counts.get(sequence) ?? 0) + 1)
	const rows = [...records.keys()].filter((row) => counts.get(records[row]!.sequence)! > 1)
	const chosen = rows.map((row) => records[row]!)
	const hits = await findHomologs(chosen, { threads, signal })
	return hits
		.filter(({ query, target }) => chosen[query]!.sequence === chosen[target]!.sequence)
		.map((hit) => ({ ...hit, query: rows[hit.query]!, target: rows[hit.target]! }))
}

function requireEveryClass(
	dataset: Dataset,
	labels: readonly (readonly number[])[],
	parts: readonly number[],
	folds: number,
	counts: number[][],
): void {
	const present = new Set(labels.flatMap((own, row) => own.map((label) => `${parts[row]} ${label}`)))
	for (const [k, name] of dataset.classes.entries()) {
		const records = counts.reduce((sum, own) => sum + own[k]!, 0)
		if (records === 0) continue
		for (let fold = 1; fold <= folds; fold++) {
			if (present.has(`${fold} ${k}`)) continue
			const clusters = counts.filter((own) => own[k]! > 0).length
			const message = `class '${name}' has ${records} records in ${clusters} homology clusters, which do not fill ${folds} folds`
			throw new SublocError('INVALID_SPLIT', message, { file: dataset.source, class: name, clusters, folds })
		}
	}
}
