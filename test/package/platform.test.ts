import test from 'ava'
import { requirePlatform } from '../../scripts/lib/steps.mjs'

test('the set-up stops with a sentence on a platform that it cannot build for, and goes on where it can', (t) => {
	t.notThrows(() => requirePlatform({ platform: 'linux', arch: 'x64', glibc: '2.36' }))
	// Here the addon runs.
	t.notThrows(() => requirePlatform())
	for (const [machine, here] of [
		[{ platform: 'darwin', arch: 'arm64' }, 'darwin arm64'],
		[{ platform: 'linux', arch: 'arm64', glibc: '2.36' }, 'linux arm64'],
		[{ platform: 'linux', arch: 'x64' }, 'linux x64 without glibc'],
		[{ platform: 'win32', arch: 'x64' }, 'win32 x64'],
	] as const) {
		t.throws(() => requirePlatform(machine), {
			message: `This is ${here}: the native part is built and tested on Linux x86-64 with glibc alone so far.`,
		})
	}
})
