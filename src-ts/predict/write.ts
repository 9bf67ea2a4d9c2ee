/** Predictions to a file or a stream, as they come. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
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
 * Writes predictions to a file's path or a stream in the order they come, waiting where the other side is slow, so that memory stays bounded. When the
 * predictions end with an error, the rows before it are written and the error is thrown on. A stream is not closed.
 *
 * Errors: `IO` with `stage` `create` or `write`, and those of the predictions.
 */
export async function writePredictions(
	predictions: AsyncIterable<Prediction> | Iterable<Prediction>,
	output: string | Writable,
	{ classes, format = 'tsv' }: WritePredictionsOptions,
): Promise<void> {
	const { header, row } = predictionFormatter(format, classes)
	const sink = typeof output === 'string' ? await FileSink.create(output) : new StreamSink(output)
	try {
		await sink.write(header)
		let text = ''
		try {
			for await (const prediction of predictions) {
				text += row(prediction)
				if (text.length < PIECE) continue
				await sink.write(text)
				text = ''
			}
		} finally {
			await sink.write(text)
		}
	} finally {
		await sink.close()
	}
}

/** Characters that are written at a time. */
const PIECE = 1 << 16

class StreamSink {
	protected readonly stream: Writable

	constructor(stream: Writable) {
		this.stream = stream
	}

	async write(text: string): Promise<void> {
		if (text !== '' && !this.stream.write(text)) await once(this.stream, 'drain')
	}

	async close(): Promise<void> {}
}

class FileSink extends StreamSink {
	readonly #path: string
	#failure: unknown

	static async create(path: string): Promise<FileSink> {
		const file = createWriteStream(path)
		try {
			await once(file, 'open')
		} catch (error) {
			throw fileError(error, path, 'create')
		}
		return new FileSink(file, path)
	}

	private constructor(file: Writable, path: string) {
		super(file)
		this.#path = path
		file.on('error', (error) => {
			this.#failure ??= fileError(error, path, 'write')
		})
	}

	override async write(text: string): Promise<void> {
		try {
			if (!this.#failure) await super.write(text)
		} catch (error) {
			throw fileError(error, this.#path, 'write')
		}
		if (this.#failure) throw this.#failure
	}

	override async close(): Promise<void> {
		await new Promise<void>((done) => {
			this.stream.on('close', done)
			if (this.stream.closed) done()
			else this.stream.end()
		})
		if (this.#failure) throw this.#failure
	}
}
