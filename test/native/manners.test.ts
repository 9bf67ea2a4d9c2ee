/** How the addon behaves in a process: leaving while it works, worker threads, no output of its own. */
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import test from 'ava'
import { compiledBackends, cpuInfo, listDevices, nativeInfo, startTraining } from '../../src-ts/native/binding.js'
import { problem } from './problem.js'

const CHILDREN = join(import.meta.dirname, 'children')
const SOAK = process.env['SUBLOC_SOAK'] === '1'

const leaves = test.macro<[how: string, code: number, stderr: RegExp, times: number]>({
	async exec(t, how, code, stderr, times) {
		t.timeout(600_000)
		for (let time = 1; time <= times; time++) {
			const child = await run('leave.ts', how)
			t.like(child, { code, signal: null, stdout: '' }, `time ${time}: ${child.stderr}`)
			t.regex(child.stderr, stderr)
		}
	},
	title: (_, how, code) => `a process that leaves by ${how} while a job runs ends with ${code}`,
})

test(leaves, 'exit', 7, /^$/, SOAK ? 100 : 3)
test(leaves, 'throw', 1, /thrown by a listener/, 1)
test(leaves, 'cancelling', 0, /^$/, 1)

test('a worker thread trains, and its termination ends the job and nothing else', async (t) => {
	t.timeout(600_000)
	for (let time = 0; time < (SOAK ? 100 : 3); time++) {
		const worker = new Worker(join(CHILDREN, 'worker.mjs'), {
			workerData: { script: './busy-worker.ts' },
			execArgv: [],
		})
		const kind = await new Promise((done, fail) => worker.once('message', done).once('error', fail))
		t.true(kind === 'step' || kind === 'epoch')
		await worker.terminate()
	}
	const model = await startTraining(problem(), () => {}).result
	t.is(model.config.members, 1, 'the addon still works')
})

test('the addon prints nothing: not for a model, an error or a panic', async (t) => {
	t.deepEqual(await run('quiet.ts'), { code: 0, signal: null, stdout: '', stderr: '' })
})

test('a failed job whose result nobody awaits does not end the process', async (t) => {
	t.deepEqual(await run('unheard.ts'), { code: 0, signal: null, stdout: '', stderr: '' })
})

test('the build says what it is', (t) => {
	const { version, build } = nativeInfo()
	t.regex(version, /^\d+\.\d+\.\d+$/)
	t.deepEqual(compiledBackends(), build === 'full' ? ['cpu', 'wgpu', 'cuda'] : ['cpu'])
	const { isa, threads } = cpuInfo()
	t.is(isa.at(-1), 'portable')
	t.true(threads >= 1)
	const cpu = listDevices().find(({ backend }) => backend === 'cpu')
	t.like(cpu, { available: true, reason: null, software: false })
})

function run(script: string, ...args: string[]) {
	return new Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>((done, fail) => {
		const child = spawn(process.execPath, ['--import=tsx', join(CHILDREN, script), ...args], {
			// Without a runtime folder the system's GPU driver prints a line of its own while devices are listed.
			env: { XDG_RUNTIME_DIR: tmpdir(), ...process.env, RUST_BACKTRACE: '1' },
		})
		let stdout = ''
		let stderr = ''
		child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
		child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
		child.on('error', fail)
		child.on('close', (code, signal) => done({ code, signal, stdout, stderr }))
	})
}
