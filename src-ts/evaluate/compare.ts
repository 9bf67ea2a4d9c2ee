/** Two sets of answers for the same proteins: by how much one is better, and how sure that is. */
import type { Answers } from './answers.js'
import { type BootstrapOptions, bootstrapIntervals } from './bootstrap.js'
import { completeBootstrap, drawnScores, weightedMean } from './intervals.js'
import { type McNemar, mcnemar } from './mcnemar.js'
import { recordLosses } from './metrics.js'
import type { Interval } from './share.js'

/** A score of both, and their difference. */
export interface ScoreDifference {
	first: number
	second: number
	/** first − second */
	difference: number
	/** Of the difference: each draw takes the same proteins for both (paired bootstrap). */
	interval: Interval | null
}

/** What a comparison comes to. */
export interface Comparison {
	/** Proteins that both predicted. */
	records: number
	resampled: 'proteins' | 'clusters'
	replicates: number
	seed: number
	level: number
	accuracy: ScoreDifference
	balancedAccuracy: ScoreDifference
	macroF1: ScoreDifference
	gorodkin: ScoreDifference
	/** Mean −ln p of the true class, nats: less is better. */
	logLoss: ScoreDifference
	/** Takes proteins as independent of each other. */
	mcnemar: McNemar
}

const SCORES = ['accuracy', 'balancedAccuracy', 'macroF1', 'gorodkin', 'logLoss'] as const

/** Compares answers for the same records in the same order; `options.clusters` are those of the records. */
export function compareAnswers(
	first: Answers,
	second: Answers,
	classes: readonly string[],
	options: BootstrapOptions = {},
): Comparison {
	const { clusters, ...drawing } = completeBootstrap(options)
	const scorers = [first, second].map((answers) => {
		const losses = recordLosses(answers.truth, answers.probabilities, classes.length)
		return (counts: ArrayLike<number>) => {
			const { accuracy, balancedAccuracy, macroF1, gorodkin } = drawnScores(answers, classes, counts)
			return [accuracy, balancedAccuracy, macroF1, gorodkin, weightedMean(losses, counts)]
		}
	})
	const [one, other] = scorers as [(typeof scorers)[number], (typeof scorers)[number]]
	const intervals = bootstrapIntervals(
		first.truth.length,
		(counts) => {
			const theirs = other(counts)
			return one(counts).map((value, at) => value - theirs[at]!)
		},
		{ ...drawing, clusters },
	)
	const once = new Uint32Array(first.truth.length).fill(1)
	const [a, b] = [one(once), other(once)]
	const differences = Object.fromEntries(
		SCORES.map((name, at): [(typeof SCORES)[number], ScoreDifference] => [
			name,
			{ first: a[at]!, second: b[at]!, difference: a[at]! - b[at]!, interval: intervals[at] ?? null },
		]),
	) as Record<(typeof SCORES)[number], ScoreDifference>
	return {
		...{ records: first.truth.length, resampled: clusters ? 'clusters' : 'proteins' },
		...drawing,
		...differences,
		mcnemar: mcnemar(first.right, second.right),
	}
}
