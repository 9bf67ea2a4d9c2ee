/** How good a model is on labelled proteins, on which ones that was measured, how sure it is, and what comes without a network. */
import { hasSignals } from '../cross-validate.js'
import { type Dataset, type LabelledRecord, placeOf, unknownClass } from '../dataset/dataset.js'
import { requireOption, SublocError } from '../errors.js'
import type { Model } from '../model/model.js'
import type { TemperatureScaling } from '../model/temperature.js'
import { type Prediction, type PredictOptions, predictAll } from '../predict/predict.js'
import { type Answers, flatProbabilities } from './answers.js'
import { type BaselineScores, baselineScores } from './baseline-scores.js'
import { type BaselineAnswers, baselineAnswers } from './baselines.js'
import { type BootstrapOptions, bootstrapInterval } from './bootstrap.js'
import { type ClusterScores, clusterScores } from './clusters.js'
import { type ScoreIntervals, scoreIntervals } from './intervals.js'
import { type MethionineEffect, methionineEffects } from './methionine.js'
import { confusionMatrix, logLoss, type Scores, scores } from './metrics.js'
import { type ProbabilityReport, probabilityReport } from './probabilities.js'
import { clustersOf, withClusters } from './record-clusters.js'
import type { Relative } from './relative.js'
import {
	type Abstained,
	abstaining,
	type CoveragePoint,
	confidenceGroups,
	drawnAurc,
	riskCoverage,
	thresholdFor,
} from './selective.js'
import type { Interval } from './share.js'
import { attentionTracks, type SignalShare, signalShares, type WeightTrack } from './signals.js'
import { type Strata, strata } from './strata.js'

/** Scores, and what they are scores of. The parts after `clusters` are null in the file of an older version. */
export interface Evaluation extends Scores {
	/** What the records are: `stratified test part`, `independent.tsv`, … Printed beside every accuracy. */
	on: string
	/** Mean −ln p of the true class, nats. */
	logLoss: number
	/** Accuracy of always naming the most frequent class of these records. */
	majorityAccuracy: number
	/** Records that could not be predicted; they count as wrong nowhere and stand in no score. */
	skipped: number
	/** Scores a homology cluster: null where the records have no clusters. */
	clusters: ClusterScores | null
	/** How sure the scores are. */
	intervals: ScoreIntervals | null
	/** What is reached without a network; null where the training records were not at hand. */
	baselines: BaselineScores[] | null
	/** Whether probabilities mean what they say. */
	probabilities: ProbabilityReport | null
	/** What is right where the model may abstain. */
	selective: SelectiveSummary | null
	/** Where it is right. */
	strata: Strata | null
	/** What the first M does; null where it was not asked for. */
	methionine: MethionineEffect[] | null
	/** Attention in known sorting signals; null without attention or signals. */
	attention: SignalShare[] | null
	/** Likewise the importance of residues; null where it was not asked for. */
	importance: SignalShare[] | null
}

/** Of the risk–coverage curve. The thresholds are chosen on the very records, so what they promise is a little too good. */
export interface SelectiveSummary {
	/** Area under the curve, its interval by the bootstrap (null of fewer than five proteins, absent in the file of an older version), and the area less that of the best order. */
	aurc: number
	aurcInterval?: Interval | null
	excess: number
	/**
	 * For each wanted accuracy the least probability that keeps it and what is answered then; null where none does. `interval` is of the share that is right then, absent
	 * in the file of an older version.
	 */
	targets: { accuracy: number; point: CoveragePoint | null; interval?: Interval | null }[]
	/** What a threshold that was given leaves; null where none was. */
	abstained: Abstained | null
}

/** What a score needs beside answers. */
export interface ScoringOptions {
	/** How intervals are drawn. Clusters: those of the records by default (`cluster`), where they have any. */
	bootstrap?: BootstrapOptions
	/** Baselines' answers for the records. */
	baselines?: readonly BaselineAnswers[] | null
	/** Nearest training relatives of the records: for strata. */
	relatives?: readonly Relative[] | null
	/** Temperature, one for all records or one for each: never fitted on them. Default: null. */
	calibration?: TemperatureScaling | null | readonly (TemperatureScaling | null)[]
	/** Below this probability the model abstains. */
	abstain?: number | null
	/** As {@link methionineEffects} gives them. */
	methionine?: MethionineEffect[] | null
	/** Importance of residues, as {@link importanceTrack} gives it. */
	importance?: readonly WeightTrack[] | null
}

export interface EvaluateOptions extends PredictOptions {
	/** What the records are, for {@link Evaluation.on}; default: where they were read from. */
	on?: string
	/** What the model was trained on, for the baselines; default: none, and no baselines. */
	training?: readonly LabelledRecord[]
	/** Nearest training relatives: for the best-hit baseline and the strata. */
	relatives?: readonly Relative[] | null
	/** Whether to try the proteins without and with a first M too. Default false. */
	methionine?: boolean
	/** Below this probability the model abstains. */
	abstain?: number
	/** How intervals are drawn. */
	bootstrap?: BootstrapOptions
}

/** Accuracies that {@link SelectiveSummary} finds thresholds for. */
const TARGETS = [0.8, 0.9, 0.95]

