import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { loadConfig, parseConfig } from '../../src-ts/config/load.js'
import { configurationPage } from '../../src-ts/config/page.js'
import { PRESETS } from '../../src-ts/config/presets.js'
import { resolveConfig } from '../../src-ts/config/resolve.js'
import { type ConfigFile, configJsonSchema, trainingConfigSchema } from '../../src-ts/config/schema.js'
import { withSettings } from '../../src-ts/config/settings.js'
import type { SublocError } from '../../src-ts/errors.js'
import { temporaryFolder } from '../support/folder.js'

const resolve = (options: ConfigFile = {}, hasProfiles = false) => resolveConfig(options, { hasProfiles })

test('every preset is a complete configuration', (t) => {
	for (const preset of Object.values(PRESETS)) t.deepEqual(trainingConfigSchema.parse(preset), preset)
})

test('the paper preset has the readings of the method page', (t) => {
	t.like(PRESETS.paper, {
		hidden: 200,
		epochs: 100,
		batchSize: 64,
		clipNorm: null,
		forgetBias: 0,
		bucketBatches: 1,
		testFraction: 0.2,
	})
	t.deepEqual(PRESETS.paper.optimizer, { learningRate: 2e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 })
	t.deepEqual(PRESETS.paper.initialWeights, { kind: 'uniform', range: 0.05 })
	t.deepEqual(PRESETS.paper.dropout, { residues: 0, lstmInput: 0.5, denseInput: 0.5, softmaxInput: 0.5 })
	t.deepEqual(PRESETS.paper.filterWidths, [1, 3, 5, 9, 15, 21])
})

test('what is given wins over the preset, parts of a group too', (t) => {
	const { config } = resolve({ preset: 'quick', hidden: 8, optimizer: { learningRate: 0.01 } })
	t.is(config.hidden, 8)
	t.deepEqual(config.optimizer, { ...PRESETS.quick.optimizer, learningRate: 0.01 })
	t.is(config.epochs, PRESETS.quick.epochs)
})

test('a resolved configuration resolves to itself', (t) => {
	for (const preset of ['paper', 'modern', 'quick'] as const) {
		const { config } = resolve({ preset })
		t.deepEqual(resolve(config), { config, warnings: [] })
	}
})

test('without profiles the preset’s profile block goes, with one warning; by name it is an error', (t) => {
	const { config, warnings } = resolve({ preset: 'paper' })
	t.deepEqual(config.blocks, ['onehot', 'blosum80', 'hsdm'])
	t.is(warnings.length, 1)
	t.deepEqual(resolve({ preset: 'paper' }, true).config.blocks, ['onehot', 'blosum80', 'hsdm', 'profile'])
	t.throws(() => resolve({ blocks: ['onehot', 'profile'] }), { code: 'INVALID_OPTION', message: /profiles/ })
})

const refuses = test.macro<[title: string, options: object, option: string]>({
	exec(t, _, options, option) {
		const error = t.throws<SublocError>(() => resolve(options as ConfigFile))
		t.is(error!.code, 'INVALID_OPTION')
		t.is(error!.facts.option, option, error!.message)
	},
	title: (_, title) => `refuses ${title}`,
})
test(refuses, 'an unknown option', { hiden: 3 }, 'hiden')
test(refuses, 'an unknown part of a group', { optimizer: { momentum: 1 } }, 'optimizer.momentum')
test(refuses, 'no hidden units', { hidden: 0 }, 'hidden')
test(refuses, 'half a hidden unit', { hidden: 1.5 }, 'hidden')
test(refuses, 'a dropout of 1', { dropout: { lstmInput: 1 } }, 'dropout.lstmInput')
test(refuses, 'a number as text', { epochs: '5' }, 'epochs')
test(refuses, 'an unknown preset', { preset: 'fast' }, 'preset')
test(refuses, 'a block twice', { blocks: ['onehot', 'onehot'] }, 'blocks')
test(refuses, 'no blocks', { blocks: [] }, 'blocks')
test(refuses, 'a filter width twice', { filterWidths: [3, 3] }, 'filterWidths')
test(refuses, 'early stopping without validation records', { earlyStopping: { patience: 3 } }, 'earlyStopping')
test(
	refuses,
	'a learning rate that is not finite',
	{ optimizer: { learningRate: Number.POSITIVE_INFINITY } },
	'optimizer.learningRate',
)

