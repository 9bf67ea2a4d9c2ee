/** Baselines beside a model: their scores on the same records, and by how much the model is better. */
import type { LabelledRecord } from '../dataset/dataset.js'
import { requireOption } from '../errors.js'
import type { Prediction } from '../predict/predict.js'
import type { BaselineAnswers, BaselineName } from './baselines.js'
import { type BootstrapOptions, bootstrapIntervals } from './bootstrap.js'
import { weightedMean } from './intervals.js'
import { type McNemar, mcnemar } from './mcnemar.js'
import { type Interval, shareInterval } from './share.js'

/** What a baseline reaches. */
export interface BaselineScores {
	name: BaselineName
	/** What it is, in a few words. */
	what: string
	accuracy: number
	interval: Interval | null
	/** The model's accuracy less the baseline's, with the interval of a paired bootstrap; null where every protein says the same, since no draw differs then. */
	gain: number
	gainInterval: Interval | null
	/** Model first, baseline second. */
	mcnemar: McNemar
}

/** Scores of baselines on the records that the model could predict: `rows` of their answers. */
export function baselineScores(
	baselines: readonly BaselineAnswers[],
	known: readonly { record: LabelledRecord; prediction: Prediction }[],
	rows: readonly number[],
	options: BootstrapOptions,
): BaselineScores[] {
	const own = known.map(({ record, prediction }) => prediction.compartment === record.class)
	const hits = own.map(Number)
	const theirs = baselines.map(({ name, answers }) => {
		const isFitting = rows.every((row) => answers[row] !== undefined)
		requireOption(isFitting, 'baselines', answers.length, `an answer of '${name}' for each record`)
		return known.map(({ record }, at) => answers[rows[at]!] === record.class)
	})
	const theirHits = theirs.map((right) => right.map(Number))
	const vector = (counts: ArrayLike<number>) => {
		const accuracy = weightedMean(hits, counts)
		const each = theirHits.map((right) => weightedMean(right, counts))
		return [...each, ...each.map((value) => accuracy - value)]
	}
	const intervals = bootstrapIntervals(known.length, vector, options)
	const once = vector(new Uint32Array(known.length).fill(1))
	return baselines.map(({ name, what }, at) => {
		const right = theirs[at]!
		return {
			...{ name, what, accuracy: once[at]! },
			interval: intervals[at] ?? shareInterval(right, options.clusters ?? null, options.level),
			gain: once[baselines.length + at]!,
			gainInterval: intervals[baselines.length + at] ?? null,
			mcnemar: mcnemar(own, right),
		}
	})
}