/**
 * Predicts a labelled dataset and scores the answers. Classes of the model that the data lack are kept in the matrix. Attention is compared with known signals
 * where there are both.
 *
 * Errors: as `predict`; `INVALID_OPTION` for a multi-label model; `UNKNOWN_CLASS` for a class that the model does not know.
 */
export async function evaluate(model: Model, dataset: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
	requireOption(
		model.info.loss === 'softmax',
		'model',
		model.info.loss,
		'a model of one class a protein; see evaluateMultiLabel',
	)
	checkClasses(dataset, model.classes)
	const { on = dataset.source, training, relatives = null, methionine = false, abstain, bootstrap, ...rest } = options
	const { records } = dataset
	const predicting = { ...rest, attention: hasSignals(model, dataset) }
	const predictions = await predictAll(model, records, predicting)
	return evaluatePredictions(records, predictions, model.classes, on, {
		...{ bootstrap, relatives, abstain, calibration: model.calibration },
		baselines: training ? baselineAnswers(training, records, model.classes, relatives) : null,
		methionine: methionine ? await methionineEffects(model, records, predictions, { ...rest, bootstrap }) : null,
	})
}

/**
 * Scores predictions that stand in the order of their records; so do the baselines' answers and, where there are many, the temperatures of `options`.
 * Errors: `UNKNOWN_CLASS`, `INVALID_OPTION`, `INVALID_DATASET` where none could be predicted.
 */
export function evaluatePredictions(
	given: readonly LabelledRecord[],
	predictions: readonly Prediction[],
	classes: readonly string[],
	on: string,
	options: ScoringOptions = {},
): Evaluation {
	const records = withClusters(given, options.bootstrap?.clusters)
	const several = predictions.find((prediction) => prediction.labels !== undefined)
	requireOption(several === undefined, 'predictions', several?.id, 'one class a protein; see evaluateLabels')
	const answers = flatProbabilities(records, predictions, classes, (record) => unknown(record, classes, on))
	const { rows, truth, right } = answers
	if (rows.length === 0) throw new SublocError('INVALID_DATASET', `no record of ${on} could be predicted`, { file: on })
	const known = rows.map((row) => ({ record: records[row]!, prediction: predictions[row]! }))
	const clusters = clustersOf(known.map(({ record }) => record))
	const bootstrap = { ...options.bootstrap, clusters }
	const found = scores(confusionMatrix(truth, answers.answers, classes.length), classes)
	const { calibration = null, relatives = null, methionine = null, importance = null } = options
	const copies = options.baselines?.find(({ name }) => name === 'best hit')?.answers
	const scored = known.map(({ record, prediction }, at) => ({
		...{ id: record.id, class: record.class, length: record.sequence.length || prediction.length, right: right[at]! },
		...{ cluster: record.cluster, copied: copies ? copies[rows[at]!] === record.class : null },
	}))
	const attention = signalShares(attentionTracks(records, predictions), options.bootstrap)
	return {
		on,
		...found,
		logLoss: logLoss(truth, answers.probabilities, classes.length),
		majorityAccuracy: Math.max(...found.perClass.map(({ support }) => support)) / found.records,
		skipped: records.length - known.length,
		clusters: clusters ? clusterScores(known, classes, options.bootstrap) : null,
		intervals: scoreIntervals(answers, classes, bootstrap),
		baselines: options.baselines ? baselineScores(options.baselines, known, rows, bootstrap) : null,
		probabilities: probabilityReport(
			answers,
			classes.length,
			isMany(calibration) ? rows.map((row) => calibration[row]!) : calibration,
			bootstrap,
		),
		selective: selectiveSummary(answers, options.abstain ?? null, bootstrap),
		strata: strata(scored, classes, relatives, clusters !== null, bootstrap.level),
		methionine,
		attention: attention.length > 0 ? attention : null,
		importance: importance && signalShares(importance, options.bootstrap),
	}
}

function selectiveSummary(
	{ confidence, right }: Pick<Answers, 'confidence' | 'right'>,
	abstain: number | null,
	bootstrap: BootstrapOptions,
): SelectiveSummary {
	const curve = riskCoverage(confidence, right)
	const groups = confidenceGroups(confidence)
	const aurcInterval = bootstrapInterval(right.length, (counts) => drawnAurc(groups, right, counts), bootstrap)
	const kept = (threshold: number) => abstaining(confidence, right, threshold, bootstrap)
	requireOption(abstain === null || (abstain >= 0 && abstain <= 1), 'abstain', abstain, 'a probability from 0 to 1')
	return {
		...{ aurc: curve.aurc, aurcInterval, excess: curve.excess },
		targets: TARGETS.map((accuracy) => {
			const point = thresholdFor(curve, accuracy)
			return { accuracy, point, interval: point && kept(point.threshold).interval }
		}),
		abstained: abstain === null ? null : kept(abstain),
	}
}

function isMany(
	calibration: NonNullable<ScoringOptions['calibration']> | null,
): calibration is readonly (TemperatureScaling | null)[] {
	return Array.isArray(calibration)
}

function checkClasses({ records, source }: Dataset, classes: readonly string[]): void {
	const record = records.find((own) => !classes.includes(own.class))
	if (record) unknown(record, classes, source)
}

function unknown(record: LabelledRecord, classes: readonly string[], file: string): never {
	throw unknownClass(record.class, classes, placeOf(record, file))
}
