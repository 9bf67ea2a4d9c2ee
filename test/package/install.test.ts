/** The tarballs, installed in an empty folder where no Rust and no compiler is found, then used. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { packAll } from '../../scripts/lib/pack.mjs'
import { temporaryFolder } from '../support/folder.js'

test('npm install of the packed package with --ignore-scripts, without Rust, then the README’s import example', (t) => {
	const folder = temporaryFolder(t)
	const packed = packAll(join(folder, 'packed'))
	for (const { name, files, packedBytes, unpackedBytes } of packed) {
		t.log(`${name}: ${files} files, ${packedBytes} bytes packed, ${unpackedBytes} unpacked`)
	}
	const home = join(folder, 'home')
	const bin = join(folder, 'bin')
	for (const made of [home, bin]) mkdirSync(made)
	// A PATH with Node and a shell alone.
	for (const tool of ['node', 'npm', 'sh']) {
		const found = spawnSync('which', [tool], { encoding: 'utf8' }).stdout.trim()
		symlinkSync(found, join(bin, tool))
	}
	const env = { ...process.env, PATH: bin, NODE_OPTIONS: '' }
	t.not(spawnSync('cargo', ['--version'], { env }).status, 0)
	writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }')
	const install = spawnSync(
		'npm',
		['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packed.map(({ path }: { path: string }) => path)],
		{ cwd: home, env, encoding: 'utf8' },
	)
	t.is(install.status, 0, install.stderr)
	t.deepEqual(Object.keys(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')).dependencies).sort(), [
		'subloc-native',
		'subloc-native-linux-x64-gnu',
	])
	t.true(existsSync(join(home, 'node_modules/subloc-native/index.d.ts')))
	t.false(existsSync(join(home, 'node_modules/subloc-native/dist/native/subloc.linux-x64-gnu.node')))

	const use = (...args: string[]) => spawnSync('node', args, { cwd: home, env, encoding: 'utf8' })
	// What the demo leaves, in small.
	const script = `import { syntheticDataset, train } from 'subloc-native'
		const dataset = syntheticDataset({ perClass: 3, length: [20, 40] })
		await train(dataset, { preset: 'quick', hidden: 4, epochs: 1, output: 'demo-output/run' })`
	writeFileSync(join(home, 'prepare.mjs'), script)
	const prepared = use('prepare.mjs')
	t.is(prepared.status, 0, prepared.stderr)
	writeFileSync(join(home, 'demo-output/new.fasta'), '>new_one\nMKVLAGESTD\n>new_two\nMKSKL\n')

	const readme = readFileSync(join(home, 'node_modules/subloc-native/README.md'), 'utf8')
	const [, example] = /```ts\n([\s\S]*?)```/.exec(readme)!
	t.regex(example!, /loadModel\('demo-output\/run'\)[\s\S]*predict\(model, 'demo-output\/new\.fasta'\)/)
	writeFileSync(join(home, 'example.mjs'), example!)
	const used = use('example.mjs')
	t.is(used.status, 0, used.stderr)
	t.regex(used.stdout, /^new_one \w+ [01]\.\d\d\nnew_two \w+ [01]\.\d\d\n$/)
	const command = use('node_modules/.bin/subloc', 'info', 'demo-output/run')
	t.regex(command.stdout, /r-lstm, 1 network/, command.stderr)

	const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path!)
	t.true(links.length > 5)
	t.deepEqual(
		links.filter((path) => !existsSync(join(home, 'node_modules/subloc-native', path))),
		[],
	)
})
