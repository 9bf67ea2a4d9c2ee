/** Lines one at a time, with one of look-ahead. */
import { SublocError } from '../../../errors.js'
import { type Line, type TextSource, textLines } from '../../../sequence/lines.js'

/** @internal Lines of a profile's file; plain or gzip, with any line end. */
export class LineReader {
	readonly file: string
	readonly #batches: AsyncGenerator<Line[]>
	#batch: Line[] = []
	#at = 0
	#last = 0

	constructor(file: string, signal?: AbortSignal, source: TextSource = file) {
		this.file = file
		this.#batches = textLines(source, (why, line) => this.invalid(why, line), signal)
	}

	/** The next line without taking it; null at the end. */
	async peek(): Promise<Line | null> {
		while (this.#at >= this.#batch.length) {
			const { value, done } = await this.#batches.next()
			if (done) return null
			this.#batch = value
			this.#at = 0
		}
		return this.#batch[this.#at]!
	}

	async next(): Promise<Line | null> {
		const line = await this.peek()
		if (line) {
			this.#at += 1
			this.#last = line.number
		}
		return line
	}

	/** The next line that is not blank, without taking it. */
	async peekText(): Promise<Line | null> {
		for (;;) {
			const line = await this.peek()
			if (line === null || line.text.trim() !== '') return line
			await this.next()
		}
	}

	/** Number of the last line that was taken, 0 before the first. */
	get number(): number {
		return this.#last
	}

	async close(): Promise<void> {
		await this.#batches.return(undefined)
	}

	/** An `INVALID_PROFILE` error at a line; by default the last one that was taken. */
	invalid(why: string, line = this.#last, record?: string): SublocError {
		return new SublocError('INVALID_PROFILE', why, { file: this.file, line, ...(record && { record }) })
	}
}
