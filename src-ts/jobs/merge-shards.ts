/** Shards → the file of an unsharded run, after looking whether they are what they should be. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileError, SublocError } from '../errors.js'
import { PREDICTION_FORMATS } from '../predict/format.js'
import { firstMismatch, isComplete, readShardRecord, recordNames, type ShardRecord, shardName } from './shard-files.js'

export interface MergeOptions {
	/** Joins parts that were computed on different devices, instruction sets or versions: they agree to rounding alone. Default false. */
	allowMixed?: boolean
	/** Ends the merge; what stood in the output's place stays. */
	signal?: AbortSignal
}

/** What was merged. */
export interface MergedShards {
	/** The table, and the GFF3 file where the shards have one. */
	outputs: string[]
	shards: number
	records: number
	problems: number
	missingProfiles: number
}

/**
 * Joins the shards of a folder in their order: the bytes are those of a run in one piece. Looks first whether all of them are there, whole (their digests),
 * disjoint, and of one input, model and set of options. `output` is a path, or a stream for the table alone.
 *
 * Errors: `INVALID_SHARD`, which names each shard that is missing, and each file that is no part of the job; `INVALID_OPTION` where the output's ending is
 * another format's; `INPUT_MISSING`; `IO`.
 */
export async function mergeShards(
	folder: string,
	output: string | Writable,
	{ allowMixed = false, signal }: MergeOptions = {},
): Promise<MergedShards> {
	const records = await checkedShards(folder, allowMixed)
	const [first] = records as [ShardRecord]
	if (typeof output === 'string') requireEnding(output, first.format)
	const outputs = typeof output === 'string' ? first.files.map((_, at) => outputOf(output, at)) : []
	const temporary = outputs.map((path) => `${path}.${process.pid}.partial`)
	try {
		if (typeof output !== 'string')
			await joinInto(folder, records, 0, (source) => pipeline(source, output, { end: false, signal }))
		for (const [at, path] of temporary.entries()) {
			const file = await open(path, 'w').catch((error) => {
				throw fileError(error, outputs[at]!, 'create')
			})
			try {
				await joinInto(folder, records, at, (source) => append(file, outputs[at]!, source, signal))
				await file.sync()
			} finally {
				await file.close()
			}
		}
		for (const [at, path] of [...temporary.entries()].reverse()) await rename(path, outputs[at]!)
	} catch (error) {
		for (const path of temporary) await rm(path, { force: true }).catch(() => {})
		throw fileError(error, outputs[0] ?? 'stdout', 'write')
	}
	const sum = (key: keyof ShardRecord['counts']) => records.reduce((all, { counts }) => all + counts[key], 0)
	const [all, problems, missingProfiles] = [sum('records'), sum('problems'), sum('missingProfiles')]
	return { outputs, shards: records.length, records: all, problems, missingProfiles }
}

function outputOf(output: string, at: number): string {
	if (at === 0) return output
	const stem = PREDICTION_FORMATS.some((ending) => output.endsWith(`.${ending}`))
		? output.replace(/\.\w+$/, '')
		: output
	return `${stem}.gff3`
}

function requireEnding(output: string, format: string): void {
	const ending = extname(output).slice(1)
	const formats: readonly string[] = PREDICTION_FORMATS
	if (!formats.includes(ending) || ending === format) return
	const message = `${output}: the shards are ${format}; merging changes nothing, so name the output .${format}`
	throw new SublocError('INVALID_OPTION', message, { option: 'output', value: output })
}

