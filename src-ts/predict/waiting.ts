/** Ways to wait for a promise. */

/** Waits for a promise, but no longer than so many milliseconds. */
export async function atMost(milliseconds: number, promise: Promise<unknown>): Promise<void> {
	let timer: NodeJS.Timeout | undefined
	// Not unref'd: where nothing else is left to do, the process would end before the loop that was left goes on.
	const time = new Promise((done) => {
		timer = setTimeout(done, milliseconds)
	})
	try {
		await Promise.race([promise, time])
	} finally {
		clearTimeout(timer)
	}
}

/** Rejects with the signal's reason once it is aborted. A race with one lasting promise would keep every chunk that was ever read. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
	return new Promise((done, fail) => {
		const onAbort = () => fail(signal.reason)
		if (signal.aborted) onAbort()
		else signal.addEventListener('abort', onAbort, { once: true })
		promise.then(done, fail).finally(() => signal.removeEventListener('abort', onAbort))
	})
}

/** How a promise has ended. */
export type Settled<T> = { value: T } | { error: unknown }

/** A promise that is awaited later must not reject before. */
export function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
	return promise.then(
		(value) => ({ value }),
		(error) => ({ error }),
	)
}
