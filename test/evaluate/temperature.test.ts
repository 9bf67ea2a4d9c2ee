import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import {
	calibrateModel,
	columnSplit,
	fitTemperature,
	heldOutTemperatures,
	loadModel,
	makeDataset,
	type Prediction,
	predictAll,
	predictionFormatter,
	train,
} from 'subloc-native'
import { probabilityReport } from '../../src-ts/evaluate/probabilities.js'
import { temperedLoss } from '../../src-ts/evaluate/temperature.js'
import { temperedProbabilities } from '../../src-ts/model/temperature.js'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'

const close = (a: number, b: number, tolerance = 1e-12) => Math.abs(a - b) <= tolerance

test('temperature on the logarithms: 1 changes nothing, 2 takes the root, 0 stays finite', (t) => {
	const one = temperedProbabilities([0.7, 0.2, 0.1], 1)
	t.true([0.7, 0.2, 0.1].every((p, k) => close(one[k]!, p)))
	const two = temperedProbabilities([0.64, 0.36], 2)
	t.true(close(two[0]!, 0.8 / 1.4) && close(two[1]!, 0.6 / 1.4))
	t.true(temperedProbabilities([1, 0], 3).every(Number.isFinite))
})

test('the best temperature: by a grid, at the ends of its range, and for a known answer', (t) => {
	// Three of four are right: probabilities of 0.75 are best, and 0.9 gets there with T = ln 9 / ln 3 = 2.
	const p = [0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1]
	t.true(close(fitTemperature([0, 0, 0, 1], p, 2), 2, 1e-9))
	t.is(fitTemperature([0, 0], [0.9, 0.1, 0.8, 0.2], 2), 1 / 20)
	t.is(fitTemperature([1, 1], [0.9, 0.1, 0.8, 0.2], 2), 20)
	// Probabilities that say nothing have no best temperature.
	t.true(Number.isFinite(fitTemperature([0, 1], [0.5, 0.5, 0.5, 0.5], 2)))
	const truth = [0, 1, 2, 0, 1, 1]
	const rows = [0.8, 0.1, 0.1, 0.5, 0.4, 0.1, 0.2, 0.2, 0.6, 0.9, 0.05, 0.05, 0.1, 0.85, 0.05, 0.98, 0.01, 0.01]
	const best = fitTemperature(truth, rows, 3)
	const loss = temperedLoss(truth, rows, 3, best)
	for (let at = -60; at <= 60; at++) t.true(loss <= temperedLoss(truth, rows, 3, Math.exp(at / 20)) + 1e-12)
})

test('scores with temperatures of folds; without a temperature there are none', (t) => {
	const answers = {
		...{ rows: [0, 1], truth: [0, 1], answers: [0, 0], confidence: [0.9, 0.9], right: [true, false] },
		probabilities: Float64Array.from([0.9, 0.1, 0.9, 0.1]),
	}
	const plain = probabilityReport(answers, 2)
	t.is(plain.calibrated, null)
	t.true(close(plain.brier, (2 * 0.01 + 2 * 0.81) / 2))
	t.true(close(plain.expectedError, 0.4))
	const scaling = (temperature: number) => ({
		...{ temperature, on: 'folds', records: 5, logLoss: { before: 1, after: 1 } },
	})
	const many = probabilityReport(answers, 2, [scaling(2), scaling(1)])
	t.like(many.calibrated, { temperatures: [2, 1], on: 'folds', fitted: 5 })
	t.true(close(many.calibrated!.logLoss, -(Math.log(0.75) + Math.log(0.1)) / 2))
	t.is(probabilityReport(answers, 2, [scaling(2), null]).calibrated, null)
	// Half right at 0.9: a high temperature is better.
	t.true(probabilityReport(answers, 2, scaling(20)).calibrated!.expectedError < 0.1)
})

test('without validation parts a fold has the temperature of what the others held out', (t) => {
	const dataset = makeDataset(
		[0, 1, 2, 3, 4, 5].map((row) => ({
			...{ id: `r${row}`, sequence: 'MK', class: row === 5 ? 'b' : 'a', line: 1, description: '', cluster: '' },
			...{ annotations: [], fold: row < 2 ? '1' : '2' },
		})),
		{ classes: ['a', 'b'] },
	)
	const predictions = dataset.records.map(({ id }) => ({
		...{ id, status: 'ok', problem: null, length: 2, missingProfile: false, nucleotides: false },
		...{ compartment: 'a', probability: 0.9, calibrated: null, spread: 0, relative: null },
		...{ probabilities: { a: 0.9, b: 0.1 }, attention: null, members: null },
	})) as Prediction[]
	const [first, second] = heldOutTemperatures(dataset, columnSplit(dataset), predictions, dataset.classes)
	// Fold 1 is told by fold 2, where one of four is wrong (T = 2); fold 2 by fold 1, where all are right, which no temperature fits.
	t.true(close(first!.temperature, 2, 1e-9))
	t.is(second, null)
	t.like(first, { records: 4, on: 'what the other folds held out' })
})

test('a temperature is fitted on the validation part, kept in the run folder, and changes no probability', async (t) => {
	const folder = join(temporaryFolder(t), 'run')
	const dataset = smallDataset(8)
	const options = { ...SMALL, epochs: 30, validationFraction: 0.25, members: 2, optimizer: { learningRate: 0.01 } }
	using model = await train(dataset, options)
	const before = await predictAll(model, dataset.records)
	t.true(before.every(({ calibrated }) => calibrated === null))
	const scaling = await calibrateModel(model, dataset)
	t.is(model.calibration, scaling)
	t.is(scaling!.records, model.training!.info.rows.validation)
	t.true(scaling!.logLoss.after <= scaling!.logLoss.before)
	await model.save(folder)
	using loaded = await loadModel(folder)
	t.deepEqual(loaded.calibration, scaling)
	const after = await predictAll(loaded, dataset.records)
	for (const [row, { probability, probabilities, calibrated, compartment }] of after.entries()) {
		t.deepEqual([probability, probabilities], [before[row]!.probability, before[row]!.probabilities])
		const expected = temperedProbabilities(Object.values(probabilities!), scaling!.temperature)
		t.is(calibrated, expected[model.classes.indexOf(compartment!)]!)
	}
	const { row } = predictionFormatter('jsonl', model.classes)
	t.is(JSON.parse(row(after[0]!)).calibrated, Number(after[0]!.calibrated!.toFixed(6)))
	t.false('calibrated' in JSON.parse(row(before[0]!)))
	// A lone file knows nothing of it; a damaged one is told.
	using lone = await loadModel(join(folder, 'model.safetensors'))
	t.is(lone.calibration, null)
	const file = join(folder, 'calibration.json')
	writeFileSync(file, readFileSync(file, 'utf8').replace(/"temperature": [^,]+/, '"temperature": -1'))
	await t.throwsAsync(loadModel(folder), { code: 'INVALID_CONFIG', message: /temperature/ })
})

test('without a validation part there is no temperature', async (t) => {
	const dataset = smallDataset()
	using model = await train(dataset, { ...SMALL, epochs: 1 })
	t.is(await calibrateModel(model, dataset), null)
	t.is(model.calibration, null)
})
