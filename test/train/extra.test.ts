/** Own numbers of residues and dropped profiles, from training to prediction. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import {
	type CrossValidateOptions,
	crossValidate,
	type Dataset,
	type ExtraSource,
	evaluatePredictions,
	explain,
	filterMatrices,
	impliedProfile,
	loadModel,
	methionineEffects,
	predictAll,
	proteinStates,
	report,
	type TrainOptions,
	train,
} from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'
import { npy, npzOf } from '../support/npy.js'
import { subloc } from '../support/subloc.js'

const dataset = smallDataset(12)

/** Columns that tell the class, about 1000 as a careless embedding may be, and one that tells nothing. */
function valuesOf({ records, classes }: Dataset, id: string): number[] {
	const record = records.find((record) => record.id === id)!
	const own = classes.indexOf(record.class)
	const row = (at: number) => [...classes.map((_, label) => 1000 + (label === own ? 5 : 0) + ((at * 7 + label) % 3)), 4]
	return Array.from({ length: record.sequence.length }, (_, at) => row(at)).flat()
}
const columns = dataset.classes.length + 1
const source: ExtraSource = {
	rows: async (id, sequence) =>
		dataset.records.some((record) => record.id === id)
			? { data: Float32Array.from(valuesOf(dataset, id)), shape: [sequence.length, columns] }
			: null,
}
const OPTIONS = { ...SMALL, epochs: 25, hidden: 8, optimizer: { learningRate: 1e-2 } } satisfies TrainOptions

test('a model learns from own numbers, keeps their width and scale, and predicts the same bits from its files', async (t) => {
	const folder = join(temporaryFolder(t), 'run')
	// Without its letters a sequence tells nothing but its length.
	const blank = {
		...dataset,
		records: dataset.records.map((record) => ({ ...record, sequence: 'A'.repeat(record.sequence.length) })),
	}
	using model = await train(blank, { ...OPTIONS, extra: source, output: folder })
	t.is(model.info.extraFeatures, columns)
	t.is(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')).extraFeatures, columns)
	t.regex(model.training!.info.extraDigest!, /^[0-9a-f]{64}$/)
	const predictions = await predictAll(model, blank.records, { extra: source, threads: 1 })
	const { accuracy } = evaluatePredictions(blank.records, predictions, model.classes, 'all')
	t.true(accuracy > 0.8, `accuracy ${accuracy}`)
	using lone = await loadModel(join(folder, 'model.safetensors'))
	t.deepEqual(await predictAll(lone, blank.records, { extra: source, threads: 1 }), predictions)
	using resumed = await train(blank, { ...OPTIONS, extra: source, output: folder, resume: true })
	t.deepEqual(resumed.info, model.info)
	const others: ExtraSource = {
		rows: async (_, { length }) => ({ data: new Float32Array(length * columns), shape: [length, columns] }),
	}
	await t.throwsAsync(async () => train(blank, { ...OPTIONS, extra: others, output: folder, resume: true }), {
		code: 'INVALID_CONFIG',
		message: /own numbers/,
	})
})

test('numbers that are missing or do not fit are the record’s problem, another width that of all', async (t) => {
	using model = await train(dataset, { ...SMALL, epochs: 1, extra: source })
	const [record] = dataset.records as [(typeof dataset.records)[number]]
	const told = await t.throwsAsync(predictAll(model, [record]), {
		code: 'INVALID_OPTION',
		message: /reads \d+ own numbers a residue/,
	})
	t.like(told, { facts: { option: 'extra', expected: columns } })
	const wide: ExtraSource = {
		rows: async (_, { length }) => ({ data: new Float32Array(length * 3), shape: [length, 3] }),
	}
	const wrong = await t.throwsAsync(predictAll(model, [record], { extra: wide }), { code: 'INVALID_FEATURES' })
	t.like(wrong, { facts: { record: record.id, expected: columns, found: 3 } })
	const stranger = { id: 'stranger', sequence: 'MKV' }
	const found = await predictAll(model, [stranger, record], { extra: source, threads: 1 })
	t.deepEqual(
		found.map(({ status }) => status),
		['skipped', 'ok'],
	)
	t.is(found[0]!.problem!.code, 'INVALID_FEATURES')
	await t.throwsAsync(predictAll(model, [stranger], { extra: source, onProblem: 'fail' }), { code: 'INVALID_FEATURES' })
	// What changes a sequence, or its filters, is refused.
	const refused = { code: 'INVALID_OPTION', message: /own numbers/ }
	await t.throwsAsync(async () => explain(model, [record], { extra: source }).next(), refused)
	await t.throwsAsync(methionineEffects(model, [record], found, { extra: source }), refused)
	t.throws(() => filterMatrices(model), refused)
	// What reads proteins as they are is not.
	const states = await proteinStates(model, [record], { extra: source, threads: 1 })
	t.truthy(states)
	t.regex((await report(model, { proteins: [record], extra: source, threads: 1 })).html, /^<!doctype html>/i)
})

test('a configuration with a width wants numbers of that width', async (t) => {
	const missing = await t.throwsAsync(async () => train(dataset, { ...SMALL, extraFeatures: 7 }), {
		code: 'INVALID_OPTION',
	})
	t.like(missing, { facts: { option: 'extra', expected: 7 } })
	const other = await t.throwsAsync(async () => train(dataset, { ...SMALL, extraFeatures: 7, extra: source }), {
		code: 'INVALID_FEATURES',
	})
	t.like(other, { facts: { expected: 7, found: columns } })
})

test('more than 20,000 columns are refused, in a configuration and in arrays', async (t) => {
	const wide: ExtraSource = {
		rows: async (_, { length }) => ({ data: new Float32Array(length * 20_001), shape: [length, 20_001] }),
	}
	await t.throwsAsync(async () => train(dataset, { ...SMALL, extraFeatures: 20_001, extra: wide }), {
		code: 'INVALID_OPTION',
		message: /extraFeatures/,
	})
	const error = await t.throwsAsync(async () => train(dataset, { ...SMALL, extra: wide }), { code: 'INVALID_FEATURES' })
	t.like(error, { facts: { record: dataset.records[0]!.id, option: 'extra', most: 20_000, found: 20_001 } })
})

test('a cross-validation gives each fold the scale of its own training part, beside profiles', async (t) => {
	const profiles = { rows: async (_: string, sequence: string) => impliedProfile(sequence, 'blosum') }
	const options: CrossValidateOptions = {
		...SMALL,
		blocks: ['onehot', 'profile'],
		epochs: 1,
		folds: 2,
		extra: source,
		profiles,
	}
	const { predictions, models } = await crossValidate(dataset, options)
	t.true(predictions.every(({ status }) => status === 'ok'))
	const folder = temporaryFolder(t)
	const means = []
	for (const [index, model] of models.entries()) {
		await model.save(join(folder, String(index)))
		model.close()
		const bytes = readFileSync(join(folder, String(index), 'model.safetensors'))
		const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString())
		const [from, to] = header['member.0.extra.mean'].data_offsets
		means.push(
			bytes
				.subarray(8 + Number(bytes.readBigUInt64LE()) + from, 8 + Number(bytes.readBigUInt64LE()) + to)
				.toString('hex'),
		)
	}
	t.not(means[0], means[1])
})

