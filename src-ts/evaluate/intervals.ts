/** Intervals of all scores at once, from one set of bootstrap draws. */

import type { Answers } from './answers.js'
import { type BootstrapOptions, bootstrapIntervals, unitsOf } from './bootstrap.js'
import { recordLosses, type Scores, scores } from './metrics.js'
import { type Interval, shareInterval } from './share.js'

/** How sure the scores are. An interval is null where its score is undefined or the same in every draw, and of fewer than five proteins (or clusters). */
export interface ScoreIntervals {
	/** Percentile bootstrap: what was drawn with replacement. */
	resampled: 'proteins' | 'clusters'
	/** How many of them there are. */
	units: number
	replicates: number
	seed: number
	/** Share of the draws inside. */
	level: number
	accuracy: Interval | null
	balancedAccuracy: Interval | null
	macroF1: Interval | null
	gorodkin: Interval | null
	logLoss: Interval | null
	/** Shares of few proteins (sensitivity, precision) have {@link shareInterval}'s, which does not close where all of them are right; the others are drawn. */
	perClass: {
		class: string
		sensitivity: Interval | null
		precision: Interval | null
		f1: Interval | null
		mcc: Interval | null
	}[]
}

/** Options with every value. */
export function completeBootstrap(options: BootstrapOptions = {}) {
	const { replicates = 1000, seed = 1, level = 0.95, clusters = null } = options
	return { replicates, seed, level, clusters }
}

/** Intervals of the scores of some answers; `options.clusters` are those of the answers. */
export function scoreIntervals(
	answers: Answers,
	classes: readonly string[],
	options: BootstrapOptions = {},
): ScoreIntervals {
	const { truth } = answers
	const { clusters, ...drawing } = completeBootstrap(options)
	const losses = recordLosses(truth, answers.probabilities, classes.length)
	const found = bootstrapIntervals(
		truth.length,
		(counts) => scoreVector(drawnScores(answers, classes, counts), weightedMean(losses, counts)),
		{ ...drawing, clusters },
	)
	const at = (index: number) => found[index] ?? null
	const [accuracy, balancedAccuracy, macroF1, gorodkin, logLoss] = [0, 1, 2, 3, 4].map(at) as (Interval | null)[]
	const perClass = classes.map((name, index) => {
		const share = (of: readonly number[], hits: readonly number[]) => {
			const own = [...of.keys()].filter((record) => of[record] === index)
			if (own.length === 0) return null
			const right = own.map((record) => hits[record] === index)
			return shareInterval(right, clusters && own.map((record) => clusters[record]!), drawing.level)
		}
		const from = 5 + 2 * index
		return {
			class: name,
			sensitivity: share(truth, answers.answers),
			precision: share(answers.answers, truth),
			...{ f1: at(from), mcc: at(from + 1) },
		}
	})
	const right = truth.map((own, record) => answers.answers[record] === own)
	return {
		resampled: clusters ? 'clusters' : 'proteins',
		units: clusters ? unitsOf(clusters).length : truth.length,
		...drawing,
		...{
			// Nothing is drawn of few, and no draw differs where all are right, or none is: Wilson's is there all the same.
			accuracy: accuracy ?? shareInterval(right, clusters, drawing.level),
			balancedAccuracy: balancedAccuracy!,
			macroF1: macroF1!,
			gorodkin: gorodkin!,
			logLoss: logLoss!,
		},
		perClass,
	}
}

/** Scores of a draw: every record counts as often as it was drawn. */
export function drawnScores(
	{ truth, answers }: Pick<Answers, 'truth' | 'answers'>,
	classes: readonly string[],
	counts: ArrayLike<number>,
): Scores {
	const confusion = Array.from(classes, () => new Array<number>(classes.length).fill(0))
	for (const [record, own] of truth.entries()) confusion[own]![answers[record]!]! += counts[record]!
	return scores(confusion, classes)
}

/** Mean of values that count so often. */
export function weightedMean(values: ArrayLike<number>, counts: ArrayLike<number>): number {
	let [sum, drawn] = [0, 0]
	for (let at = 0; at < values.length; at++) {
		sum += values[at]! * counts[at]!
		drawn += counts[at]!
	}
	return sum / drawn
}

function scoreVector(found: Scores, loss: number): number[] {
	const { accuracy, balancedAccuracy, macroF1, gorodkin, perClass } = found
	const each = perClass.flatMap(({ f1, mcc, support, predicted }) => [
		f1 ?? NaN,
		// Undefined where the class was neither drawn nor predicted.
		support + predicted === 0 ? NaN : mcc,
	])
	return [accuracy, balancedAccuracy, macroF1, gorodkin, loss, ...each]
}
