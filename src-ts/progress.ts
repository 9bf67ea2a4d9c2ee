/** Long work as one object: awaitable for its result, iterable for its events. */
import { requireSignal, SublocError } from './errors.js'

/** Training goes on within an epoch: for a progress line; some may be skipped. */
export interface StepProgress {
	/** From 1. */
	epoch: number
	/** Of the whole training. */
	epochs: number
	/** Steps done in this epoch by the members in work. */
	step: number
	/** Steps of this epoch. */
	steps: number
	/** Of the last step, nats. */
	loss: number
}

/**
 * Work that has begun. `await` gives its result; `for await` gives its events, all of them from the first one, however late the loop begins, and throws
 * what the work failed with. Leaving the loop early stops the work. A run that nobody awaits ends no process.
 */
export class Run<Event, Result> implements PromiseLike<Result>, AsyncIterable<Event> {
	readonly #events: Event[] = []
	readonly #result: Promise<Result>
	readonly #stop = new AbortController()
	#over = false
	#wake: (() => void)[] = []

	/** @internal `work` gets a function for its events, and a signal that ends it: the user's, or a loop that was left. */
	constructor(work: (emit: (event: Event) => void, signal: AbortSignal) => Promise<Result>, signal?: AbortSignal) {
		const emit = (event: Event) => {
			this.#events.push(event)
			this.#ring()
		}
		const begin = async () => {
			requireSignal(signal)
			return work(emit, signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal)
		}
		this.#result = begin().finally(() => {
			this.#over = true
			this.#ring()
		})
		// Whoever only iterates learns of a failure in the loop.
		this.#result.catch(() => {})
	}

	// biome-ignore lint/suspicious/noThenProperty: being awaitable is the purpose
	then<A = Result, B = never>(
		fulfilled?: ((result: Result) => A | PromiseLike<A>) | null,
		rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
	): Promise<A | B> {
		return this.#result.then(fulfilled, rejected)
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Event> {
		let at = 0
		let left = true
		try {
			for (;;) {
				while (at < this.#events.length) yield this.#events[at++]!
				if (this.#over) break
				await new Promise<void>((done) => this.#wake.push(done))
			}
			left = false
			await this.#result
		} finally {
			if (left) this.#stop.abort(new SublocError('CANCELLED', 'the loop over the run was left'))
		}
	}

	#ring(): void {
		const wake = this.#wake
		this.#wake = []
		for (const done of wake) done()
	}
}
