/**
 * The one door to the native side: the only importer of the generated loader. Errors come over as values and leave as {@link SublocError}. Whole, though
 * long, since it is one door: a short function for each function of the addon.
 */
import { type ErrorCode, SublocError } from '../errors.js'
import { prepareDrivers } from './drivers.js'
import {
	autoBackend as autoBackendDoor,
	type BindingDevice,
	type BindingError,
	type BindingEvent,
	BindingJob,
	BindingModel,
	type BindingOutcome,
	type BindingRuntime,
	type BindingSettled,
	compiledBackends as compiledBackendsDoor,
	cpuInfo as cpuInfoDoor,
	homologousPairs as homologousPairsDoor,
	homologyClusters as homologyClustersDoor,
	listDevices as listDevicesDoor,
	nativeInfo as nativeInfoDoor,
	nearestHomologs as nearestHomologsDoor,
	shuffledIndices as shuffledIndicesDoor,
	train as trainDoor,
	trainingHistory as trainingHistoryDoor,
	tsne as tsneDoor,
	uniforms as uniformsDoor,
} from './index.js'
import type {
	DeviceReport,
	NativeEpochReport,
	NativeEvent,
	NativeFilter,
	NativeHits,
	NativeHomologyOptions,
	NativeInfo,
	NativeMapOptions,
	NativeModelInfo,
	NativePeaks,
	NativePredictionOptions,
	NativePredictions,
	NativeRecords,
	NativeRuntime,
	NativeTrainingJob,
	NativeTrainingOptions,
} from './types.js'

export type * from './types.js'

/** The backends in this build: `['cpu']` or `['cpu', 'wgpu', 'cuda']`. */
export function compiledBackends(): string[] {
	return answer(() => compiledBackendsDoor())
}

/** The devices of every compiled backend, those that cannot be used too. */
export function listDevices(): DeviceReport[] {
	prepareDrivers()
	return answer(() => listDevicesDoor()).map(deviceReport)
}

/** The backend that `auto` comes to on this machine. A GPU's drivers are loaded only where the system shows a GPU. */
export function autoBackend(): string {
	prepareDrivers()
	return answer(() => autoBackendDoor())
}

/** The processor: its supported instruction sets, best first, and how many threads run at once. */
export function cpuInfo(): { isa: string[]; bf16: boolean; threads: number } {
	return answer(() => cpuInfoDoor())
}

/** The addon: its version and which build it is. */
export function nativeInfo(): NativeInfo {
	return answer(() => nativeInfoDoor())
}

/** 0 … n − 1 in the order that stream `stream` of `seed` gives (Fisher–Yates over Philox). */
export function shuffledIndices(seed: bigint, stream: bigint, n: number): Uint32Array {
	return answer(() => shuffledIndicesDoor(seed, stream, count(n)))
}

/** The first `n` numbers of stream `stream` of `seed`, uniform on [0, 1). */
export function uniforms(seed: bigint, stream: bigint, n: number): Float64Array {
	return answer(() => uniformsDoor(seed, stream, count(n)))
}

/** The epochs that a checkpoint file remembers. */
export function readTrainingHistory(checkpoint: string): NativeEpochReport[] {
	const text = answer(() => trainingHistoryDoor(checkpoint))
	try {
		return JSON.parse(text)
	} catch (error) {
		const reason = 'its history of epochs cannot be read'
		throw new SublocError('INVALID_MODEL', reason, { file: checkpoint, reason }, { cause: error })
	}
}

/** Starts a training on a thread of its own. A mistake in the options rejects the result; nothing is thrown here. */
export function startTraining(
	options: NativeTrainingOptions,
	onEvent: (event: NativeEvent) => void,
): NativeTrainingJob {
	const job = new BindingJob((events) => deliver(events, onEvent))
	const settled = attempt(() =>
		trainDoor(
			job,
			{
				model: JSON.stringify(options.model),
				training: JSON.stringify(options.training),
				table: options.table,
				records: bindingRecords(options.records),
				labels: options.labels,
				labelSets: options.labelSets ?? undefined,
				members: options.members,
				checkpoint: options.checkpoint ?? undefined,
				resume: options.resume,
			},
			runtime(options),
		),
	)
	const result = settled.then((outcome) => {
		deliver(outcome.events, onEvent)
		return new NativeModel(unwrap(outcome))
	})
	// Whoever only watches the events need not await the result too.
	result.catch(() => {})
	return { result, cancel: () => job.cancel() }
}

/** A trained model on the native side. */
export class NativeModel {
	readonly #model: BindingModel
	#config: NativeModelInfo | undefined

	/** @internal */
	constructor(model: BindingModel) {
		this.#model = model
	}

	/** Reads model.safetensors; `INVALID_MODEL` where it is missing, foreign or damaged. */
	static async load(path: string): Promise<NativeModel> {
		return new NativeModel(unwrap(await attempt(() => BindingModel.load(path))))
	}