test('profile dropout is kept in the model, changes its weights, and needs profiles and what stands in for them', async (t) => {
	const profiles = { rows: async (_: string, sequence: string) => impliedProfile(sequence, 'onehot') }
	const options = { ...SMALL, blocks: ['onehot', 'profile'], epochs: 1, profiles } satisfies TrainOptions
	using always = await train(dataset, { ...options, profileDropout: 1 })
	using implied = await train(dataset, { ...options, profiles: { rows: async () => null } })
	using never = await train(dataset, options)
	t.deepEqual([always.info.profileDropout, never.info.profileDropout], [1, 0])
	// With every profile dropped the training has seen what stands in for a missing one, to the bit.
	const answers = async (model: typeof always) =>
		(await predictAll(model, dataset.records, { threads: 1, profiles })).map(({ probabilities }) => probabilities)
	t.deepEqual(await answers(always), await answers(implied))
	t.notDeepEqual(await answers(always), await answers(never))
	const message = /^profileDropout:/
	await t.throwsAsync(async () => train(dataset, { ...SMALL, profileDropout: 0.5 }), {
		code: 'INVALID_OPTION',
		message,
	})
	await t.throwsAsync(async () => train(dataset, { ...options, profileDropout: 0.5, missingProfile: 'fail' }), {
		code: 'INVALID_OPTION',
		message,
	})
})

test('the command line trains with --extra, and predicts in parts of a file with the same answers', async (t) => {
	const folder = temporaryFolder(t)
	const [data, extra, fasta] = ['data.tsv', 'numbers.npz', 'in.fasta'].map((name) => join(folder, name)) as [
		string,
		string,
		string,
	]
	const { records } = dataset
	writeFileSync(data, `id\tsequence\tclass\n${records.map((r) => `${r.id}\t${r.sequence}\t${r.class}\n`).join('')}`)
	writeFileSync(
		fasta,
		records
			.slice(0, 9)
			.map((r) => `>${r.id}\n${r.sequence}\n`)
			.join(''),
	)
	writeFileSync(
		extra,
		npzOf(Object.fromEntries(records.map(({ id }) => [id, npy(valuesOf(dataset, id), columns, { type: '<f2' })])), 6),
	)
	const run = join(folder, 'run')
	const small = ['--preset', 'quick', '--hidden', '6', '--epochs', '1', '--blocks', 'onehot', '--threads', '1']
	const trained = await subloc(['train', data, '-o', run, ...small, '--extra', extra])
	t.is(trained.code, 0, trained.stderr)
	t.regex((await subloc(['info', run])).stdout, new RegExp(`own numbers: ${columns} a residue`))
	const lacking = await subloc(['predict', fasta, '--model', run])
	t.is(lacking.code, 2)
	t.regex(lacking.stderr, /INVALID_OPTION: extra: the model reads \d+ own numbers a residue/)
	const given = ['--model', run, '--extra', extra, '--threads', '1']
	const whole = await subloc(['predict', fasta, ...given])
	t.is(whole.code, 0, whole.stderr)
	for (const index of [1, 2]) {
		const shard = await subloc(['predict', fasta, ...given, '--shard', `${index}/2`, '-o', join(folder, 'parts')])
		t.is(shard.code, 0, shard.stderr)
	}
	const merged = join(folder, 'merged.tsv')
	const joined = await subloc(['merge', join(folder, 'parts'), '-o', merged])
	t.is(joined.code, 0, joined.stderr)
	t.is(readFileSync(merged, 'utf8'), whole.stdout)
})
