/** The files of a shard: its names, and the record beside it that says what it is. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { fileError, SublocError } from '../errors.js'
import { makeFolder, writeWhole } from '../model/files.js'
import type { PredictionFormat } from '../predict/format.js'
import type { Shard } from './shards.js'

const count = z.int().min(0)
const hex = z.string().regex(/^[0-9a-f]{64}$/)
const file = z.object({ name: z.string().regex(/^[^/\\]+$/), headerBytes: count, bytes: count, sha256: hex })

const recordSchema = z.looseObject({
	version: z.literal(1),
	shard: z.object({ index: count.min(1), count: count.min(1) }),
	block: z.object({ first: count, records: count, residues: count }),
	input: z.object({ name: z.string(), digest: hex, records: count, residues: count }),
	model: hex,
	options: hex,
	format: z.enum(['tsv', 'csv', 'jsonl']),
	device: z.object({ backend: z.string(), cpuIsa: z.string(), precision: z.string() }),
	versions: z.looseObject({ sublocNative: z.string(), node: z.string() }),
	counts: z.object({ records: count, problems: count, missingProfiles: count }),
	files: z.array(file).min(1),
	finished: z.string(),
})

/** What the JSON file beside a shard says. */
export interface ShardRecord {
	version: 1
	shard: Shard
	/** Its records within the input. */
	block: { first: number; records: number; residues: number }
	/** The whole input. */
	input: { name: string; digest: string; records: number; residues: number }
	/** SHA-256 of model.safetensors. */
	model: string
	/** SHA-256 of the options that change what is predicted. */
	options: string
	format: PredictionFormat
	device: { backend: string; cpuIsa: string; precision: string }
	versions: { sublocNative: string; node: string }
	/** Of `records`, those that could not be predicted, and those whose profile was missing. */
	counts: { records: number; problems: number; missingProfiles: number }
	/** The table, then, where asked for, the attention spans. `headerBytes`: what a merge leaves out of all but the first. */
	files: { name: string; headerBytes: number; bytes: number; sha256: string }[]
	/** ISO 8601, UTC. */
	finished: string
}

/** Name of a shard's files without their ending: `shard-0003-of-0016`. */
export function shardName({ index, count }: Shard): string {
	const padded = (n: number) => String(n).padStart(4, '0')
	return `shard-${padded(index)}-of-${padded(count)}`
}

/** Names of the shard records in a folder, sorted. Errors: `INPUT_MISSING`, `IO`. */
export async function recordNames(folder: string): Promise<string[]> {
	try {
		return (await readdir(folder)).filter((name) => /^shard-\d+-of-\d+\.json$/.test(name)).sort()
	} catch (error) {
		throw fileError(error, folder, 'read')
	}
}

/** A shard's record; null where there is none. Errors: `INVALID_SHARD` where the file is damaged; `IO`. */
export async function readShardRecord(path: string): Promise<ShardRecord | null> {
	let text: string
	try {
		text = await readFile(path, 'utf8')
	} catch (error) {
		const failed = fileError(error, path, 'read')
		if (failed instanceof SublocError && failed.code === 'INPUT_MISSING') return null
		throw failed
	}
	try {
		return recordSchema.parse(JSON.parse(text)) as ShardRecord
	} catch (error) {
		throw new SublocError(
			'INVALID_SHARD',
			'it is no record of a shard of this version',
			{ file: path },
			{ cause: error },
		)
	}
}

/** Whether the files that a record tells of are there with their sizes. */
export async function isComplete(folder: string, { files }: ShardRecord): Promise<boolean> {
	for (const { name, bytes } of files) {
		const found = await stat(join(folder, name)).catch(() => null)
		if (!found?.isFile() || found.size !== bytes) return false
	}
	return true
}

/** What differs between two records that should be of one job, in words; null where nothing does. */
export function firstMismatch(a: ShardRecord, b: ShardRecord, allowMixed: boolean): string | null {
	const pairs: [what: string, a: unknown, b: unknown][] = [
		['number of shards', a.shard.count, b.shard.count],
		['input', a.input.digest, b.input.digest],
		['model', a.model, b.model],
		['options', a.options, b.options],
		['format', a.format, b.format],
		['set of files', a.files.length, b.files.length],
	]
	if (!allowMixed) {
		for (const key of ['backend', 'cpuIsa', 'precision'] as const) pairs.push([key, a.device[key], b.device[key]])
		pairs.push(['version of the package', a.versions.sublocNative, b.versions.sublocNative])
	}
	const found = pairs.find(([, one, other]) => one !== other)
	if (!found) return null
	const [what, one, other] = found
	return /^[0-9a-f]{64}$/.test(String(one)) ? `another ${what}` : `another ${what} (${other}, not ${one})`
}

/** What a task of a whole array leaves for one that is submitted again alone: how the array counts. */
const ARRAY_FILE = 'array.json'

/** @internal Whether the array that fills a folder counts from 0 or from 1; null where no task of it has told. */
export async function knownBase(folder: string): Promise<0 | 1 | null> {
	const text = await readFile(join(folder, ARRAY_FILE), 'utf8').catch(() => '')
	const base = /"base": ?([01])/.exec(text)?.[1]
	return base === undefined ? null : (Number(base) as 0 | 1)
}

/** @internal Tells later tasks how the array counts. Errors: `IO`. */
export async function rememberBase(folder: string, base: 0 | 1): Promise<void> {
	await makeFolder(folder)
	if ((await knownBase(folder)) !== base) await writeWhole(join(folder, ARRAY_FILE), `${JSON.stringify({ base })}\n`)
}
