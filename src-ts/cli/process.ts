/** The process around a command: signals in, exit code out. */
import { CommanderError } from 'commander'
import pc from 'picocolors'
import { describeError, exitCode, fileError, SublocError } from 'subloc-native'
import { Log } from './log.js'

/** Why a command was stopped from outside. */
class Stopped extends Error {
	readonly code: number

	/** `saved` tells what is left of the work. */
	constructor(signal: NodeJS.Signals, code: number, saved: string) {
		super(`stopped by ${signal}; ${saved}`)
		this.code = code
	}
}

const EXIT_OF_SIGNAL: Partial<Record<NodeJS.Signals, number>> = {
	SIGINT: 130,
	SIGTERM: 143,
	// A scheduler's warnings before a time limit: state is saved, the job may be queued again.
	SIGHUP: 75,
	SIGUSR1: 75,
	SIGUSR2: 75,
}

/** What a stopped training leaves. */
export const RESUMABLE = 'the state is saved (--resume goes on)'

/**
 * Runs a command's work with a signal that the process's signals abort; a second Ctrl-C ends at once. `saved` tells a person what a stop leaves.
 */
export async function untilStopped<T>(
	work: (signal: AbortSignal) => Promise<T>,
	saved = 'nothing was changed',
): Promise<T> {
	const controller = new AbortController()
	const listeners = Object.entries(EXIT_OF_SIGNAL).map(([name, code]) => {
		const signal = name as NodeJS.Signals
		const listener = () => {
			if (controller.signal.aborted) process.exit(code)
			controller.abort(new Stopped(signal, code, saved))
		}
		process.on(signal, listener)
		return () => process.off(signal, listener)
	})
	try {
		return await work(controller.signal)
	} finally {
		for (const remove of listeners) remove()
	}
}

/** Tells what ended a command and sets the exit code. */
export function endWith(error: unknown): void {
	// Help and version arrive as errors with exit code 0; commander has printed everything.
	if (error instanceof CommanderError) {
		process.exitCode = error.exitCode === 0 ? 0 : 2
		return
	}
	if (isBrokenPipe(error)) {
		process.exitCode = 0
		return
	}
	const log = Log.current
	log.clearLine()
	if (error instanceof Stopped) {
		process.exitCode = error.code
		log.event('stopped', error.message, { exitCode: error.code })
		return
	}
	process.exitCode = exitCode(error)
	if (error instanceof SublocError) {
		log.error(`${pc.red('error')} ${error.code}: ${describeError(error)}`, {
			code: error.code,
			message: error.message,
			...error.facts,
		})
		return
	}
	const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
	log.error(`${pc.red('error')} INTERNAL: this is a mistake in subloc-native, please report it\n${text}`, {
		code: 'INTERNAL',
		message: text,
	})
}

/** `subloc … | head` closes the pipe: that is no failure. */
function isBrokenPipe(error: unknown): boolean {
	if (error instanceof SublocError) return error.facts.reason === 'EPIPE'
	return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}

process.stdout.on('error', (error) => {
	endWith(fileError(error, 'stdout', 'write'))
	process.exit()
})