	/** Joins the members of models of one architecture, in order. */
	static merge(models: readonly NativeModel[]): NativeModel {
		return new NativeModel(answer(() => BindingModel.merge(models.map((model) => model.#model))))
	}

	/** The model of some of the members, from 0, in the given order. */
	select(members: readonly number[]): NativeModel {
		return new NativeModel(answer(() => this.#model.select(members.map(count))))
	}

	/** Writes model.safetensors, all of it or nothing. */
	async save(path: string): Promise<void> {
		unwrap(await attempt(() => this.#model.save(path)))
	}

	/** The architecture, the number of members and their seeds. */
	get config(): NativeModelInfo {
		this.#config ??= {
			// The file leaves out what has its default.
			...{ pooling: 'attention', cutGap: 0, secondConv: null, loss: 'softmax', thresholds: null },
			...{ extraFeatures: 0, profileDropout: 0 },
			...JSON.parse(answer(() => this.#model.metadata())),
			seeds: [...answer(() => this.#model.seeds())],
		}
		return this.#config as NativeModelInfo
	}

	/** The same model with the probabilities [K] from which on a label is given; of a multi-label model. */
	withThresholds(thresholds: readonly number[]): NativeModel {
		return new NativeModel(answer(() => this.#model.withThresholds(Float64Array.from(thresholds))))
	}

	/** Trainable numbers of one member. */
	get parameterCount(): number {
		return answer(() => this.#model.parameterCount())
	}

	/**
	 * Predicts; rejects with the signal's reason once it is aborted. `onWarning` hears once a model that a GPU has not the memory for a whole batch; smaller ones
	 * are taken from then on.
	 */
	async predict(
		records: NativeRecords,
		options: NativePredictionOptions,
		signal?: AbortSignal,
		onWarning?: (warning: string) => void,
	): Promise<NativePredictions> {
		const outputs = {
			...{ attention: options.attention ?? false, states: options.states ?? false },
			lastStates: options.lastStates ?? false,
		}
		const { probabilities, attention, states, lastStates } = await cancellable(
			signal,
			(job) => this.#model.predict(job, bindingRecords(records), outputs, runtime(options)),
			({ kind, message }) => {
				if (kind === 'warning') onWarning?.(message!)
			},
		)
		return { probabilities, attention: attention ?? null, states: states ?? null, lastStates: lastStates ?? null }
	}

	/** The convolution filters of a member, from 0; [C], widths in their order. */
	filters(member: number): NativeFilter[] {
		const found = answer(() => this.#model.filters(count(member)))
		return found.map(({ profile, ...filter }) => ({ ...filter, profile: profile ?? null }))
	}

	/**
	 * Where a member's filters peak. `junctions` [N] is the first residue after the middle cut (the first X of a gap), 0 where nothing was cut: windows across it do not
	 * count. Rejects with the signal's reason once it is aborted.
	 */
	async filterPeaks(
		member: number,
		records: NativeRecords,
		junctions: Uint32Array,
		options: NativeRuntime,
		signal?: AbortSignal,
	): Promise<NativePeaks> {
		return cancellable(signal, (job) =>
			this.#model.filterPeaks(job, count(member), bindingRecords(records), junctions, runtime(options)),
		)
	}

	/** The model with some of its C filters, from 0, giving 0 everywhere. */
	silenced(filters: readonly number[]): NativeModel {
		return new NativeModel(answer(() => this.#model.silenced(filters.map(count))))
	}

	/** Frees the weights now. Idempotent; jobs that run on the model finish. */
	close(): void {
		this.#model.close()
	}

	[Symbol.dispose](): void {
		this.close()
	}
}

/** t-SNE of `points` [N, dims]: [N, 2], and KL(P ‖ Q) in nats. Rejects with the signal's reason once it is aborted. */
export async function tsneMap(
	points: Float32Array,
	dims: number,
	options: NativeMapOptions,
	where: NativeRuntime,
	signal?: AbortSignal,
): Promise<{ coordinates: Float64Array; divergence: number }> {
	const { iterations, ...others } = options
	const request = { ...others, iterations: count(iterations) }
	return cancellable(signal, (job) => tsneDoor(job, points, count(dims), request, runtime(where)))
}

/**
 * Pairs of homologs among N proteins, query before target; with `groups` [N] pairs of different groups alone. `onProgress` hears of queries that are done. Rejects
 * with the signal's reason once it is aborted.
 */
export async function homologousPairs(
	records: NativeRecords,
	groups: Uint32Array | null,
	options: NativeHomologyOptions,
	where: NativeRuntime,
	{ signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
): Promise<NativeHits> {
	return cancellable(
		signal,
		(job) => homologousPairsDoor(job, bindingRecords(records), groups ?? undefined, options, runtime(where)),
		({ step = 0, steps = 0 }) => onProgress?.(step, steps),
	)
}

/** The best hit of each query that has one; see {@link homologousPairs}. Identity and coverage limit nothing. */
export async function nearestHomologs(
	queries: NativeRecords,
	targets: NativeRecords,
	options: NativeHomologyOptions,
	where: NativeRuntime,
	{ signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
): Promise<NativeHits> {
	return cancellable(
		signal,
		(job) => nearestHomologsDoor(job, bindingRecords(queries), bindingRecords(targets), options, runtime(where)),
		({ step = 0, steps = 0 }) => onProgress?.(step, steps),
	)
}

/** Clusters of proteins with links `from` – `to` [L], numbered from 0 in the order of their first members, [N]. */
export function homologyClusters(
	lengths: Uint32Array,
	from: Uint32Array,
	to: Uint32Array,
	linkage: 'single' | 'greedy',
): Uint32Array {
	return answer(() => homologyClustersDoor(lengths, from, to, linkage))
}

/** Runs a job that a signal can cancel; `onEvent` hears all events before the promise settles. */
async function cancellable<T>(
	signal: AbortSignal | undefined,
	start: (job: BindingJob) => Promise<BindingSettled<T>>,
	onEvent: (event: BindingEvent) => void = () => {},
): Promise<T> {
	signal?.throwIfAborted()
	const job = new BindingJob((events) => events.forEach(onEvent))
	const cancel = () => job.cancel()
	signal?.addEventListener('abort', cancel, { once: true })
	try {
		const outcome = await attempt(() => start(job))
		outcome.events.forEach(onEvent)
		if (outcome.error?.code === 'CANCELLED') signal?.throwIfAborted()
		return unwrap(outcome)
	} finally {
		signal?.removeEventListener('abort', cancel)
	}
}

function answer<T>(door: () => BindingOutcome<T>): T {
	try {
		return unwrap(door())
	} catch (error) {
		throw asSublocError(error)
	}
}

async function attempt<T>(door: () => Promise<BindingSettled<T>>): Promise<BindingSettled<T>> {
	try {
		return await door()
	} catch (error) {
		throw asSublocError(error)
	}
}

function unwrap<T>(outcome: BindingOutcome<T>): T {
	if (outcome.error) throw sublocError(outcome.error)
	return outcome.value as T
}

function sublocError({ code, message, facts }: BindingError): SublocError {
	const { path, ...others } = JSON.parse(facts)
	return new SublocError(code as ErrorCode, message, { ...(path !== undefined && { file: path }), ...others })
}

/** What the glue itself throws: a value of a wrong JavaScript type, or something that should not happen. */
function asSublocError(error: unknown): unknown {
	if (error instanceof SublocError || !(error instanceof Error)) return error
	const code = 'code' in error && /Expected$|InvalidArg/.test(String(error.code)) ? 'INVALID_OPTION' : 'INTERNAL'
	return new SublocError(code, error.message, {}, { cause: error })
}

function deliver(events: BindingEvent[], onEvent: (event: NativeEvent) => void): void {
	for (const event of events) onEvent(nativeEvent(event))
}

/** An epoch's fields stand in the order in which a checkpoint remembers them: metrics.jsonl has the same bytes after a resume. */
function nativeEvent(event: BindingEvent): NativeEvent {
	if (event.kind !== 'epoch') return event as NativeEvent
	const { kind, member, epoch, steps, learningRate, trainingLoss, trainingAccuracy, gradientNorm } = event
	const { validationLoss = null, validationAccuracy = null, testLoss = null, testAccuracy = null, seconds } = event
	const training = { member, epoch, steps, learningRate, trainingLoss, trainingAccuracy, gradientNorm }
	return { kind, ...training, validationLoss, validationAccuracy, testLoss, testAccuracy, seconds } as NativeEvent
}

function deviceReport({ reason, kind, memoryBytes, ...device }: BindingDevice): DeviceReport {
	return {
		...device,
		kind: (kind as DeviceReport['kind']) ?? null,
		reason: reason ?? null,
		memoryBytes: memoryBytes ?? null,
	}
}

function bindingRecords({ codes, offsets, profiles, standIns, extra, extraColumns = 0 }: NativeRecords) {
	return {
		codes,
		offsets: offsets instanceof Float64Array ? BigUint64Array.from(offsets, BigInt) : offsets,
		profiles: profiles ?? undefined,
		standIns: standIns ?? undefined,
		extra: extra ?? undefined,
		extraColumns,
	}
}

function runtime({ backend, threads, cpuIsa, precision }: NativeRuntime): BindingRuntime {
	if (backend !== 'cpu') prepareDrivers()
	return { backend, threads: count(threads), cpuIsa, precision }
}

/** N-API would wrap a number that is not a u32 around silently. */
function count(n: number): number {
	if (Number.isInteger(n) && n >= 0 && n < 2 ** 32) return n
	throw new SublocError('INVALID_OPTION', `${n} is not a whole number from 0 to 2^32 - 1`, { value: n })
}
