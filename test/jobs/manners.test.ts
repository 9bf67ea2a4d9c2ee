/** What a job leaves where: nothing in $HOME, the package's folder or the input's; temporary files in TMPDIR. */
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { planPrediction, train } from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'
import { ROOT, subloc } from '../support/subloc.js'

/** Path, size and time of every file below a folder. */
function state(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => !entry.isDirectory())
		.map((entry) => join(entry.parentPath, entry.name))
		.map((path) => `${path} ${statSync(path).size} ${statSync(path).mtimeMs}`)
		.sort()
}

test.serial('a job writes into its output and TMPDIR alone', async (t) => {
	const folder = temporaryFolder(t)
	for (const name of ['home', 'tmp', 'in', 'out']) mkdirSync(join(folder, name))
	const model = await train(smallDataset(), SMALL)
	await model.save(join(folder, 'in/run'))
	const rows = smallDataset().records.map((record) => `${record.id}\t${record.sequence}\t${record.class}\n`)
	writeFileSync(join(folder, 'in/data.tsv'), `id\tsequence\tclass\n${rows.join('')}`)
	writeFileSync(join(folder, 'in/in.fa'), '>a\nMKVLAGESTD\n>b\nMKV\n')
	// The input is only read; root may write everywhere, so its state is compared too.
	chmodSync(join(folder, 'in'), 0o555)
	const before = [state(join(folder, 'in')), state(join(ROOT, 'dist')), readdirSync(ROOT).sort()]
	const env = { HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'] }
	t.teardown(() => {
		for (const [name, value] of Object.entries(env)) {
			if (value === undefined) delete process.env[name]
			else process.env[name] = value
		}
	})
	process.env['HOME'] = join(folder, 'home')
	process.env['TMPDIR'] = join(folder, 'tmp')
	const flags = ['--backend', 'cpu', '--threads', '1', '--quiet']
	const at = (name: string) => join(folder, name)
	for (const args of [
		['predict', at('in/in.fa'), '--model', at('in/run'), '-o', at('out/a.tsv'), '--cache', at('out/cache'), '--resume'],
		[
			'predict',
			at('in/in.fa'),
			'--model',
			at('in/run'),
			'-o',
			at('out/parts'),
			'--shard',
			'1/1',
			'--journal',
			at('out/journal'),
		],
		['train', at('in/data.tsv'), '-o', at('out/trained'), '--preset', 'quick', '--hidden', '4', '--epochs', '1'],
		['plan', at('in/in.fa'), '--model', at('in/run')],
	]) {
		const { code, stderr } = await subloc([...args, ...flags], { cwd: at('out') })
		t.is(code, 0, stderr)
	}
	t.deepEqual([state(join(folder, 'in')), state(join(ROOT, 'dist')), readdirSync(ROOT).sort()], before)
	t.deepEqual(readdirSync(at('home')), [])
	t.deepEqual(readdirSync(at('tmp')), [], 'temporary files are removed')
	t.deepEqual(readdirSync(at('out')).sort(), ['a.tsv', 'cache', 'journal', 'parts', 'trained'])
})

test('a plan tells of the whole input', async (t) => {
	const folder = temporaryFolder(t)
	const model = await train(smallDataset(), { ...SMALL, maxResidues: 30 })
	const input = join(folder, 'in.fa')
	const lengths = [10, 20, 30, 40]
	writeFileSync(input, `${lengths.map((length, at) => `>p${at}\n${'M'.repeat(length)}\n`).join('')}>bad\nM1\n`)
	const plan = await planPrediction(model, input, { threads: 1, backend: 'cpu', measureSeconds: 0.01 })
	t.like(plan, { records: 5, residues: 100, longest: 40, computed: 90, threads: 1, backend: 'cpu', shards: 1 })
	t.true(plan.residuesPerSecond > 0 && plan.seconds > 0 && plan.memoryBytes > 2 ** 26)
	t.is(plan.seconds, 90 / plan.residuesPerSecond)
	const short = await planPrediction(model, input, { threads: 1, backend: 'cpu', measureSeconds: 0.01, hours: 1e-9 })
	t.is(short.shards, 5, 'no more shards than records')
	await t.throwsAsync(planPrediction(model, input, { hours: 0 }), { code: 'INVALID_OPTION' })
})
