/** Parts of a store that several processes write side by side: their names, and whether all of them are there. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SublocError } from '../../errors.js'

/** Name of a part's files: `profiles-03-of-16.u8`, `_index.tsv`, `.json`. */
export function shardPart({ index, count }: { index: number; count: number }): string {
	return `profiles-${String(index).padStart(String(count).length, '0')}-of-${count}`
}

const SHARD_INDEX = /^profiles-(\d+)-of-(\d+)_index\.tsv$/

/**
 * Whether the shards among a folder's index files are all there and finished: what is missing would be read as proteins without relatives.
 * Errors: `INVALID_SHARD` that names the missing and the unfinished.
 */
export async function requireAllShards(folder: string, names: readonly string[]): Promise<void> {
	const found = names.flatMap((name) => {
		const [, index, count] = SHARD_INDEX.exec(name) ?? []
		return index ? [{ index: Number(index), count: Number(count) }] : []
	})
	const [first] = found
	if (!first) return
	const { count } = first
	const stranger = found.find((shard) => shard.count !== count)
	if (stranger) {
		const message = `${shardPart(first)} and ${shardPart(stranger)} lie in one folder: they are parts of different divisions`
		throw new SublocError('INVALID_SHARD', message, { file: folder, stranger: shardPart(stranger) })
	}
	const there = new Set(found.map(({ index }) => index))
	const missing = Array.from({ length: count }, (_, at) => at + 1).filter((index) => !there.has(index))
	const unfinished: number[] = []
	for (const shard of found)
		if (!(await isFinished(join(folder, `${shardPart(shard)}.json`)))) unfinished.push(shard.index)
	if (missing.length === 0 && unfinished.length === 0) return
	const told = [
		...(missing.length > 0 ? [`part ${missing.join(', ')} of ${count} is missing`] : []),
		...(unfinished.length > 0
			? [`part ${unfinished.join(', ')} of ${count} is not finished (subloc profile --shard I/${count} --resume)`]
			: []),
	]
	throw new SublocError('INVALID_SHARD', `the profiles are not complete: ${told.join('; ')}`, {
		file: folder,
		missing,
		unfinished,
	})
}

/** What the part says of its last run; a file that is missing or damaged says no. */
async function isFinished(file: string): Promise<boolean> {
	try {
		const { runs } = JSON.parse(await readFile(file, 'utf8')) as { runs: { finished: string | null }[] }
		return typeof runs.at(-1)?.finished === 'string'
	} catch {
		return false
	}
}
