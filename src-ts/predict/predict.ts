/** Prediction: a stream of proteins in, a stream of places out, in the same order. */
import { Readable } from 'node:stream'
import { encodedLength, encodedPlace, encodeRecords } from '../encoding/encode.js'
import type { ExtraSource } from '../encoding/extra/source.js'
import { MISSING_PROFILE_POLICIES, type MissingProfile } from '../encoding/profile/implied.js'
import type { ProfileSource } from '../encoding/profile/store.js'
import { requireKnown, requireOption, requireSignal, SublocError } from '../errors.js'
import { type Model, nativeOf } from '../model/model.js'
import { RUNTIME_OPTIONS, type RuntimeOptions, resolveRuntime } from '../model/runtime.js'
import { temperedProbabilities } from '../model/temperature.js'
import type { NativeModel, NativeRuntime } from '../native/binding.js'
import { readFasta } from '../sequence/fasta.js'
import { originalPosition } from '../sequence/middle-cut.js'
import { looksLikeDna } from '../sequence/nucleotides.js'
import type { SequenceRecord } from '../sequence/record.js'
import { cleanSequence, unknownResidue } from '../sequence/residues.js'
import { DEFAULT_THRESHOLD } from '../train/thresholds.js'
import { chunked } from './chunks.js'
import { Inputs, type Profiled } from './inputs.js'
import { absentClasses, type Kingdom, ruleOut } from './kingdom.js'
import { meanProbabilities, meanWeight, memberProbabilities, spreadOf } from './members.js'
import { type NearestProtein, nearestRows, type TrainingProtein } from './nearest.js'
import { atMost, settle, unlessAborted } from './waiting.js'

/** Proteins to predict: a FASTA file's path (gzip too), `-` for stdin, a stream of FASTA, or records. */
export type PredictionInput = string | Readable | Iterable<ProteinRecord> | AsyncIterable<ProteinRecord>

/** A record that was not read from a file. */
export type ProteinRecord = Pick<SequenceRecord, 'id' | 'sequence'> & Partial<SequenceRecord>

export interface PredictOptions extends RuntimeOptions {
	/** Profiles for a model that reads them: a folder with a packed store, or a source. */
	profiles?: string | ProfileSource
	/** What stands in for a missing profile; default: as the model was trained. */
	missingProfile?: MissingProfile
	/**
	 * Own numbers of each residue for a model that reads them: a folder of NPY arrays, an NPZ file, or a source (docs/features.md). A protein whose numbers are
	 * missing, of another length or not finite is a record that cannot be used (`onProblem`).
	 */
	extra?: string | ExtraSource
	/**
	 * The proteins' kingdom: compartments that its cells do not have get probability 0, and the others are conditioned on that, in each member. Default: nothing
	 * is ruled out. Not for a multi-label model.
	 */
	kingdom?: Kingdom
	/**
	 * Labelled proteins that the model was trained on: predictions then name the nearest of them (`Prediction.relative`), found by local alignment with E ≤ 0.001.
	 * It costs what `findRelatives` says. Default: none, and `relative` is null.
	 */
	training?: readonly TrainingProtein[]
	/** A record that cannot be used: `skip` (default) gives it a row without a prediction, `fail` throws. */
	onProblem?: 'skip' | 'fail'
	/** Also gives the attention weights of an A-LSTM; default false. */
	attention?: boolean
	/** Also gives the probabilities of each member of an ensemble; default false. */
	members?: boolean
	/** Called with what was decided without being asked: that a GPU's memory made batches smaller. */
	onWarning?: (warning: string) => void
	/** Ends the prediction within a second. */
	signal?: AbortSignal
}

