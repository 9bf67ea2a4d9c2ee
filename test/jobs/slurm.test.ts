/** The real thing: Slurm on one node, tasks that are killed, preempted and submitted again, and the bytes of one run. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { syntheticDataset, train } from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'
import { startSlurm, until } from '../support/slurm.js'
import { subloc } from '../support/subloc.js'

/** Processes that a task of an array has had, in order. */
function starts(folder: string, job: string, task: number): number[] {
	const path = join(folder, 'pids', `${job}-${task}`)
	return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').map(Number) : []
}

async function ends(t: ExecutionContext, args: string[]) {
	const { code, stdout, stderr } = await subloc(args)
	t.is(code, 0, stderr)
	return stdout
}

/** Waits for a task to be at work, then does something to its process: what Slurm's `--signal=B:USR1` does, or what a crash does. */
async function once(folder: string, job: string, task: number, atWork: () => boolean, then: (pid: number) => void) {
	await until(
		() => starts(folder, job, task).length === 1 && atWork(),
		200,
		() => `task ${task}: ${starts(folder, job, task)}`,
	)
	then(starts(folder, job, task)[0]!)
}

test.serial(
	'16 tasks over 20,000 proteins: two killed, two preempted, the killed ones submitted again alone',
	async (t) => {
		t.timeout(900_000)
		const folder = temporaryFolder(t)
		const slurm = await startSlurm(t, folder, 4)
		if (!slurm) return
		const model = await train(smallDataset(), { ...SMALL, hidden: 64, epochs: 1 })
		await model.save(join(folder, 'run'))
		const { records } = syntheticDataset({ seed: 5, perClass: 25, length: [20, 60] })
		const copies = Array.from({ length: 100 }, (_, copy) =>
			records.map(({ id, sequence }) => `>${copy}.${id}\n${sequence}\n`).join(''),
		)
		const input = join(folder, 'proteome.fa')
		writeFileSync(input, copies.join(''))
		const common = [input, '--model', join(folder, 'run'), '--threads', '1', '--quiet']
		await ends(t, ['init', 'slurm', ...common, '--shards', '16', '-o', folder])
		const job = slurm('sbatch', '--parsable', 'predict.sbatch')
		const parts = join(folder, 'parts')
		// Its attempt at the output is there: it predicts.
		const predicts = (task: number) => () =>
			readdirSync(parts).some((name) => name.startsWith(`shard-${String(task).padStart(4, '0')}-of-0016.tsv.`))
		await Promise.all([
			...[2, 9].map((task) => once(folder, job, task, predicts(task), (pid) => process.kill(pid, 'SIGKILL'))),
			...[6, 12].map((task) => once(folder, job, task, predicts(task), (pid) => process.kill(pid, 'SIGUSR1'))),
		])
		await slurm.idle()
		for (const task of [6, 12]) {
			t.is(starts(folder, job, task).length, 2, 'it ran again by itself')
			t.regex(readFileSync(join(folder, `subloc-predict-${task}.log`), 'utf8'), /DUE TO JOB REQUEUE/)
		}
		const refused = await subloc(['merge', parts, '-o', join(folder, 'places.tsv')])
		t.is(refused.code, 65)
		t.regex(refused.stderr, /INVALID_SHARD.*shards 2,9 of 16 are missing \(begun: 2,9; --resume goes on\)/)
		slurm('sbatch', '--array=2,9', 'predict.sbatch')
		await slurm.idle()
		slurm('sbatch', 'merge.sbatch')
		await slurm.idle()
		await ends(t, ['predict', ...common, '-o', join(folder, 'whole.tsv')])
		t.true(readFileSync(join(folder, 'places.tsv')).equals(readFileSync(join(folder, 'whole.tsv'))))
		t.is(readFileSync(join(folder, 'places.tsv'), 'utf8').split('\n').length, 20_002)

		// A cross-validation on the same cluster.
		const data = join(folder, 'data.tsv')
		const rows = smallDataset().records.map((record) => `${record.id}\t${record.sequence}\t${record.class}\n`)
		writeFileSync(data, `id\tsequence\tclass\n${rows.join('')}`)
		const flags = [
			'--preset',
			'quick',
			'--hidden',
			'8',
			'--blocks',
			'onehot',
			'--epochs',
			'150',
			'--batch-size',
			'8',
			'--threads',
			'1',
			'--no-report',
			'--quiet',
		]
		const head = readFileSync(join(folder, 'train.sbatch'), 'utf8')
			.replace(/\nexec [\s\S]*/, '\n')
			.replace('1-10', '1-5')
		const command = `exec subloc cross-validate ${data} -o folds --fold auto/5 ${flags.join(' ')} --resume --requeue`
		writeFileSync(join(folder, 'folds.sbatch'), `${head}${command}\n`)
		mkdirSync(join(folder, 'folds'))
		const second = slurm('sbatch', '--parsable', 'folds.sbatch')
		const trains = (task: number) => () =>
			existsSync(join(folder, `folds/fold-${task}-of-5/checkpoint/state.safetensors`))
		await Promise.all([
			once(folder, second, 1, trains(1), (pid) => process.kill(pid, 'SIGKILL')),
			once(folder, second, 3, trains(3), (pid) => process.kill(pid, 'SIGUSR1')),
		])
		await slurm.idle()
		t.is(starts(folder, second, 3).length, 2)
		t.false(existsSync(join(folder, 'folds/fold-1-of-5/DONE')))
		slurm('sbatch', '--array=1', 'folds.sbatch')
		await slurm.idle()
		await ends(t, [
			'merge',
			join(folder, 'folds'),
			'-o',
			join(folder, 'joined'),
			'--threads',
			'1',
			'--no-report',
			'--quiet',
		])
		await ends(t, ['cross-validate', data, '-o', join(folder, 'joint'), '--folds', '5', ...flags])
		for (const name of ['model.safetensors', 'metrics.jsonl', 'splits.tsv', 'predictions.tsv', 'evaluation.json'])
			t.true(readFileSync(join(folder, 'joined', name)).equals(readFileSync(join(folder, 'joint', name))), name)
	},
)
