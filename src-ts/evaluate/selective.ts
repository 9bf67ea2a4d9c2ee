/** What a model is worth where it may abstain: the surest predictions first (El-Yaniv & Wiener 2010; Geifman & El-Yaniv 2017). */
import { type Interval, wilson } from './calibration.js'

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
	/** Its 95 % Wilson interval. */
	interval: Interval
}

/** The curve of predictions: `confidence[n]` is the probability of what was predicted for record n, `right[n]` whether that is its class. */
export function riskCoverage(confidence: ArrayLike<number>, right: ArrayLike<boolean>): Selective {
	const order = Array.from(confidence, (_, record) => record).sort((a, b) => confidence[b]! - confidence[a]!)
	const curve: CoveragePoint[] = []
	let [kept, wrong, area] = [0, 0, 0]
	for (let from = 0; from < order.length; ) {
		let to = from
		let own = 0
		while (to < order.length && confidence[order[to]!] === confidence[order[from]!]) {
			own += Number(!right[order[to]!])
			to += 1
		}
		// Within a group of equals the expected number of wrong ones grows evenly.
		for (let at = from; at < to; at++) area += (wrong + (own * (at - from + 1)) / (to - from)) / (at + 1)
		wrong += own
		kept = to
		const [threshold, coverage] = [confidence[order[from]!]!, kept / order.length]
		curve.push({ threshold, records: kept, coverage, risk: wrong / kept })
		from = to
	}
	let best = 0
	for (let at = order.length - wrong; at < order.length; at++) best += (at + 1 - (order.length - wrong)) / (at + 1)
	const aurc = order.length === 0 ? 0 : area / order.length
	return { curve, aurc, excess: order.length === 0 ? 0 : (area - best) / order.length }
}

/**
 * The lowest probability from which on predictions are right at least as often as wanted (`accuracy`, 0 to 1): the largest coverage that keeps the promise on
 * these records. Null where even the surest do not. A threshold belongs to the records that it was chosen on: choose it on a validation part, or say so.
 */
export function thresholdFor({ curve }: Pick<Selective, 'curve'>, accuracy: number): CoveragePoint | null {
	return curve.findLast(({ risk }) => 1 - risk >= accuracy - 1e-12) ?? null
}

/** What is right where predictions below `threshold` are not given. */
export function abstaining(confidence: ArrayLike<number>, right: ArrayLike<boolean>, threshold: number): Abstained {
	let [records, hits] = [0, 0]
	for (let record = 0; record < confidence.length; record++) {
		if (confidence[record]! < threshold) continue
		records += 1
		hits += Number(right[record])
	}
	return {
		...{ threshold, records, coverage: confidence.length === 0 ? 0 : records / confidence.length },
		accuracy: records === 0 ? null : hits / records,
		interval: wilson(hits, records),
	}
}
