/** Lines of a file, plain or gzip, with their numbers. */
import { createReadStream } from 'node:fs'
import { addAbortSignal, PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { fileError, type SublocError } from '../errors.js'

/** What {@link textLines} reads: a path, `-` for stdin, or a stream of bytes. */
export type TextSource = string | Readable

/** How a source is called in messages. */
export function sourceName(source: TextSource): string {
	if (source === '-') return 'stdin'
	return typeof source === 'string' ? source : 'stream'
}

/** A line without its end. */
export interface Line {
	text: string
	/** From 1. */
	number: number
}

/**
 * Lines in batches, as they come: `\n`, `\r\n` and `\r` end a line, a byte order mark is dropped, gzip is recognised by its first bytes. The source is
 * closed when the reading ends, however it ends; `signal` closes one that gives nothing.
 *
 * Errors: `INPUT_MISSING`, `IO`, and `damaged` (built by the caller) for a gzip that ends early or is broken; the signal's reason.
 */
export async function* textLines(
	source: TextSource,
	damaged: (why: string, line: number) => SublocError,
	signal?: AbortSignal,
): AsyncGenerator<Line[]> {
	signal?.throwIfAborted()
	const decoder = new TextDecoder()
	const splitter = new LineSplitter()
	try {
		for await (const bytes of byteStream(source, signal)) yield splitter.add(decoder.decode(bytes, { stream: true }))
		yield splitter.end(decoder.decode())
	} catch (error) {
		signal?.throwIfAborted()
		if (isZlibError(error)) throw damaged(zlibReason(error), splitter.number + 1)
		throw fileError(error, sourceName(source), 'read')
	}
}

/** Cuts text into lines; looks at each character once, however long a line is. */
class LineSplitter {
	/** Lines that have ended. */
	number = 0
	/** Pieces of the line that has not. */
	#open: string[] = []
	/** The last piece ended with a \r, which may be half of \r\n. */
	#held = false

	add(piece: string): Line[] {
		let text = this.#held ? `\r${piece}` : piece
		this.#held = text.endsWith('\r')
		if (this.#held) text = text.slice(0, -1)
		return this.#split(text)
	}

	end(piece: string): Line[] {
		const lines = this.#split(`${this.#held ? '\r' : ''}${piece}`)
		const last = this.#open.join('')
		return last === '' ? lines : [...lines, { text: last, number: ++this.number }]
	}

	#split(text: string): Line[] {
		const [first, ...others] = text.split(/\r\n|\n|\r/)
		this.#open.push(first!)
		return others.map((next) => {
			const line = { text: this.#open.join(''), number: ++this.number }
			this.#open = [next]
			return line
		})
	}
}

async function* byteStream(source: TextSource, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
	const raw = source === '-' ? process.stdin : typeof source === 'string' ? createReadStream(source) : source
	if (signal) addAbortSignal(signal, raw)
	try {
		yield* unpacked(raw[Symbol.asyncIterator]())
	} finally {
		raw.destroy()
	}
}

/** The bytes of a source, plain or gzip. */
async function* unpacked(pieces: AsyncIterator<Uint8Array | string>): AsyncGenerator<Uint8Array> {
	const next = async () => {
		const { value, done } = await pieces.next()
		return done ? null : typeof value === 'string' ? Buffer.from(value) : value
	}
	let head: Uint8Array = new Uint8Array()
	let piece: Uint8Array | null = head
	while (head.length < 2 && piece) {
		piece = await next()
		if (piece) head = Buffer.concat([head, piece])
	}
	const all = (async function* () {
		yield head
		while (piece) {
			piece = await next()
			if (piece) yield piece
		}
	})()
	if (head[0] !== 0x1f || head[1] !== 0x8b) {
		yield* all
		return
	}
	const plain = new PassThrough()
	// pipeline() destroys `plain` with the error, which ends the loop below with it.
	const piped = pipeline(all, createGunzip(), plain)
	piped.catch(() => {})
	try {
		yield* plain
		await piped
	} finally {
		plain.destroy()
	}
}

function isZlibError(error: unknown): error is Error & { code: string } {
	return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code))
}

function zlibReason(error: Error & { code: string }): string {
	return error.code === 'Z_BUF_ERROR' ? 'the gzip file ends too early' : `the gzip file is damaged (${error.message})`
}
