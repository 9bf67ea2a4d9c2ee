import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { makeDataset } from '../../src-ts/dataset/dataset.js'
import { balancedFolds } from '../../src-ts/dataset/split/balance.js'
import { formatSplit, parseSplit } from '../../src-ts/dataset/split/file.js'
import { auditSplit, homologyFolds } from '../../src-ts/dataset/split/homology.js'
import { columnSplit, rowsOf, stratifiedFolds } from '../../src-ts/dataset/split/split.js'
import { syntheticMultiLabel } from '../../src-ts/dataset/synthetic.js'
import { shuffledIndices } from '../../src-ts/native/binding.js'
import { ALPHABET } from '../../src-ts/sequence/alphabet.js'
import { temporaryFolder } from '../support/folder.js'

/** 12 families of three and 14 single proteins of two classes. */
function families() {
	const records = []
	for (let family = 0; family < 26; family++) {
		const letters = Array.from(shuffledIndices(3n, BigInt(family), 120), (at) => ALPHABET[at % 20]!)
		for (let member = 0; member < (family < 12 ? 3 : 1); member++) {
			const other = (letter: string) => ALPHABET[(ALPHABET.indexOf(letter) + 7) % 20]!
			const sequence = letters.map((letter, at) => (at % 5 === member ? other(letter) : letter)).join('')
			const own = family % 4 === 0 ? 'rare' : 'common'
			const place = { line: 1, description: '', fold: '', cluster: '', annotations: [] }
			records.push({ id: `f${family}m${member}`, sequence, class: own, ...place })
		}
	}
	return makeDataset(records)
}

const dataset = families()
const familyOf = (id: string) => id.replace(/m.*/, '')

test('a family is in one fold, every class in every fold, and the audit passes', async (t) => {
	const split = await homologyFolds(dataset, { folds: 4 })
	t.is(split.by, 'homology')
	t.is(new Set(split.clusters).size, 26)
	const foldOf = new Map<string, unknown>()
	for (const [row, { id }] of dataset.records.entries()) {
		t.is(foldOf.get(familyOf(id)) ?? split.parts[row], split.parts[row])
		foldOf.set(familyOf(id), split.parts[row])
	}
	for (let fold = 1; fold <= 4; fold++) {
		const own = dataset.records.filter((_, row) => split.parts[row] === fold)
		// 15 rare of 50 records: 3.75 a fold.
		const rare = own.filter((record) => record.class === 'rare').length
		t.true(rare >= 3 && rare <= 5, `${rare}`)
		t.true(own.length >= 11 && own.length <= 14, `${own.length}`)
	}
	const audit = await auditSplit(split, dataset)
	t.true(audit.passed)
	t.deepEqual(audit.leaks, [])
	t.is(audit.identity, 0.3)
})

test('the seed decides among equals', async (t) => {
	const parts = async (seed: number) => (await homologyFolds(dataset, { folds: 4, seed })).parts
	t.deepEqual(await parts(1), await parts(1))
	t.notDeepEqual(await parts(1), await parts(2))
})

test('the audit of a stratified split fails and names the pairs', async (t) => {
	const audit = await auditSplit(stratifiedFolds(dataset, { folds: 4, seed: 1 }), dataset)
	t.false(audit.passed)
	t.true(audit.leaks.length > 5)
	for (const { ids } of audit.leaks) t.is(familyOf(ids[0]), familyOf(ids[1]))
})

test('a hit that covers too little is told and fails nothing', async (t) => {
	const [first, second] = [dataset.records[0]!, dataset.records[40]!]
	const fused = { ...first, id: 'fused', sequence: first.sequence + second.sequence + second.sequence, fold: '1' }
	const records = [{ ...first, fold: '2' }, { ...dataset.records[49]!, fold: '2' }, fused]
	const own = makeDataset([...records, { ...dataset.records[45]!, fold: '1' }])
	const audit = await auditSplit(columnSplit(own), own)
	t.true(audit.passed)
	t.deepEqual(
		audit.local.map(({ ids }) => ids),
		[['f0m0', 'fused']],
	)
	t.is(audit.recordsWithLocal, 2)
})

