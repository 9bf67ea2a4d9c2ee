import test from 'ava'
import { ALPHABET, AMBIGUOUS, residueCodes } from '../../src-ts/sequence/alphabet.js'
import { cleanSequence } from '../../src-ts/sequence/residues.js'

test('letters whose upper case is A–Z are no residues', (t) => {
	for (const letter of ['ß', 'ı', 'ſ', 'ﬁ', 'ŉ']) {
		t.deepEqual(cleanSequence(`mk${letter}v`), { residue: letter, position: 3 })
	}
	t.deepEqual(cleanSequence('mK v*'), { sequence: 'MKV' })
})

test('every letter A–Z has its code, and no other character has one', (t) => {
	t.deepEqual(
		[...residueCodes(ALPHABET)],
		ALPHABET.split('').map((_, at) => at),
	)
	t.deepEqual([...residueCodes('BZJXUO')], [...Object.values(AMBIGUOUS), ALPHABET.indexOf('C'), ALPHABET.indexOf('K')])
	for (const [text, residue] of [
		['MKv', 'v'],
		['MK-', '-'],
		['MKß', 'ß'],
		['MK😀', '😀'],
	] as const) {
		t.like(
			t.throws(() => residueCodes(text)),
			{ code: 'UNKNOWN_RESIDUE', residue, facts: { position: 3 } },
		)
	}
})
