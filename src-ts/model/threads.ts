/** How many threads a job gets when nobody says: as many cores as this process was given, however it was limited. */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'

/** Where the limits are found. */
export interface ThreadLimits {
	/** Cores of the affinity mask. */
	available: number
	/** `SLURM_CPUS_PER_TASK`, where a scheduler set it. */
	slurm: string | undefined
	/** Text of a file, or null. */
	read: (path: string) => string | null
}

/**
 * The smallest of: the affinity mask, Slurm's cores a task, and the CPU quota of the control group (both versions; a quota of 1.5 cores gives 2). At
 * least 1. A value that is no positive number limits nothing.
 */
export function defaultThreads(limits: ThreadLimits = ofThisProcess()): number {
	const slurm = Number(limits.slurm)
	const given = [limits.available, slurm, ...quotas(limits.read).map(Math.ceil)]
	return Math.max(1, Math.min(...given.filter((cores) => Number.isInteger(cores) && cores > 0)))
}

function ofThisProcess(): ThreadLimits {
	const read = (path: string) => {
		try {
			return readFileSync(path, 'utf8')
		} catch {
			return null
		}
	}
	return { available: availableParallelism(), slurm: process.env.SLURM_CPUS_PER_TASK, read }
}

const ROOT = '/sys/fs/cgroup'

/** Cores that the control groups of this process, and those above, allow. */
function quotas(read: ThreadLimits['read']): number[] {
	const found: number[] = []
	for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
		const [, controllers, group] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
		if (group === undefined || (controllers !== '' && !controllers?.split(',').includes('cpu'))) continue
		for (const folder of upwards(group)) {
			const [quota, period] =
				controllers === ''
					? (read(join(ROOT, folder, 'cpu.max')) ?? '').split(' ').map(Number)
					: ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((name) => Number(read(join(ROOT, 'cpu', folder, name)) ?? ''))
			// `max` and −1 are no limit.
			if (quota! > 0 && period! > 0) found.push(quota! / period!)
		}
	}
	return found
}

function upwards(group: string): string[] {
	const folders = [group]
	while (folders.at(-1) !== '/') folders.push(dirname(folders.at(-1)!))
	return folders
}
