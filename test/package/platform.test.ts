import test from 'ava'
import { requirePlatform } from '../../scripts/lib/steps.mjs'

test('the set-up stops with a sentence on a platform that it cannot build for, and goes on where it can', (t) => {
	t.notThrows(() => requirePlatform({ platform: 'linux', arch: 'x64', glibc: '2.36' }))
	// Here the addon runs.
	t.notThrows(() => requirePlatform())
	for (const [platform, arch, glibc, here] of [
		['darwin', 'arm64', undefined, 'darwin arm64'],
		['linux', 'arm64', '2.36', 'linux arm64'],
		['linux', 'x64', undefined, 'linux x64 without glibc'],
		['win32', 'x64', undefined, 'win32 x64'],
	]) {
		t.throws(() => requirePlatform({ platform, arch, glibc }), {
			message: `This is ${here}: the native part is built and tested on Linux x86-64 with glibc alone so far.`,
		})
	}
})
