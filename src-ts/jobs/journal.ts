/**
 * Output that grows piece by piece and can be gone on with. An attempt has files of its own: the rows so far (`<output>.<token>.partial`) and an append-only
 * journal (`<output>.<token>.journal`) with a line a piece: how many records it ends at, where it ends, its digest. Whoever goes on copies the pieces that
 * are whole into an attempt of its own, so that a process that is still alive somewhere, or dies in the middle of a line, spoils nothing. No lock is needed.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError, SublocError } from '../errors.js'
import { makeFolder } from '../model/files.js'

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
interface Entry extends Progress {
	/** Bytes of each output up to here. */
	ends: number[]
	/** SHA-256 of what each output has got since the line before. */
	digests: string[]
}

const NOTHING: Progress = { records: 0, problems: 0, missingProfiles: 0, input: '' }

/** Bytes that wait to be written before `room` waits. */
const MOST_PENDING = 1 << 20

export interface AttemptOptions {
	/** What is written; the first is the main one, which appears last. */
	outputs: string[]
	/** Text at the top of each. */
	headers: string[]
	/** Folder of the journal; default: that of the main output. */
	journal: string | null
	/** What must be the same to go on: model, input, options, device. */
	identity: object
	/** Whether to go on where a former attempt stopped. */
	resume: boolean
	warn: (message: string) => void
}

/** One process's try at an output. */
export class Attempt {
	readonly #options: AttemptOptions
	readonly #token = randomBytes(4).toString('hex')
	readonly #hashes
	readonly #ends: number[]
	#files: FileHandle[] = []
	#journal!: FileHandle
	#pending: string[]
	#next: () => Progress = () => NOTHING
	#done: Progress = NOTHING
	#scheduled = false
	#pendingSize = 0
	#queue: Promise<void> = Promise.resolve()
	#failure: { reason: unknown } | undefined

	private constructor(options: AttemptOptions) {
		this.#options = options
		this.#hashes = options.outputs.map(() => createHash('sha256'))
		this.#ends = options.outputs.map(() => 0)
		this.#pending = [...options.headers]
	}

	/** Errors: `IO` with `stage` `create`. */
	static async open(options: AttemptOptions): Promise<Attempt> {
		const attempt = new Attempt(options)
		if (options.journal !== null) await makeFolder(options.journal)
		const former = await formerAttempts(options)
		try {
			// By its journal an attempt is found: it comes first and goes last, so that a kill leaves nothing that nobody finds.
			attempt.#journal = await open(attempt.#journalPath, 'wx')
			for (const output of options.outputs) attempt.#files.push(await open(attempt.#partial(output), 'wx'))
			await attempt.#journal.write(`${JSON.stringify({ version: 1, identity: options.identity })}\n`)
			if (options.resume) await attempt.#adopt(former)
		} catch (error) {
			await attempt.#remove()
			throw fileError(error, options.outputs[0]!, 'create')
		}
		for (const one of former) await removeFiles([...one.partials, one.journal])
		return attempt
	}

	/** What is in the files already. */
	get done(): Progress {
		return this.#done
	}

