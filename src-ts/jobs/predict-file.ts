/** Predictions into a file, as a job that may be killed at any moment and gone on with; of a whole input or of a shard. */
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { fileError, requireKnown, requireOption, SublocError } from '../errors.js'
import { makeFolder, removeLeftovers, writeWhole } from '../model/files.js'
import type { Model } from '../model/model.js'
import { describeRuntime, resolveRuntime } from '../model/runtime.js'
import { PREDICTION_FORMATS, type PredictionFormat, predictionFormatter } from '../predict/format.js'
import {
	PREDICT_OPTIONS,
	type Prediction,
	type PredictionInput,
	type PredictOptions,
	type ProteinRecord,
	predict,
} from '../predict/predict.js'
import { readFasta } from '../sequence/fasta.js'
import { packageVersion } from '../train/train.js'
import { GFF_HEADER, gffLines } from './attention-spans.js'
import { PredictionCache } from './cache.js'
import { cachedPredict } from './cached-predict.js'
import { modelDigest, optionsDigest } from './digests.js'
import { type Progress, removeAttempts } from './former-attempts.js'
import { Attempt } from './journal.js'
import { firstMismatch, isComplete, readShardRecord, recordNames, type ShardRecord, shardName } from './shard-files.js'
import { addRecord, inputHash, planShards, type Shard } from './shards.js'

export interface PredictFileOptions extends Omit<PredictOptions, 'attention' | 'members'> {
	/** Default `tsv`. */
	format?: PredictionFormat
	/** Predicts one of N contiguous parts, balanced by residues; the output is a folder then. Not for stdin or a stream. */
	shard?: Shard
	/** Goes on where a former run was stopped or killed; begins anew where there is none, or one of another input, model, option or device. */
	resume?: boolean
	/** Folder of the journal; default: beside the output. */
	journal?: string
	/** Folder of a prediction cache, which many runs may share: each different protein is computed once. Not with `spans`. */
	cache?: string
	/** Bytes that the cache may grow to; default 1 GiB. */
	cacheBytes?: number
	/** Tables also say how far each prediction can be trusted: see `FormatOptions`. Default false. */
	trust?: boolean
	/** Also writes where an A-LSTM looked, as GFF3 beside the output; default false. */
	spans?: boolean
	/** Called with every prediction that is computed; not with those that were written before. */
	onPrediction?: (prediction: Prediction) => void
}

/** What {@link predictFile} has written. */
export interface PredictedFile {
	/** The table. */
	output: string
	/** The GFF3 file, where it was asked for. */
	spans: string | null
	/** Rows of the table. */
	records: number
	/** Of them, those that could not be predicted. */
	problems: number
	/** Of them, those whose profile was missing. */
	missingProfiles: number
	/** Of them, those that a former run had written. */
	resumed: number
	/** Whether a finished shard was found, so that nothing was done. */
	wasFinished: boolean
}

const OPTIONS = [
	...PREDICT_OPTIONS.filter((name) => name !== 'attention' && name !== 'members'),
	...(['format', 'shard', 'resume', 'journal', 'cache', 'cacheBytes', 'trust', 'spans', 'onPrediction'] as const),
]

/**
 * Predicts an input into a file, or a shard of it into a folder. Rows are written as they come, beside the place of the output and with a journal
 * (`<output>.<token>.partial` and `.journal`); the output appears when it is whole. A run that was killed at any moment and is run again with `resume`
 * gives the same bytes as one that was not.
 *
 * A shard makes `shard-0003-of-0016.tsv`, and a record of what it is, `shard-0003-of-0016.json`; one that is finished already is left as it is.
 *
 * Errors: those of `predict`; `INVALID_SHARD` where the folder holds a shard of another job, or the input has changed since the run before;
 * `INVALID_OPTION`; `IO`.
 */
