/** Members and folds trained by tasks of an array, joined: the job in one piece, to the bit. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { loadModel, mergeRuns } from 'subloc-native'
import { labelledTable, smallDataset, TINY_TRAINING } from '../support/models.js'
import { subloc } from '../support/subloc.js'

const home = mkdtempSync(join(tmpdir(), 'subloc-merge-'))
const data = join(home, 'data.tsv')
const FLAGS = [...TINY_TRAINING, '--epochs', '3', '--no-report', '--quiet']
const FILES = ['model.safetensors', 'config.json', 'metrics.jsonl', 'splits.tsv', 'predictions.tsv', 'evaluation.json']
test.before(() => {
	writeFileSync(data, labelledTable(smallDataset().records))
})
test.after.always(() => rmSync(home, { recursive: true, force: true }))

async function ends(t: ExecutionContext, code: number, args: string[], task?: number) {
	if (task !== undefined) process.env['SLURM_ARRAY_TASK_ID'] = String(task)
	const found = await subloc(args)
	delete process.env['SLURM_ARRAY_TASK_ID']
	t.is(found.code, code, found.stderr)
	return found
}

function sameRun(t: ExecutionContext, joined: string, joint: string) {
	for (const name of FILES)
		t.is(readFileSync(join(joined, name), 'latin1'), readFileSync(join(joint, name), 'latin1'), name)
}

test.serial('members of an array are the ensemble of one job', async (t) => {
	const members = join(home, 'members')
	for (const task of [3, 1, 2])
		await ends(t, 0, ['train', data, '-o', members, ...FLAGS, '--member', 'auto/3', '--resume'], task)
	const joined = await ends(t, 0, ['merge', members, '-o', join(home, 'joined'), '--threads', '1', '--no-report'])
	const joint = await ends(t, 0, ['train', data, '-o', join(home, 'joint'), ...FLAGS, '--members', '3'])
	sameRun(t, join(home, 'joined'), join(home, 'joint'))
	t.is(joined.stdout, joint.stdout)
	using model = await loadModel(join(home, 'joined'))
	t.is(model.info.members, 3)
	t.like(model.training!.info, { member: null, seeds: ['1', '2', '3'] })

	const spoilt = join(home, 'spoilt')
	cpSync(members, spoilt, { recursive: true })
	rmSync(join(spoilt, 'member-2-of-3/DONE'))
	const again = await ends(t, 65, ['merge', spoilt, '-o', join(home, 'x')])
	t.regex(again.stderr, /INVALID_SHARD.*not finished: member-2-of-3/)
	rmSync(join(spoilt, 'member-2-of-3'), { recursive: true })
	await t.throwsAsync(mergeRuns(spoilt), { code: 'INVALID_SHARD', message: /member 2 of 3 is missing/ })
	cpSync(join(members, 'member-1-of-3'), join(spoilt, 'copy'), { recursive: true })
	await t.throwsAsync(mergeRuns(spoilt), {
		code: 'INVALID_SHARD',
		message: /member 1 is there twice: copy, member-1-of-3/,
	})
	const config = join(spoilt, 'copy/config.json')
	writeFileSync(config, readFileSync(config, 'utf8').replace('"epochs": 3', '"epochs": 4'))
	await t.throwsAsync(mergeRuns(spoilt), { code: 'INVALID_SHARD', message: /another value of epochs/ })
	writeFileSync(config, readFileSync(config, 'utf8').replace('"epochs": 4', '"epochs": 3'))
	const info = join(spoilt, 'copy/run.json')
	writeFileSync(info, readFileSync(info, 'utf8').replace(/"cpuIsa": "\w+"/, '"cpuIsa": "other"'))
	await t.throwsAsync(mergeRuns(spoilt), { code: 'INVALID_SHARD', message: /cpuIsa .*--allow-mixed/ })
})

test.serial('folds of an array are the cross-validation of one job', async (t) => {
	const folds = join(home, 'folds')
	const flags = [...FLAGS, '--members', '2']
	for (const task of [2, 3, 1])
		await ends(t, 0, ['cross-validate', data, '-o', folds, ...flags, '--fold', 'auto/3'], task)
	const joined = await ends(t, 0, ['merge', folds, '-o', join(home, 'cv-joined'), '--threads', '1', '--no-report'])
	const joint = await ends(t, 0, ['cross-validate', data, '-o', join(home, 'cv-joint'), ...flags, '--folds', '3'])
	sameRun(t, join(home, 'cv-joined'), join(home, 'cv-joint'))
	t.is(joined.stdout, joint.stdout)
	rmSync(join(folds, 'fold-3-of-3'), { recursive: true })
	await t.throwsAsync(mergeRuns(folds), { code: 'INVALID_SHARD', message: /fold 3 of 3 is missing/ })
	await t.throwsAsync(mergeRuns(home), { code: 'INVALID_SHARD' })
})
