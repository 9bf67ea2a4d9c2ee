/** Processes that are told to stop: what they say and leave, and what they end with. What SIGKILL leaves is tested by killed.test.ts. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import { syntheticDataset, train } from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { labelledTable, SMALL, smallDataset, TINY_TRAINING } from '../support/models.js'
import { until } from '../support/slurm.js'
import { subloc } from '../support/subloc.js'

const home = mkdtempSync(join(tmpdir(), 'subloc-signals-'))
const run = join(home, 'run')
const input = join(home, 'in.fa')
const data = join(home, 'data.tsv')
const TRAIN = [...TINY_TRAINING, '--batch-size', '16', '--epochs', '3000', '--no-report']

test.before(async () => {
	const model = await train(smallDataset(), { ...SMALL, hidden: 16 })
	await model.save(run)
	const { records } = syntheticDataset({ seed: 5, perClass: 5, length: [30, 90] })
	writeFileSync(input, records.map(({ id, sequence }) => `>${id}\n${sequence}\n`).join(''))
	writeFileSync(data, labelledTable(smallDataset().records))
})
test.after.always(() => rmSync(home, { recursive: true, force: true }))

/** Runs a command; a signal once it has told something. */
function signalled(args: readonly string[], signal: NodeJS.Signals, at: RegExp) {
	return subloc(args, {
		onStart: (child) => {
			const stopOnce = (text: Buffer) => {
				if (!at.test(String(text))) return
				child.stderr!.off('data', stopOnce)
				child.kill(signal)
			}
			child.stderr!.on('data', stopOnce)
		},
	})
}

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
	const folder = temporaryFolder(t)
	// A module hook, which has a thread of its own, signals where most of the program is still to come, and holds that up.
	writeFileSync(
		join(folder, 'hooks.mjs'),
		`export async function load(url, context, next) {
			if (url.endsWith('/dist/cli/main.js')) {
				process.kill(process.pid, process.env.TEST_SIGNAL)
				await new Promise((done) => setTimeout(done, 60_000))
			}
			return next(url, context)
		}`,
	)
	const register = join(folder, 'register.mjs')
	writeFileSync(register, "import { register } from 'node:module'\nregister('./hooks.mjs', import.meta.url)\n")
	for (const [signal, code] of [
		['SIGUSR1', 75],
		['SIGUSR2', 75],
		['SIGHUP', 75],
		['SIGTERM', 143],
		['SIGINT', 130],
	] as const) {
		const stopped = await subloc(['predict', input, '--model', run, '-o', join(folder, 'x.tsv')], {
			env: { TEST_SIGNAL: signal, NODE_OPTIONS: `--import=${pathToFileURL(register)}` },
		})
		t.is(stopped.code, code, `${signal}: ${stopped.stderr}`)
		t.notRegex(stopped.stderr, /Debugger/)
	}
	t.false(existsSync(join(folder, 'x.tsv')))
})

test.serial('--requeue has Slurm queue the job again, and says so where that fails', async (t) => {
	const folder = temporaryFolder(t)
	const args = ['train', data, '-o', join(folder, 'run'), ...TRAIN, '--requeue']
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
