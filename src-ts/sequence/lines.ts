/** Lines of a file, plain or gzip, with their numbers. */
import { createReadStream } from 'node:fs'
import { PassThrough, type Readable } from 'node:stream'
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
 * Lines in batches, as they come: `\n`, `\r\n` and `\r` end a line, a byte order mark is dropped, gzip is recognised by its first bytes.
 *
 * Errors: `INPUT_MISSING`, `IO`, and `damaged` (built by the caller) for a gzip that ends early or is broken.
 */
export async function* textLines(
	source: TextSource,
	damaged: (why: string, line: number) => SublocError,
): AsyncGenerator<Line[]> {
	const decoder = new TextDecoder()
	let number = 0
	let rest = ''
	const split = (text: string, last: boolean): Line[] => {
		const all = rest + text
		// A \r at the end of a piece may be half of \r\n.
		const held = !last && all.endsWith('\r') ? '\r' : ''
		const parts = (held ? all.slice(0, -1) : all).split(/\r\n|\n|\r/)
		rest = last ? '' : parts.pop()! + held
		if (last && parts.at(-1) === '') parts.pop()
		return parts.map((line) => ({ text: line, number: ++number }))
	}
	try {
		for await (const bytes of byteStream(source)) yield split(decoder.decode(bytes, { stream: true }), false)
		yield split(decoder.decode(), true)
	} catch (error) {
		if (isZlibError(error)) throw damaged(zlibReason(error), number + 1)
		throw fileError(error, sourceName(source), 'read')
	}
}

async function* byteStream(source: TextSource): AsyncGenerator<Uint8Array> {
	const raw = source === '-' ? process.stdin : typeof source === 'string' ? createReadStream(source) : source
	const pieces = raw[Symbol.asyncIterator]() as AsyncIterator<Uint8Array | string>
	let head = new Uint8Array()
	let ended = false
	while (head.length < 2 && !ended) {
		const { value, done } = await pieces.next()
		if (done) ended = true
		else head = Buffer.concat([head, typeof value === 'string' ? Buffer.from(value) : value])
	}
	const all = (async function* () {
		if (head.length > 0) yield head
		while (!ended) {
			const { value, done } = await pieces.next()
			if (done) return
			yield typeof value === 'string' ? Buffer.from(value) : value
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
	yield* plain
	await piped
}

function isZlibError(error: unknown): error is Error & { code: string } {
	return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code))
}

function zlibReason(error: Error & { code: string }): string {
	return error.code === 'Z_BUF_ERROR' ? 'the gzip file ends too early' : `the gzip file is damaged (${error.message})`
}
