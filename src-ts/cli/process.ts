/** The process around a command: signals in, exit code out. */

import { existsSync } from 'node:fs'
import { CommanderError } from 'commander'
import pc from 'picocolors'
import { describeError, exitCode, fileError, RunFolder, SublocError } from 'subloc-native'
import { Log } from './log.js'

/** Why a command was stopped from outside. */
class Stopped extends Error {
	readonly code: number

	constructor(signal: NodeJS.Signals, code: number) {
		super(`stopped by ${signal}`)
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

/** What a stopped training has left in its run folder. */
export function savedIn(output: string): string {
	const isSaved = existsSync(new RunFolder(output).file('checkpoint'))
	return isSaved ? 'the state is saved (--resume goes on)' : 'no epoch had begun, so nothing is saved'
}

/**
 * Runs a command's work with a signal that the process's signals abort; a second Ctrl-C ends at once. `left` tells a person what a stop has left; a
 * function is asked once the work has ended.
 */
export async function untilStopped<T>(
	work: (signal: AbortSignal) => Promise<T>,
	left: string | (() => string) = 'nothing was changed',
): Promise<T> {
	const controller = new AbortController()
	const listeners = Object.entries(EXIT_OF_SIGNAL).map(([name, code]) => {
		const signal = name as NodeJS.Signals
		const listener = () => {
			if (controller.signal.aborted) process.exit(code)
			controller.abort(new Stopped(signal, code))
		}
		process.on(signal, listener)
		return () => process.off(signal, listener)
	})
	try {
		return await work(controller.signal)
	} catch (error) {
		if (error instanceof Stopped) error.message += `; ${typeof left === 'string' ? left : left()}`
		throw error
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
