import test from 'ava'
import { evaluate, evaluatePredictions, makeDataset, type Prediction, train } from 'subloc-native'
import { SMALL, smallDataset } from '../support/models.js'

const record = (id: string, own: string, cluster = '') => ({
	id,
	description: '',
	sequence: 'MK',
	line: 0,
	class: own,
	fold: '',
	cluster,
	annotations: [],
})
const answer = (id: string, compartment: string | null): Prediction => ({
	...{
		id,
		status: compartment ? 'ok' : 'skipped',
		problem: null,
		missingProfile: false,
		nucleotides: false,
		length: 2,
		compartment,
		probability: 0.5,
		calibrated: null,
		spread: 0,
		relative: null,
		attention: null,
		members: null,
	},
	probabilities: compartment
		? { a: compartment === 'a' ? 0.5 : 0.25, b: compartment === 'b' ? 0.5 : 0.25, c: 0.25 }
		: null,
})

test('clusters count alike, skipped records nowhere', (t) => {
	const records = [
		record('1', 'a', 'x'),
		record('2', 'a', 'x'),
		record('3', 'a'),
		record('4', 'b', 'y'),
		record('5', 'b', 'z'),
	]
	const found = evaluatePredictions(
		records,
		[answer('1', 'a'), answer('2', 'b'), answer('3', 'a'), answer('4', 'b'), answer('5', null)],
		['a', 'b', 'c'],
		'by hand',
	)
	t.like(found, { on: 'by hand', records: 4, skipped: 1, accuracy: 0.75, majorityAccuracy: 0.75 })
	// Clusters x: 1/2, record 3: 1, y: 1.
	t.is(found.clusters!.clusters, 3)
	t.is(found.clusters!.accuracy, 2.5 / 3)
	t.deepEqual(found.clusters!.perClass, [
		{ class: 'a', clusters: 2, accuracy: 0.75 },
		{ class: 'b', clusters: 1, accuracy: 1 },
		{ class: 'c', clusters: 0, accuracy: null },
	])
	t.true(Math.abs(found.logLoss - (3 * Math.log(2) + Math.log(4)) / 4) < 1e-12)
})

test('a dataset with a class that the model does not know is refused, one that lacks classes is scored', async (t) => {
	const dataset = smallDataset()
	using model = await train(dataset, { ...SMALL, epochs: 1 })
	const moon = makeDataset([record('m', 'Moon'), record('n', 'ER')])
	await t.throwsAsync(evaluate(model, moon), { code: 'UNKNOWN_CLASS', message: /'Moon'/ })
	const some = makeDataset(
		dataset.records.filter((own) => own.class === 'ER'),
		{ minimumClasses: 1 },
	)
	const found = await evaluate(model, some, { on: 'ER alone' })
	t.is(found.records, some.records.length)
	t.is(found.confusion.length, dataset.classes.length)
	t.throws(() => evaluatePredictions([record('5', 'b')], [answer('5', null)], ['a', 'b'], 'x'), {
		code: 'INVALID_DATASET',
	})
})