export async function predictFile(
	model: Model,
	input: PredictionInput,
	output: string,
	options: PredictFileOptions = {},
): Promise<PredictedFile> {
	requireKnown(options, OPTIONS)
	const { format = 'tsv', shard, resume = false, journal, onPrediction, ...others } = options
	const { cache: cacheFolder, cacheBytes = 2 ** 30, trust = false, spans = false, ...own } = others
	requireOption(!spans || cacheFolder === undefined, 'cache', cacheFolder, 'no spans: attention is not kept in it')
	requireOption(Number.isInteger(cacheBytes) && cacheBytes >= 0, 'cacheBytes', cacheBytes, 'a whole number from 0')
	const predicting: PredictOptions = spans ? { ...own, attention: true } : own
	if (spans && model.info.kind !== 'a-lstm') {
		throw new SublocError('INVALID_OPTION', 'spans: an R-LSTM has no attention', { option: 'spans' })
	}
	const columns = { multiLabel: model.info.loss === 'multi-label', trust }
	const formatter = predictionFormatter(format, model.classes, columns)
	const job = await jobOf(model, input, output, { format, shard, predicting, spans, trust })
	const { paths, record } = job
	if (record) await removeLeftovers(output, [basename(recordPath(output, record))])
	const answer = { output: paths[0]!, spans: paths[1] ?? null }
	if (record && (await isFinished(output, record, journal ?? null, paths))) {
		const { records, problems, missingProfiles } = (await readShardRecord(recordPath(output, record)))!.counts
		return { ...answer, records, problems, missingProfiles, resumed: records, wasFinished: true }
	}
	const headers = spans ? [formatter.header, GFF_HEADER] : [formatter.header]
	const attempt = await Attempt.open({
		...{ outputs: paths, headers, journal: journal ?? null, identity: job.identity, resume },
		warn: own.onWarning ?? (() => {}),
	})
	const resumed = attempt.done.records
	let cache: PredictionCache | null = null
	try {
		const records = new Block(recordsOf(input, options), job.block, attempt.done)
		const counts = { ...attempt.done }
		const progress = (): Progress => ({ ...counts, input: records.digest() })
		cache = cacheFolder === undefined ? null : await PredictionCache.open(cacheFolder, cacheBytes)
		const predictions = cache
			? cachedPredict(model, records.rest(), predicting, cache)
			: predict(model, records.rest(), predicting)
		for await (const prediction of predictions) {
			onPrediction?.(prediction)
			const row = formatter.row(prediction)
			const texts = spans ? [row, gffLines(prediction)] : [row]
			// From here to `add` nothing may throw: the journal counts what has its row.
			records.passed()
			counts.records += 1
			if (prediction.problem) counts.problems += 1
			if (prediction.missingProfile) counts.missingProfiles += 1
			attempt.add(texts, progress)
			await attempt.room()
		}
		records.requireWhole()
		await attempt.finish(async (files) => {
			if (!record) return
			record.files = files.map((file, at) => ({
				...{ name: basename(paths[at]!), headerBytes: Buffer.byteLength(headers[at]!), ...file },
			}))
			const { records, problems, missingProfiles } = counts
			Object.assign(record, { counts: { records, problems, missingProfiles }, finished: new Date().toISOString() })
			await writeWhole(recordPath(output, record), `${JSON.stringify(record, null, 2)}\n`)
		})
		const { records: all, problems, missingProfiles } = counts
		return { ...answer, records: all, problems, missingProfiles, resumed, wasFinished: false }
	} catch (error) {
		await attempt.close()
		throw error
	} finally {
		await cache?.close()
	}
}

/** What is to be done: decided before anything is written. */
interface Job {
	/** The table, then the spans. */
	paths: string[]
	identity: object
	block: { first: number; records: number | null; residues: number | null }
	/** Of a shard, to be completed; null for a whole input. */
	record: ShardRecord | null
}

