import test from 'ava'
import { clusterByHomology, findHomologs, nearestRelatives } from '../../src-ts/dataset/homology.js'
import { shuffledIndices } from '../../src-ts/native/binding.js'
import { ALPHABET } from '../../src-ts/sequence/alphabet.js'

/** `length` residues of a stream. */
function protein(stream: bigint, length: number): string {
	return Array.from(shuffledIndices(7n, stream, length), (at) => ALPHABET[at % 20]).join('')
}

/** Every `every`-th residue replaced by the next letter of the alphabet. */
function mutated(sequence: string, every: number): string {
	const other = (letter: string) => ALPHABET[(ALPHABET.indexOf(letter) + 1) % 20]!
	return [...sequence].map((letter, at) => (at % every === 0 ? other(letter) : letter)).join('')
}

const [a, b] = [protein(1n, 200), protein(2n, 150)]
const records = [
	{ id: 'a', sequence: a },
	{ id: 'b', sequence: b },
	{ id: 'a2', sequence: mutated(a, 4) },
	{ id: 'a3', sequence: a.slice(0, 90) },
	{ id: 'b2', sequence: mutated(b, 2) },
	{ id: 'x', sequence: protein(3n, 170) },
]
const pairsOf = (found: { query: number; target: number }[]) => found.map(({ query, target }) => [query, target])

test('homologs reach identity and coverage of both', async (t) => {
	const found = await findHomologs(records)
	t.deepEqual(pairsOf(found), [
		[0, 2],
		[1, 4],
	])
	const [first] = found
	// Every fourth of 200 residues is another one; the first column of an alignment is no mismatch.
	t.is(first!.identity, 150 / 199)
	t.is(first!.queryCoverage, 199 / 200)
	t.true(first!.expect < 1e-30 && first!.bits > 100)
	// 90 of 200 residues are too little of a, unless coverage asks for less.
	const local = await findHomologs(records, { coverage: 0.4 })
	t.deepEqual(pairsOf(local), [
		[0, 2],
		[0, 3],
		[1, 4],
		[2, 3],
	])
	t.deepEqual(pairsOf(await findHomologs(records, { identity: 0.7 })), [[0, 2]])
})

test('the seeds find what aligning every pair finds, for any number of threads', async (t) => {
	const all = await findHomologs(records, { coverage: 0, exhaustive: true, threads: 1 })
	t.deepEqual(await findHomologs(records, { coverage: 0, threads: 3 }), all)
})

test('with groups, pairs of different groups alone are found', async (t) => {
	const groups = ['p', 'p', 'q', 'p', 'p', 'q']
	t.deepEqual(pairsOf(await findHomologs(records, { groups })), [[0, 2]])
	await t.throwsAsync(findHomologs(records, { groups: ['p'] }), { code: 'INVALID_OPTION' })
})

test('equal peptides are homologs although no E says so', async (t) => {
	const short = [...records, { id: 'p', sequence: 'MKLV' }, { id: 'q', sequence: 'MKLV' }]
	t.deepEqual(pairsOf(await findHomologs(short)).at(-1), [6, 7])
})

test('clusters are numbered by their first records', async (t) => {
	t.deepEqual([...(await clusterByHomology(records))], [0, 1, 0, 2, 1, 3])
	t.deepEqual([...(await clusterByHomology(records, { coverage: 0.4, linkage: 'greedy' }))], [0, 1, 0, 0, 1, 2])
})

test('the nearest relative is the best score, and none is null', async (t) => {
	const [near, none] = await nearestRelatives([{ id: 'q', sequence: mutated(a, 3) }, records[5]!], records.slice(0, 5))
	t.is(near!.target, 0)
	t.is(none, null)
	t.deepEqual(await nearestRelatives(records, []), [null, null, null, null, null, null])
})

test('wrong options are refused, and a signal ends the search', async (t) => {
	for (const options of [{ identity: 30 }, { coverage: -1 }, { maxExpect: 0 }, { identityOver: 'x' as 'longer' }]) {
		await t.throwsAsync(findHomologs(records, options), { code: 'INVALID_OPTION' })
	}
	await t.throwsAsync(findHomologs(records, { identiy: 1 } as object), { code: 'INVALID_OPTION' })
	const signal = AbortSignal.abort(new Error('enough'))
	await t.throwsAsync(findHomologs(records, { signal }), { message: 'enough' })
})

test('progress comes to all queries', async (t) => {
	let last = [0, 0]
	await findHomologs(records, {
		onProgress: (done, total) => {
			last = [done, total]
		},
	})
	t.is(last[1], records.length)
})
