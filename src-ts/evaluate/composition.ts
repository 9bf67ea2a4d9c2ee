/**
 * Amino-acid composition as a baseline: what the shares of the 20 residues alone tell of a protein's place (Nakashima & Nishikawa 1994; Cedano et al. 1997), by
 * multinomial logistic regression.
 */
import { ALPHABET } from '../sequence/alphabet.js'

/** A fitted regression: scores of class k are bias[k] + Σ_f weights[k, f] · (x_f − mean_f) / deviation_f. F features, K classes. */
export interface LogisticRegression {
	/** [K, F], row-major. */
	weights: Float64Array
	/** [K], sum 0. */
	bias: Float64Array
	/** [F] of the training records. */
	mean: Float64Array
	/** [F]; 1 where a feature does not vary. */
	deviation: Float64Array
}

/** Share of each of the 20 residues among those of the sequence, [20] in the order of `ALPHABET`; other letters are not counted. */
export function composition(sequence: string): Float64Array {
	const counts = new Float64Array(ALPHABET.length)
	let all = 0
	for (const letter of sequence) {
		const at = ALPHABET.indexOf(letter)
		if (at < 0) continue
		counts[at]! += 1
		all += 1
	}
	return all === 0 ? counts : counts.map((count) => count / all)
}

/**
 * Fits the regression: least Σ −ln p(true class) + ½ · penalty · Σ weights² over standardised features; the bias is free. `features` is [N, F], row-major,
 * `labels` [N] in 0 … K − 1. The optimum is unique; Newton's steps, halved where they do not descend, find it to the last digits, so that the result depends on
 * nothing else (`steps` of them are taken). A class without records is given a share of almost nothing. Default `penalty` 1.
 */
export function fitLogistic(
	features: Float64Array,
	labels: ArrayLike<number>,
	classes: number,
	penalty = 1,
): LogisticRegression & { steps: number } {
	const N = labels.length
	const F = features.length / N
	const { rows, mean, deviation } = standardised(features, N, F)
	const problem: Problem = { rows, labels, classes, columns: F + 1, penalty }
	let parameters = new Float64Array(classes * (F + 1))
	let loss = lossOf(problem, parameters)
	let steps = 0
	for (; steps < 100; steps++) {
		const { gradient, hessian } = derivatives(problem, parameters)
		const step = solveSymmetric(hessian, gradient)
		const slope = gradient.reduce((sum, value, at) => sum + value * step[at]!, 0)
		if (slope < 1e-12 * Math.max(1, Math.abs(loss))) break
		let [next, nextLoss] = [parameters, loss]
		for (let scale = 1; scale > 1e-10; scale /= 2) {
			next = parameters.map((value, at) => value - scale * step[at]!)
			nextLoss = lossOf(problem, next)
			if (nextLoss < loss) break
		}
		if (!(nextLoss < loss)) break
		;[parameters, loss] = [next, nextLoss]
	}
	const weights = new Float64Array(classes * F)
	const bias = new Float64Array(classes)
	for (let k = 0; k < classes; k++) {
		weights.set(parameters.subarray(k * (F + 1), k * (F + 1) + F), k * F)
		bias[k] = parameters[k * (F + 1) + F]!
	}
	return { weights, bias, mean, deviation, steps }
}

/** What is fitted. Parameters are [K, D]: a class's weights, then its bias, which belongs to a column of ones. */
interface Problem {
	/** [N, D] */
	rows: Float64Array
	labels: ArrayLike<number>
	classes: number
	/** D */
	columns: number
	penalty: number
}

/** Σ −ln p + penalties. That of the biases' sum picks one of the optima that differ in a common shift, and changes no prediction. */
function lossOf(problem: Problem, parameters: Float64Array): number {
	const { rows, labels, classes, columns, penalty } = problem
	const scores = new Float64Array(classes)
	let sum = 0
	for (let n = 0; n < labels.length; n++) {
		const log = logSum(rows, n * columns, columns, parameters, scores)
		sum += log - scores[labels[n]!]!
	}
	let biases = 0
	for (const [at, value] of parameters.entries()) {
		const isBias = at % columns === columns - 1
		sum += 0.5 * (isBias ? TINY : penalty) * value * value
		if (isBias) biases += value
	}
	return sum + 0.5 * biases * biases
}

/** Scores [K] of the record whose columns begin at `from`, into `scores`; gives the logarithm of the sum of their exponentials. */
function logSum(
	rows: Float64Array,
	from: number,
	columns: number,
	parameters: Float64Array,
	scores: Float64Array,
): number {
	let most = -Infinity
	for (let k = 0; k < scores.length; k++) {
		let score = 0
		for (let d = 0; d < columns; d++) score += parameters[k * columns + d]! * rows[from + d]!
		scores[k] = score
		if (score > most) most = score
	}
	let sum = 0
	for (let k = 0; k < scores.length; k++) sum += Math.exp(scores[k]! - most)
	return most + Math.log(sum)
}

