/** Processes that are killed or told to stop at any moment, and run again: the bytes of a run in one piece. `npm run soak` does it a hundred times. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import test from 'ava'
import { syntheticDataset, train } from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'
import { until } from '../support/slurm.js'
import { subloc } from '../support/subloc.js'

const MOMENTS = process.env['SUBLOC_SOAK'] === '1' ? 100 : 5
const home = mkdtempSync(join(tmpdir(), 'subloc-kill-'))
const run = join(home, 'run')
const input = join(home, 'in.fa')
const data = join(home, 'data.tsv')
const TRAIN = [
	'--preset',
	'quick',
	'--hidden',
	'6',
	'--blocks',
	'onehot',
	'--threads',
	'1',
	'--batch-size',
	'16',
	'--epochs',
	'60',
	'--no-report',
]

test.before(async () => {
	const model = await train(smallDataset(), { ...SMALL, hidden: 16 })
	await model.save(run)
	const { records } = syntheticDataset({ seed: 5, perClass: 5, length: [30, 90] })
	const copies = Array.from({ length: 120 }, (_, copy) =>
		records.map(({ id, sequence }) => `>${copy}.${id}\n${sequence}\n`).join(''),
	)
	writeFileSync(input, copies.join(''))
	const rows = smallDataset().records.map((record) => `${record.id}\t${record.sequence}\t${record.class}\n`)
	writeFileSync(data, `id\tsequence\tclass\n${rows.join('')}`)
})
test.after.always(() => rmSync(home, { recursive: true, force: true }))

/** Numbers from 0 to 1 from a seed (a linear congruential generator). */
function* seeded(seed: number): Generator<number> {
	for (let state = seed; ; ) {
		state = (state * 1103515245 + 12345) % 2 ** 31
		yield state / 2 ** 31
	}
}

/** Runs a command; a signal after so many milliseconds, once something has come about, or once it has told something. */
function signalled(args: readonly string[], signal: NodeJS.Signals, at: number | (() => Promise<unknown>) | RegExp) {
	return subloc(args, {
		onStart: (child) => {
			if (!(at instanceof RegExp)) {
				const moment = typeof at === 'number' ? setTimeout(at) : at()
				void moment.then(() => child.kill(signal))
				return
			}
			const stopOnce = (text: Buffer) => {
				if (!at.test(String(text))) return
				child.stderr!.off('data', stopOnce)
				child.kill(signal)
			}
			child.stderr!.on('data', stopOnce)
		},
	})
}

test.serial('predict, killed at seeded moments and run again, gives the bytes of one run', async (t) => {
	t.timeout(3_600_000)
	const whole = join(home, 'whole.tsv')
	const args = ['predict', input, '--model', run, '--threads', '1', '--quiet', '--resume']
	const began = performance.now()
	t.is((await subloc([...args, '-o', whole])).code, 0)
	const span = performance.now() - began
	const random = seeded(1)
	let resumed = 0
	for (let moment = 0; moment < MOMENTS; moment++) {
		const folder = temporaryFolder(t)
		// A plain file, and shards, in turn.
		const place = moment % 2 ? ['-o', folder, '--shard', '2/2'] : ['-o', join(folder, 'out.tsv')]
		const hasBegun = () => readdirSync(folder).some((name) => name.endsWith('.journal'))
		const wait = random.next().value * span
		// At any moment from the start, and in every third run while rows are written, which takes a small part of the time.
		const whileWriting = async () => {
			for (let tries = 0; tries < 12_000 && !hasBegun(); tries++) await setTimeout(5)
			await setTimeout(moment === 2 ? 0 : wait / 10)
		}
		await signalled([...args, ...place], 'SIGKILL', moment % 3 === 2 ? whileWriting : wait)
		if (hasBegun()) resumed += 1
		const again = await subloc([...args, ...place])
		t.is(again.code, 0, again.stderr)
		let output = join(folder, 'out.tsv')
		if (moment % 2) {
			t.is((await subloc([...args, '-o', folder, '--shard', '1/2'])).code, 0)
			output = join(folder, 'all.tsv')
			t.is((await subloc(['merge', folder, '-o', output, '--quiet'])).code, 0)
		}
		t.true(readFileSync(output).equals(readFileSync(whole)), `moment ${moment}`)
		t.false(readdirSync(folder).some((name) => /partial|journal/.test(name)))
	}
	t.true(resumed > 0, 'some kills came while rows were written')
})