	/** Adds a record's text to each output. It is written once JavaScript has nothing else to do; `progress` is asked then. */
	add(texts: readonly string[], progress: () => Progress): void {
		for (const [at, text] of texts.entries()) {
			this.#pending[at] += text
			this.#pendingSize += text.length
		}
		this.#next = progress
		if (this.#scheduled) return
		this.#scheduled = true
		setImmediate(() => this.#flush())
	}

	/** Waits while too much waits to be written; throws what writing failed with. */
	async room(): Promise<void> {
		if (this.#pendingSize > MOST_PENDING) {
			this.#flush()
			await this.#queue
		}
		if (this.#failure) throw this.#failure.reason
	}

	/** Puts the outputs in their places. `before` is told their sizes and digests first. */
	async finish(before: (files: { bytes: number; sha256: string }[]) => Promise<void> = async () => {}): Promise<void> {
		this.#flush()
		await this.#queue
		if (this.#failure) throw this.#failure.reason
		const { outputs } = this.#options
		try {
			for (const file of this.#files) await file.sync()
		} catch (error) {
			throw fileError(error, outputs[0]!, 'write')
		}
		await this.#close()
		await before(this.#ends.map((bytes, at) => ({ bytes, sha256: this.#hashes[at]!.digest('hex') })))
		for (const output of [...outputs].reverse()) {
			try {
				await rename(this.#partial(output), output)
			} catch (error) {
				if (isMissing(error)) throw takenOver(output)
				throw fileError(error, output, 'create')
			}
		}
		await rm(this.#journalPath, { force: true })
	}

	/** Ends an attempt that is not finished: what has been added is kept; an attempt without a record leaves no file. */
	async close(): Promise<void> {
		if (this.#scheduled) this.#flush()
		await this.#queue
		if (this.#done.records === 0) await this.#remove()
		else await this.#close()
	}

	#partial(output: string): string {
		return `${output}.${this.#token}.partial`
	}

	get #journalPath(): string {
		const { outputs, journal } = this.#options
		return join(journal ?? dirname(outputs[0]!), `${basename(outputs[0]!)}.${this.#token}.journal`)
	}

	#flush(): void {
		this.#scheduled = false
		const pieces = this.#pending.map((text) => Buffer.from(text))
		const progress = this.#next()
		this.#pending = this.#pending.map(() => '')
		this.#pendingSize = 0
		this.#queue = this.#queue
			.then(() => (this.#failure ? undefined : this.#write(pieces, progress)))
			.catch((error) => {
				this.#failure ??= { reason: fileError(error, this.#options.outputs[0]!, 'write') }
			})
	}

	/** The rows first: a line of the journal never tells of rows that are not there. */
	async #write(pieces: Buffer[], progress: Progress): Promise<void> {
		if (progress.records === this.#done.records && pieces.every(({ length }) => length === 0)) return
		const digests: string[] = []
		for (const [at, piece] of pieces.entries()) {
			await writeAll(this.#files[at]!, piece)
			this.#ends[at]! += piece.length
			this.#hashes[at]!.update(piece)
			digests.push(createHash('sha256').update(piece).digest('hex'))
		}
		const entry: Entry = { ...progress, ends: [...this.#ends], digests }
		await writeAll(this.#journal, Buffer.from(`${JSON.stringify(entry)}\n`))
		this.#done = progress
	}

	/** Copies the whole pieces of the furthest former attempt. */
	async #adopt(former: readonly Former[]): Promise<void> {
		const own = former.filter(({ identity }) => identity === JSON.stringify(this.#options.identity))
		const [best] = own.sort((a, b) => (b.entries.at(-1)?.records ?? 0) - (a.entries.at(-1)?.records ?? 0))
		if (!best) {
			// One without an identity was killed before it began.
			if (former.some(({ identity }) => identity !== ''))
				this.#options.warn('what was begun is of another input, model, option or device: it begins anew')
			return
		}
		const sources: FileHandle[] = []
		try {
			for (const partial of best.partials) sources.push(await open(partial, 'r'))
			for (const entry of best.entries) {
				const pieces: Buffer[] = []
				for (const [at, source] of sources.entries()) {
					const piece = Buffer.alloc(Math.max(0, entry.ends[at]! - this.#ends[at]!))
					const { bytesRead } = await source.read(piece, 0, piece.length, this.#ends[at]!)
					pieces.push(piece.subarray(0, bytesRead))
				}
				const isWhole = pieces.every(
					(piece, at) =>
						this.#ends[at]! + piece.length === entry.ends[at] &&
						createHash('sha256').update(piece).digest('hex') === entry.digests[at],
				)
				if (!isWhole) break
				const { records, problems, missingProfiles, input } = entry
				const progress = { records, problems, missingProfiles, input }
				this.#next = () => progress
				await this.#write(pieces, progress)
				// The header came with the first piece.
				this.#pending = this.#pending.map(() => '')
			}
		} catch (error) {
			// Somebody else has taken its files, or finished.
			if (!isMissing(error)) throw error
		} finally {
			for (const source of sources) await source.close()
		}
	}

	async #close(): Promise<void> {
		const files = [...this.#files, this.#journal]
		this.#files = []
		for (const file of files) await file?.close().catch(() => {})
	}

	async #remove(): Promise<void> {
		await this.#close()
		await removeFiles([...this.#options.outputs.map((output) => this.#partial(output)), this.#journalPath])
	}
}

/** Attempts at an output that have left files. */
interface Former {
	journal: string
	partials: string[]
	identity: string
	entries: Entry[]
}

async function formerAttempts({ outputs, journal }: AttemptOptions): Promise<Former[]> {
	const folder = journal ?? dirname(outputs[0]!)
	const found: Former[] = []
	for (const token of await tokens(folder, basename(outputs[0]!))) {
		const path = join(folder, `${basename(outputs[0]!)}.${token}.journal`)
		const text = await readFile(path, 'utf8').catch(() => '')
		const { identity, entries } = parseJournal(text, outputs.length)
		found.push({ journal: path, partials: outputs.map((output) => `${output}.${token}.partial`), identity, entries })
	}
	return found
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

/** @internal Whether an output has been begun and not finished. */
export async function isBegun(output: string, journal: string | null = null): Promise<boolean> {
	return (await tokens(journal ?? dirname(output), basename(output))).length > 0
}

/** @internal Removes what attempts at a finished output have left. */
export async function removeAttempts(outputs: string[], journal: string | null): Promise<void> {
	const former = await formerAttempts({ outputs, journal } as AttemptOptions)
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

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
	for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten
}

async function removeFiles(paths: readonly string[]): Promise<void> {
	for (const path of paths) await rm(path, { force: true }).catch(() => {})
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function takenOver(output: string): SublocError {
	const message = 'another process has taken it over and goes on with it'
	return new SublocError('IO', message, { file: output, stage: 'write', reason: 'ENOENT' })
}
