/** Scores of a classification, from its confusion matrix. Sources stand beside each. */
import { LEAST_PROBABILITY } from '../model/temperature.js'
import { matthews } from '../train/thresholds.js'

/** Scores of one class. A ratio without a denominator is null: precision of a class that is never predicted, sensitivity of one that never occurs. */
export interface ClassScores {
	class: string
	/** Records of the class. */
	support: number
	/** Records that are predicted as the class. */
	predicted: number
	/** TP / (TP + FN), also called recall. */
	sensitivity: number | null
	/** TN / (TN + FP) */
	specificity: number | null
	/** TP / (TP + FP) */
	precision: number | null
	/** 2 TP / (2 TP + FP + FN) */
	f1: number | null
	/** Matthews correlation coefficient (Matthews 1975); 0 where it is undefined. */
	mcc: number
}

/** Scores of all classes together. */
export interface Scores {
	/** Records. */
	records: number
	/** Class names in the order of the confusion matrix. */
	classes: string[]
	/** [K, K]: row = true class, column = predicted class. */
	confusion: number[][]
	/** Share of records whose predicted class is right. */
	accuracy: number
	/** Mean sensitivity of the classes that occur. */
	balancedAccuracy: number
	/** Mean F1 of the classes that occur or are predicted. */
	macroF1: number
	/** Correlation coefficient R_K of K classes (Gorodkin 2004); 0 where it is undefined. */
	gorodkin: number
	perClass: ClassScores[]
}

/** [K, K] from class indices. */
export function confusionMatrix(truth: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): number[][] {
	const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
	for (let index = 0; index < truth.length; index++) confusion[truth[index]!]![predicted[index]!]! += 1
	return confusion
}

/** All scores of a confusion matrix [K, K], rows true, columns predicted. */
export function scores(confusion: number[][], classes: readonly string[]): Scores {
	const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
	const support = confusion.map(sum)
	const predicted = confusion.map((_, column) => sum(confusion.map((row) => row[column]!)))
	const records = sum(support)
	const right = sum(confusion.map((row, index) => row[index]!))
	const perClass = classes.map((name, index) => {
		const tp = confusion[index]![index]!
		const fn = support[index]! - tp
		const fp = predicted[index]! - tp
		const tn = records - tp - fn - fp
		return {
			...{ class: name, support: support[index]!, predicted: predicted[index]! },
			sensitivity: ratio(tp, tp + fn),
			specificity: ratio(tn, tn + fp),
			precision: ratio(tp, tp + fp),
			f1: ratio(2 * tp, 2 * tp + fp + fn),
			mcc: matthews({ tp, fp, fn, tn }),
		}
	})
	return {
		...{ records, classes: [...classes], confusion },
		accuracy: right / records,
		balancedAccuracy: mean(perClass.map(({ sensitivity }) => sensitivity)),
		macroF1: mean(perClass.map(({ f1 }) => f1)),
		gorodkin: gorodkin(right, records, support, predicted),
		perClass,
	}
}

/** R_K = (c n − Σ s_k p_k) / √((n² − Σ p_k²)(n² − Σ s_k²)), with c right of n records, s_k true and p_k predicted records of class k. */
function gorodkin(right: number, records: number, support: number[], predicted: number[]): number {
	const product = (a: number[], b: number[]) => a.reduce((total, value, index) => total + value * b[index]!, 0)
	const squared = records * records
	const root = Math.sqrt((squared - product(predicted, predicted)) * (squared - product(support, support)))
	return root === 0 ? 0 : (right * records - product(support, predicted)) / root
}

/**
 * Mean −ln p of the true class, in nats; a probability of 0 counts as 10⁻¹⁵. `probabilities` is [N, K], row-major.
 */
export function logLoss(truth: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number {
	return recordLosses(truth, probabilities, classes).reduce((sum, own) => sum + own, 0) / truth.length
}

/** −ln p of the true class of each record, nats. */
export function recordLosses(
	truth: ArrayLike<number>,
	probabilities: ArrayLike<number>,
	classes: number,
): Float64Array {
	return Float64Array.from(truth, (own, record) => {
		return -Math.log(Math.max(probabilities[record * classes + own]!, LEAST_PROBABILITY))
	})
}

/**
 * Mean over the records of Σ_k (p_k − y_k)², y = 1 for the true class (Brier 1950): 0 is perfect, 2 the worst. `probabilities` is [N, K], row-major.
 */
export function brierScore(truth: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number {
	return recordBriers(truth, probabilities, classes).reduce((sum, own) => sum + own, 0) / truth.length
}

/** Σ_k (p_k − y_k)² of each record, [N]. */
export function recordBriers(
	truth: ArrayLike<number>,
	probabilities: ArrayLike<number>,
	classes: number,
): Float64Array {
	return Float64Array.from(truth, (own, index) => {
		let sum = 0
		for (let k = 0; k < classes; k++) sum += (probabilities[index * classes + k]! - Number(k === own)) ** 2
		return sum
	})
}

function ratio(a: number, b: number): number | null {
	return b === 0 ? null : a / b
}

function mean(values: (number | null)[]): number {
	const known = values.filter((value) => value !== null)
	return known.reduce((a, b) => a + b, 0) / known.length
}