/** The loss's gradient [K · D], and the lower half of its second derivatives [K · D, K · D]. */
function derivatives({ rows, labels, classes, columns, penalty }: Problem, parameters: Float64Array) {
	const size = classes * columns
	const packed = (columns * (columns + 1)) / 2
	const gradient = new Float64Array(size)
	/** Σ_n p_k (δ_kj − p_j) x xᵀ for j ≤ k; of x xᵀ the lower half, row by row. */
	const blocks = new Float64Array(((classes * (classes + 1)) / 2) * packed)
	const outer = new Float64Array(packed)
	const p = new Float64Array(classes)
	for (let n = 0; n < labels.length; n++) {
		const from = n * columns
		const log = logSum(rows, from, columns, parameters, p)
		for (let k = 0; k < classes; k++) p[k] = Math.exp(p[k]! - log)
		for (let d = 0, at = 0; d < columns; d++) {
			for (let e = 0; e <= d; e++) outer[at++] = rows[from + d]! * rows[from + e]!
		}
		for (let k = 0, block = 0; k < classes; k++) {
			const residual = p[k]! - (labels[n] === k ? 1 : 0)
			for (let d = 0; d < columns; d++) gradient[k * columns + d]! += residual * rows[from + d]!
			for (let j = 0; j <= k; j++, block += packed) addScaled(blocks, block, outer, p[k]! * ((j === k ? 1 : 0) - p[j]!))
		}
	}
	const hessian = new Float64Array(size * size)
	let biases = 0
	for (let k = 0; k < classes; k++) biases += parameters[k * columns + columns - 1]!
	for (let k = 0, block = 0; k < classes; k++) {
		for (let j = 0; j <= k; j++, block += packed) {
			for (let d = 0; d < columns; d++) {
				for (let e = 0; e < columns; e++) {
					const [more, less] = d >= e ? [d, e] : [e, d]
					hessian[(k * columns + d) * size + j * columns + e] = blocks[block + (more * (more + 1)) / 2 + less]!
				}
			}
			hessian[(k * columns + columns - 1) * size + j * columns + columns - 1]! += 1
		}
		for (let d = 0; d < columns; d++) {
			const isBias = d === columns - 1
			const own = isBias ? TINY : penalty
			gradient[k * columns + d]! += own * parameters[k * columns + d]! + (isBias ? biases : 0)
			hessian[(k * columns + d) * size + k * columns + d]! += own
		}
	}
	return { gradient, hessian }
}

function addScaled(into: Float64Array, from: number, values: Float64Array, scale: number): void {
	for (let at = 0; at < values.length; at++) into[from + at]! += scale * values[at]!
}

/** Holds the bias of a class without records. */
const TINY = 1e-9

/** Index of the most probable class of each record, [N]; `features` is [N, F]. */
export function logisticAnswers(
	{ weights, bias, mean, deviation }: LogisticRegression,
	features: Float64Array,
): Uint32Array {
	const F = mean.length
	return Uint32Array.from({ length: features.length / F }, (_, n) => {
		let [best, most] = [0, -Infinity]
		for (const [k, own] of bias.entries()) {
			let score = own
			for (let f = 0; f < F; f++) score += (weights[k * F + f]! * (features[n * F + f]! - mean[f]!)) / deviation[f]!
			if (score > most) [best, most] = [k, score]
		}
		return best
	})
}

/** Features with mean 0 and variance 1, and a column of ones, [N, F + 1]. */
function standardised(features: Float64Array, N: number, F: number) {
	const mean = new Float64Array(F)
	const deviation = new Float64Array(F)
	for (let n = 0; n < N; n++) for (let f = 0; f < F; f++) mean[f]! += features[n * F + f]! / N
	for (let n = 0; n < N; n++) {
		for (let f = 0; f < F; f++) deviation[f]! += (features[n * F + f]! - mean[f]!) ** 2 / N
	}
	for (let f = 0; f < F; f++) {
		const own = Math.sqrt(deviation[f]!)
		// What is left of equal values is rounding.
		deviation[f] = own > 1e-12 * Math.abs(mean[f]!) ? own : 1
	}
	const rows = new Float64Array(N * (F + 1)).fill(1)
	for (let n = 0; n < N; n++) {
		for (let f = 0; f < F; f++) rows[n * (F + 1) + f] = (features[n * F + f]! - mean[f]!) / deviation[f]!
	}
	return { rows, mean, deviation }
}

/** x of A x = b by Cholesky; A is positive definite, [n, n], and only its lower half is read (it is overwritten). */
export function solveSymmetric(a: Float64Array, b: Float64Array): Float64Array {
	const n = b.length
	const x = b.slice()
	for (let i = 0; i < n; i++) {
		for (let j = 0; j <= i; j++) {
			let sum = a[i * n + j]!
			for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!
			a[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / a[j * n + j]!
		}
		for (let k = 0; k < i; k++) x[i]! -= a[i * n + k]! * x[k]!
		x[i]! /= a[i * n + i]!
	}
	for (let i = n - 1; i >= 0; i--) {
		for (let k = i + 1; k < n; k++) x[i]! -= a[k * n + i]! * x[k]!
		x[i]! /= a[i * n + i]!
	}
	return x
}
