/** How good a model is on labelled proteins, and on which ones that was measured. */
import { type Dataset, type LabelledRecord, placeOf } from '../dataset/dataset.js'
import { requireOption, SublocError } from '../errors.js'
import type { Model } from '../model/model.js'
import { type Prediction, type PredictOptions, predictAll } from '../predict/predict.js'
import { confusionMatrix, logLoss, type Scores, scores } from './metrics.js'

/** Scores, and what they are scores of. */
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
}

/** Clusters of homologous proteins count alike, whatever their size. */
export interface ClusterScores {
	clusters: number
	/** Mean over the clusters of the share of their records that are right. */
	accuracy: number
	/** Likewise, a class; null for a class without clusters. */
	perClass: { class: string; clusters: number; accuracy: number | null }[]
}

export interface EvaluateOptions extends PredictOptions {
	/** What the records are, for {@link Evaluation.on}; default: where they were read from. */
	on?: string
}

/**
 * Predicts a labelled dataset and scores the answers. Classes of the model that the data lack are kept in the matrix.
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
	const { on = dataset.source, ...predicting } = options
	const predictions = await predictAll(model, dataset.records, predicting)
	return evaluatePredictions(dataset.records, predictions, model.classes, on)
}

/** Scores predictions that stand in the order of their records. Errors: `UNKNOWN_CLASS`, `INVALID_DATASET` where none could be predicted. */
export function evaluatePredictions(
	records: readonly LabelledRecord[],
	predictions: readonly Prediction[],
	classes: readonly string[],
	on: string,
): Evaluation {
	const known = records
		.map((record, index) => ({ record, prediction: predictions[index]! }))
		.filter(({ prediction }) => prediction.status === 'ok')
	const several = known.find(({ prediction }) => prediction.labels !== undefined)
	requireOption(several === undefined, 'predictions', several?.record.id, 'one class a protein; see evaluateLabels')
	if (known.length === 0)
		throw new SublocError('INVALID_DATASET', `no record of ${on} could be predicted`, { file: on })
	const index = new Map(classes.map((name, at) => [name, at]))
	const truth = known.map(({ record }) => index.get(record.class) ?? unknown(record, classes, on))
	const answers = known.map(({ prediction }) => index.get(prediction.compartment!)!)
	const probabilities = known.flatMap(({ prediction }) => classes.map((name) => prediction.probabilities![name]!))
	const found = scores(confusionMatrix(truth, answers, classes.length), classes)
	return {
		on,
		...found,
		logLoss: logLoss(truth, probabilities, classes.length),
		majorityAccuracy: Math.max(...found.perClass.map(({ support }) => support)) / found.records,
		skipped: records.length - known.length,
		clusters: known.some(({ record }) => record.cluster !== '') ? clusterScores(known, classes) : null,
	}
}

function checkClasses({ records, source }: Dataset, classes: readonly string[]): void {
	for (const record of records) if (!classes.includes(record.class)) unknown(record, classes, source)
}

function unknown(record: LabelledRecord, classes: readonly string[], file: string): never {
	const message = `the model does not know class '${record.class}'; it knows ${classes.join(', ')}`
	throw new SublocError('UNKNOWN_CLASS', message, {
		...placeOf(record, file),
		value: record.class,
		allowed: classes,
	})
}

/** A record without a cluster is a cluster of its own; a cluster counts for the class of its first record. */
function clusterScores(
	known: { record: LabelledRecord; prediction: Prediction }[],
	classes: readonly string[],
): ClusterScores {
	const clusters = new Map<string, { class: string; records: number; right: number }>()
	for (const { record, prediction } of known) {
		const key = record.cluster === '' ? `record ${record.id}` : `cluster ${record.cluster}`
		const cluster = clusters.get(key) ?? { class: record.class, records: 0, right: 0 }
		cluster.records += 1
		cluster.right += Number(prediction.compartment === record.class)
		clusters.set(key, cluster)
	}
	const accuracy = (own: { records: number; right: number }[]) =>
		own.length === 0 ? null : own.reduce((sum, { records, right }) => sum + right / records, 0) / own.length
	const all = [...clusters.values()]
	return {
		clusters: all.length,
		accuracy: accuracy(all)!,
		perClass: classes.map((name) => {
			const own = all.filter((cluster) => cluster.class === name)
			return { class: name, clusters: own.length, accuracy: accuracy(own) }
		}),
	}
}
