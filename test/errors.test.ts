import test from 'ava'
import { describeError, type ErrorFacts, SublocError } from 'subloc-native'
import { named } from '../src-ts/errors.js'

const told = (message: string, facts: ErrorFacts) => describeError(new SublocError('INVALID_MODEL', message, facts))

test('a file stands once in what is told of an error, whether its message names it or not', (t) => {
	t.is(told('it ends early', { file: 'm.safetensors' }), 'm.safetensors: it ends early')
	t.is(told('m.safetensors: it ends early', { file: 'm.safetensors' }), 'm.safetensors: it ends early')
	t.is(told('checkpoint m.st: it ends early', { file: 'm.st' }), 'checkpoint m.st: it ends early')
	t.is(told('cannot read a/m.st (no space)', { file: 'a/m.st' }), 'cannot read a/m.st (no space)')
	t.is(
		told('the record has no residues', { file: 'the', line: 3, record: 'b' }),
		'the:3: b: the record has no residues',
	)
	t.is(told('am.st: it ends early', { file: 'm.st' }), 'm.st: am.st: it ends early')
})

test('the name that was meant is offered where one is near, and none where none is', (t) => {
	const classes = ['ER', 'Golgi', 'nuclear', 'plasma_membrane']
	const all = classes.join(', ')
	for (const [wrong, meant] of [
		['nucleer', 'nuclear'],
		['golgi', 'Golgi'],
		['Plasma membrane', 'plasma_membrane'],
		['plasma', 'plasma_membrane'],
		// Two swapped neighbours are one change.
		['RE', null],
		['unclear', 'nuclear'],
		['Moon', null],
		['', null],
	] as const) {
		t.is(named(wrong, classes), meant === null ? all : `${all}; did you mean ${meant}?`, wrong)
	}
	t.is(named('x', []), '')
})
