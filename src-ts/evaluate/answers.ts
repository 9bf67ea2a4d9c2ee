/** Labelled records and their predictions, side by side as numbers. */
import type { LabelledRecord } from '../dataset/dataset.js'
import type { Prediction } from '../predict/predict.js'

/** What could be predicted, in order. N records, K classes. */
export interface Answers {
	/** Rows of the records that could be predicted, [N]. */
	rows: number[]
	/** Class index, [N]. */
	truth: number[]
	/** Index of the predicted class, [N]. */
	answers: number[]
	/** [N, K], row-major. */
	probabilities: Float64Array
	/** Probability of the predicted class, [N]. */
	confidence: number[]
	/** [N] */
	right: boolean[]
}

/**
 * Predictions (in the order of the records) of a model with these classes, without the skipped ones. `unknown` is called for a record whose class is none of
 * them, and throws; without it such records are left out.
 */
export function flatProbabilities(
	records: readonly LabelledRecord[],
	predictions: readonly Prediction[],
	classes: readonly string[],
	unknown?: (record: LabelledRecord) => never,
): Answers {
	const index = new Map(classes.map((name, at) => [name, at]))
	const found: Answers = {
		...{ rows: [], truth: [], answers: [], confidence: [], right: [] },
		probabilities: new Float64Array(),
	}
	const probabilities: number[] = []
	for (const [row, record] of records.entries()) {
		const prediction = predictions[row]!
		if (prediction.status !== 'ok') continue
		const truth = index.get(record.class)
		if (truth === undefined) {
			unknown?.(record)
			continue
		}
		found.rows.push(row)
		found.truth.push(truth)
		found.answers.push(index.get(prediction.compartment!)!)
		found.confidence.push(prediction.probability!)
		found.right.push(prediction.compartment === record.class)
		for (const name of classes) probabilities.push(prediction.probabilities![name]!)
	}
	return { ...found, probabilities: Float64Array.from(probabilities) }
}
