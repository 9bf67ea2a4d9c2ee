/** Scores of predictions with any number of labels a protein. */
import { type Dataset, type LabelledRecord, placeOf, unknownClass } from '../dataset/dataset.js'
import { labelSets, labelsOf } from '../dataset/label-sets.js'
import { requireOption, SublocError } from '../errors.js'
import type { Model } from '../model/model.js'
import { LEAST_PROBABILITY } from '../model/temperature.js'
import { type Prediction, type PredictOptions, predictAll } from '../predict/predict.js'
import { matthews } from '../train/thresholds.js'
import { type BootstrapOptions, bootstrapIntervals, canBeDrawn } from './bootstrap.js'
import { completeBootstrap } from './intervals.js'
import { clustersOf, withClusters } from './record-clusters.js'
import type { Interval } from './share.js'

/** Scores of one label. A ratio without a denominator is null. */
export interface LabelScores {
	class: string
	/** n: records that have the label. */
	support: number
	/** Records that are predicted to have it. */
	predicted: number
	/** Of these, records that have it. */
	right: number
	/** TP / (TP + FN), also called recall. */
	sensitivity: number | null
	/** TP / (TP + FP) */
	precision: number | null
	/** 2 TP / (2 TP + FP + FN) */
	f1: number | null
	/** Matthews correlation coefficient; 0 where it is undefined. */
	mcc: number
}

/** Scores of label sets (Tsoumakas, Katakis & Vlahavas 2010, section 7). */
export interface LabelSetScores {
	/** Records. */
	records: number
	classes: string[]
	/** Share of records whose set is right in all labels. */
	subsetAccuracy: number
	/** Mean over the records of |truth ∩ predicted| / |truth ∪ predicted|; 1 where both are empty. */
	jaccard: number
	/** F1 of all answers of all labels together; null where nothing is true and nothing predicted. */
	microF1: number | null
	/** Mean F1 of the labels that occur or are predicted. */
	macroF1: number | null
	/** Labels a record, as they are and as they are predicted: means. */
	labelsPerRecord: { true: number; predicted: number }
	perLabel: LabelScores[]
}

/** Scores of label sets, and what they are scores of. */
export interface MultiLabelEvaluation extends LabelSetScores {
	/** Tells this evaluation from one of a single class a protein. */
	loss: 'multi-label'
	/** What the records are. Printed beside every score. */
	on: string
	/** Mean over records and labels of the binary cross-entropy, nats; a probability of 0 counts as 10⁻¹⁵. */
	logLoss: number
	/** Records that could not be predicted; they stand in no score. */
	skipped: number
	/** How sure the scores are; absent of fewer than five proteins (or clusters), and in the file of an older version. */
	intervals?: LabelIntervals
	/** What always naming the most frequent set of these records scores; absent in the file of an older version. */
	majority?: { labels: string[]; subsetAccuracy: number; jaccard: number }
}

/** Percentile bootstrap of the scores: of clusters of relatives where the records have some, else of proteins. Null where a score is undefined in every draw. */
export interface LabelIntervals {
	resampled: 'proteins' | 'clusters'
	replicates: number
	seed: number
	/** Share of the draws inside. */
	level: number
	subsetAccuracy: Interval | null
	jaccard: Interval | null
	microF1: Interval | null
	macroF1: Interval | null
}

/** Of {@link evaluateMultiLabel}. */
export interface EvaluateLabelsOptions extends PredictOptions {
	/** What the records are; default: where they were read from. */
	on?: string
	/** How intervals are drawn. Clusters: those of the records by default (`cluster`), where they have any. */
	bootstrap?: BootstrapOptions
}

/**
 * Scores of label sets `truth` and `predicted`, [N, K] row-major, 0 or not. `times`, [N]: how often each record counts; default: once. Errors: `INVALID_OPTION` for arrays that do
 * not fit.
 */
export function labelSetScores(
	truth: ArrayLike<number>,
	predicted: ArrayLike<number>,
	classes: readonly string[],
	times?: ArrayLike<number>,
): LabelSetScores {
	const fits = truth.length === predicted.length && truth.length > 0 && truth.length % classes.length === 0
	requireOption(
		fits,
		'predicted',
		predicted.length,
		`[N, ${classes.length}] values, as many as truth (${truth.length})`,
	)
	const rows = truth.length / classes.length
	const counts = classes.map(() => ({ tp: 0, fp: 0, fn: 0, tn: 0 }))
	let [records, exact, jaccard] = [0, 0, 0]
	for (let row = 0; row < rows; row++) {
		const weight = times?.[row] ?? 1
		if (weight === 0) continue
		records += weight
		let [both, either] = [0, 0]
		for (const [label, count] of counts.entries()) {
			const at = row * classes.length + label
			const [is, says] = [truth[at] !== 0, predicted[at] !== 0]
			count[is ? (says ? 'tp' : 'fn') : says ? 'fp' : 'tn'] += weight
			both += Number(is && says)
			either += Number(is || says)
		}
		exact += weight * Number(both === either)
		jaccard += weight * (either === 0 ? 1 : both / either)
	}
	const perLabel = classes.map((name, label): LabelScores => {
		const { tp, fp, fn } = counts[label]!
		return {
			...{ class: name, support: tp + fn, predicted: tp + fp, right: tp },
			sensitivity: ratio(tp, tp + fn),
			precision: ratio(tp, tp + fp),
			f1: ratio(2 * tp, 2 * tp + fp + fn),
			mcc: matthews(counts[label]!),
		}
	})
	const sum = (of: (own: LabelScores) => number) => perLabel.reduce((total, own) => total + of(own), 0)
	const [right, support, answers] = [sum((own) => own.right), sum((own) => own.support), sum((own) => own.predicted)]
	const known = perLabel.flatMap(({ f1 }) => (f1 === null ? [] : [f1]))
	return {
		...{ records, classes: [...classes], subsetAccuracy: exact / records, jaccard: jaccard / records },
		microF1: ratio(2 * right, support + answers),
		macroF1: ratio(
			known.reduce((a, b) => a + b, 0),
			known.length,
		),
		labelsPerRecord: { true: support / records, predicted: answers / records },
		perLabel,
	}
}

