/** Homologs: which proteins are alike, by local alignment. `crates/subloc-analysis/src/homology` computes; docs/splits.md says how. */
import { requireKnown, requireOption, requireSignal, SublocError } from '../errors.js'
import {
	cpuInfo,
	homologousPairs,
	homologyClusters,
	type NativeHits,
	type NativeHomologyOptions,
	type NativeRecords,
	type NativeRuntime,
	nearestHomologs,
} from '../native/binding.js'
import { residueCodes } from '../sequence/alphabet.js'

/** What is needed of a protein. */
export interface HomologyRecord {
	id: string
	/** Letters A–Z, at least one and at most 500,000. */
	sequence: string
}

/** Which alignments make homologs. */
export interface HomologyLimits {
	/** Least share of identical columns, 0 to 1; default 0.3. */
	identity?: number
	/** Least share of the residues of each of both that lie between the ends of the alignment, 0 to 1; default 0.8. */
	coverage?: number
	/** Largest E (Karlin–Altschul, BLOSUM62 with gaps 11/1, all residues of the searched set); default 1e-3. Equal sequences are homologs whatever their E. */
	maxExpect?: number
	/**
	 * What identical columns are divided by: columns of the alignment (default; MMseqs2's default, `--seq-id-mode 0`), residues of the `shorter` (1) or the
	 * `longer` (2) protein.
	 */
	identityOver?: 'alignment' | 'shorter' | 'longer'
}

/** How the search for homologs runs. */
export interface HomologySearch {
	/** Align every pair, not only those that share seeds; default false. Ten times the time and more; bench/RESULTS.md says what the seeds miss. */
	exhaustive?: boolean
	/** CPU threads; default: all of the machine. The result is the same for any number. */
	threads?: number
	/** Told how many of the queries are done. */
	onProgress?: (done: number, total: number) => void
	/** Ends the work within a second. */
	signal?: AbortSignal
}

export interface HomologyOptions extends HomologyLimits, HomologySearch {}

/** Two proteins and their best local alignment. */
export interface Homolog {
	/** Row of the query. */
	query: number
	/** Row of the target. */
	target: number
	/** 0 to 1; see {@link HomologyLimits.identityOver}. */
	identity: number
	/** Share of the query's residues between the ends of the alignment, 0 to 1. */
	queryCoverage: number
	/** Of the target's. */
	targetCoverage: number
	/** Bit score. */
	bits: number
	/** Alignments of this score that chance gives. */
	expect: number
}

/** Residues of the longest protein that can be aligned (crates/subloc-analysis/src/homology/mod.rs). */
export const LONGEST_ALIGNED = 500_000

/** Defaults of {@link HomologyLimits}: what method.md's figures were measured with. */
export const HOMOLOGY_LIMITS = {
	identity: 0.3,
	coverage: 0.8,
	maxExpect: 1e-3,
	identityOver: 'alignment',
} as const satisfies Required<HomologyLimits>

const OPTIONS = [...Object.keys(HOMOLOGY_LIMITS), 'exhaustive', 'threads', 'onProgress', 'signal']

/**
 * All pairs of homologs within a set, query before target, in order; with `groups` (one a record) pairs of different groups alone. A pair's E is that of its shorter
 * protein as the query. Of alignments with the same score the one with the most identical columns counts. The same for any number of threads.
 *
 * Errors: `INVALID_OPTION`, `UNKNOWN_RESIDUE`. Rejects with the signal's reason once it is aborted.
 */
export async function findHomologs(
	records: readonly HomologyRecord[],
	{ groups, ...options }: HomologyOptions & { groups?: readonly (string | number)[] } = {},
): Promise<Homolog[]> {
	requireOption(!groups || groups.length === records.length, 'groups', groups?.length, 'one group a record')
	return homologsOf(await pairs(records, groups, options))
}

/**
 * For each query the target of the largest bit score (of equals the first), or null where no E is within `maxExpect`. `identity` and `coverage` limit nothing here: a
 * nearest relative is told whatever it is. Errors: as {@link findHomologs}.
 */
export async function nearestRelatives(
	queries: readonly HomologyRecord[],
	targets: readonly HomologyRecord[],
	options: Omit<HomologyOptions, 'identity' | 'coverage'> = {},
): Promise<(Homolog | null)[]> {
	const { native, runtime } = complete(options)
	const watch = { signal: options.signal, onProgress: options.onProgress }
	const found = new Array<Homolog | null>(queries.length).fill(null)
	if (queries.length === 0 || targets.length === 0) return found
	const hits = await nearestHomologs(encoded(queries), encoded(targets), native, runtime, watch)
	for (const hit of homologsOf(hits)) found[hit.query] = hit
	return found
}

