/** Commands that are killed at a call that changes a file, which kill-at.c counts: the same moments on any machine. */
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { type Finished, ROOT, subloc } from './subloc.js'

/** Where a process is killed. */
export interface Moment {
	/** The call, from 1; 0 only counts. */
	call: number
	/** Whether a write comes to its half before. */
	isTorn: boolean
}

export interface Killer {
	/** Runs a command that is killed at a moment, where it comes that far. `last` is the call, or how many there were. */
	(args: readonly string[], folder: string, moment: Moment): Promise<Finished & { last: string }>
	/** How many calls a command makes below a folder. */
	count(args: readonly string[], folder: string): Promise<number>
}

/** Builds what is preloaded into a folder. Needs a C compiler, as the native build does. */
export function buildKiller(t: Pick<ExecutionContext, 'is'>, home: string): Killer {
	const library = join(home, 'kill-at.so')
	const log = join(home, 'kill-at.log')
	const source = join(ROOT, 'test/support/kill-at.c')
	execFileSync('cc', ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', library, source, '-ldl'])
	const killer = (async (args, folder, { call, isTorn }) => {
		rmSync(log, { force: true })
		const env = {
			...{ LD_PRELOAD: library, SUBLOC_KILL_FOLDER: folder, SUBLOC_KILL_LOG: log },
			...{ SUBLOC_KILL_AT: String(call), SUBLOC_KILL_TORN: isTorn ? '1' : '0' },
		}
		const finished = await subloc(args, { env })
		return { ...finished, last: readFileSync(log, 'utf8').trim() }
	}) as Killer
	killer.count = async (args, folder) => {
		const { code, stderr, last } = await killer(args, folder, { call: 0, isTorn: false })
		t.is(code, 0, stderr)
		return Number.parseInt(last, 10)
	}
	return killer
}
