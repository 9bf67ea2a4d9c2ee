/** What the machine offers, what `auto` takes of it, and what the drivers may write. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import test from 'ava'
import { autoBackend, compiledBackends, listDevices, nativeInfo } from '../../src-ts/native/binding.js'

test('every backend has a device or a reason, and auto takes one that is no software adapter', (t) => {
	const devices = listDevices()
	for (const backend of ['cpu', 'wgpu', 'cuda']) {
		t.true(
			devices.some((device) => device.backend === backend),
			backend,
		)
	}
	for (const { available, reason, kind, name } of devices) {
		t.is(available, reason === null)
		t.is(available, kind !== null)
		t.is(available, name !== '')
	}
	const chosen = devices.filter(({ auto }) => auto)
	t.is(chosen.length, 1)
	t.false(chosen[0]!.software)
	t.true(compiledBackends().includes(autoBackend()))
	t.regex(nativeInfo().autoRule, /^auto takes cuda, then a discrete GPU/)
})

/** Runs the child in an empty folder, as a user with that environment. */
async function child(env: Record<string, string>, backend: string) {
	const folder = mkdtempSync(join(tmpdir(), 'subloc-devices-'))
	const script = join(import.meta.dirname, 'children/devices.ts')
	const { PATH, HOME = folder } = process.env
	const program = spawn(process.execPath, [`--import=${import.meta.resolve('tsx')}`, script, backend], {
		cwd: folder,
		env: { PATH, HOME, ...env },
	})
	const [stdout, stderr, status] = await Promise.all([
		text(program.stdout),
		text(program.stderr),
		new Promise<number | null>((done) => program.on('close', done)),
	])
	const left = readdirSync(folder)
	rmSync(folder, { recursive: true })
	return { status, stderr, left, ...(JSON.parse(stdout || '{}') as { ended: string; told: Record<string, string> }) }
}

test('drivers write to SUBLOC_CACHE_DIR and nowhere else, and print nothing', async (t) => {
	const cache = join(mkdtempSync(join(tmpdir(), 'subloc-cache-')), 'deep')
	const { status, stderr, left, ended, told } = await child({ SUBLOC_CACHE_DIR: cache }, 'cpu')
	t.deepEqual({ status, stderr, left, ended }, { status: 0, stderr: '', left: [], ended: 'trained' })
	t.true(existsSync(cache))
	t.like(told, { MESA_SHADER_CACHE_DIR: cache, CUDA_CACHE_PATH: join(cache, 'cuda'), MESA_SHADER_CACHE_DISABLE: null })
	t.truthy(told['XDG_RUNTIME_DIR'])
	rmSync(join(cache, '..'), { recursive: true })
})

test('a cache folder that cannot be made is done without', async (t) => {
	const { status, stderr, left, ended, told } = await child({ SUBLOC_CACHE_DIR: '/proc/nowhere' }, 'cpu')
	t.deepEqual({ status, stderr, left, ended }, { status: 0, stderr: '', left: [], ended: 'trained' })
	t.like(told, { MESA_SHADER_CACHE_DIR: null, MESA_SHADER_CACHE_DISABLE: 'true', CUDA_CACHE_PATH: null })
})

test('a backend that is asked for and missing is refused in the words of the probe', async (t) => {
	const missing = listDevices().filter(({ available }) => !available)
	for (const { backend } of missing) {
		const { status, stderr, ended } = await child({ SUBLOC_CACHE_DIR: '/proc/nowhere' }, backend)
		t.deepEqual({ status, stderr, ended }, { status: 0, stderr: '', ended: 'BACKEND_UNAVAILABLE' })
	}
	t.true(missing.every(({ reason }) => reason !== ''))
})
