import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'
import {
	crossValidate,
	type EpochReport,
	heldOutRecords,
	loadModel,
	predictAll,
	RunFolder,
	type SublocError,
	stratifiedFolds,
	syntheticDataset,
	train,
} from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'

const dataset = smallDataset()

test('a run is awaitable and iterable: every epoch, then the model', async (t) => {
	const run = train(dataset, SMALL)
	const epochs: number[] = []
	for await (const { epoch, trainingLoss, testAccuracy, validationLoss } of run) {
		epochs.push(epoch)
		t.true(trainingLoss > 0 && testAccuracy! >= 0 && validationLoss === null)
	}
	t.deepEqual(epochs, [1, 2, 3])
	using model = await run
	t.like(model.info, { kind: 'r-lstm', members: 1, hidden: 6, dense: 12, seeds: ['1'] })
	t.deepEqual(model.classes, dataset.classes)
	// A loop that begins late still sees all.
	const late: number[] = []
	for await (const { epoch } of run) late.push(epoch)
	t.deepEqual(late, [1, 2, 3])
})

test('a run folder holds all that the run was, and equal runs write equal bytes', async (t) => {
	const folder = temporaryFolder(t)
	const names = ['model.safetensors', 'metrics.jsonl', 'splits.tsv', 'config.json'] as const
	for (const [name, threads] of [
		['one', 1],
		['two', 2],
	] as const) {
		;(await train(dataset, { ...SMALL, threads, output: join(folder, name) })).close()
		t.true(existsSync(join(folder, name, 'DONE')))
	}
	for (const name of names)
		t.deepEqual(readFileSync(join(folder, 'one', name)), readFileSync(join(folder, 'two', name)), name)
	const lines = readFileSync(join(folder, 'one/metrics.jsonl'), 'utf8').trim().split('\n')
	t.is(lines.length, 3)
	t.is(JSON.parse(lines[2]!).epoch, 3)
	const info = JSON.parse(readFileSync(join(folder, 'one/run.json'), 'utf8'))
	t.like(info, { split: { by: 'stratified', fold: null }, seeds: ['1'], dataset: { digest: dataset.digest } })
})

test('the resolved configuration of a run gives the same run again', async (t) => {
	const folder = temporaryFolder(t)
	;(await train(dataset, { ...SMALL, output: join(folder, 'first') })).close()
	const config = JSON.parse(readFileSync(join(folder, 'first/config.json'), 'utf8'))
	;(await train(dataset, { ...config, threads: 1, output: join(folder, 'again') })).close()
	t.deepEqual(
		readFileSync(join(folder, 'again/model.safetensors')),
		readFileSync(join(folder, 'first/model.safetensors')),
	)
})

test('a stopped run that is resumed gives the bytes of one that was not stopped', async (t) => {
	const folder = temporaryFolder(t)
	const options = { ...SMALL, epochs: 40, members: 2 }
	;(await train(dataset, { ...options, output: join(folder, 'whole') })).close()
	const output = join(folder, 'stopped')
	for (const steps of [1, 4, 7]) {
		const controller = new AbortController()
		const reason = new Error('enough')
		let seen = 0
		const onProgress = () => {
			if (++seen === steps) controller.abort(reason)
		}
		const error = await t.throwsAsync(
			async () => await train(dataset, { ...options, output, resume: true, signal: controller.signal, onProgress }),
		)
		t.is(error, reason)
		t.true(existsSync(join(output, 'checkpoint/state.safetensors')))
	}
	// A crash may lose lines that the checkpoint still knows.
	writeFileSync(join(output, 'metrics.jsonl'), '')
	;(await train(dataset, { ...options, output, resume: true })).close()
	for (const name of ['model.safetensors', 'metrics.jsonl']) {
		t.deepEqual(readFileSync(join(output, name)), readFileSync(join(folder, 'whole', name)), name)
	}
})

test('members of an ensemble are what each is alone', async (t) => {
	const folder = temporaryFolder(t)
	using joint = await train(dataset, { ...SMALL, members: 2 })
	using second = await train(dataset, { ...SMALL, members: 2, member: 2, output: folder })
	t.deepEqual(second.info.seeds, ['2'])
	using first = await train(dataset, SMALL)
	const [both, one, two] = await Promise.all(
		[joint, first, second].map((model) => predictAll(model, dataset.records.slice(0, 8))),
	)
	for (const [at, { probabilities, spread }] of both!.entries()) {
		const mean = (own: string) => (one![at]!.probabilities![own]! + two![at]!.probabilities![own]!) / 2
		for (const own of dataset.classes) t.is(probabilities![own], mean(own))
		t.true(spread! >= 0)
	}
})

