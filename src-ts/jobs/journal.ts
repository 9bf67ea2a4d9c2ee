/**
 * Output that grows piece by piece and can be gone on with. An attempt has files of its own: the rows so far (`<output>.<token>.partial`) and an append-only
 * journal (`<output>.<token>.journal`) with a line a piece: how many records it ends at, where it ends, its digest. Whoever goes on copies the pieces that
 * are whole into an attempt of its own, so that a process that is still alive somewhere, or dies in the middle of a line, spoils nothing. No lock is needed.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError, SublocError } from '../errors.js'
import { makeFolder } from '../model/files.js'
import {
	closeAll,
	type Entry,
	type Former,
	formerAttempts,
	furthest,
	isMissing,
	type Progress,
	piecesOf,
	removeFiles,
} from './former-attempts.js'

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
		const former = await formerAttempts(options.outputs, options.journal)
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

	/** Copies the whole pieces of the former attempt that has most of them. */
	async #adopt(former: readonly Former[]): Promise<void> {
		const own = former.filter(({ identity }) => identity === JSON.stringify(this.#options.identity))
		// One without an identity was killed before it began.
		if (own.length === 0 && former.some(({ identity }) => identity !== ''))
			this.#options.warn('what was begun is of another input, model, option or device: it begins anew')
		const best = await furthest(own)
		if (!best) return
		try {
			for (const entry of best.entries) {
				const pieces = await piecesOf(entry, best.sources, this.#ends)
				// Somebody else has changed it since it was looked at.
				if (!pieces) break
				const { records, problems, missingProfiles, input } = entry
				const progress = { records, problems, missingProfiles, input }
				this.#next = () => progress
				await this.#write(pieces, progress)
				// The header came with the first piece.
				this.#pending = this.#pending.map(() => '')
			}
		} finally {
			await closeAll(best.sources)
		}
	}

	async #close(): Promise<void> {
		const files = [...this.#files, this.#journal]
		this.#files = []
		await closeAll(files.filter((file) => file !== undefined))
	}

	async #remove(): Promise<void> {
		await this.#close()
		await removeFiles([...this.#options.outputs.map((output) => this.#partial(output)), this.#journalPath])
	}
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
	for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten
}

function takenOver(output: string): SublocError {
	const message = 'another process has taken it over and goes on with it'
	return new SublocError('IO', message, { file: output, stage: 'write', reason: 'ENOENT' })
}