/**
 * Predicts a dataset whose class values name labels joined by `;`, and scores the answers of a multi-label model.
 * Errors: as `predict`; `INVALID_OPTION` for a model of one class a protein; `UNKNOWN_CLASS` for a label that the model does not know.
 */
export async function evaluateMultiLabel(
	model: Model,
	dataset: Dataset,
	options: EvaluateLabelsOptions = {},
): Promise<MultiLabelEvaluation> {
	const { on = dataset.source, bootstrap, ...predicting } = options
	requireOption(model.info.loss === 'multi-label', 'model', model.info.loss, 'a multi-label model; see evaluate')
	requireKnownLabels(dataset.records, model.classes, on)
	const predictions = await predictAll(model, dataset.records, predicting)
	return evaluateLabels(dataset.records, predictions, model.classes, on, bootstrap)
}

/**
 * Scores predictions of a multi-label model that stand in the order of their records. Errors: `INVALID_OPTION` for predictions without labels, `UNKNOWN_CLASS`,
 * `INVALID_DATASET` where none could be predicted.
 */
export function evaluateLabels(
	records: readonly LabelledRecord[],
	predictions: readonly Prediction[],
	classes: readonly string[],
	on: string,
	bootstrap: BootstrapOptions = {},
): MultiLabelEvaluation {
	requireKnownLabels(records, classes, on)
	const known = withClusters(records, bootstrap.clusters)
		.map((record, index) => ({ record, prediction: predictions[index]! }))
		.filter(({ prediction }) => prediction.status === 'ok')
	if (known.length === 0)
		throw new SublocError('INVALID_DATASET', `no record of ${on} could be predicted`, { file: on })
	const without = known.find(({ prediction }) => prediction.labels === undefined)
	requireOption(without === undefined, 'predictions', without?.record.id, 'predictions of a multi-label model')
	const truth = labelSets({ records: known.map(({ record }) => record), classes })
	const predicted = known.flatMap(({ prediction }) => classes.map((name) => Number(prediction.labels!.includes(name))))
	const probabilities = known.flatMap(({ prediction }) => classes.map((name) => prediction.probabilities![name]!))
	let loss = 0
	for (const [at, p] of probabilities.entries())
		loss -= Math.log(Math.max(truth[at] === 1 ? p : 1 - p, LEAST_PROBABILITY))
	return {
		...{ loss: 'multi-label', on, ...labelSetScores(truth, predicted, classes) },
		...{ logLoss: loss / probabilities.length, skipped: records.length - known.length },
		intervals: labelIntervals(truth, predicted, classes, {
			...bootstrap,
			clusters: clustersOf(known.map(({ record }) => record)),
		}),
		majority: majorityOf(
			known.map(({ record }) => record),
			truth,
			classes,
		),
	}
}

function labelIntervals(
	truth: ArrayLike<number>,
	predicted: ArrayLike<number>,
	classes: readonly string[],
	options: BootstrapOptions,
): LabelIntervals | undefined {
	const { clusters, ...drawing } = completeBootstrap(options)
	const records = truth.length / classes.length
	if (!canBeDrawn(records, clusters)) return undefined
	const drawn = bootstrapIntervals(
		records,
		(counts) => {
			const { subsetAccuracy, jaccard, microF1, macroF1 } = labelSetScores(truth, predicted, classes, counts)
			return [subsetAccuracy, jaccard, microF1 ?? Number.NaN, macroF1 ?? Number.NaN]
		},
		{ ...drawing, clusters },
	)
	const [subsetAccuracy, jaccard, microF1, macroF1] = [0, 1, 2, 3].map((at) => drawn[at] ?? null) as (Interval | null)[]
	return {
		...{ resampled: clusters ? 'clusters' : 'proteins', ...drawing },
		...{ subsetAccuracy: subsetAccuracy!, jaccard: jaccard!, microF1: microF1!, macroF1: macroF1! },
	}
}

/** Of sets that are equally frequent the first. */
function majorityOf(records: readonly LabelledRecord[], truth: ArrayLike<number>, classes: readonly string[]) {
	const counts = new Map<string, { labels: readonly string[]; records: number }>()
	for (const record of records) {
		const labels = [...labelsOf(record.class)].sort()
		const own = counts.get(labels.join(';')) ?? { labels, records: 0 }
		counts.set(labels.join(';'), { labels, records: own.records + 1 })
	}
	const { labels } = [...counts.values()].reduce((best, own) => (own.records > best.records ? own : best))
	const answer = classes.map((name) => Number(labels.includes(name)))
	const { subsetAccuracy, jaccard } = labelSetScores(
		truth,
		records.flatMap(() => answer),
		classes,
	)
	return { labels: [...labels], subsetAccuracy, jaccard }
}

function requireKnownLabels(records: readonly LabelledRecord[], classes: readonly string[], on: string): void {
	for (const record of records) {
		const unknown = labelsOf(record.class).find((label) => !classes.includes(label))
		if (unknown !== undefined) throw unknownClass(unknown, classes, placeOf(record, on))
	}
}

function ratio(a: number, b: number): number | null {
	return b === 0 ? null : a / b
}
