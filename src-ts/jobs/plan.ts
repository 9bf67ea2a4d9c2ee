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
/** A batch of the network, at most: crates/subloc-model/src/predict.rs. The padding counts as residues. */
const BATCH = { proteins: 64, residues: 64 * 1024 }
/** What JavaScript's heap takes in a long run above that of a short one: bench/RESULTS.md, a million proteins. */
const LONG_RUN_BYTES = 96 * 2 ** 20
const MEMORY_STEP = 128 * 2 ** 20

/**
 * Reads all of a FASTA file (gzip too) in bounded memory, and predicts a sample of it for a few seconds. The sample is drawn from the whole file, always the
 * same; the memory is the process's largest, what the largest batch of the network would add to it, and what a long run takes for its heap.
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
	const largest = batchResidues(usable, Math.min(longest, maxResidues))
	const unseen = measured.bytesPerResidue * Math.max(0, largest - measured.batchResidues)
	const memory = 1.2 * (measured.peakBytes + unseen + LONG_RUN_BYTES)
	return {
		...{ records, residues, longest, computed, seconds, threads, backend },
		residuesPerSecond: measured.residuesPerSecond,
		memoryBytes: Math.ceil(memory / MEMORY_STEP) * MEMORY_STEP,
		shards: Math.max(1, Math.min(records, Math.ceil(seconds / (3600 * hours)))),
	}
}

interface Measured {
	residuesPerSecond: number
	/** Residues of the largest batch of the network, padding included. */
	batchResidues: number
	peakBytes: number
	/** What such a batch took for each. */
	bytesPerResidue: number
}

/** Residues of the largest batch among so many proteins of at most this length, padding included. */
function batchResidues(proteins: number, longest: number): number {
	return Math.max(longest, Math.min(Math.min(proteins, BATCH.proteins) * longest, BATCH.residues))
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
	let [largest, first, before] = [0, 0, peak()]
	const began = performance.now()
	for (let count = 4; sample.length > 0; count *= 2) {
		const own = sample.slice(0, count)
		const lengths = own.map(({ sequence }) => Math.min(sequence.length, maxResidues))
		const residues = lengths.reduce((all, length) => all + length, 0)
		const start = performance.now()
		await predictAll(model, own, options)
		residuesPerSecond = (1000 * residues) / (performance.now() - start)
		largest = batchResidues(own.length, Math.max(...lengths))
		if (count === 4) [first, before] = [largest, peak()]
		if (performance.now() - began >= 1000 * atLeast || count >= sample.length) break
	}
	return {
		residuesPerSecond,
		batchResidues: largest,
		peakBytes: peak(),
		bytesPerResidue: largest > first ? (peak() - before) / (largest - first) : 0,
	}
}
