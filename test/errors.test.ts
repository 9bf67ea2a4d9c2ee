import test from 'ava'
import { describeError, type ErrorFacts, SublocError } from 'subloc-native'

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
