/** Predictions to a file or a stream, as they come. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, stat } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { fileError } from '../errors.js'
import { type PredictionFormat, predictionFormatter } from './format.js'
import type { Prediction } from './predict.js'

export interface WritePredictionsOptions {
	/** The model's classes, in order. */
	classes: readonly string[]
	/** Default `tsv`. */
	format?: PredictionFormat
}

/**
 * Writes predictions to a file's path or a stream in the order they come, waiting where the other side is slow, so that memory stays bounded.
 *
 * A file is written beside its place as `<name>.partial` and renamed when it is whole; when the predictions end with an error, the rows before it stay in
 * the partial file, what stood in the place stays too, and the error is thrown on. Devices and pipes are written as they are; a stream is not closed.
 *
 * Errors: `IO` with `stage` `create` or `write`, and those of the predictions.
 */
export async function writePredictions(
	predictions: AsyncIterable<Prediction> | Iterable<Prediction>,
	output: string | Writable,
	{ classes, format = 'tsv' }: WritePredictionsOptions,
): Promise<void> {
	const { header, row } = predictionFormatter(format, classes)
	if (typeof output !== 'string') return writeRows(predictions, header, row, new Sink(output, 'stream'))
	const inPlace = await stat(output).then(
		(found) => !found.isFile() && !found.isDirectory(),
		() => false,
	)
	const path = inPlace ? output : `${output}.partial`
	const sink = await createSink(path, output)
	try {
		await writeRows(predictions, header, row, sink)
	} finally {
		await sink.end()
	}
	if (inPlace) return
	try {
		await rename(path, output)
	} catch (error) {
		throw fileError(error, output, 'create')
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
	await sink.write(header)
	let text = ''
	try {
		for await (const prediction of predictions) {
			text += row(prediction)
			if (text.length < PIECE) continue
			const full = text
			text = ''
			await sink.write(full)
		}
	} finally {
		await sink.write(text)
	}
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
