/** A run folder in which a file is missing or damaged: a coded error with the file, never a stack. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { loadModel, predictAll, RunFolder, type SublocError, train } from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'
import { subloc } from '../support/subloc.js'

const dataset = smallDataset()
const whole = join(mkdtempSync(join(tmpdir(), 'subloc-run-')), 'run')

test.before(async () => (await train(dataset, { ...SMALL, output: whole })).close())
test.after.always(() => rmSync(join(whole, '..'), { recursive: true, force: true }))

/** A copy of the run with one file written anew, or taken away. */
function damaged(t: ExecutionContext, name: string, text: string | null): string {
	const folder = join(temporaryFolder(t), 'run')
	cpSync(whole, folder, { recursive: true })
	if (text === null) rmSync(join(folder, name))
	else writeFileSync(join(folder, name), text)
	return folder
}

const resume = (output: string) => async () => (await train(dataset, { ...SMALL, output, resume: true })).close()

const json = (name: string) => JSON.parse(readFileSync(join(whole, name), 'utf8'))

const refused = test.macro<[name: string, damage: string, text: () => string, message: RegExp]>({
	async exec(t, name, _, text, message) {
		const folder = damaged(t, name, text())
		const file = join(folder, name)
		const error = await t.throwsAsync<SublocError>(loadModel(folder), { code: 'INVALID_CONFIG', message })
		t.is(error!.file, file)
		await t.throwsAsync(resume(folder), { code: 'INVALID_CONFIG', message })
		const { code, stderr } = await subloc(['info', folder])
		t.is(code, 2, stderr)
		t.true(stderr.startsWith(`error INVALID_CONFIG: ${file}: `), stderr)
		// The weights are whole, and can be used.
		using model = await loadModel(join(folder, 'model.safetensors'))
		t.is((await predictAll(model, dataset.records.slice(0, 2))).length, 2)
	},
	title: (_, name, damage) =>
		`${name} ${damage} is INVALID_CONFIG with the file, to load, to resume and on the command line`,
})
test(refused, 'run.json', 'without anything in it', () => '{}', /versions/)
test(refused, 'run.json', 'without rows', () => JSON.stringify({ ...json('run.json'), rows: undefined }), /rows/)
test(refused, 'run.json', 'that is null', () => 'null', /damaged/)
test(refused, 'run.json', 'that ends early', () => '{"versions": ', /no JSON/)
test(refused, 'config.json', 'without anything in it', () => '{}', /model/)
test(refused, 'config.json', 'that is a number', () => '3', /damaged/)

test('a run of a version without the later options loads, with what they mean where they are missing', async (t) => {
	const { cutGap: _, secondConv: __, pooling: ___, ...others } = json('config.json')
	const { profileDropout: ____, extraFeatures: _____, ...earlier } = others
	const folder = damaged(t, 'config.json', JSON.stringify(earlier))
	using model = await loadModel(folder)
	t.like(model.training!.config, {
		cutGap: 0,
		secondConv: null,
		pooling: 'attention',
		profileDropout: 0,
		extraFeatures: 0,
	})
	t.like(model.info, { cutGap: 0, secondConv: null, pooling: 'attention' })
	await t.notThrowsAsync(resume(folder))
})

test('a bad line of metrics.jsonl is told with its number, and half a line at the end is not bad', async (t) => {
	const lines = readFileSync(join(whole, 'metrics.jsonl'), 'utf8')
	for (const line of ['{"member":1,', '3', '']) {
		const folder = damaged(t, 'metrics.jsonl', lines.replace('\n', `\n${line}\n`))
		const error = await t.throwsAsync<SublocError>(loadModel(folder), { code: 'INVALID_CONFIG' })
		t.like(error, { file: join(folder, 'metrics.jsonl'), line: 2 })
	}
	using model = await loadModel(damaged(t, 'metrics.jsonl', `${lines}{"member":1,`))
	t.is(model.training!.history.length, 3)
})

test('a run of which a file is missing is not resumed, and the file is named', async (t) => {
	for (const name of ['config.json', 'run.json', 'splits.tsv']) {
		const folder = damaged(t, name, null)
		const error = await t.throwsAsync<SublocError>(resume(folder), { code: 'INVALID_CONFIG', message: /is missing/ })
		t.is(error!.file, join(folder, name))
	}
})

test('a checkpoint whose history is damaged is INVALID_MODEL with its path', async (t) => {
	const folder = damaged(t, 'DONE', null)
	const file = new RunFolder(folder).file('checkpoint')
	const bytes = readFileSync(file)
	// JSON in a string of JSON in a string of JSON; as long as it was, so that the header's length is right.
	const at = bytes.indexOf('"history\\":[\\"{')
	t.true(at > 0)
	bytes[bytes.indexOf('{', at)] = '['.charCodeAt(0)
	writeFileSync(file, bytes)
	const error = await t.throwsAsync<SublocError>(resume(folder), { code: 'INVALID_MODEL' })
	t.is(error!.file, file)
})
