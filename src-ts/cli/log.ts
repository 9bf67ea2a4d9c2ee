/** Everything that is not data: on stderr, as text for a person or as JSON lines for a program. */
import pc from 'picocolors'

export type LogFormat = 'text' | 'json'

/** What a log needs of stderr. */
export interface LogStream {
	isTTY?: boolean
	/** Of the terminal. */
	columns?: number
	write(text: string): unknown
}

/** Where a command tells what it does. */
export class Log {
	/** The running command's; a process runs one command. */
	static current = new Log({})

	readonly #stream: LogStream
	readonly #quiet: boolean
	readonly #format: LogFormat
	readonly #redraws: boolean
	#drawn = false
	readonly #now: () => number
	#lastPlain: number

	constructor(
		{ quiet = false, logFormat = 'text' }: { quiet?: boolean; logFormat?: LogFormat },
		stream: LogStream = process.stderr,
		/** Milliseconds. */
		now: () => number = Date.now,
	) {
		this.#now = now
		this.#lastPlain = now()
		this.#stream = stream
		this.#quiet = quiet
		this.#format = logFormat
		this.#redraws = this.#stream.isTTY === true && logFormat === 'text'
	}

	/** Something a person wants to know; `--quiet` hides it. `facts` are the JSON form's fields. */
	event(name: string, text: string, facts: object = {}): void {
		if (this.#quiet) return
		this.#write(text, { event: name, ...facts })
	}

	/** Something that may make a result less than expected; never hidden. */
	warning(text: string): void {
		this.#write(`${pc.yellow('warning')} ${text}`, { event: 'warning', message: text })
	}

	/** The reason why a command failed; never hidden. */
	error(text: string, facts: object): void {
		this.#write(text, { event: 'error', ...facts })
	}

	/** The state of long work: a line that is redrawn on a terminal; elsewhere a plain line at most every ten seconds, the first after ten. */
	progress(text: string): void {
		if (this.#quiet || this.#format === 'json') return
		if (this.#redraws) {
			this.#stream.write(`\r\x1b[2K${text.slice(0, (this.#stream.columns ?? 80) - 1)}`)
			this.#drawn = true
		} else if (this.#now() - this.#lastPlain >= 10_000) {
			this.#lastPlain = this.#now()
			this.#stream.write(`${text}\n`)
		}
	}

	/** Takes the redrawn line away. */
	clearLine(): void {
		if (this.#drawn) this.#stream.write('\r\x1b[2K')
		this.#drawn = false
	}

	#write(text: string, facts: object): void {
		this.clearLine()
		this.#lastPlain = this.#now()
		const line = this.#format === 'json' ? JSON.stringify({ time: new Date().toISOString(), ...facts }) : text
		this.#stream.write(`${line}\n`)
	}
}
