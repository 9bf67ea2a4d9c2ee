import test from 'ava'
import { makeDataset } from '../../src-ts/dataset/dataset.js'
import { columnSplit } from '../../src-ts/dataset/split/split.js'
import { auditLeak, auditSplitLeak, auditTsv } from '../../src-ts/evaluate/audit.js'
import { findFoldedRelatives, findRelatives } from '../../src-ts/evaluate/relative.js'
import { copyLabels, summariseRelatives } from '../../src-ts/evaluate/relatives.js'
import { shuffledIndices } from '../../src-ts/native/binding.js'
import { ALPHABET } from '../../src-ts/sequence/alphabet.js'

const protein = (stream: number) =>
	Array.from(shuffledIndices(11n, BigInt(stream), 100), (at) => ALPHABET[at % 20]).join('')
const [a, b, c] = [protein(1), protein(2), protein(3)]
const training = [
	{ id: 't1', class: 'x', sequence: a },
	{ id: 't2', class: 'y', sequence: b },
	{ id: 't3', class: 'x', sequence: protein(4) },
]

test('copying takes the label of the relative, else the most frequent class', (t) => {
	t.deepEqual(copyLabels(training, [{ target: 1 }, null]), ['y', 'x'])
	t.throws(() => copyLabels([], []), { code: 'INVALID_DATASET' })
})

test('bins count proteins and what copying gets right', (t) => {
	const found = summariseRelatives(
		[
			{ class: 'x', copied: 'x', identity: 0.95 },
			{ class: 'y', copied: 'x', identity: 1 },
			{ class: 'x', copied: 'x', identity: 0.3 },
			{ class: 'y', copied: 'x', identity: null },
		],
		[0, 0.3, 0.9],
	)
	t.like(found, { records: 4, withRelative: 3, copyAccuracy: 0.5 })
	t.deepEqual(found.bins, [
		{ from: null, to: null, records: 1, copyAccuracy: 0 },
		{ from: 0, to: 0.3, records: 0, copyAccuracy: null },
		{ from: 0.3, to: 0.9, records: 1, copyAccuracy: 1 },
		{ from: 0.9, to: 1, records: 2, copyAccuracy: 0.5 },
	])
	t.is(summariseRelatives([{ copied: 'x', identity: null }]).copyAccuracy, null)
})

test('an audit finds the nearest relative of each test protein', async (t) => {
	const test = [
		{ id: 'q1', class: 'y', sequence: `${b.slice(0, 90)}WWWW` },
		{ id: 'q2', class: 'y', sequence: c },
	]
	const audit = await auditLeak(training, test)
	t.is(audit.copyAccuracy, 0.5)
	t.is(audit.proteins[0]!.relative!.id, 't2')
	t.is(audit.proteins[1]!.relative, null)
	const [header, first, second] = auditTsv(audit).split('\n')
	t.regex(header!, /^id\tclass\tcopied\trelative\t/)
	t.regex(first!, /^q1\ty\ty\tt2\ty\t1\.0000\t0\.\d{4}\t0\.9000\t/)
	t.is(second, 'q2\ty\tx\t\t\t\t\t\t\t')
})

test('relatives of records, as a table has them: the shorter of both says what is covered', async (t) => {
	const [found, none] = await findRelatives(training, [
		{ id: 'q1', sequence: `${b.slice(10, 90)}` },
		{ id: 'q2', sequence: c },
	])
	t.like(found, { id: 'q1', relative: 't2', identity: 1, coverage: 1 })
	t.true(found!.bits! > 50)
	t.deepEqual(none, { id: 'q2', relative: null, identity: null, coverage: null, bits: null })
})

test('relatives of folds are looked for in the other folds alone', async (t) => {
	const place = { line: 1, description: '', cluster: '', annotations: [] }
	const records = [...training, { id: 't4', class: 'y', sequence: a.slice(5) }]
	const dataset = makeDataset(records.map((own, row) => ({ ...own, ...place, fold: String((row % 2) + 1) })))
	const found = await findFoldedRelatives(dataset, columnSplit(dataset))
	t.deepEqual(Object.fromEntries(found.map(({ id, relative }) => [id, relative])), {
		t1: 't4',
		t3: null,
		t2: null,
		t4: 't1',
	})
})

test('an audit of a split holds every fold against the others', async (t) => {
	const place = { line: 1, description: '', cluster: '', annotations: [] }
	const records = [...training, { id: 't4', class: 'y', sequence: a.slice(5) }]
	const dataset = makeDataset(records.map((own, row) => ({ ...own, ...place, fold: String((row % 2) + 1) })))
	const audit = await auditSplitLeak(columnSplit(dataset), dataset)
	t.deepEqual(
		audit.proteins.map(({ id, relative }) => [id, relative?.id]),
		[
			['t1', 't4'],
			['t3', undefined],
			['t2', undefined],
			['t4', 't1'],
		],
	)
	t.is((await auditSplitLeak(columnSplit(dataset), dataset, { folds: [2] })).records, 2)
})
