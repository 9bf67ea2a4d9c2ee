import test from 'ava'
import {
	changedRecords,
	clusteredRecords,
	crossValidate,
	evaluate,
	foldedMethionineEffects,
	makeDataset,
	methionineEffects,
	type ProfileSource,
	predictAll,
	train,
} from 'subloc-native'
import { SMALL, smallDataset } from '../support/models.js'

const own = (sequence: string) => ({ id: sequence, sequence })

test('which records are changed, and how', (t) => {
	const records = ['MKV', 'KV', 'M', 'mk', ''].map(own)
	const of = (change: 'removed' | 'added') => changedRecords(records, change).map(({ id, sequence }) => [id, sequence])
	t.deepEqual(of('removed'), [['MKV', 'KV']])
	t.deepEqual(of('added'), [
		['KV', 'MKV'],
		['mk', 'Mmk'],
	])
})

test('the effect is that of predicting the changed proteins', async (t) => {
	const all = smallDataset()
	const dataset = makeDataset(
		all.records.map((record, row) => (row % 3 === 0 ? { ...record, sequence: record.sequence.slice(1) } : record)),
	)
	using model = await train(dataset, { ...SMALL, epochs: 5, optimizer: { learningRate: 0.03 } })
	const predictions = await predictAll(model, dataset.records)
	const effects = await methionineEffects(model, dataset.records, predictions, { bootstrap: { replicates: 50 } })
	for (const effect of effects) {
		const changed = changedRecords(dataset.records, effect.change)
		const after = await predictAll(model, changed)
		const before = changed.map(({ id }) => predictions.find((one) => one.id === id)!)
		const share = (of: typeof after) =>
			of.filter(({ compartment }, at) => compartment === changed[at]!.class).length / of.length
		t.is(effect.records, changed.length)
		t.true(effect.records > 5)
		t.is(effect.before, share(before))
		t.is(effect.after, share(after))
		t.true(Math.abs(effect.difference! - (share(after) - share(before))) < 1e-12)
		t.is(effect.moved, after.filter(({ compartment }, at) => compartment !== before[at]!.compartment).length)
		t.true(effect.interval!.low <= effect.difference! && effect.interval!.high >= effect.difference!)
	}
	const scores = await evaluate(model, dataset, { methionine: true, training: dataset.records, abstain: 0.5 })
	t.deepEqual(
		scores.methionine!.map(({ records }) => records),
		effects.map(({ records }) => records),
	)
	t.deepEqual(
		scores.baselines!.map(({ name }) => name),
		['majority', 'composition', 'motif rules'],
	)
	t.is(scores.selective!.abstained!.threshold, 0.5)
})

test('in a cross-validation each fold is tried with its own models, and clusters are drawn', async (t) => {
	const dataset = smallDataset()
	const { predictions, models, split } = await crossValidate(dataset, {
		...SMALL,
		epochs: 5,
		optimizer: { learningRate: 0.03 },
		folds: 2,
	})
	const bootstrap = { replicates: 50 }
	const [removed] = await foldedMethionineEffects(dataset, split, models, predictions, { bootstrap })
	const own = await Promise.all(
		models.map(async (model, at) => {
			const records = dataset.records.filter((_, row) => split.parts[row] === at + 1)
			return (await methionineEffects(model, records, predictions, { bootstrap }))[0]!
		}),
	)
	const sum = (of: (effect: (typeof own)[0]) => number) => own.reduce((all, effect) => all + of(effect), 0)
	t.is(removed!.records, dataset.records.length)
	t.is(
		removed!.moved,
		sum(({ moved }) => moved),
	)
	t.true(Math.abs(removed!.after! * removed!.records - sum(({ after, records }) => after! * records)) < 1e-9)
	// With the models of the other folds more of them change.
	const swapped = await foldedMethionineEffects(dataset, split, [...models].reverse(), predictions, { bootstrap })
	t.true(swapped[0]!.moved > 2 * removed!.moved && removed!.moved > 0)
	// One cluster of all: every draw is all of it, so that there is no interval.
	const clustered = { ...split, clusters: dataset.records.map(() => 'one') }
	t.deepEqual(new Set(clusteredRecords(dataset, clustered).map(({ cluster }) => cluster)), new Set(['one']))
	t.is(clusteredRecords(dataset, split), dataset.records)
	await t.throwsAsync(foldedMethionineEffects(dataset, split, models.slice(1), predictions), { code: 'INVALID_SPLIT' })
	const [whole] = await foldedMethionineEffects(dataset, clustered, models, predictions, { bootstrap })
	t.is(whole!.interval, null)
	t.is(whole!.difference, removed!.difference)
	for (const model of models) model.close()
})

test('profiles lose and win a row with their residue', async (t) => {
	const dataset = smallDataset()
	const asked: [string, number][] = []
	const profiles: ProfileSource = {
		async rows(id, sequence) {
			asked.push([id, sequence.length])
			return Uint8Array.from({ length: 20 * sequence.length }, (_, at) => at % 200)
		},
	}
	using model = await train(dataset, { ...SMALL, blocks: ['profile'], profiles, epochs: 1 })
	const records = [
		{ ...dataset.records[0]!, id: 'with', sequence: 'MKVL' },
		{ ...dataset.records[1]!, id: 'without', sequence: 'KVL' },
	]
	const predictions = await predictAll(model, records, { profiles })
	asked.length = 0
	const effects = await methionineEffects(model, records, predictions, { profiles, onProblem: 'fail' })
	// The source is asked for the sequences as they are.
	t.deepEqual(asked, [
		['with', 4],
		['without', 3],
	])
	t.deepEqual(
		effects.map(({ records }) => records),
		[1, 1],
	)
})
