/** Fits the temperature of a model's probabilities: on its validation part, or on what the folds of a cross-validation held out. */
import type { Dataset } from '../dataset/dataset.js'
import type { Split } from '../dataset/split/split.js'
import { SublocError } from '../errors.js'
import type { Model } from '../model/model.js'
import { LEAST_PROBABILITY, type TemperatureScaling } from '../model/temperature.js'
import { type Prediction, type PredictOptions, predictAll } from '../predict/predict.js'
import { partsOfTraining } from '../train/parts.js'
import { flatProbabilities } from './answers.js'

/** The temperature is looked for between 1/20 and 20. */
const RANGE = 20

/**
 * The temperature with the least mean −ln q of the true class. `truth[n]` is a class index, `probabilities` is [N, K], row-major; at least one record.
 *
 * The loss is convex in 1/T: Newton's steps on it, and halving of the range that holds the minimum where a step leaves it. Where the best is no finite number
 * (every prediction right, or every one wrong) the end of the range, 1/20 or 20, is given.
 */
export function fitTemperature(truth: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number {
	let [low, high] = [1 / RANGE, RANGE]
	if (slopes(truth, probabilities, classes, high).first <= 0) return 1 / high
	if (slopes(truth, probabilities, classes, low).first >= 0) return 1 / low
	let inverse = 1
	for (let step = 0; step < 100 && high - low > 1e-12 * inverse; step++) {
		const { first, second } = slopes(truth, probabilities, classes, inverse)
		if (first === 0) break
		if (first > 0) high = inverse
		else low = inverse
		const next = inverse - first / second
		const isInside = next > low && next < high
		const former = inverse
		inverse = isInside ? next : (low + high) / 2
		if (isInside && Math.abs(inverse - former) < 1e-13 * former) break
	}
	return 1 / inverse
}

/** First and second derivative of the mean loss by 1/T: Σ_k q_k ln p_k − ln p_true, and the variance of ln p under q. */
function slopes(truth: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number, inverse: number) {
	let [first, second] = [0, 0]
	const logs = new Float64Array(classes)
	for (let record = 0; record < truth.length; record++) {
		let most = -Infinity
		for (let k = 0; k < classes; k++) {
			logs[k] = Math.log(Math.max(probabilities[record * classes + k]!, LEAST_PROBABILITY))
			most = Math.max(most, logs[k]!)
		}
		let [sum, mean, square] = [0, 0, 0]
		for (const log of logs) {
			const weight = Math.exp(inverse * (log - most))
			sum += weight
			mean += weight * log
			square += weight * log * log
		}
		mean /= sum
		first += mean - logs[truth[record]!]!
		second += square / sum - mean * mean
	}
	return { first: first / truth.length, second: second / truth.length }
}

/** Mean −ln q of the true class at a temperature, nats. */
export function temperedLoss(
	truth: ArrayLike<number>,
	probabilities: ArrayLike<number>,
	classes: number,
	temperature: number,
): number {
	let sum = 0
	for (let record = 0; record < truth.length; record++) {
		const logs = Array.from({ length: classes }, (_, k) => {
			return Math.log(Math.max(probabilities[record * classes + k]!, LEAST_PROBABILITY)) / temperature
		})
		const most = Math.max(...logs)
		const total = logs.reduce((all, log) => all + Math.exp(log - most), 0)
		sum += most + Math.log(total) - logs[truth[record]!]!
	}
	return sum / truth.length
}

/**
 * The scaling that labelled predictions ask for; `on` says what they are. Null where the best temperature is no number within the range: every prediction is right, say, which
 * is no evidence that all will be. Errors: `INVALID_DATASET` where there are none.
 */
export function temperatureScaling(
	truth: ArrayLike<number>,
	probabilities: ArrayLike<number>,
	classes: number,
	on: string,
): TemperatureScaling | null {
	if (truth.length === 0) throw new SublocError('INVALID_DATASET', `no record of ${on} to fit a temperature on`)
	const temperature = fitTemperature(truth, probabilities, classes)
	if (temperature === RANGE || temperature === 1 / RANGE) return null
	const loss = (t: number) => temperedLoss(truth, probabilities, classes, t)
	return { temperature, on, records: truth.length, logLoss: { before: loss(1), after: loss(temperature) } }
}

/**
 * A temperature for each fold of a cross-validation without validation parts, [folds]: fitted on what the other folds' models say of their held-out proteins, so that
 * no temperature is fitted on the proteins that it is applied to (their labels did train the other folds' models). `predictions` stand in the order of the dataset. Errors: `INVALID_DATASET`.
 */
export function heldOutTemperatures(
	dataset: Dataset,
	split: Split,
	predictions: readonly Prediction[],
	classes: readonly string[],
): (TemperatureScaling | null)[] {
	return Array.from({ length: split.folds }, (_, index) => {
		const rows = [...split.parts.keys()].filter((row) => split.parts[row] !== index + 1)
		const [records, theirs] = [rows.map((row) => dataset.records[row]!), rows.map((row) => predictions[row]!)]
		const { truth, probabilities } = flatProbabilities(records, theirs, classes)
		return temperatureScaling(truth, probabilities, classes.length, 'what the other folds held out')
	})
}

/**
 * Predicts the validation part of a model's training, fits the temperature on it, and sets `model.calibration`: predictions carry `calibrated` from then on.
 * Null, and nothing is set, where the training had no validation part (`validationFraction`), the model is a cross-validation's, or no temperature fits.
 *
 * Errors: those of `heldOutRecords` and `predict`.
 */
export async function calibrateModel(
	model: Model,
	dataset: Dataset,
	options: PredictOptions = {},
): Promise<TemperatureScaling | null> {
	const { validation } = await partsOfTraining(model, dataset)
	if (validation.length === 0) return null
	const predictions = await predictAll(model, validation, { ...options, attention: false, members: false })
	const { truth, probabilities } = flatProbabilities(validation, predictions, model.classes)
	if (truth.length === 0) return null
	const scaling = temperatureScaling(truth, probabilities, model.classes.length, 'the validation part')
	if (scaling) model.calibration = scaling
	return scaling
}