test('YAML and JSON files say the same', async (t) => {
	const folder = temporaryFolder(t)
	const value = { preset: 'quick', hidden: 8, optimizer: { learningRate: 0.01 }, clipNorm: null } as const
	writeFileSync(
		join(folder, 'a.yaml'),
		'preset: quick # comment\nhidden: 8\noptimizer:\n  learningRate: 1e-2\nclipNorm: null\n',
	)
	writeFileSync(join(folder, 'a.json'), JSON.stringify(value))
	t.deepEqual(await loadConfig(join(folder, 'a.yaml')), value)
	t.deepEqual(await loadConfig(join(folder, 'a.json')), value)
	await t.throwsAsync(loadConfig(join(folder, 'b.yaml')), { code: 'INPUT_MISSING' })
	t.deepEqual(parseConfig('', 'empty.yaml'), {})
})

test('a JSON file may name its schema, which is no part of the configuration', (t) => {
	const file = parseConfig('{ "$schema": "../schema/config.schema.json", "preset": "quick", "hidden": 8 }', 'a.json')
	t.deepEqual(resolve(file), resolve({ preset: 'quick', hidden: 8 }))
	t.false('$schema' in resolve(file).config)
	t.throws(() => parseConfig('{ "$schema": 3 }', 'a.json'), { code: 'INVALID_CONFIG' })
})

test('a setting of a part of a group keeps the rest of it, from the preset, the file, or the settings before', (t) => {
	const set = (config: ConfigFile, ...settings: string[]) => resolve(withSettings(config, settings)).config
	const cosine = { kind: 'cosine', warmupEpochs: 1, finalFraction: 0.02 } as const
	t.deepEqual(PRESETS.modern.schedule, cosine)
	t.deepEqual(set({}, 'schedule.finalFraction=0.1').schedule, { ...cosine, finalFraction: 0.1 })
	t.deepEqual(set({ preset: 'paper' }, 'initialWeights.range=0.1').initialWeights, { kind: 'uniform', range: 0.1 })
	t.deepEqual(set({}, 'preset=paper', 'initialWeights.range=0.1').initialWeights, { kind: 'uniform', range: 0.1 })
	const step = { kind: 'step', everyEpochs: 5, factor: 0.5 } as const
	t.deepEqual(set({ schedule: step }, 'schedule.factor=0.1').schedule, { ...step, factor: 0.1 })
	// Another kind, in any order of its parts; nothing of the cosine stays.
	t.deepEqual(set({}, 'schedule.factor=0.5', 'schedule.kind=step', 'schedule.everyEpochs=5').schedule, step)
	t.deepEqual(set({}, 'schedule={ kind: step, everyEpochs: 5, factor: 0.5 }').schedule, step)
	t.deepEqual(set({}, 'classWeights.ER=2', 'classWeights.nuclear=3').classWeights, { ER: 2, nuclear: 3 })
	t.is(set({}, 'weightAveraging=null').weightAveraging, null)
	t.is(set({}, 'optimizer.beta1=0.8').optimizer.beta2, 0.999)
	t.deepEqual(set({}, 'filterWidths=[1, 3]').filterWidths, [1, 3])
	t.deepEqual(withSettings({ hidden: 3 }, []), { hidden: 3 })
})

test('a wrong setting is told with its text, among others that are right', (t) => {
	const told = (setting: string, option: string) => {
		const settings = ['hidden=8', setting, 'seed=3']
		const error = t.throws<SublocError>(() => withSettings({}, settings), { code: 'INVALID_CONFIG' }, setting)
		t.like(error!.facts, { file: `--set ${setting}`, option })
	}
	told('optimizer.learningRate=fast', 'optimizer.learningRate')
	told('schedule.finalFraction=2', 'schedule.finalFraction')
	told('schedule.factor=0.5', 'schedule.factor')
	told('hiden=3', 'hiden')
	told('clipNorm=.inf', 'clipNorm')
	told('preset=fast', 'preset')
	for (const syntax of ['filterWidths=[1', 'hidden=*nothing']) {
		const error = t.throws<SublocError>(() => withSettings({}, [syntax]), { code: 'INVALID_CONFIG' })
		t.is(error!.file, `--set ${syntax}`)
	}
	t.throws(() => withSettings({}, ['hidden']), { code: 'INVALID_OPTION', message: /path=value/ })
})

