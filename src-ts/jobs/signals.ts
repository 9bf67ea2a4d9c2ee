/** The signals with which a scheduler, a terminal or a person stops a process, as one AbortSignal. */

/** Exit codes of the command line; 75 means that the state is saved and the job may be queued again. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 75, SIGUSR1: 75, SIGUSR2: 75 } as const

/** A signal that stops work. */
export type StopSignal = keyof typeof EXIT_CODES

/** Milliseconds after which a process that was told to stop ends, whatever it does. */
const PATIENCE = 4000

/** Why work was stopped from outside: the reason of the AbortSignal of {@link stopSignals}. */
export class StoppedBySignal extends Error {
	override readonly name = 'StoppedBySignal'
	readonly signal: StopSignal
	/** 130 after SIGINT, 143 after SIGTERM, else 75. */
	readonly exitCode: number

	/** @internal */
	constructor(signal: StopSignal) {
		super(`stopped by ${signal}`)
		this.signal = signal
		this.exitCode = EXIT_CODES[signal]
	}

	/** Whether a scheduler has warned before a time limit or a preemption (SIGUSR1, SIGUSR2, SIGHUP), so that the job should be queued again. */
	get isWarning(): boolean {
		return this.exitCode === 75
	}
}

/** Ears for the stop signals; `close` ends them. */
export interface StopSignals {
	/** Aborted by the first stop signal, with a {@link StoppedBySignal} as the reason. */
	readonly signal: AbortSignal
	/** From here on signals do what they do without. Idempotent. */
	close(): void
	[Symbol.dispose](): void
}

/**
 * Listens for SIGTERM, SIGINT, SIGHUP, SIGUSR1 (which opens Node's debugger otherwise) and SIGUSR2. The first one aborts `signal`; work that has been given
 * it saves its state and rejects. A second SIGINT or SIGTERM, or four seconds without an end, ends the process with the first one's exit code: what is on
 * the disk then is whole.
 */
export function stopSignals(): StopSignals {
	const controller = new AbortController()
	let timer: NodeJS.Timeout | undefined
	const listeners = (Object.keys(EXIT_CODES) as StopSignal[]).map((name) => {
		const listener = () => {
			const former: unknown = controller.signal.reason
			if (former instanceof StoppedBySignal) {
				// A scheduler sends its warning and then SIGTERM; a warning that comes twice is no hurry.
				if (!new StoppedBySignal(name).isWarning) process.exit(former.exitCode)
				return
			}
			const reason = new StoppedBySignal(name)
			controller.abort(reason)
			timer = setTimeout(() => process.exit(reason.exitCode), PATIENCE)
			timer.unref()
		}
		process.on(name, listener)
		return () => process.off(name, listener)
	})
	const close = () => {
		clearTimeout(timer)
		for (const remove of listeners) remove()
	}
	return { signal: controller.signal, close, [Symbol.dispose]: close }
}