/** The answer for one protein. Fields of a skipped record are null. */
export interface Prediction {
	id: string
	status: 'ok' | 'skipped'
	/** Why it was skipped. */
	problem: SublocError | null
	/** Residues of the whole sequence. */
	length: number
	/** Whether the model reads profiles and there was none, so that another row stood in (`missingProfile` of the options). */
	missingProfile: boolean
	/** Whether it looks like DNA or RNA, read as amino acids: at least 30 letters, at least 95 % of them A, C, G, T, U or N. */
	nucleotides: boolean
	/**
	 * Of a multi-label model alone: the labels whose probability reaches their threshold, in the order of the classes; the most probable class where none does, so
	 * that there is always one.
	 */
	labels?: string[]
	/** The most probable class; of equals the first. */
	compartment: string | null
	/** Its probability: the mean over the ensemble's members. */
	probability: number | null
	/**
	 * That probability with the model's temperature (`Model.calibration`), which says better how often such predictions are right; null where the model has
	 * none. `probability` and `probabilities` are never changed by it.
	 */
	calibrated: number | null
	/** Standard deviation of `probability` over the members; 0 for a single network. */
	spread: number | null
	/** The nearest protein of `PredictOptions.training`; null where there is none, or it was not looked for. */
	relative: NearestProtein | null
	/** Probability of each class, in the order of the classes; they sum to 1, but for a multi-label model's. */
	probabilities: Record<string, number> | null
	/**
	 * Where an A-LSTM looked: weights α (mean over the members) of the kept residues and their positions, from 1, in the whole sequence. Their sum is 1, but for
	 * a cut protein and a model with a `cutGap`, where the gap's share of α is missing.
	 */
	attention: { weights: Float32Array; positions: Uint32Array } | null
	/** What each member says: probability of each class, [M][K] in the order of the classes. Null where it was not asked for. */
	members: Float32Array[] | null
}

/** @internal Names of {@link PredictOptions}. */
export const PREDICT_OPTIONS: readonly (keyof PredictOptions)[] = [
	...RUNTIME_OPTIONS,
	...([
		...(['profiles', 'missingProfile', 'extra', 'kingdom', 'training', 'onProblem', 'attention', 'members'] as const),
		...(['onWarning', 'signal'] as const),
	] as const),
]

/** How long the end of a prediction waits for its input to close, in milliseconds; one that does not answer closes when it does. */
const CLOSING_TIME = 200

/**
 * Predicts proteins one chunk at a time: as many rows come out as records go in, in their order. On the CPU a protein's probabilities do not depend on
 * those around it. Reading, computing and taking overlap: while the rows of one chunk are taken, the next is computed, and while one is computed, the next is
 * read. No more than two chunks are there at a time, and one job computes. However it ends, the input is closed, and what is being computed is cancelled; neither
 * is waited for longer than a moment.
 *
 * Errors: those of `readFasta` for a file that is damaged as a whole (what came before has been given), `INVALID_PROFILE`, `INVALID_OPTION`
 * (also for a model that reads own numbers without `extra`), `INVALID_FEATURES` where those have another width than the model's,
 * `BACKEND_UNAVAILABLE`. Throws the signal's reason once it is aborted.
 */
export async function* predict(
	model: Model,
	input: PredictionInput,
	options: PredictOptions = {},
): AsyncGenerator<Prediction> {
	requireKnown(options, PREDICT_OPTIONS)
	requireSignal(options.signal)
	const stop = new AbortController()
	const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
	const engine = await Engine.open(model, options, signal)
	const chunks = chunked(recordsOf(input, options, signal), model.info.extraFeatures)
	/** Reads a chunk, and computes it once the one before it is; undefined at the end. */
	const computed = async (before: Promise<unknown>) => {
		const { done, value } = await unlessAborted(chunks.next(), signal)
		return done ? undefined : { rows: await engine.predict(value.records, before), failure: value.failure }
	}
	let current = settle(computed(Promise.resolve()))
	let next = settle(computed(current))
	try {
		for (;;) {
			const found = await current
			if ('error' in found) throw found.error
			if (!found.value) return
			yield* found.value.rows
			// A file that breaks off in the next chunk has not cost this one.
			if (found.value.failure) throw found.value.failure
			current = next
			next = settle(computed(current))
		}
	} finally {
		// Closes an input that gives nothing. One of the user's may answer late or never: it closes then, and nobody waits for it.
		stop.abort()
		await atMost(CLOSING_TIME, Promise.all([chunks.return(undefined), current, next]))
	}
}

