/** Which task of an array a process is, by the variables that schedulers set. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { arrayTask, partFromEnvironment, slurmJob } from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'

const part = test.macro<[env: Record<string, string>, expected: number]>({
	async exec(t, env, expected) {
		t.is(await partFromEnvironment(16, temporaryFolder(t), env), expected)
	},
	title: (_, env, expected) => `${Object.entries(env).map((pair) => pair.join('='))} is part ${expected} of 16`,
})
test(part, { SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_COUNT: '16' }, 3)
// Submitted again alone: Slurm counts one task, of which 7 is the first.
test(part, { SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '7', SLURM_ARRAY_TASK_COUNT: '1' }, 7)
test(part, { SLURM_ARRAY_TASK_ID: '15', SLURM_ARRAY_TASK_MIN: '0' }, 16)
test(part, { SLURM_ARRAY_TASK_ID: '0' }, 1)
test(part, { SLURM_ARRAY_TASK_ID: '4', SLURM_PROCID: '0', SLURM_NTASKS: '1' }, 4)
test(part, { SLURM_PROCID: '15', SLURM_NTASKS: '16' }, 16)
test(part, { PBS_ARRAY_INDEX: '16' }, 16)
test(part, { PBS_ARRAYID: '2' }, 2)
test(part, { SGE_TASK_ID: '5', SGE_TASK_LAST: '16' }, 5)
test(part, { LSB_JOBINDEX: '6' }, 6)
test(part, { JOB_COMPLETION_INDEX: '0' }, 1)
test(part, { AWS_BATCH_JOB_ARRAY_INDEX: '15' }, 16)

const refused = test.macro<[env: Record<string, string>, message: RegExp]>({
	async exec(t, env, message) {
		await t.throwsAsync(partFromEnvironment(16, temporaryFolder(t), env), { code: 'INVALID_OPTION', message })
	},
	title: (_, env) => `${Object.entries(env).map((pair) => pair.join('='))} is refused`,
})
test(refused, {}, /no task of an array/)
test(refused, { SGE_TASK_ID: 'undefined', LSB_JOBINDEX: '0' }, /no task of an array/)
test(refused, { SLURM_PROCID: '0', SLURM_NTASKS: '1' }, /no task of an array/)
test(refused, { SLURM_ARRAY_TASK_ID: '17', SLURM_ARRAY_TASK_MIN: '1' }, /is 17, but the tasks of 16 parts are 1 to 16/)
test(refused, { SLURM_ARRAY_TASK_ID: '16', SLURM_ARRAY_TASK_MIN: '0' }, /are 0 to 15/)
test(refused, { PBS_ARRAY_INDEX: '0' }, /are 1 to 16/)
test(refused, { SLURM_ARRAY_TASK_ID: '1_2' }, /no whole number/)

test('a task of an array from 0 that is submitted again alone is the same part as before', async (t) => {
	const folder = join(temporaryFolder(t), 'out')
	t.is(await partFromEnvironment(16, folder, { SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_MIN: '0' }), 4)
	t.is(await partFromEnvironment(16, folder, { SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '7' }), 8)
	const other = join(temporaryFolder(t), 'other')
	t.is(await partFromEnvironment(16, other, { SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '7' }), 7)
	t.false(existsSync(other), 'what is guessed is not remembered')
})

test('a job is called as scontrol takes it', (t) => {
	t.is(slurmJob({}), null)
	t.is(slurmJob({ SLURM_JOB_ID: '12' }), '12')
	t.is(slurmJob({ SLURM_JOB_ID: '14', SLURM_ARRAY_JOB_ID: '12', SLURM_ARRAY_TASK_ID: '3' }), '12_3')
	t.like(arrayTask(4, { SLURM_ARRAY_TASK_ID: '3' }), { id: 3, variable: 'SLURM_ARRAY_TASK_ID', isGuess: true })
})