test('a file keeps clusters and settings', async (t) => {
	const split = await homologyFolds(dataset, { folds: 3, identity: 0.4, seed: 5 })
	const text = formatSplit(split, dataset)
	t.deepEqual(await parseSplit(text, dataset), split)
	t.like(split.settings, { identity: 0.4, coverage: 0.8, linkage: 'single', engine: 'own', folds: 3, seed: 5 })
	t.is((await parseSplit(text.replace(/^# settings.*\n/m, '# settings: {\n'), dataset)).settings, undefined)
})

test('a class with fewer clusters than folds is refused', async (t) => {
	// 7 families are rare.
	await t.throwsAsync(homologyFolds(dataset, { folds: 8 }), {
		code: 'INVALID_SPLIT',
		message: /'rare' .* 7 homology clusters/,
	})
})

test('the validation part of a split with clusters has no relatives in the training part', async (t) => {
	const split = await homologyFolds(dataset, { folds: 4 })
	const { train, validation, test: held } = rowsOf(split, dataset, { fold: 2, validationFraction: 0.25, seed: 1 })
	t.is(train.length + validation.length + held.length, dataset.records.length)
	const clusters = new Set(Array.from(train, (row) => split.clusters![row]))
	t.true(validation.length >= 6 && validation.length <= 14, `${validation.length}`)
	for (const row of validation) t.false(clusters.has(split.clusters![row]!))
})

test('clusters are dealt so that every class is even', (t) => {
	// By hand: class 0 has 4 + 2 + 2, class 1 has 3 + 3: 4 | 2 + 2 and 3 | 3.
	const folds = balancedFolds(
		[
			[2, 0],
			[0, 3],
			[4, 0],
			[2, 0],
			[0, 3],
		],
		{ folds: 2, seed: 1 },
	)
	t.is(folds[0], folds[3])
	t.not(folds[0], folds[2])
	t.not(folds[1], folds[4])
})

const withPath = async (path: string, work: () => Promise<void>) => {
	const before = process.env.PATH
	process.env.PATH = path
	try {
		await work()
	} finally {
		process.env.PATH = before
	}
}

test.serial('mmseqs that is missing or fails is told with its last lines', async (t) => {
	const folder = temporaryFolder(t)
	await withPath(folder, async () => {
		const missing = homologyFolds(dataset, { engine: 'mmseqs' })
		await t.throwsAsync(missing, { code: 'TOOL_UNAVAILABLE', message: /no mmseqs on PATH/ })
	})
	mkdirSync(join(folder, 'bin'))
	writeFileSync(join(folder, 'bin', 'mmseqs'), '#!/bin/sh\necho no memory for the index >&2\nexit 3\n', { mode: 0o755 })
	await withPath(`${join(folder, 'bin')}:/usr/bin:/bin`, async () => {
		const failed = homologyFolds(dataset, { engine: 'mmseqs' })
		await t.throwsAsync(failed, {
			code: 'TOOL_UNAVAILABLE',
			message: /exit code 3; its last lines:\n +no memory for the index/,
		})
	})
})

test.serial('hits of mmseqs become clusters: each pair once, by its better score', async (t) => {
	const folder = temporaryFolder(t)
	// Columns as asked for: query, target, fident, qcov, tcov, bits, evalue. 4 covers too little of 0; the pair 1–2 is told twice.
	const rows = [
		'0 0 1 1 1 200 0',
		'0 4 0.9 0.5 1 100 0',
		'2 1 0.5 0.9 0.8 90 0',
		'1 2 0.4 0.7 0.9 80 0',
		'5 9 0.2 1 1 90 0',
	]
	const lines = rows.map((row) => row.replaceAll(' ', '\\t')).join('\\n')
	writeFileSync(join(folder, 'mmseqs'), `#!/bin/sh\nprintf '${lines}\\n' > "$4"\n`, { mode: 0o755 })
	await withPath(`${folder}:/usr/bin:/bin`, async () => {
		const split = await homologyFolds(dataset, { engine: 'mmseqs', folds: 2 })
		t.is(new Set(split.clusters).size, dataset.records.length - 1)
		t.is(split.clusters![1], split.clusters![2])
		t.is(split.settings!.engine, 'mmseqs')
	})
})

test.serial(
	'mmseqs tells a pair from either end: what covers more makes it a homolog, in folds and in an audit',
	async (t) => {
		const folder = temporaryFolder(t)
		const lines = ['0 1 0.35 0.85 0.85 100 0', '1 0 0.35 0.7 0.7 120 0']
			.map((row) => row.replaceAll(' ', '\\t'))
			.join('\\n')
		writeFileSync(join(folder, 'mmseqs'), `#!/bin/sh\nprintf '${lines}\\n' > "$4"\n`, { mode: 0o755 })
		await withPath(`${folder}:/usr/bin:/bin`, async () => {
			const split = await homologyFolds(dataset, { engine: 'mmseqs', folds: 2 })
			t.is(split.clusters![0], split.clusters![1])
			const apart = { ...split, parts: split.parts.map((part, row) => (row === 0 ? 1 : row === 1 ? 2 : part!)) }
			const audit = await auditSplit(apart, dataset, { engine: 'mmseqs' })
			t.false(audit.passed)
			t.is(audit.leaks.length, 1)
		})
		const exhaustive = homologyFolds(dataset, { engine: 'mmseqs', exhaustive: true })
		await t.throwsAsync(exhaustive, { code: 'INVALID_OPTION', message: /exhaustive/ })
	},
)

test('folds by homology of multi-label data: every label in every fold, clusters whole in the validation part too', async (t) => {
	const single = syntheticMultiLabel({ perClass: 8, length: [80, 120], seed: 5 })
	const records = single.records.flatMap((record) => [
		record,
		{ ...record, id: `${record.id}-twin`, sequence: record.sequence.slice(1, -1) },
	])
	const labelled = makeDataset(records, { multiLabel: true })
	const split = await homologyFolds(labelled, { folds: 4 })
	t.is(new Set(split.clusters).size, single.records.length)
	for (const [row, part] of split.parts.entries()) if (row % 2 === 1) t.is(part, split.parts[row - 1]!)
	const has = (row: number, name: string) => labelled.records[row]!.class.split(';').includes(name)
	for (const name of labelled.classes) {
		const counts = [1, 2, 3, 4].map((fold) => split.parts.filter((part, row) => part === fold && has(row, name)).length)
		t.true(Math.max(...counts) - Math.min(...counts) <= 4, `${name}: ${counts}`)
		t.true(Math.min(...counts) > 0)
	}
	t.true((await auditSplit(split, labelled)).passed)
	const { train, validation } = rowsOf(split, labelled, { fold: 1, validationFraction: 0.25, seed: 1 })
	t.true(validation.length > 0)
	const clusters = new Set(Array.from(train, (row) => split.clusters![row]))
	for (const row of validation) t.false(clusters.has(split.clusters![row]!))
	for (const name of labelled.classes)
		t.true(
			[...validation].some((row) => has(row, name)),
			name,
		)
})

test.serial('mmseqs tells nothing of short peptides: equal ones are homologs all the same', async (t) => {
	const folder = temporaryFolder(t)
	writeFileSync(join(folder, 'mmseqs'), '#!/bin/sh\n: > "$4"\n', { mode: 0o755 })
	const records = dataset.records.map((record, row) => (row % 4 === 0 ? { ...record, sequence: 'MKVLA' } : record))
	await withPath(`${folder}:/usr/bin:/bin`, async () => {
		const split = await homologyFolds({ ...dataset, records }, { engine: 'mmseqs', folds: 2 })
		const equal = records.flatMap(({ sequence }, row) => (sequence === 'MKVLA' ? [split.clusters![row]] : []))
		t.true(equal.length > 1)
		t.is(new Set(equal).size, 1)
		t.is(new Set(split.clusters).size, records.length - equal.length + 1)
	})
})
