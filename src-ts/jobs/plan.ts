/** What a prediction will take: a look at the whole input, and a short measurement on some of it. */
import { requireOption } from '../errors.js'
import type { Model } from '../model/model.js'
import { type RuntimeOptions, resolveRuntime } from '../model/runtime.js'
import { type ProteinRecord, predictAll } from '../predict/predict.js'
import { readFasta } from '../sequence/fasta.js'
import type { TextSource } from '../sequence/lines.js'

export interface PlanOptions extends RuntimeOptions {
	/** How long one shard should take, in hours; default 1. */
	hours?: number
	/** How long to measure, at least, in seconds; default 3. */
	measureSeconds?: number
	/** Ends the planning. */
	signal?: AbortSignal
}

/** What was found, and what follows from it. */
export interface PredictionPlan {
	records: number
	residues: number
	/** Residues of the longest record. */
	longest: number
	/** Residues that are computed: longer proteins lose their middle. */
	computed: number
	/** Residues a second, as measured here. */
	residuesPerSecond: number
	/** Expected for the whole input, in seconds, on this machine. */
	seconds: number
	/** Expected for a process, with a fifth to spare, in bytes. */
	memoryBytes: number
	/** Advised number of shards. */
	shards: number
	threads: number
	backend: string
}

/** Records that are measured on. */
const SAMPLE = 512
/** Residues that `predict` computes at a time, at most. */
const CHUNK_RESIDUES = 400_000
const MEMORY_STEP = 128 * 2 ** 20

/**
 * Reads all of a FASTA file (gzip too) in bounded memory, and predicts a sample of it for a few seconds. The sample is drawn from the whole file, always the
 * same; the memory is the process's largest, and what a full chunk would add to it.
 *
 * Errors: those of `readFasta` for a file that is damaged as a whole, and of `predict`; `INVALID_OPTION`.
 */
export async function planPrediction(
	model: Model,
	input: TextSource,
	options: PlanOptions = {},
): Promise<PredictionPlan> {
	const { hours = 1, measureSeconds = 3, signal, ...runtime } = options
	requireOption(typeof hours === 'number' && hours > 0, 'hours', hours, 'a number above 0')
	requireOption(
		typeof measureSeconds === 'number' && measureSeconds > 0,
		'measureSeconds',
		measureSeconds,
		'a number above 0',
	)
	const { threads, backend } = resolveRuntime(runtime)
	const { maxResidues } = model.info
	const sample: ProteinRecord[] = []
	let [records, usable, residues, computed, longest] = [0, 0, 0, 0, 0]
	let random = 1
	for await (const record of readFasta(input, { onProblem: 'report', signal })) {
		records += 1
		if (record.problem) continue
		const { length } = record.sequence
		usable += 1
		residues += length
		computed += Math.min(length, maxResidues)
		longest = Math.max(longest, length)
		// Algorithm R (Vitter 1985) with a linear congruential generator: each record has the same chance to be in the sample.
		random = (random * 1103515245 + 12345) % 2 ** 31
		const place = Math.floor((random / 2 ** 31) * usable)
		if (sample.length < SAMPLE) sample.push(record)
		else if (place < SAMPLE) sample[place] = record
	}
	const measured = await measure(model, sample, { ...runtime, signal }, measureSeconds)
	const seconds = measured.residuesPerSecond === 0 ? 0 : computed / measured.residuesPerSecond
	const memory =
		1.2 *
		(measured.peakBytes +
			measured.bytesPerResidue * Math.max(0, Math.min(computed, CHUNK_RESIDUES) - measured.residues))
	return {
		...{ records, residues, longest, computed, seconds, threads, backend },
		residuesPerSecond: measured.residuesPerSecond,
		memoryBytes: Math.ceil(memory / MEMORY_STEP) * MEMORY_STEP,
		shards: Math.max(1, Math.min(records, Math.ceil(seconds / (3600 * hours)))),
	}
}

interface Measured {
	residuesPerSecond: number
	/** Residues of the largest run. */
	residues: number
	peakBytes: number
	bytesPerResidue: number
}

/** Doubles the records until a run is long enough: the last run counts, the first ones warm up. */
async function measure(
	model: Model,
	sample: readonly ProteinRecord[],
	options: RuntimeOptions & { signal?: AbortSignal },
	atLeast: number,
): Promise<Measured> {
	const peak = () => process.resourceUsage().maxRSS * 1024
	const { maxResidues } = model.info
	let residuesPerSecond = 0
	let [residues, before] = [0, peak()]
	const began = performance.now()
	for (let count = 4; sample.length > 0; count *= 2) {
		const own = sample.slice(0, count)
		residues = own.reduce((all, { sequence }) => all + Math.min(sequence.length, maxResidues), 0)
		const start = performance.now()
		await predictAll(model, own, options)
		residuesPerSecond = (1000 * residues) / (performance.now() - start)
		if (count === 4) before = peak()
		if (performance.now() - began >= 1000 * atLeast || count >= sample.length) break
	}
	return {
		residuesPerSecond,
		residues,
		peakBytes: peak(),
		bytesPerResidue: residues > 0 ? (peak() - before) / residues : 0,
	}
}
