/** Fixed-length states of proteins, and their map in two dimensions (the paper's Fig. 6). */
import { requireOption, requireSignal } from '../errors.js'
import { type Model, nativeOf } from '../model/model.js'
import { type RuntimeOptions, resolveRuntime } from '../model/runtime.js'
import { tsneMap } from '../native/binding.js'
import { encoded, type LookOptions, memberIndex } from './encoded.js'

/** A protein's place on a map. */
export interface MapPoint {
	id: string
	/** True class. */
	class: string
	x: number
	y: number
}

/** States of N proteins in one network. */
export interface ProteinStates {
	/** [N] record ids. */
	ids: string[]
	/** H. */
	hidden: number
	/** h_T of the LSTM that reads 1..T, [N, H] row-major. */
	forward: Float32Array
	/** h_1 of the LSTM that reads T..1, [N, H]. */
	backward: Float32Array
	/** c = Σ α_t h_t (13), [N, 2H]; A-LSTM only. */
	context: Float32Array | null
}

/**
 * The states of one network after it has read each protein, without dropout. An R-LSTM predicts from the last states, an A-LSTM from the context (with
 * `pooling: attention+last` from both).
 * Errors: `INVALID_OPTION`, `INVALID_PROFILE`, `UNKNOWN_RESIDUE`, `BACKEND_UNAVAILABLE`. Throws the signal's reason once it is aborted.
 */
export async function proteinStates(
	model: Model,
	records: readonly { id: string; sequence: string }[],
	options: LookOptions = {},
): Promise<ProteinStates> {
	const { native, runtime } = await encoded(model, records, options)
	using own = nativeOf(model).select([memberIndex(model, options.member)])
	const isAttentive = model.info.kind === 'a-lstm'
	const found = await own.predict(native, { ...runtime, lastStates: true, states: isAttentive }, options.signal)
	const { hidden } = model.info
	const part = (from: number) => {
		const states = new Float32Array(records.length * hidden)
		for (let row = 0; row < records.length; row++) {
			const at = row * 2 * hidden + from
			states.set(found.lastStates!.subarray(at, at + hidden), row * hidden)
		}
		return states
	}
	// Where the head sees the last states too, they stand behind the context.
	const width = (found.states?.length ?? 0) / records.length
	const context = new Float32Array(isAttentive ? records.length * 2 * hidden : 0)
	for (let row = 0; isAttentive && row < records.length; row++) {
		context.set(found.states!.subarray(row * width, row * width + 2 * hidden), row * 2 * hidden)
	}
	return {
		...{ ids: records.map(({ id }) => id), hidden, forward: part(0), backward: part(hidden) },
		context: isAttentive ? context : null,
	}
}

export interface MapOptions extends Pick<RuntimeOptions, 'threads'> {
	/** About how many neighbours a point has; from 1. More than (N − 1) / 3 counts as that. Default 30. */
	perplexity?: number
	/** Steps of gradient descent, from 1; the first 250 are exaggerated. Default 1000. */
	iterations?: number
	/** How coarse far points are taken: 0 is exact, at most 1. Default 0.5. */
	theta?: number
	/** Of the jitter that takes equal points apart. Default 1. */
	seed?: number
	/** Ends the work within a second. */
	signal?: AbortSignal
}

/** A map of N points. */
export interface StateMap {
	/** [N, 2] row-major, mean 0. */
	coordinates: Float64Array
	/** KL(P ‖ Q), nats: how much of the neighbourhoods is lost. */
	divergence: number
}

/**
 * Barnes–Hut t-SNE (van der Maaten 2014) of `points` [N, dims], from their first two principal components. The same input and options give the same bytes on one
 * machine, for any number of threads. Errors: `INVALID_OPTION`, also for numbers that are not finite. Throws the signal's reason once it is aborted.
 */
export async function mapStates(points: Float32Array, dims: number, options: MapOptions = {}): Promise<StateMap> {
	const { perplexity = 30, iterations = 1000, theta = 0.5, seed = 1, threads, signal } = options
	requireSignal(signal)
	const whole = (value: number) => Number.isSafeInteger(value)
	requireOption(
		whole(dims) && dims >= 1 && points.length % dims === 0,
		'dims',
		dims,
		`a part of ${points.length} numbers`,
	)
	requireOption(Number.isFinite(perplexity) && perplexity >= 1, 'perplexity', perplexity, 'a number from 1')
	requireOption(whole(iterations) && iterations >= 1, 'iterations', iterations, 'a whole number from 1')
	requireOption(theta >= 0 && theta <= 1, 'theta', theta, 'a number from 0 to 1')
	requireOption(whole(seed) && seed >= 0, 'seed', seed, 'a whole number from 0')
	return tsneMap(
		points,
		dims,
		{ perplexity, iterations, theta, seed: BigInt(seed) },
		resolveRuntime({ threads }),
		signal,
	)
}
