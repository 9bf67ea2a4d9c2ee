import test from 'ava'
import { predictAll, train } from 'subloc-native'
import { absentClasses, ruleOut } from '../../src-ts/predict/kingdom.js'
import { SMALL, smallDataset } from '../support/models.js'

const MULTILOC = ['ER', 'Golgi', 'chloroplast', 'cytoplasmic', 'lysosomal', 'nuclear', 'vacuolar']

test('a kingdom rules out the compartments that its cells do not have', (t) => {
	t.deepEqual(absentClasses('animal', MULTILOC), ['chloroplast', 'vacuolar'])
	t.deepEqual(absentClasses('fungi', MULTILOC), ['chloroplast', 'lysosomal'])
	t.deepEqual(absentClasses('plant', MULTILOC), ['lysosomal'])
	t.deepEqual(absentClasses('animal', ['Plastid', 'Nucleus']), ['Plastid'], 'in any case of the letters')
	t.deepEqual(absentClasses('animal', ['inside', 'outside']), [], 'classes of another name stay')
})

test('a kingdom that is none, or that leaves nothing, is refused', (t) => {
	const code = 'INVALID_OPTION'
	t.throws(() => absentClasses('bacteria' as 'plant', MULTILOC), { code, message: /bacteria.*animal, fungi, plant/ })
	t.throws(() => absentClasses('plant', ['lysosomal', 'Lysosome']), { code, message: /rules out every class/ })
})

test('what is left has the probabilities given that it is one of them', (t) => {
	// Row 1: 0.2 and 0.3 of 0.5. Row 2: nothing is left of its probability.
	const values = Float32Array.from([0.2, 0.5, 0.3, 0, 1, 0])
	ruleOut(values, [false, true, false])
	const expected = [0.4, 0, 0.6, 0.5, 0, 0.5]
	for (const [at, value] of values.entries()) t.true(Math.abs(value - expected[at]!) < 1e-6, `${at}: ${value}`)
})

test('predictions of a kingdom are those of the model, given that the place is one of its cells', async (t) => {
	const dataset = smallDataset()
	t.true(dataset.classes.includes('chloroplast'))
	using model = await train(dataset, { ...SMALL, members: 2, epochs: 1 })
	const plain = await predictAll(model, dataset.records, { members: true })
	const animal = await predictAll(model, dataset.records, { members: true, kingdom: 'animal' })
	const at = model.classes.indexOf('chloroplast')
	for (const [row, { members, probabilities, probability, compartment }] of animal.entries()) {
		t.is(probabilities!['chloroplast'], 0)
		t.not(compartment, 'chloroplast')
		t.is(probability, Math.max(...Object.values(probabilities!)))
		for (const [m, own] of members!.entries()) {
			const before = plain[row]!.members![m]!
			for (const [k, p] of own.entries()) {
				const expected = k === at ? 0 : before[k]! / (1 - before[at]!)
				t.true(Math.abs(p - expected) < 1e-5, `${row} ${m} ${k}`)
			}
		}
	}
})