test('a cross-validation predicts each record with models that never saw it', async (t) => {
	const run = crossValidate(dataset, { ...SMALL, folds: 3 })
	const seen = new Set<string>()
	for await (const { fold, epoch } of run) seen.add(`${fold}/${epoch}`)
	t.deepEqual([...seen].sort(), ['1/1', '1/2', '1/3', '2/1', '2/2', '2/3', '3/1', '3/2', '3/3'])
	const { predictions, models, split } = await run
	t.deepEqual(
		predictions.map(({ id }) => id),
		dataset.records.map(({ id }) => id),
	)
	// Fold 2's model is the one that `train` gives for that fold.
	using alone = await train(dataset, { ...SMALL, split: stratifiedFolds(dataset, { folds: 3, seed: 1 }), fold: 2 })
	const rows = dataset.records.map((_, row) => row).filter((row) => split.parts[row] === 2)
	const found = await predictAll(
		alone,
		rows.map((row) => dataset.records[row]!),
	)
	t.deepEqual(
		found.map(({ probabilities }) => probabilities),
		rows.map((row) => predictions[row]!.probabilities),
	)
	for (const model of models) model.close()
})

test('aborting rejects with the signal’s reason, in the middle of a batch too', async (t) => {
	const large = syntheticDataset({ perClass: 40, length: [800, 900] })
	const controller = new AbortController()
	const reason = new Error('stop')
	const times: number[] = []
	const onProgress = () => {
		times.push(performance.now())
		if (times.length === 3) controller.abort(reason)
	}
	const run = train(large, { preset: 'quick', batchSize: 64, signal: controller.signal, threads: 1, onProgress })
	const error = await t.throwsAsync(async () => await run)
	const [stopped, [, before, asked]] = [performance.now(), times]
	t.is(error, reason)
	t.is(times.length, 3, 'the batch after it was not finished')
	t.true(stopped - asked! < 0.7 * (asked! - before!), 'and took less time than the one before')
})

test('leaving the loop stops the run', async (t) => {
	const run = train(dataset, { ...SMALL, epochs: 100_000 })
	for await (const _ of run) break
	await t.throwsAsync(async () => await run, { code: 'CANCELLED' })
})

test('a failure reaches the loop, and a run that nobody watches ends no process', async (t) => {
	const run = train(dataset, { ...SMALL, hidden: 0 })
	await t.throwsAsync(
		async () => {
			for await (const _ of run);
		},
		{ code: 'INVALID_OPTION' },
	)
	const script = `import { syntheticDataset, train } from 'subloc-native'
		train(syntheticDataset({ perClass: 2 }), { hidden: 0 })
		setTimeout(() => console.log('alive'), 300)`
	const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
		encoding: 'utf8',
		cwd: join(import.meta.dirname, '../..'),
	})
	t.is(stdout, 'alive\n', stderr)
})

test('a training that diverges says so, and keeps the checkpoint', async (t) => {
	const output = temporaryFolder(t)
	const error = await t.throwsAsync<SublocError>(
		// A weight decay of 10 a step turns every weight into its ninefold, with the other sign.
		async () =>
			await train(dataset, {
				...SMALL,
				members: 2,
				output,
				optimizer: { learningRate: 10, weightDecay: 1 },
				epochs: 40,
			}),
	)
	t.is(error!.code, 'TRAINING_DIVERGED', error!.message)
	t.true(existsSync(join(output, 'checkpoint/state.safetensors')))
})

const refuses = test.macro<[title: string, options: object, code: string, message: RegExp]>({
	async exec(t, _, options, code, message) {
		await t.throwsAsync(async () => await train(dataset, { ...SMALL, ...options }), { code, message })
	},
	title: (_, title) => `refuses ${title}`,
})
test(refuses, 'a member that is not there', { members: 2, member: 3 }, 'INVALID_OPTION', /member/)
test(refuses, 'a fold without folds', { fold: 2 }, 'INVALID_OPTION', /fold/)
test(refuses, 'a split file that is not there', { split: 'nowhere.tsv' }, 'INPUT_MISSING', /no such file/)
test(
	refuses,
	'profiles that are not there',
	{ blocks: ['onehot', 'profile'], profiles: 'nowhere' },
	'INPUT_MISSING',
	/no such file/,
)
test(refuses, 'an unknown backend', { backend: 'abacus' }, 'INVALID_OPTION', /backend/)
test(refuses, 'no threads', { threads: 0 }, 'INVALID_OPTION', /threads/)
test(refuses, 'weights for a class that is not there', { classWeights: { Moon: 2 } }, 'INVALID_OPTION', /Moon/)
test(refuses, 'an output below a regular file', { output: join(import.meta.filename, 'x') }, 'IO', /not a folder/)

