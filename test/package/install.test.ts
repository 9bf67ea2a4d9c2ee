/** The tarballs, installed in an empty folder where no Rust and no compiler is found, then used. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { packAll } from '../../scripts/lib/pack.mjs'
import { temporaryFolder } from '../support/folder.js'

test('npm install of the packed package with --ignore-scripts, without Rust, then the import example', (t) => {
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

	const script = `import { compiledBackends, predict, syntheticDataset, train } from 'subloc-native'
		const dataset = syntheticDataset({ perClass: 3, length: [20, 40] })
		const model = await train(dataset, { preset: 'quick', hidden: 4, epochs: 1, output: 'run' })
		for await (const p of predict(model, dataset.records.slice(0, 2))) console.log(p.id, p.status)
		console.log(compiledBackends()[0])`
	writeFileSync(join(home, 'use.mjs'), script)
	const used = spawnSync('node', ['use.mjs'], { cwd: home, env, encoding: 'utf8' })
	t.is(used.stdout, 'synthetic_ER_0001 ok\nsynthetic_ER_0002 ok\ncpu\n', used.stderr)
	const command = spawnSync('node', ['node_modules/.bin/subloc', 'info', 'run'], { cwd: home, env, encoding: 'utf8' })
	t.regex(command.stdout, /r-lstm, 1 network/, command.stderr)
})
