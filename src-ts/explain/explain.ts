/** Which residues a prediction hangs on, for any model: in-silico mutagenesis and occlusion. Attention is not asked. */
import { Readable } from 'node:stream'
import { type Annotation, parseAnnotations } from '../dataset/annotations.js'
import { unknownClass } from '../dataset/dataset.js'
import { encodedPlace } from '../encoding/encode.js'
import { impliedProfile } from '../encoding/profile/implied.js'
import { requireKnown, requireOption, requireSignal, SublocError } from '../errors.js'
import { type Model, nativeOf, refuseExtra } from '../model/model.js'
import { RUNTIME_OPTIONS } from '../model/runtime.js'
import type { NativeRecords } from '../native/binding.js'
import type { PredictionInput, ProteinRecord } from '../predict/predict.js'
import { ALPHABET, AMBIGUOUS } from '../sequence/alphabet.js'
import { readFasta } from '../sequence/fasta.js'
import { applyCut, originalPosition } from '../sequence/middle-cut.js'
import { cleanSequence, unknownResidue } from '../sequence/residues.js'
import { type Encoded, encoded, type LookOptions, missingPolicy } from './encoded.js'

/** What one protein's prediction hangs on. */
export interface Explanation {
	id: string
	/** Residues of the whole sequence. */
	length: number
	/** The class whose probability is explained. */
	compartment: string
	/** ln p of that class for the protein as it is (p is the mean over the members), nats. */
	logProbability: number
	/** [T] positions of the kept residues in the whole sequence, from 1. */
	positions: Uint32Array
	/** [T] the kept residues, as letters. */
	residues: string
	/** Residues of the middle that the model does not see: first and last, from 1; null where it sees all. */
	removed: { start: number; end: number } | null
	/** Δ ln p of each substitution, [T, 20] row-major, columns in the order of `ALPHABET`; 0 for the residue itself. Null where not asked for. */
	mutagenesis: Float32Array | null
	/** Δ ln p when the `window` residues around each are hidden (code X), [T]. Null where not asked for. */
	occlusion: { window: number; delta: Float32Array } | null
	/** Signals that are known of it, from the tags of a MultiLoc header. */
	annotations: Annotation[]
}

export interface ExplainOptions extends Omit<LookOptions, 'member'> {
	/** The class that is explained; default: the one that is predicted. */
	compartment?: string
	/** Whether every substitution is tried: 19 predictions a residue. Default true. */
	mutagenesis?: boolean
	/** Residues that are hidden at a time, odd, from 1; 0 hides none. Default 9. */
	occlusion?: number
	/** Called as variants of a protein are done. */
	onProgress?: (progress: { id: string; done: number; variants: number }) => void
}

const OPTIONS: readonly (keyof ExplainOptions)[] = [
	...RUNTIME_OPTIONS,
	...(['profiles', 'missingProfile', 'extra', 'signal'] as const),
	...(['compartment', 'mutagenesis', 'occlusion', 'onProgress'] as const),
]

/** Variants that are computed at a time. */
const CHUNK = { records: 512, residues: 200_000 }

/**
 * Explains each protein's prediction. A substitution puts another amino acid in one place; for a model that reads profiles the place's profile row becomes the
 * one that stands in for a missing profile of that amino acid. Hidden residues are X, which adds nothing to any filter, with a profile row of zeros; of a
 * window that crosses the cut both sides are hidden. Δ is ln p of the variant minus ln p of the protein as it is.
 *
 * Errors: those of `readFasta`; `UNKNOWN_RESIDUE` and `INVALID_FASTA` for a record that cannot be used; `UNKNOWN_CLASS` for a class that the model does not know;
 * `INVALID_OPTION`, also for a model that reads own numbers a residue: nobody knows those of a changed protein; `INVALID_PROFILE`, `BACKEND_UNAVAILABLE`.
 * Throws the signal's reason once it is aborted.
 */
export async function* explain(
	model: Model,
	input: PredictionInput,
	options: ExplainOptions = {},
): AsyncGenerator<Explanation> {
	requireKnown(options, OPTIONS)
	requireSignal(options.signal)
	const { occlusion = 9, mutagenesis = true, compartment } = options
	const isOdd = Number.isInteger(occlusion) && occlusion > 0 && occlusion % 2 === 1
	refuseExtra(model, 'a substitution')
	requireOption(isOdd || occlusion === 0, 'occlusion', occlusion, 'an odd number from 1, or 0')
	if (!mutagenesis && occlusion === 0) {
		const message =
			'mutagenesis: nothing is left to compute: mutagenesis is off and occlusion is 0; ask for one of them'
		throw new SublocError('INVALID_OPTION', message, { option: 'mutagenesis', value: mutagenesis })
	}
	if (compartment !== undefined && !model.classes.includes(compartment))
		throw unknownClass(compartment, model.classes, {})
	for await (const record of recordsOf(input, options)) yield await explainOne(model, record, options)
}

function recordsOf(
	input: PredictionInput,
	{ signal }: ExplainOptions,
): AsyncIterable<ProteinRecord> | Iterable<ProteinRecord> {
	if (typeof input === 'string' || input instanceof Readable) return readFasta(input, { onProblem: 'fail', signal })
	const isIterable = Symbol.iterator in Object(input) || Symbol.asyncIterator in Object(input)
	requireOption(isIterable, 'input', input, "a FASTA file's path, a stream, or records")
	return input
}

