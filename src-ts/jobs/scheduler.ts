/** What a scheduler says about this process: which task of an array it is, and how its job is queued again. */
import { SublocError } from '../errors.js'
import { knownBase, rememberBase } from './shard-files.js'

/** The task that a scheduler gave to this process. */
export interface ArrayTask {
	/** The number as the scheduler counts. */
	id: number
	/** Number of the first task: 0 or 1. A Slurm array's, where it shows that it counts from 0. */
	base: 0 | 1
	/** The environment variable that told. */
	variable: string
	/** Whether the base was guessed: a part of an array does not show where the whole begins. */
	isGuess: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/** Variable → the number of its first task. The order decides where several are set: an array's task before a step's rank. */
const VARIABLES: readonly (readonly [variable: string, base: 0 | 1])[] = [
	['SLURM_ARRAY_TASK_ID', 1],
	['PBS_ARRAY_INDEX', 1],
	['PBS_ARRAYID', 1],
	['SGE_TASK_ID', 1],
	['LSB_JOBINDEX', 1],
	['AWS_BATCH_JOB_ARRAY_INDEX', 0],
	['JOB_COMPLETION_INDEX', 0],
	['SLURM_PROCID', 0],
]

/**
 * Which task of an array this process is, from `SLURM_ARRAY_TASK_ID`, `PBS_ARRAY_INDEX` (`PBS_ARRAYID`), `SGE_TASK_ID`, `LSB_JOBINDEX`,
 * `AWS_BATCH_JOB_ARRAY_INDEX`, `JOB_COMPLETION_INDEX` or `SLURM_PROCID`, the first that is set. Arrays count from 1; the last three count from 0, and so
 * does a Slurm array whose `SLURM_ARRAY_TASK_MIN` is 0. Null where none is set. `SLURM_PROCID` counts only in a step of as many tasks as there are parts,
 * since every batch job has it.
 *
 * The number of parts is never read: a part of the array that is submitted again changes what the scheduler counts.
 *
 * Errors: `INVALID_OPTION` for a value that is no whole number.
 */
export function arrayTask(parts: number, env: Environment = process.env): ArrayTask | null {
	for (const [variable, usual] of VARIABLES) {
		const text = env[variable]
		// Grid Engine and LSF set these outside of arrays too.
		if (text === undefined || text === '' || text === 'undefined' || (variable === 'LSB_JOBINDEX' && text === '0'))
			continue
		if (variable === 'SLURM_PROCID' && env['SLURM_NTASKS'] !== String(parts)) continue
		if (!/^\d{1,9}$/.test(text)) {
			const message = `${variable} is '${text}', which is no whole number`
			throw new SublocError('INVALID_OPTION', message, { option: 'shard', value: text })
		}
		const id = Number(text)
		if (variable !== 'SLURM_ARRAY_TASK_ID') return { id, base: usual, variable, isGuess: false }
		const countsFromZero = env['SLURM_ARRAY_TASK_MIN'] === '0' || id === 0
		return {
			id,
			base: countsFromZero ? 0 : 1,
			variable,
			isGuess: !countsFromZero && env['SLURM_ARRAY_TASK_MIN'] !== '1',
		}
	}
	return null
}

/**
 * The part, from 1, of `parts` that this process is to do, and how its array counts. `folder` is where the tasks of the array meet: a task of the whole
 * array leaves its count there, and one that is submitted again alone reads it.
 *
 * Errors: `INVALID_OPTION` where the environment names no task, or one that is none of the parts; `IO`.
 */
export async function partFromEnvironment(
	parts: number,
	folder: string,
	env: Environment = process.env,
): Promise<number> {
	const task = arrayTask(parts, env)
	const facts = { option: 'shard', value: `auto/${parts}` }
	if (!task) {
		const names = VARIABLES.map(([name]) => name).join(', ')
		const message = `auto/${parts}: no task of an array is named here (looked for ${names})`
		throw new SublocError('INVALID_OPTION', message, facts)
	}
	const base = (task.isGuess ? await knownBase(folder) : null) ?? task.base
	const part = task.id - base + 1
	if (part < 1 || part > parts) {
		const range = `${base} to ${parts - 1 + base}`
		const message = `auto/${parts}: ${task.variable} is ${task.id}, but the tasks of ${parts} parts are ${range}`
		throw new SublocError('INVALID_OPTION', message, facts)
	}
	if (task.variable === 'SLURM_ARRAY_TASK_ID' && !task.isGuess) await rememberBase(folder, base)
	return part
}

/** How Slurm calls the job, or the task of an array, of this process; null outside of Slurm. */
export function slurmJob(env: Environment = process.env): string | null {
	const { SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task, SLURM_JOB_ID: job } = env
	return array !== undefined && task !== undefined ? `${array}_${task}` : (job ?? null)
}
