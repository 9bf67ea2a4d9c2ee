/** What must not be in a commit. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test from 'ava'

const ROOT = resolve(import.meta.dirname, '../..')
const committed = () =>
	spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
		.stdout.split('\0')
		.filter((path) => path && path !== 'test/checks/committed.test.ts')

test('no committed file names a package registry or a path of one machine', (t) => {
	for (const path of committed()) {
		const text = readFileSync(join(ROOT, path), 'latin1')
		const found = /registry\.npmjs\.org|index\.crates\.io|(?<![\w./-])\/(work\/(main|shared)|root\/|home\/\w+)/.exec(
			text,
		)
		t.is(found, null, `${path}: ${found?.[0]}`)
	}
})

test('no native binary, archive of the package or model is committed, but the one that comes with the package', (t) => {
	const shipped = 'models/multiloc/model.safetensors'
	for (const path of committed()) if (path !== shipped) t.notRegex(path, /\.(node|tgz|so|safetensors)$/)
})

test('the lock files name no other source than the registry', (t) => {
	t.notRegex(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'), /"resolved"/)
	t.notRegex(
		readFileSync(join(ROOT, 'Cargo.lock'), 'utf8'),
		/source = "(?!registry\+https:\/\/github\.com\/rust-lang\/crates\.io-index")/,
	)
})
