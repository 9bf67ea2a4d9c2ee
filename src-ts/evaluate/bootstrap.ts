/** How sure a score is: the bootstrap over proteins, or over whole clusters of relatives (Efron & Tibshirani 1993, chapters 13 and 8). */
import { requireOption } from '../errors.js'
import { uniforms } from '../native/binding.js'
import type { Interval } from './share.js'

/** How to draw. */
export interface BootstrapOptions {
	/** Drawn sets, from 1. Default 1000. */
	replicates?: number
	/** Of the draws; the same seed gives the same interval. Default 1. */
	seed?: number
	/** Share of the draws inside the interval, above 0 and below 1. Default 0.95. */
	level?: number
	/**
	 * Cluster of each record, [N]; an empty name is a cluster of its own. Whole clusters are drawn then, as relatives are right or wrong together. Default: null,
	 * records are drawn one by one.
	 */
	clusters?: readonly string[] | null
}

/** Replicate b draws from stream BOOTSTRAP + b of the seed. */
const BOOTSTRAP_STREAM = 0x424f_4f54n << 32n

/**
 * Percentile intervals of some scores. `score` gets how often each record was drawn, [N] (the array is used again for the next draw), and gives the scores of
 * that draw; NaN where a score is undefined (a class that was not drawn), and such draws do not count for it. A score that is undefined in every draw has null, and
 * so has one that is the same in every draw; of fewer than five records (or clusters) all have: an interval of width 0 would promise what is not known.
 *
 * Errors: `INVALID_OPTION`.
 */
export function bootstrapIntervals(
	records: number,
	score: (counts: Uint32Array) => ArrayLike<number>,
	options: BootstrapOptions = {},
): (Interval | null)[] {
	const { level = 0.95 } = options
	requireOption(level > 0 && level < 1, 'level', level, 'a number above 0 and below 1')
	const drawn: number[][] = []
	for (const counts of resamples(records, options)) {
		const found = score(counts)
		for (let index = 0; index < found.length; index++) {
			drawn[index] ??= []
			if (!Number.isNaN(found[index])) drawn[index]!.push(found[index]!)
		}
	}
	const isEnough = canBeDrawn(records, options.clusters)
	return drawn.map((values) => {
		if (!isEnough || values.length === 0) return null
		const sorted = Float64Array.from(values).sort()
		// Sums of equal values differ by rounding.
		if (sorted.at(-1)! - sorted[0]! <= 1e-12 * Math.max(1, Math.abs(sorted[0]!))) return null
		return { low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) }
	})
}

/** The interval of one score; see {@link bootstrapIntervals}. */
export function bootstrapInterval(
	records: number,
	score: (counts: Uint32Array) => number,
	options: BootstrapOptions = {},
): Interval | null {
	return bootstrapIntervals(records, (counts) => [score(counts)], options)[0] ?? null
}

/**
 * Draws with replacement as many records (or clusters) as there are: how often each record was drawn, [N]. One array is given again and again.
 * Errors: `INVALID_OPTION`.
 */
export function* resamples(records: number, options: BootstrapOptions = {}): Generator<Uint32Array> {
	const { replicates = 1000, seed = 1, clusters = null } = options
	const isCount = Number.isInteger(replicates) && replicates >= 1
	requireOption(isCount, 'replicates', replicates, 'a whole number from 1')
	requireOption(Number.isSafeInteger(seed) && seed >= 0, 'seed', seed, 'a whole number from 0')
	const isFitting = clusters === null || clusters.length === records
	requireOption(isFitting, 'clusters', clusters?.length, `a cluster for each of the ${records} records`)
	const units = clusters && unitsOf(clusters)
	const count = units?.length ?? records
	const counts = new Uint32Array(records)
	for (let replicate = 0; replicate < replicates; replicate++) {
		counts.fill(0)
		for (const uniform of uniforms(BigInt(seed), BOOTSTRAP_STREAM + BigInt(replicate), count)) {
			const unit = Math.floor(uniform * count)
			if (units) for (const record of units[unit]!) counts[record]! += 1
			else counts[unit]! += 1
		}
		yield counts
	}
}

/** Draws of fewer units say nothing: all of one are alike. */
const FEWEST_UNITS = 5

/** Whether there are proteins (or clusters of them) enough to draw from. */
export function canBeDrawn(records: number, clusters: readonly string[] | null = null): boolean {
	return (clusters ? unitsOf(clusters).length : records) >= FEWEST_UNITS
}

/** Records of each cluster, in the order in which the clusters are met; a record without a cluster is one of its own. */
export function unitsOf(clusters: readonly string[]): number[][] {
	const units: number[][] = []
	const known = new Map<string, number[]>()
	for (const [record, name] of clusters.entries()) {
		const own = name === '' ? undefined : known.get(name)
		if (own) {
			own.push(record)
			continue
		}
		const fresh = [record]
		units.push(fresh)
		if (name !== '') known.set(name, fresh)
	}
	return units
}

/** The value below which a share of sorted values lies, between two of them by their distance (type 7 of Hyndman & Fan 1996). At least one value. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
	const place = share * (sorted.length - 1)
	const below = Math.floor(place)
	const above = Math.min(sorted.length - 1, below + 1)
	return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!)
}