async function explainOne(model: Model, record: ProteinRecord, options: ExplainOptions): Promise<Explanation> {
	const { signal, occlusion: window = 9, mutagenesis = true } = options
	const { id, description = '' } = record
	if (record.problem) throw record.problem
	const clean = cleanSequence(record.sequence)
	if ('residue' in clean) throw unknownResidue(clean.residue, clean.position, { record: id })
	const { sequence } = clean
	if (sequence === '') throw new SublocError('INVALID_FASTA', 'the record has no residues', { record: id })
	const input = await encoded(model, [{ id, sequence }], options)
	const cut = input.cuts[0]!
	const residues = applyCut(sequence, cut)
	const variants = [
		...(mutagenesis ? substitutions(residues) : []),
		...(window > 0 ? hiddenWindows(residues.length, window) : []),
	]
	const before = (await meanProbabilities(model, input, input.native, signal))[0]!
	const index =
		options.compartment === undefined ? before.indexOf(Math.max(...before)) : model.classes.indexOf(options.compartment)
	const rowOf = profileRowOf(model, options)
	const logProbability = logOf(before[index]!)
	const deltas = new Float32Array(variants.length)
	const place = (kept: number) => encodedPlace(cut, input.cutGap, kept)
	// In the gap of a cut there is nothing to change: it is hidden with what is around it.
	const encodedVariants = variants.map(({ from, to, code }) => ({ from: place(from), to: place(to - 1) + 1, code }))
	const perChunk = Math.max(1, Math.min(CHUNK.records, Math.floor(CHUNK.residues / residues.length)))
	for (let from = 0; from < variants.length; from += perChunk) {
		const some = encodedVariants.slice(from, from + perChunk)
		const found = await meanProbabilities(model, input, changed(input.native, some, rowOf), signal)
		for (const [at, own] of found.entries()) deltas[from + at] = logOf(own[index]!) - logProbability
		options.onProgress?.({ id, done: from + some.length, variants: variants.length })
	}
	const split = mutagenesis ? 20 * residues.length - standardResidues(residues) : 0
	return {
		...{ id, length: sequence.length, compartment: model.classes[index]!, logProbability, residues },
		positions: Uint32Array.from(residues, (_, at) => originalPosition(cut, at + 1)),
		removed: cut.removed > 0 ? { start: cut.first + 1, end: cut.first + cut.removed } : null,
		mutagenesis: mutagenesis ? placed(residues, variants, deltas.subarray(0, split)) : null,
		occlusion: window > 0 ? { window, delta: deltas.slice(split) } : null,
		annotations: parseAnnotations(description),
	}
}

/** Residues from..to (from 0, `to` not included) of a protein become a code. */
interface Variant {
	from: number
	to: number
	code: number
}

/** Every other amino acid in every place; a residue that is none of the 20 has 20 of them. */
function substitutions(residues: string): Variant[] {
	return [...residues].flatMap((letter, at) =>
		[...ALPHABET].flatMap((other, code) => (other === letter ? [] : [{ from: at, to: at + 1, code }])),
	)
}

function standardResidues(residues: string): number {
	return [...residues].filter((letter) => ALPHABET.includes(letter)).length
}

function hiddenWindows(length: number, window: number): Variant[] {
	const half = (window - 1) / 2
	return Array.from({ length }, (_, at) => ({
		...{ from: Math.max(0, at - half), to: Math.min(length, at + half + 1), code: AMBIGUOUS.X },
	}))
}

/** Δ of the substitutions in their places of [T, 20]. */
function placed(residues: string, variants: readonly Variant[], deltas: Float32Array): Float32Array {
	const all = new Float32Array(20 * residues.length)
	for (const [index, delta] of deltas.entries()) all[variants[index]!.from * 20 + variants[index]!.code] = delta
	return all
}

/** The profile row of a code: what stands in where there is no alignment; none of X. */
function profileRowOf(model: Model, options: ExplainOptions): (code: number) => Uint8Array {
	const policy = missingPolicy(model, options) === 'onehot' ? 'onehot' : 'blosum'
	const rows = [...ALPHABET].map((letter) => impliedProfile(letter, policy))
	return (code) => rows[code] ?? new Uint8Array(20)
}

/** One protein's variants, one after the other. */
function changed(
	{ codes, profiles }: NativeRecords,
	variants: readonly Variant[],
	rowOf: (code: number) => Uint8Array,
): NativeRecords {
	const length = codes.length
	const all = new Uint8Array(variants.length * length)
	const rows = profiles ? new Uint8Array(all.length * 20) : null
	for (const [index, { from, to, code }] of variants.entries()) {
		all.set(codes, index * length)
		all.fill(code, index * length + from, index * length + to)
		if (!rows) continue
		rows.set(profiles!, index * length * 20)
		for (let at = from; at < to; at++) rows.set(rowOf(code), (index * length + at) * 20)
	}
	return {
		codes: all,
		offsets: Float64Array.from({ length: variants.length + 1 }, (_, index) => index * length),
		profiles: rows,
	}
}

/** Class probabilities of each record, mean over the members. */
async function meanProbabilities(
	model: Model,
	{ runtime }: Encoded,
	records: NativeRecords,
	signal: AbortSignal | undefined,
): Promise<number[][]> {
	const { probabilities } = await nativeOf(model).predict(records, runtime, signal)
	const [classes, count, members] = [model.classes.length, records.offsets.length - 1, model.info.members]
	return Array.from({ length: count }, (_, row) =>
		Array.from({ length: classes }, (_, index) => {
			let sum = 0
			for (let member = 0; member < members; member++) sum += probabilities[(member * count + row) * classes + index]!
			return sum / members
		}),
	)
}

/** ln p; what f32 rounds to 0 counts as 10⁻³⁰. */
function logOf(probability: number): number {
	return Math.log(Math.max(probability, 1e-30))
}