test('an option that does not fit the dataset is refused before anything is written', async (t) => {
	const output = join(temporaryFolder(t), 'run')
	await t.throwsAsync(async () => await train(dataset, { ...SMALL, classWeights: { Moon: 2 }, output }), {
		code: 'INVALID_OPTION',
	})
	t.false(existsSync(output))
})

test('resuming where there is no run begins anew, with a warning that says so', async (t) => {
	const folder = temporaryFolder(t)
	const warnings: string[] = []
	const options = { ...SMALL, resume: true, onWarning: (warning: string) => warnings.push(warning) }
	;(await train(dataset, { ...options, output: join(folder, 'new') })).close()
	t.is(warnings.length, 1)
	t.regex(warnings[0]!, /new holds no run that could be resumed: the training begins anew/)
	// A run that is there is resumed without a word.
	;(await train(dataset, { ...options, output: join(folder, 'new') })).close()
	t.is(warnings.length, 1)
	;(await train(dataset, { ...options, resume: false, output: join(folder, 'other') })).close()
	t.is(warnings.length, 1)
})

test('only a resumed run removes what a killed one has left, and of its own files alone', async (t) => {
	const output = temporaryFolder(t)
	const names = () =>
		readdirSync(output, { recursive: true })
			.map(String)
			.filter((name) => name.endsWith('.tmp'))
			.sort()
	const put = (places: readonly string[]) => {
		for (const place of places) {
			mkdirSync(dirname(join(output, place)), { recursive: true })
			writeFileSync(join(output, place), 'x')
		}
	}
	const users = ['a.2024.tmp', '.a.2024.tmp', 'config.json.7.tmp', '.config.json.7a.tmp', 'figures/b.2024.tmp'].sort()
	const ours = [
		...['.config.json.7.tmp', '.DONE.7.tmp', 'model.safetensors.7.tmp'],
		...['checkpoint/state.safetensors.7.tmp', 'figures/.confusion.svg.7.tmp'],
	]
	put(users)
	;(await train(dataset, { ...SMALL, output })).close()
	t.deepEqual(names(), users)
	const all = [...users, ...ours].sort()
	put(ours)
	await t.throwsAsync(async () => await train(dataset, { ...SMALL, output }), { message: /holds a run already/ })
	t.deepEqual(names(), all)
	await t.throwsAsync(async () => await train(dataset, { ...SMALL, hidden: 7, output, resume: true }), {
		message: /another value of hidden/,
	})
	t.deepEqual(names(), all)
	;(await train(dataset, { ...SMALL, output, resume: true })).close()
	t.deepEqual(names(), users)
})

test('a folder with a run is not written over, and a different run is not resumed', async (t) => {
	const output = temporaryFolder(t)
	;(await train(dataset, { ...SMALL, output })).close()
	const before = readFileSync(join(output, 'model.safetensors'))
	await t.throwsAsync(async () => await train(dataset, { ...SMALL, output }), {
		code: 'INVALID_OPTION',
		message: /holds a run/,
	})
	const resume =
		(options: object, data = dataset) =>
		async () =>
			await train(data, { ...SMALL, ...options, output, resume: true })
	await t.throwsAsync(resume({ hidden: 7 }), { code: 'INVALID_CONFIG', message: /hidden/ })
	await t.throwsAsync(resume({}, smallDataset(7)), { code: 'INVALID_CONFIG', message: /other records/ })
	t.deepEqual(readFileSync(join(output, 'model.safetensors')), before)
	// A finished run that is resumed is just there.
	using model = await train(dataset, { ...SMALL, output, resume: true })
	t.is(model.info.members, 1)
})

test('a damaged checkpoint is INVALID_MODEL and stays as it is', async (t) => {
	const output = temporaryFolder(t)
	;(await train(dataset, { ...SMALL, output })).close()
	rmSync(join(output, 'DONE'))
	const path = join(output, 'checkpoint/state.safetensors')
	const damaged = readFileSync(path).subarray(0, 1000)
	writeFileSync(path, damaged)
	const error = await t.throwsAsync<SublocError>(async () => await train(dataset, { ...SMALL, output, resume: true }), {
		code: 'INVALID_MODEL',
	})
	t.is(error!.file, path)
	t.deepEqual(readFileSync(path), damaged)
})

