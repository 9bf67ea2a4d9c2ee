import test from 'ava'
import { applyCut, middleCut, originalPosition } from '../../src-ts/sequence/middle-cut.js'

test('a sequence of 1000 residues is whole, one of 1001 loses residue 501', (t) => {
	t.deepEqual(middleCut(1000, 1000), { length: 1000, kept: 1000, first: 1000, removed: 0 })
	const cut = middleCut(1001, 1000)
	t.deepEqual(cut, { length: 1001, kept: 1000, first: 500, removed: 1 })
	t.deepEqual(
		[1, 500, 501, 1000].map((position) => originalPosition(cut, position)),
		[1, 500, 502, 1001],
	)
})

test('kept residues are those at their original positions', (t) => {
	const sequence = 'ACDEFGHIKLMNPQRSTVWY'
	for (const most of [1, 2, 3, 7, 19, 20, 21]) {
		const cut = middleCut(sequence.length, most)
		const kept = applyCut(sequence, cut)
		t.is(kept.length, Math.min(most, sequence.length))
		for (const [index, residue] of [...kept].entries()) t.is(sequence[originalPosition(cut, index + 1) - 1], residue)
	}
})

test('with an odd limit the first part is one longer', (t) => {
	t.is(applyCut('ABCDEFG', middleCut(7, 5)), 'ABCFG')
})
