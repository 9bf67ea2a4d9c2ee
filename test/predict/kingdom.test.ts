import test from 'ava'
import { absentClasses, ruleOut } from '../../src-ts/predict/kingdom.js'

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