test('early stopping keeps the best epoch; averaging, schedules and weights run', async (t) => {
	const epochs: EpochReport[] = []
	const run = train(dataset, {
		...{
			...SMALL,
			epochs: 30,
			validationFraction: 0.2,
			earlyStopping: { patience: 2 },
			weightAveraging: { decay: 0.9 },
			bucketBatches: 2,
		},
		...{
			schedule: { kind: 'cosine', warmupEpochs: 1, finalFraction: 0.1 },
			classWeights: 'balanced',
			labelSmoothing: 0.1,
			forgetBias: 1,
		},
		...{ initialWeights: { kind: 'orthogonal' }, dropout: { residues: 0.1 }, model: 'a-lstm' },
	})
	for await (const epoch of run) epochs.push(epoch)
	using model = await run
	t.is(model.info.kind, 'a-lstm')
	t.true(epochs.every(({ validationLoss }) => validationLoss! > 0))
	const best = epochs.reduce((a, b) => (b.validationLoss! < a.validationLoss! ? b : a))
	t.true(epochs.length === 30 || epochs.length === best.epoch + 2)
})

test('a model is saved, loaded and closed', async (t) => {
	const output = join(temporaryFolder(t), 'deep/run')
	const model = await train(dataset, SMALL)
	await model.save(output)
	const loaded = await loadModel(output)
	t.deepEqual(loaded.info, model.info)
	t.deepEqual(loaded.training, model.training)
	const records = dataset.records.slice(0, 5)
	t.deepEqual(await predictAll(loaded, records), await predictAll(model, records))
	using lone = await loadModel(new RunFolder(output).file('model'))
	t.is(lone.training, null)
	model.close()
	await t.throwsAsync(predictAll(model, records), { code: 'INVALID_OPTION', message: /closed/ })
	loaded.close()
})

test('a model that is not there, is foreign, or ends early is INVALID_MODEL with its path', async (t) => {
	const folder = temporaryFolder(t)
	;(await train(dataset, { ...SMALL, epochs: 1, output: folder })).close()
	const path = join(folder, 'model.safetensors')
	const whole = readFileSync(path)
	for (const bytes of [
		whole.subarray(0, 0),
		whole.subarray(0, 100),
		whole.subarray(0, whole.length - 1),
		Buffer.from('PK\x03\x04 zip'),
		Buffer.from(whole.toString('latin1').replace('\\"onehot\\"', '\\"onehat\\"'), 'latin1'),
	]) {
		t.notDeepEqual(bytes, whole)
		writeFileSync(path, bytes)
		const error = await t.throwsAsync<SublocError>(loadModel(folder), { code: 'INVALID_MODEL' })
		t.is(error!.file, path)
	}
	rmSync(path)
	await t.throwsAsync(loadModel(folder), { code: 'INVALID_MODEL', message: /has not finished.*--resume/ })
	await t.throwsAsync(loadModel(temporaryFolder(t)), { code: 'INVALID_MODEL', message: /no run folder/ })
	await t.throwsAsync(loadModel(join(folder, 'nowhere')), { code: 'INVALID_MODEL' })
})

test('a run is not resumed with another fold, member, or other profiles', async (t) => {
	const split = stratifiedFolds(dataset, { folds: 3, seed: 1 })
	const refused = async (first: object, then: object, message: RegExp) => {
		const output = join(temporaryFolder(t), 'run')
		;(await train(dataset, { ...SMALL, epochs: 1, ...first, output })).close()
		const again = async () => await train(dataset, { ...SMALL, epochs: 1, ...then, output, resume: true })
		await t.throwsAsync(again, { code: 'INVALID_CONFIG', message })
	}
	const profiles = (value: number) => ({
		rows: async (_: string, s: string) => new Uint8Array(20 * s.length).fill(value),
	})
	const blocks = ['onehot', 'profile']
	await refused({ split, fold: 1 }, { split, fold: 2 }, /fold 1, not 2/)
	await refused({ members: 3, member: 2 }, { members: 3, member: 3 }, /member 2, not 3/)
	await refused({ blocks, profiles: profiles(1) }, { blocks, profiles: profiles(2) }, /profiles/)
})

test('a listener that throws ends the run with its error', async (t) => {
	const broken = new Error('listener')
	const onProgress = () => {
		throw broken
	}
	t.is(await t.throwsAsync(async () => await train(dataset, { ...SMALL, epochs: 1000, onProgress })), broken)
})

test('what a training held out is known, and a model is not saved over a run', async (t) => {
	const folder = temporaryFolder(t)
	using model = await train(dataset, { ...SMALL, epochs: 1, output: join(folder, 'run') })
	const held = await heldOutRecords(model, dataset)
	t.is(held.length, model.training!.info.rows.test)
	await t.throwsAsync(heldOutRecords(model, smallDataset(7)), { code: 'INVALID_SPLIT' })
	await t.throwsAsync(model.save(join(folder, 'run')), { code: 'INVALID_OPTION', message: /holds a run/ })
})
