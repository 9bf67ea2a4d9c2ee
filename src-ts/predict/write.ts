/** Predictions to a file or a stream, as they come. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Writable } from 'node:stream'
import { fileError, SublocError } from '../errors.js'
import { type FormatOptions, type PredictionFormat, predictionFormatter } from './format.js'
import type { Prediction } from './predict.js'

export interface WritePredictionsOptions extends FormatOptions {
	/** The model's classes, in order. */
	classes: readonly string[]
	/** Default `tsv`. */
	format?: PredictionFormat
}

/**
 * Writes predictions to a file's path or a stream in the order they come, waiting where the other side is slow, so that memory stays bounded.
 *
 * A file is written beside its place as `<name>.partial` and renamed when it is whole; when the predictions end with an error, the rows before it stay in
 * the partial file, what stood in the place stays too, and the error is thrown on; without a row there is no partial file. Devices and pipes are written as
 * they are; a stream is not closed.
 *
 * Errors: `IO` with `stage` `create` or `write`, and those of the predictions.
 */
export async function writePredictions(
	predictions: AsyncIterable<Prediction> | Iterable<Prediction>,
	output: string | Writable,
	{ classes, format = 'tsv', ...columns }: WritePredictionsOptions,
): Promise<void> {
	const { header, row } = predictionFormatter(format, classes, columns)
	if (typeof output !== 'string') return writeRows(predictions, header, row, new Sink(output, 'stream'))
	const found = await stat(output).catch(() => null)
	if (found?.isDirectory()) throw fileError(Object.assign(new Error(), { code: 'EISDIR' }), output, 'create')
	const inPlace = found !== null && !found.isFile()
	const path = inPlace ? output : `${output}.partial`
	const sink = await createSink(path, output)
	let rows = 0
	const counted = (prediction: Prediction) => {
		rows += 1
		return row(prediction)
	}
	try {
		await writeRows(predictions, header, counted, sink)
	} catch (error) {
		await sink.end().catch(() => {})
		if (rows === 0 && !inPlace) await rm(path, { force: true }).catch(() => {})
		throw error
	}
	await sink.end()
	if (!inPlace) await moveTo(path, output)
}

async function moveTo(path: string, output: string): Promise<void> {
	try {
		await rename(path, output)
	} catch (error) {
		const failed = fileError(error, output, 'create')
		if (!(failed instanceof SublocError)) throw failed
		const message = `${failed.message}; the rows are in ${basename(path)} beside it`
		throw new SublocError(failed.code, message, { ...failed.facts, partial: path }, { cause: error })
	}
}

/** Characters that are written at a time. */
const PIECE = 1 << 16

async function writeRows(
	predictions: AsyncIterable<Prediction> | Iterable<Prediction>,
	header: string,
	row: (prediction: Prediction) => string,
	sink: Sink,
): Promise<void> {
	// With the first rows: an input or a backend that cannot be opened leaves nothing behind.
	let text = header
	let rows = 0
	try {
		for await (const prediction of predictions) {
			text += row(prediction)
			rows += 1
			if (text.length < PIECE) continue
			const full = text
			text = ''
			await sink.write(full)
		}
	} catch (error) {
		if (rows > 0) await sink.write(text)
		throw error
	}
	await sink.write(text)
}

async function createSink(path: string, name: string): Promise<Sink> {
	const file = createWriteStream(path)
	try {
		await once(file, 'open')
	} catch (error) {
		throw fileError(error, name, 'create')
	}
	return new Sink(file, name)
}

/** A stream that is written to piece by piece; a failure of it is thrown by the next call. */
class Sink {
	readonly #stream: Writable
	readonly #name: string
	#failure: unknown

	constructor(stream: Writable, name: string) {
		this.#stream = stream
		this.#name = name
		const fail = (error: unknown) => {
			this.#failure ??= fileError(error, name, 'write')
		}
		stream.on('error', fail)
		stream.on('close', () => {
			if (!stream.writableFinished) fail(Object.assign(new Error('the stream was closed'), { code: 'EPIPE' }))
		})
	}

	/** Resolves when more may be written. */
	async write(text: string): Promise<void> {
		if (this.#failure) throw this.#failure
		if (text === '') return
		if (this.#stream.destroyed)
			throw fileError(Object.assign(new Error('the stream is closed'), { code: 'EPIPE' }), this.#name, 'write')
		if (this.#stream.write(text)) return
		await new Promise<void>((done) => {
			const go = () => {
				for (const event of ['drain', 'close', 'error']) this.#stream.off(event, go)
				done()
			}
			for (const event of ['drain', 'close', 'error']) this.#stream.on(event, go)
		})
		if (this.#failure) throw this.#failure
	}

	/** Closes a file. */
	async end(): Promise<void> {
		await new Promise<void>((done) => {
			this.#stream.on('close', done)
			if (this.#stream.closed) done()
			else this.#stream.end()
		})
		if (this.#failure) throw this.#failure
	}
}