/** How homologs become clusters. */
export interface ClusterOptions extends HomologyOptions {
	/**
	 * `single` (default): whatever a chain of homologs connects, so that no pair of homologs has two clusters. `greedy`: the longest protein that is left takes its
	 * homologs (as CD-HIT); smaller clusters, between which homologs remain.
	 */
	linkage?: 'single' | 'greedy'
}

/** Cluster of each record, numbered from 0 in the order of their first records, [N]. Errors: as {@link findHomologs}. */
export async function clusterByHomology(
	records: readonly HomologyRecord[],
	{ linkage = 'single', ...options }: ClusterOptions = {},
): Promise<Uint32Array> {
	const { query, target } = await pairs(records, undefined, options)
	return clustersOf(records, query, target, linkage)
}

/** @internal Clusters of records from links between their rows. Errors: `INVALID_OPTION`. */
export function clustersOf(
	records: readonly HomologyRecord[],
	from: Uint32Array,
	to: Uint32Array,
	linkage: 'single' | 'greedy',
): Uint32Array {
	return homologyClusters(
		Uint32Array.from(records, ({ sequence }) => sequence.length),
		from,
		to,
		linkage,
	)
}

async function pairs(
	records: readonly HomologyRecord[],
	groups: readonly (string | number)[] | undefined,
	options: HomologyOptions,
): Promise<NativeHits> {
	const { native, runtime } = complete(options)
	const numbers = new Map<string | number, number>()
	const numberOf = (group: string | number) => {
		const number = numbers.get(group) ?? numbers.size
		numbers.set(group, number)
		return number
	}
	const numbered = groups ? Uint32Array.from(groups, numberOf) : null
	const watch = { signal: options.signal, onProgress: options.onProgress }
	return homologousPairs(encoded(records), numbered, native, runtime, watch)
}

function complete(options: HomologyOptions): { native: NativeHomologyOptions; runtime: NativeRuntime } {
	requireKnown(options, OPTIONS)
	const { signal, threads = cpuInfo().threads, exhaustive = false } = options
	requireSignal(signal)
	const { identity, coverage, maxExpect, identityOver } = homologyLimits(options)
	requireOption(Number.isInteger(threads) && threads >= 1 && threads <= 1024, 'threads', threads, '1 to 1024')
	requireOption(typeof exhaustive === 'boolean', 'exhaustive', exhaustive, 'true or false')
	return {
		native: { identity, coverage, expect: maxExpect, identityOver, exhaustive },
		runtime: { backend: 'cpu', threads, cpuIsa: 'auto', precision: 'f32' },
	}
}

/** @internal Limits with their defaults. Errors: `INVALID_OPTION`. */
export function homologyLimits({
	identity = HOMOLOGY_LIMITS.identity,
	coverage = HOMOLOGY_LIMITS.coverage,
	maxExpect = HOMOLOGY_LIMITS.maxExpect,
	identityOver = HOMOLOGY_LIMITS.identityOver,
}: HomologyLimits): Required<HomologyLimits> {
	requireOption(identity >= 0 && identity <= 1, 'identity', identity, 'a number from 0 to 1')
	requireOption(coverage >= 0 && coverage <= 1, 'coverage', coverage, 'a number from 0 to 1')
	requireOption(Number.isFinite(maxExpect) && maxExpect > 0, 'maxExpect', maxExpect, 'a number above 0')
	const known = ['alignment', 'shorter', 'longer']
	requireOption(known.includes(identityOver), 'identityOver', identityOver, known.join(', '))
	return { identity, coverage, maxExpect, identityOver }
}

function encoded(records: readonly HomologyRecord[]): NativeRecords {
	const offsets = new Float64Array(records.length + 1)
	for (const [row, { id, sequence }] of records.entries()) {
		if (sequence === '') throw new SublocError('INVALID_DATASET', 'the record has no residues', { record: id })
		offsets[row + 1] = offsets[row]! + sequence.length
	}
	const codes = new Uint8Array(offsets[records.length]!)
	for (const [row, { sequence }] of records.entries()) {
		residueCodes(sequence, codes.subarray(offsets[row]!, offsets[row + 1]!))
	}
	return { codes, offsets, profiles: null }
}

function homologsOf(hits: NativeHits): Homolog[] {
	return Array.from(hits.query, (query, at) => ({
		...{ query, target: hits.target[at]!, identity: hits.identity[at]! },
		...{ queryCoverage: hits.queryCoverage[at]!, targetCoverage: hits.targetCoverage[at]! },
		...{ bits: hits.bits[at]!, expect: hits.expect[at]! },
	}))
}
