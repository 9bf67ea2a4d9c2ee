/** What attempts at an output have left: their journals, how much of their rows is whole, and how they are removed. `journal.ts` says what an attempt is. */
import { createHash } from 'node:crypto'
import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** How far an attempt has come. */
export interface Progress {
	/** Records whose rows are written. */
	records: number
	/** Of them, those that could not be predicted, and those whose profile was missing. */
	problems: number
	missingProfiles: number
	/** Digest of the records so far; empty before the first. */
	input: string
}

/** A line of the journal. */
export interface Entry extends Progress {
	/** Bytes of each output up to here. */
	ends: number[]
	/** SHA-256 of what each output has got since the line before. */
	digests: string[]
}

/** Attempts at an output that have left files. */
export interface Former {
	journal: string
	partials: string[]
	identity: string
	entries: Entry[]
}

/** The attempts whose journals lie in a folder; null: that of the main output. */
export async function formerAttempts(outputs: readonly string[], journal: string | null): Promise<Former[]> {
	const folder = journal ?? dirname(outputs[0]!)
	const found: Former[] = []
	for (const token of await tokens(folder, basename(outputs[0]!))) {
		const path = join(folder, `${basename(outputs[0]!)}.${token}.journal`)
		const text = await readFile(path, 'utf8').catch(() => null)
		// Finished or taken over meanwhile; or not to be read now, and then it may hold what nobody else has.
		if (text === null) continue
		const { identity, entries } = parseJournal(text, outputs.length)
		found.push({ journal: path, partials: outputs.map((output) => `${output}.${token}.partial`), identity, entries })
	}
	return found
}

/** The whole pieces of an attempt, and its files, open: whoever removes them meanwhile takes nothing from it. */
export interface Whole {
	entries: Entry[]
	sources: FileHandle[]
}

/**
 * The attempt with the most whole records; null where none has any. A journal alone says little: its rows may be gone, when a process was killed while it
 * removed an attempt that it had adopted.
 */
export async function furthest(attempts: readonly Former[]): Promise<Whole | null> {
	const records = (entries: readonly Entry[] | undefined) => entries?.at(-1)?.records ?? 0
	let best: Whole | null = null
	for (const { partials, entries } of [...attempts].sort((a, b) => records(b.entries) - records(a.entries))) {
		if (records(entries) <= records(best?.entries)) break
		const found = await wholeOf(partials, entries)
		if (records(found?.entries) > records(best?.entries)) {
			if (best) await closeAll(best.sources)
			best = found
		} else if (found) await closeAll(found.sources)
	}
	return best
}

/** What of an attempt is whole; null where a file of it is gone. */
async function wholeOf(partials: readonly string[], entries: readonly Entry[]): Promise<Whole | null> {
	const sources: FileHandle[] = []
	try {
		for (const partial of partials) sources.push(await open(partial, 'r'))
		let ends = partials.map(() => 0)
		let count = 0
		for (const entry of entries) {
			if (!(await piecesOf(entry, sources, ends))) break
			ends = entry.ends
			count++
		}
		return { entries: entries.slice(0, count), sources }
	} catch (error) {
		await closeAll(sources)
		if (isMissing(error)) return null
		throw error
	}
}

/** The bytes of an entry in each file, from where the entry before ended; null where they are not what the journal says. */
export async function piecesOf(
	entry: Entry,
	sources: readonly FileHandle[],
	from: readonly number[],
): Promise<Buffer[] | null> {
	const pieces: Buffer[] = []
	for (const [at, source] of sources.entries()) {
		const piece = Buffer.alloc(Math.max(0, entry.ends[at]! - from[at]!))
		const { bytesRead } = await source.read(piece, 0, piece.length, from[at]!)
		const isWhole = from[at]! + bytesRead === entry.ends[at]
		if (!isWhole || createHash('sha256').update(piece).digest('hex') !== entry.digests[at]) return null
		pieces.push(piece)
	}
	return pieces
}

export async function closeAll(files: readonly FileHandle[]): Promise<void> {
	for (const file of files) await file.close().catch(() => {})
}

/** Tokens of the journals of an output. */
async function tokens(folder: string, name: string): Promise<string[]> {
	let names: string[]
	try {
		names = await readdir(folder)
	} catch {
		return [] // The folder is not there: creating the files tells.
	}
	return names
		.filter((one) => one.startsWith(`${name}.`) && /^\.[0-9a-f]{8}\.journal$/.test(one.slice(name.length)))
		.map((one) => one.slice(name.length + 1, name.length + 9))
}

/** @internal Removes what attempts at a finished output have left. */
export async function removeAttempts(outputs: string[], journal: string | null): Promise<void> {
	const former = await formerAttempts(outputs, journal)
	for (const one of former) await removeFiles([...one.partials, one.journal])
}

/** Reads the whole lines; a line that a kill has torn, and what stands behind it, is not there. */
export function parseJournal(text: string, outputs: number): { identity: string; entries: Entry[] } {
	const lines = text.split('\n').slice(0, -1)
	const identity = (parsed(lines[0]) as { identity?: unknown } | null)?.identity
	const entries: Entry[] = []
	for (const line of lines.slice(1)) {
		const entry = parsed(line) as Entry | null
		const isEntry =
			Number.isInteger(entry?.records) && entry!.ends?.length === outputs && entry!.digests?.length === outputs
		if (!isEntry) break
		entries.push(entry!)
	}
	return { identity: identity === undefined ? '' : JSON.stringify(identity), entries }
}

function parsed(line: string | undefined): unknown {
	try {
		return JSON.parse(line ?? '')
	} catch {
		return null
	}
}

export async function removeFiles(paths: readonly string[]): Promise<void> {
	for (const path of paths) await rm(path, { force: true }).catch(() => {})
}

export function isMissing(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