/** The records of all shards, in order. Errors: `INVALID_SHARD`. */
async function checkedShards(folder: string, allowMixed: boolean): Promise<ShardRecord[]> {
	const invalid = (why: string, facts: object = {}) => new SublocError('INVALID_SHARD', why, { file: folder, ...facts })
	const names = await recordNames(folder)
	if (names.length === 0) throw invalid('there is no finished shard in it')
	const found: ShardRecord[] = []
	for (const name of names) {
		const record = (await readShardRecord(join(folder, name)))!
		if (name !== `${shardName(record.shard)}.json`)
			throw invalid(`${name} says that it is ${shardName(record.shard)}`, { shard: name })
		found.push(record)
	}
	const [first] = found as [ShardRecord]
	for (const [at, record] of found.entries()) {
		const why = firstMismatch(first, record, true)
		if (why) throw invalid(`${names[at]} is a stranger: it is of ${why} than ${names[0]}`, { shard: names[at] })
		const mixed = allowMixed ? null : firstMismatch(first, record, false)
		if (mixed) {
			const message = `${names[at]} was computed with ${mixed} than ${names[0]}: the same to rounding alone (--allow-mixed joins them)`
			throw invalid(message, { shard: names[at] })
		}
	}
	await requireAll(folder, found, invalid)
	await requireNoStrangers(folder, found, invalid)
	let next = 0
	for (const { shard, block, counts } of found) {
		if (block.first !== next) {
			const what =
				block.first > next
					? `records ${next + 1} to ${block.first} are missing`
					: `record ${block.first + 1} stands in two shards`
			throw invalid(`${what}, before ${shardName(shard)}`, { shard: shard.index })
		}
		if (counts.records !== block.records)
			throw invalid(`${shardName(shard)} has ${counts.records} of its ${block.records} records`)
		next += block.records
	}
	if (next !== first.input.records) throw invalid(`${next} of the input's ${first.input.records} records are there`)
	return found
}

type Invalid = (why: string, facts?: object) => SublocError

async function requireAll(folder: string, found: readonly ShardRecord[], invalid: Invalid): Promise<void> {
	const { count } = found[0]!.shard
	const there = new Set<number>()
	for (const record of found) if (await isComplete(folder, record)) there.add(record.shard.index)
	const missing = Array.from({ length: count }, (_, at) => at + 1).filter((index) => !there.has(index))
	if (missing.length === 0) return
	const names = await readdir(folder)
	const begun = missing.filter((index) => names.some((name) => name.startsWith(`${shardName({ index, count })}.`)))
	const hint = begun.length > 0 ? ` (begun: ${ranges(begun)}; --resume goes on)` : ''
	const [what, are] = missing.length === 1 ? ['shard', 'is'] : ['shards', 'are']
	throw invalid(`${what} ${ranges(missing)} of ${count} ${are} missing${hint}`, { missing, begun })
}

/** A file that looks like a shard and belongs to none would be lost without a word. */
async function requireNoStrangers(folder: string, found: readonly ShardRecord[], invalid: Invalid): Promise<void> {
	const known = new Set(found.flatMap((record) => record.files.map(({ name }) => name)))
	const strangers = (await readdir(folder)).filter(
		(name) => /^shard-.*\.(tsv|csv|jsonl|gff3)$/.test(name) && !known.has(name),
	)
	if (strangers.length > 0)
		throw invalid(`strangers, which are no part of this job: ${strangers.sort().join(', ')}`, { strangers })
}

/** 1, 2, 3, 7 → `1-3,7`: what a scheduler's `--array` takes. */
function ranges(numbers: readonly number[]): string {
	const parts: [number, number][] = []
	for (const n of numbers) {
		const last = parts.at(-1)
		if (last && last[1] === n - 1) last[1] = n
		else parts.push([n, n])
	}
	return parts.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',')
}

/** File `at` of every shard, one after the other; the header of the first alone. Checks the digests on the way. */
async function joinInto(
	folder: string,
	records: readonly ShardRecord[],
	at: number,
	write: (source: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
	for (const [place, { files, shard }] of records.entries()) {
		const { name, headerBytes, sha256 } = files[at]!
		const path = join(folder, name)
		const hash = createHash('sha256')
		async function* body(): AsyncGenerator<Buffer> {
			let skip = place === 0 ? 0 : headerBytes
			try {
				for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
					hash.update(piece)
					const rest = piece.subarray(Math.min(skip, piece.length))
					skip -= piece.length - rest.length
					if (rest.length > 0) yield rest
				}
			} catch (error) {
				throw fileError(error, path, 'read')
			}
		}
		await write(body())
		if (hash.digest('hex') === sha256) continue
		const message = 'the file is not what was written: remove it and its .json, and run the shard again'
		throw new SublocError('INVALID_SHARD', message, { file: path, shard: shard.index })
	}
}

async function append(
	file: FileHandle,
	name: string,
	source: AsyncIterable<Buffer>,
	signal?: AbortSignal,
): Promise<void> {
	for await (const piece of source) {
		signal?.throwIfAborted()
		try {
			await file.writeFile(piece)
		} catch (error) {
			throw fileError(error, name, 'write')
		}
	}
}