test.serial('train, killed at seeded moments and run again, gives the bytes of one run', async (t) => {
	t.timeout(3_600_000)
	const whole = join(home, 'trained')
	const began = performance.now()
	t.is((await subloc(['train', data, '-o', whole, ...TRAIN])).code, 0)
	const span = performance.now() - began
	const random = seeded(2)
	for (let moment = 0; moment < MOMENTS; moment++) {
		const output = join(temporaryFolder(t), 'run')
		await signalled(['train', data, '-o', output, ...TRAIN, '--resume'], 'SIGKILL', random.next().value * span)
		const again = await subloc(['train', data, '-o', output, ...TRAIN, '--resume'])
		t.is(again.code, 0, again.stderr)
		for (const name of ['model.safetensors', 'metrics.jsonl', 'predictions.tsv', 'evaluation.json'])
			t.true(readFileSync(join(output, name)).equals(readFileSync(join(whole, name))), `${name}, moment ${moment}`)
	}
})

// A chunk of this takes far longer than five seconds: the signal comes inside of it.
for (const [signal, code] of [
	['SIGTERM', 143],
	['SIGINT', 130],
	['SIGUSR1', 75],
	['SIGUSR2', 75],
	['SIGHUP', 75],
] as const) {
	test.serial(`${signal} inside a long batch ends predict within five seconds with ${code}`, async (t) => {
		const folder = temporaryFolder(t)
		const long = join(folder, 'long.fa')
		writeFileSync(long, Array.from({ length: 900 }, (_, at) => `>p${at}\n${'MKVLAGESTD'.repeat(100)}\n`).join(''))
		const slow = join(home, 'slow')
		if (!existsSync(slow)) {
			const model = await train(smallDataset(), { ...SMALL, hidden: 256, epochs: 1 })
			await model.save(slow)
		}
		let sent = 0
		const stopped = await subloc(['predict', long, '--model', slow, '--threads', '1', '-o', join(folder, 'out.tsv')], {
			onStart: async (child) => {
				// The journal is opened before the first batch, which takes far longer than this.
				await until(() => readdirSync(folder).some((name) => name.endsWith('.journal')), 60)
				await setTimeout(1000)
				sent = performance.now()
				child.kill(signal)
			},
		})
		t.true(performance.now() - sent < 5000)
		t.is(stopped.code, code, stopped.stderr)
		t.regex(stopped.stderr, new RegExp(`stopped by ${signal}`))
		t.notRegex(stopped.stderr, /Debugger/)
		t.deepEqual(readdirSync(folder), ['long.fa'], 'no row was ready, so nothing is left')
	})
}

test.serial('a signal while the program is being loaded ends it with its code', async (t) => {
	// Nothing comes on stdin, so that a signal at any later time ends it likewise.
	for (const [signal, code] of [
		['SIGUSR2', 75],
		['SIGHUP', 75],
		['SIGTERM', 143],
	] as const) {
		for (const milliseconds of [120, 350]) {
			const stopped = await signalled(
				['predict', input, '--model', run, '-o', join(temporaryFolder(t), 'x.tsv')],
				signal,
				milliseconds,
			)
			// Before the first line of ours a signal does what it does to any program.
			if (stopped.code !== null) t.is(stopped.code, code, stopped.stderr)
			else t.is(milliseconds, 120)
		}
	}
	t.pass()
})

test.serial('--requeue has Slurm queue the job again, and says so where that fails', async (t) => {
	const folder = temporaryFolder(t)
	const args = ['train', data, '-o', join(folder, 'run'), ...TRAIN, '--epochs', '3000', '--requeue']
	const outside = await signalled(args, 'SIGUSR1', /epoch +1\//)
	t.is(outside.code, 75)
	t.regex(outside.stderr, /stopped by SIGUSR1; the state is saved .*; --requeue: this is no Slurm job/)
	const env = { PATH: process.env['PATH'], SLURM_JOB_ID: process.env['SLURM_JOB_ID'] }
	t.teardown(() => Object.assign(process.env, env))
	writeFileSync(join(folder, 'scontrol'), `#!/bin/sh\necho "$@" > '${folder}/asked'\n`, { mode: 0o755 })
	process.env['PATH'] = `${folder}:${process.env['PATH']}`
	process.env['SLURM_JOB_ID'] = '41'
	const inside = await signalled([...args, '--resume'], 'SIGUSR1', /epoch +\d+\//)
	delete process.env['SLURM_JOB_ID']
	t.is(inside.code, 75, inside.stderr)
	t.regex(inside.stderr, /job 41 is queued again/)
	t.is(readFileSync(join(folder, 'asked'), 'utf8'), 'requeue 41\n')
})