const refusesFile = test.macro<[title: string, text: string, line: number, option: string | undefined]>({
	exec(t, _, text, line, option) {
		const error = t.throws<SublocError>(() => parseConfig(text, 'x.yaml'))
		t.like(error, { code: 'INVALID_CONFIG', file: 'x.yaml', line }, error!.message)
		t.is(error!.facts.option, option)
	},
	title: (_, title) => `a file with ${title} is refused with its line`,
})
test(refusesFile, 'a wrong value', 'preset: quick\nhidden: -1\n', 2, 'hidden')
test(refusesFile, 'an unknown option', 'preset: quick\n\nhiden: 3\n', 3, 'hiden')
test(
	refusesFile,
	'a wrong value in a group',
	'optimizer:\n  beta1: 0.9\n  learningRate: fast\n',
	3,
	'optimizer.learningRate',
)
test(refusesFile, 'broken syntax', 'preset: quick\nhidden: [1\n', 3, undefined)
test(refusesFile, 'a wrong value in JSON', '{\n  "hidden": 8,\n  "epochs": 0\n}\n', 3, 'epochs')

test('the committed JSON Schema is what the schema says', (t) => {
	const path = join(import.meta.dirname, '../../schema/config.schema.json')
	t.deepEqual(JSON.parse(readFileSync(path, 'utf8')), configJsonSchema(), 'run `npm run api`')
})

test('the committed page of the configuration is what schema and presets say', (t) => {
	const path = join(import.meta.dirname, '../../docs/configuration.md')
	t.is(readFileSync(path, 'utf8'), configurationPage(), 'run `npm run api`')
})

test('an unknown key is told with those of its group, and with the one that was meant', (t) => {
	for (const [text, words] of [
		['hiden: 3', /hiden: there is no such option; there are .*hidden.*; did you mean hidden\?/],
		[
			'optimizer: { learningrate: 1 }',
			/optimizer\.learningrate: .*there are learningRate, beta1.*; did you mean learningRate\?/,
		],
		['dropout: { lstmInputs: 0.1 }', /dropout\.lstmInputs: .*; did you mean lstmInput\?/],
		['moon: 1', /moon: there is no such option; there are [^;]*$/],
	] as const) {
		t.throws(() => parseConfig(text, 'my.yaml'), { code: 'INVALID_CONFIG', message: words }, text)
	}
})

test('options beyond the paper are checked together', (t) => {
	t.throws(() => resolve({ model: 'r-lstm', pooling: 'attention+last' }), {
		code: 'INVALID_OPTION',
		message: /^pooling: .*a-lstm/,
	})
	t.is(resolve({ model: 'a-lstm', pooling: 'attention+last' }).config.pooling, 'attention+last')
	// The preset's own gives way.
	t.is(resolve({ preset: 'modern' }).config.pooling, 'attention+last')
	t.is(resolve({ preset: 'modern', model: 'r-lstm' }).config.pooling, 'attention')
	const secondConv = { widths: [3, 7, 3], filtersPerWidth: 5 }
	t.throws(() => resolve({ secondConv }), { code: 'INVALID_OPTION', message: /^secondConv\.widths: .*twice/ })
	t.throws(() => resolve({ secondConv: { ...secondConv, widths: [] } }), { message: /^secondConv\.widths/ })
	t.throws(() => resolve({ cutGap: 1001 }), { code: 'INVALID_OPTION', message: /^cutGap/ })
	const config = withSettings({}, ['secondConv.widths=[3, 7]', 'secondConv.filtersPerWidth=20'])
	t.deepEqual(config.secondConv, { widths: [3, 7], filtersPerWidth: 20 })
})
