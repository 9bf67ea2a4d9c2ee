/** The process around a command: signals in, exit code out. */

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { CommanderError } from 'commander'
import pc from 'picocolors'
import {
	describeError,
	exitCode,
	fileError,
	RunFolder,
	StoppedBySignal,
	SublocError,
	slurmJob,
	stopSignals,
} from 'subloc-native'
import { handOver } from './early-signals.js'
import { Log } from './log.js'

/** What a stopped training has left in its run folder. */
export function savedIn(output: string): string {
	const isSaved = existsSync(new RunFolder(output).file('checkpoint'))
	return isSaved ? 'the state is saved (--resume goes on)' : 'no epoch had begun, so nothing is saved'
}

/**
 * Runs a command's work with a signal that the process's signals abort; a second Ctrl-C ends at once. `left` tells a person what a stop has left; a
 * function is asked once the work has ended. With `requeue` a scheduler's warning has Slurm queue the job again.
 */
export async function untilStopped<T>(
	work: (signal: AbortSignal) => Promise<T>,
	left: string | (() => string) = 'nothing was changed',
	{ requeue = false }: { requeue?: boolean } = {},
): Promise<T> {
	const stop = stopSignals()
	handOver()
	try {
		return await work(stop.signal)
	} catch (error) {
		if (error instanceof StoppedBySignal) {
			error.message += `; ${typeof left === 'string' ? left : left()}`
			if (requeue && error.isWarning) error.message += await queueAgain()
		}
		throw error
	} finally {
		stop.close()
	}
}

/** Has Slurm queue this job again; says in words what came of it. */
async function queueAgain(): Promise<string> {
	const job = slurmJob()
	if (job === null) return '; --requeue: this is no Slurm job'
	try {
		await promisify(execFile)('scontrol', ['requeue', job], { timeout: 2500 })
		return `; job ${job} is queued again`
	} catch (error) {
		const { stderr, message } = error as Error & { stderr?: string }
		return `; job ${job} could not be queued again: ${(stderr || message).trim()}`
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
	if (error instanceof StoppedBySignal) {
		process.exitCode = error.exitCode
		log.event('stopped', error.message, { exitCode: error.exitCode, signal: error.signal })
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