async function jobOf(
	model: Model,
	input: PredictionInput,
	output: string,
	{
		format,
		shard,
		predicting,
		spans,
		trust,
	}: Pick<PredictFileOptions, 'format' | 'shard' | 'spans' | 'trust'> & { predicting: PredictOptions },
): Promise<Job> {
	const { backend, cpuIsa, precision } = describeRuntime(resolveRuntime(predicting))
	const device = { backend, cpuIsa, precision }
	const { attention: _, ...rows } = predicting
	const digests = {
		model: await modelDigest(model),
		options: await optionsDigest(model, rows, { spans, ...(trust && { trust }) }),
	}
	const versions = { sublocNative: packageVersion(), node: process.versions.node }
	const identity = { ...digests, format, device, version: versions.sublocNative }
	const endings = spans ? [format!, 'gff3'] : [format!]
	if (!shard) {
		const found = await stat(output).catch(() => null)
		if (found?.isDirectory()) throw fileError(Object.assign(new Error(), { code: 'EISDIR' }), output, 'create')
		const stem = PREDICTION_FORMATS.some((ending) => output.endsWith(`.${ending}`))
			? output.replace(/\.\w+$/, '')
			: output
		const paths = spans ? [output, `${stem}.gff3`] : [output]
		return { paths, identity, block: { first: 0, records: null, residues: null }, record: null }
	}
	if (typeof input !== 'string' || input === '-') {
		const message = 'shard: the input must be a file, which each shard reads for itself'
		throw new SublocError('INVALID_OPTION', message, { option: 'shard' })
	}
	const { index, count } = shard
	const isPart = Number.isInteger(index) && Number.isInteger(count) && index >= 1 && index <= count
	requireOption(isPart, 'shard', `${index}/${count}`, 'an index from 1 to the count')
	const plan = await planShards(input, count, predicting.signal)
	const block = plan.shards[index - 1]!
	await makeFolder(output)
	const record: ShardRecord = {
		...{ version: 1, shard: { index, count }, block },
		input: { name: basename(input), digest: plan.digest, records: plan.records, residues: plan.residues },
		...{ ...digests, format: format!, device, versions },
		counts: { records: 0, problems: 0, missingProfiles: 0 },
		files: [],
		finished: '',
	}
	const paths = endings.map((ending) => join(output, `${shardName(shard)}.${ending}`))
	return { paths, identity: { ...identity, input: plan.digest, shard, block }, block, record }
}

function recordPath(folder: string, { shard }: ShardRecord): string {
	return join(folder, `${shardName(shard)}.json`)
}

/** Whether the shard is there. Errors: `INVALID_SHARD` where the folder is another job's. */
async function isFinished(
	folder: string,
	record: ShardRecord,
	journal: string | null,
	paths: string[],
): Promise<boolean> {
	const own = await readShardRecord(recordPath(folder, record))
	const [neighbour] = own ? [] : await recordNames(folder)
	const found = own ?? (neighbour === undefined ? null : await readShardRecord(join(folder, neighbour)))
	if (!found || !(await isComplete(folder, found))) return false
	const expected = own ? record : { ...record, files: found.files }
	const why = firstMismatch({ ...expected, files: found.files }, found, true)
	if (why) {
		const message = `${shardName(found.shard)} in ${folder} is of ${why}: name another folder, or remove what is in this one`
		throw new SublocError('INVALID_SHARD', message, { file: folder, shard: found.shard.index })
	}
	if (own) await removeAttempts(paths, journal)
	return own !== null
}

function recordsOf(
	input: PredictionInput,
	{ signal }: PredictFileOptions,
): AsyncIterable<ProteinRecord> | Iterable<ProteinRecord> {
	if (typeof input !== 'string' && !(input instanceof Readable)) return input
	// What is wrong with a record counts in the shard that it is in; `predict` ends there where it should.
	return readFasta(input, { onProblem: 'report', signal })
}

/** The records of a block that are still to do, and the digest of those that are done. */
class Block {
	readonly #source: AsyncIterable<ProteinRecord> | Iterable<ProteinRecord>
	readonly #block: Job['block']
	readonly #done: Progress
	readonly #hash = inputHash()
	/** Read and not yet predicted. */
	readonly #ahead: ProteinRecord[] = []
	#records = 0
	#residues = 0

	constructor(source: AsyncIterable<ProteinRecord> | Iterable<ProteinRecord>, block: Job['block'], done: Progress) {
		this.#source = source
		this.#block = block
		this.#done = done
	}

	async *rest(): AsyncGenerator<ProteinRecord> {
		const { first, records } = this.#block
		if (records === 0) return
		let place = -1
		for await (const record of this.#source) {
			place += 1
			if (place < first) continue
			this.#records += 1
			this.#residues += record.sequence.length
			if (this.#records <= this.#done.records) {
				addRecord(this.#hash, record)
				if (this.#records === this.#done.records && this.digest() !== this.#done.input) throw changed()
			} else {
				this.#ahead.push(record)
				yield record
			}
			if (this.#records === records) return
		}
		if (this.#records < this.#done.records) throw changed()
	}

	/** A record has its row. */
	passed(): void {
		addRecord(this.#hash, this.#ahead.shift()!)
	}

	digest(): string {
		return this.#hash.copy().digest('hex')
	}

	requireWhole(): void {
		const { records, residues } = this.#block
		if (records !== null && (records !== this.#records || residues !== this.#residues)) throw changed()
	}
}

function changed(): SublocError {
	const message = 'the input is not what it was when this was begun: run it anew'
	return new SublocError('INVALID_SHARD', message)
}
