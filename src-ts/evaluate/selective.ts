/** What a model is worth where it may abstain: the surest predictions first (El-Yaniv & Wiener 2010; Geifman & El-Yaniv 2017). */
import type { BootstrapOptions } from './bootstrap.js'
import { type Interval, shareInterval } from './share.js'

/** A place on the curve: all predictions of at least this probability are kept. */
export interface CoveragePoint {
	/** The least probability that is kept. */
	threshold: number
	/** Records that are kept. */
	records: number
	/** Share of all records that are kept. */
	coverage: number
	/** Share of the kept ones that are wrong. */
	risk: number
}

/** The risk–coverage curve and its area. */
export interface Selective {
	/** A point for each probability that occurs, from the surest on. */
	curve: CoveragePoint[]
	/**
	 * Area under the curve: the mean over i = 1 … N of the risk of the i surest records; less is better. Records of one probability stand in every order alike.
	 */
	aurc: number
	/** {@link aurc} less that of an order in which every right record comes before every wrong one. */
	excess: number
}

/** What is left where a model abstains below a probability. */
export interface Abstained {
	threshold: number
	/** Records that are answered. */
	records: number
	coverage: number
	/** Of the answered; null where there are none. */
	accuracy: number | null
	/** Its interval, {@link shareInterval}'s. */
	interval: Interval
}

/** The curve of predictions: `confidence[n]` is the probability of what was predicted for record n, `right[n]` whether that is its class. */
export function riskCoverage(confidence: ArrayLike<number>, right: ArrayLike<boolean>): Selective {
	const N = confidence.length
	const groups = confidenceGroups(confidence)
	const curve: CoveragePoint[] = []
	let [kept, wrong] = [0, 0]
	for (const records of groups) {
		kept += records.length
		wrong += records.filter((record) => !right[record]).length
		curve.push({ threshold: confidence[records[0]!]!, records: kept, coverage: kept / N, risk: wrong / kept })
	}
	let best = 0
	for (let at = N - wrong; at < N; at++) best += (at + 1 - (N - wrong)) / (at + 1)
	const aurc = drawnAurc(groups, right, new Uint8Array(N).fill(1))
	return { curve, aurc, excess: N === 0 ? 0 : aurc - best / N }
}

/** {@link Selective.aurc} of a draw: every record counts as often as it was drawn. `groups` are those of {@link confidenceGroups}. */
export function drawnAurc(
	groups: readonly (readonly number[])[],
	right: ArrayLike<boolean>,
	counts: ArrayLike<number>,
): number {
	let [kept, wrong, area] = [0, 0, 0]
	for (const records of groups) {
		let [drawn, own] = [0, 0]
		for (const record of records) {
			drawn += counts[record]!
			if (!right[record]) own += counts[record]!
		}
		// Within a group of equals the expected number of wrong ones grows evenly.
		for (let at = 1; at <= drawn; at++) area += (wrong + (own * at) / drawn) / (kept + at)
		kept += drawn
		wrong += own
	}
	return kept === 0 ? 0 : area / kept
}

/** Records of each probability, from the surest on. */
export function confidenceGroups(confidence: ArrayLike<number>): number[][] {
	const groups = new Map<number, number[]>()
	for (let record = 0; record < confidence.length; record++) {
		const own = groups.get(confidence[record]!)
		if (own) own.push(record)
		else groups.set(confidence[record]!, [record])
	}
	return [...groups].sort(([a], [b]) => b - a).map(([, records]) => records)
}

/**
 * The lowest probability from which on predictions are right at least as often as wanted (`accuracy`, 0 to 1): the largest coverage that keeps the promise on
 * these records. Null where even the surest do not. A threshold belongs to the records that it was chosen on: choose it on a validation part, or say so.
 */
export function thresholdFor({ curve }: Pick<Selective, 'curve'>, accuracy: number): CoveragePoint | null {
	return curve.findLast(({ risk }) => 1 - risk >= accuracy - 1e-12) ?? null
}

/** What is right where predictions below `threshold` are not given. `clusters` of `options`: homology cluster of each record, for the interval. */
export function abstaining(
	confidence: ArrayLike<number>,
	right: ArrayLike<boolean>,
	threshold: number,
	{ clusters = null, level }: Pick<BootstrapOptions, 'clusters' | 'level'> = {},
): Abstained {
	const kept = Array.from(confidence, (_, record) => record).filter((record) => confidence[record]! >= threshold)
	const own = kept.map((record) => right[record]!)
	const hits = own.filter(Boolean).length
	return {
		...{ threshold, records: kept.length, coverage: confidence.length === 0 ? 0 : kept.length / confidence.length },
		accuracy: kept.length === 0 ? null : hits / kept.length,
		interval: shareInterval(own, clusters && kept.map((record) => clusters[record]!), level),
	}
}