/** Predictions of a whole input at once. */
export async function predictAll(
	model: Model,
	input: PredictionInput,
	options: PredictOptions = {},
): Promise<Prediction[]> {
	const all: Prediction[] = []
	for await (const prediction of predict(model, input, options)) all.push(prediction)
	return all
}

function recordsOf(
	input: PredictionInput,
	options: PredictOptions,
	signal: AbortSignal,
): AsyncIterable<ProteinRecord> | Iterable<ProteinRecord> {
	if (typeof input !== 'string' && !(input instanceof Readable)) {
		const isIterable = Symbol.iterator in Object(input) || Symbol.asyncIterator in Object(input)
		requireOption(isIterable, 'input', input, "a FASTA file's path, a stream, or records")
		return input
	}
	return readFasta(input, { onProblem: options.onProblem === 'fail' ? 'fail' : 'report', signal })
}

/** A model with everything decided. */
class Engine {
	readonly #model: Model
	readonly #native: NativeModel
	readonly #runtime: NativeRuntime
	readonly #inputs: Inputs
	/** [K], whether the kingdom rules a class out; null without one. */
	readonly #isAbsent: readonly boolean[] | null
	readonly #options: PredictOptions
	readonly #signal: AbortSignal

	private constructor(
		model: Model,
		options: PredictOptions,
		signal: AbortSignal,
		runtime: NativeRuntime,
		inputs: Inputs,
	) {
		this.#model = model
		this.#native = nativeOf(model)
		this.#runtime = runtime
		this.#inputs = inputs
		const absent = options.kingdom === undefined ? null : absentClasses(options.kingdom, model.classes)
		this.#isAbsent = absent && model.classes.map((name) => absent.includes(name))
		this.#options = options
		this.#signal = signal
	}

	static async open(model: Model, options: PredictOptions, signal: AbortSignal): Promise<Engine> {
		options.signal?.throwIfAborted()
		const runtime = resolveRuntime(options)
		const { missingProfile = 'blosum' } = options
		const isPolicy = MISSING_PROFILE_POLICIES.includes(missingProfile)
		requireOption(isPolicy, 'missingProfile', missingProfile, `one of ${MISSING_PROFILE_POLICIES.join(', ')}`)
		const { kingdom } = options
		const isPossible = kingdom === undefined || model.info.loss !== 'multi-label'
		requireOption(isPossible, 'kingdom', kingdom, 'a model of one class a protein')
		return new Engine(model, options, signal, runtime, await Inputs.open(model, options))
	}

	/** `before` is what must be done before the device computes; what the records need is looked up meanwhile. */
	async predict(records: readonly ProteinRecord[], before: Promise<unknown>): Promise<Prediction[]> {
		const checked = (await this.#inputs.of(records)).map((record) => this.#check(record))
		const usable = checked.filter((record) => !record.problem)
		// Both take all threads: one after the other.
		if (this.#options.training) await before
		const relatives = await this.#relatives(usable)
		const computed = await this.#compute(usable, before)
		const answers = computed.map((answer, row) => ({ ...answer, relative: relatives[row]! }))[Symbol.iterator]()
		return checked.map((record) => (record.problem ? skipped(record, record.problem) : answers.next().value!))
	}

	/** The nearest training protein of each record; nulls where none were given. */
	async #relatives(records: readonly Profiled[]): Promise<(NearestProtein | null)[]> {
		const { training } = this.#options
		if (!training) return records.map(() => null)
		const found = await nearestRows(records, training, { threads: this.#runtime.threads, signal: this.#signal })
		return found.map((hit) => {
			if (!hit) return null
			const { row, ...nearness } = hit
			const { id, class: name } = training[row]!
			return { id, class: name, ...nearness }
		})
	}

	/** Records that come from a program were read by nobody. */
	#check(record: Profiled): Profiled {
		const clean = cleanSequence(record.sequence)
		let { problem } = record
		if (!problem && 'residue' in clean) problem = unknownResidue(clean.residue, clean.position, { record: record.id })
		const sequence = 'sequence' in clean && !problem ? clean.sequence : ''
		if (!problem && sequence === '')
			problem = new SublocError('INVALID_FASTA', 'the record has no residues', { record: record.id })
		if (problem && this.#options.onProblem === 'fail') throw problem
		return { ...record, sequence, ...(problem && { problem }) }
	}

	async #compute(records: readonly Profiled[], before: Promise<unknown>): Promise<Prediction[]> {
		if (records.length === 0) return []
		const { classes, info, calibration } = this.#model
		const { native, cuts, cutGap } = await encodeRecords(records, {
			maxResidues: info.maxResidues,
			cutGap: info.cutGap,
			profile: this.#model.readsProfiles,
			profiles: null,
			missingProfile: this.#inputs.missingProfile,
			extra: info.extraFeatures > 0 ? { source: null, columns: info.extraFeatures } : null,
		})
		const wantsAttention = this.#options.attention === true && info.kind === 'a-lstm'
		await before
		const { probabilities, attention } = await this.#native.predict(
			native,
			{ ...this.#runtime, attention: wantsAttention },
			this.#signal,
			this.#options.onWarning,
		)
		if (this.#isAbsent) ruleOut(probabilities, this.#isAbsent)
		const shape = { members: info.members, records: records.length, classes: classes.length }
		let offset = 0
		return records.map((record, row) => {
			const mean = meanProbabilities(probabilities, row, shape)
			const best = mean.indexOf(Math.max(...mean))
			const cut = cuts[row]!
			const from = offset
			offset += encodedLength(cut, cutGap)
			return {
				...{ id: record.id, status: 'ok', problem: null, length: record.sequence.length },
				missingProfile: this.#model.readsProfiles && !record.rows,
				nucleotides: looksLikeDna(record.sequence),
				...(info.loss === 'multi-label' && { labels: labelsAbove(mean, this.#model, best) }),
				compartment: classes[best]!,
				probability: mean[best]!,
				calibrated: calibration && temperedProbabilities(mean, calibration.temperature)[best]!,
				spread: spreadOf(probabilities, row, best, shape),
				relative: null,
				probabilities: Object.fromEntries(classes.map((name, index) => [name, mean[index]!])),
				attention: attention && {
					weights: Float32Array.from({ length: cut.kept }, (_, at) =>
						meanWeight(attention, info.members, native.codes.length, from + encodedPlace(cut, cutGap, at)),
					),
					positions: Uint32Array.from({ length: cut.kept }, (_, at) => originalPosition(cut, at + 1)),
				},
				members: this.#options.members === true ? memberProbabilities(probabilities, row, shape) : null,
			}
		})
	}
}

function labelsAbove(mean: readonly number[], { classes, info }: Model, best: number): string[] {
	const found = classes.filter((_, index) => mean[index]! >= (info.thresholds?.[index] ?? DEFAULT_THRESHOLD))
	return found.length > 0 ? found : [classes[best]!]
}

function skipped({ id, sequence }: ProteinRecord, problem: SublocError): Prediction {
	const nothing = {
		missingProfile: false,
		nucleotides: false,
		compartment: null,
		probability: null,
		calibrated: null,
		spread: null,
		relative: null,
		probabilities: null,
		attention: null,
		members: null,
	}
	return { id, status: 'skipped', problem, length: sequence.length, ...nothing }
}
