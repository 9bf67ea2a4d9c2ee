import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import {
	formatSplit,
	holdOut,
	iterativeParts,
	labelSets,
	labelsOf,
	multiLabelDataset,
	parseSplit,
	readDataset,
	rowsOf,
	type SublocError,
	stratifiedFolds,
	syntheticMultiLabel,
} from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'

const TSV = 'id\tsequence\tclass\na\tMKV\tnucleus; cytosol\nb\tMKL\tnucleus\nc\tMKT\tcytosol;ER;cytosol\n'

test('labels are distinct and in byte order; an empty one is none of them', (t) => {
	t.deepEqual(labelsOf('b; a ;b;C'), ['C', 'a', 'b'])
	t.deepEqual(labelsOf('a;;b'), [])
	t.deepEqual(labelsOf('a;'), [])
})

test('a TSV’s class values are labels where that is asked for, and names where it is not', async (t) => {
	const path = join(temporaryFolder(t), 'x.tsv')
	writeFileSync(path, TSV)
	const dataset = await readDataset(path, { multiLabel: true })
	t.true(dataset.multiLabel)
	t.deepEqual([...dataset.classes], ['ER', 'cytosol', 'nucleus'])
	t.deepEqual(
		dataset.records.map((record) => record.class),
		['cytosol;nucleus', 'nucleus', 'ER;cytosol'],
	)
	t.deepEqual([...labelSets(dataset)], [0, 1, 1, 0, 0, 1, 1, 1, 0])
	const plain = await readDataset(path)
	t.deepEqual([...plain.classes], ['cytosol;ER;cytosol', 'nucleus', 'nucleus; cytosol'])
	t.deepEqual(multiLabelDataset(plain), dataset)
	t.is(multiLabelDataset(dataset), dataset)
	const error = await t.throwsAsync<SublocError>(
		readDataset(path, { multiLabel: true, classes: ['cytosol', 'nucleus'] }),
		{ code: 'UNKNOWN_CLASS', message: /'ER'/ },
	)
	t.like(error, { file: path, line: 4, record: 'c' })
	writeFileSync(path, `${TSV}d\tMKV\tnucleus;\n`)
	const empty = await t.throwsAsync<SublocError>(readDataset(path, { multiLabel: true }), { code: 'INVALID_DATASET' })
	t.like(empty, { line: 5, record: 'd' })
})

test('of a folder, a protein in several classes’ files is one record with all labels, if it is the same protein', async (t) => {
	const folder = temporaryFolder(t)
	writeFileSync(join(folder, 'ER.fasta'), '>p\nMKVL\n>q\nMKT\n')
	writeFileSync(join(folder, 'nucleus.fasta'), '>p\nMKVL\n>r\nMKR\n')
	const dataset = await readDataset(folder, { multiLabel: true })
	t.deepEqual(
		dataset.records.map((record) => [record.id, record.class]),
		[
			['p', 'ER;nucleus'],
			['q', 'ER'],
			['r', 'nucleus'],
		],
	)
	await t.throwsAsync(readDataset(folder), { code: 'INVALID_DATASET', message: /twice/ })
	writeFileSync(join(folder, 'nucleus.fasta'), '>p\nMKVLA\n')
	await t.throwsAsync(readDataset(folder, { multiLabel: true }), { code: 'INVALID_DATASET', message: /twice/ })
	writeFileSync(join(folder, 'nucleus.fasta'), '>s\nMKV\n>s\nMKV\n')
	await t.throwsAsync(readDataset(folder, { multiLabel: true }), { code: 'INVALID_DATASET', message: /twice/ })
})

test('iterative stratification gives every part its share of every label, the rare ones first', (t) => {
	// 200 records of 4 labels: one of 7 %, overlapping ones of 20 %, 50 % and 80 %.
	const [records, classes] = [200, 4]
	const sets = new Uint8Array(records * classes)
	for (let row = 0; row < records; row++) {
		const own = [row % 14 === 0, row % 5 === 0, row % 2 === 0, row % 5 !== 1]
		for (const [label, has] of own.entries()) sets[row * classes + label] = Number(has)
	}
	const rows = Array.from({ length: records }, (_, row) => row)
	for (const shares of [
		[0.8, 0.2],
		[0.2, 0.2, 0.2, 0.2, 0.2],
	]) {
		const of = (seed: number) => iterativeParts(sets, classes, rows, shares, { seed, stream: 5n })
		const parts = of(1)
		t.deepEqual(parts, of(1))
		t.notDeepEqual(parts, of(2))
		for (const [part, share] of shares.entries()) {
			for (let label = 0; label < classes; label++) {
				const has = (row: number) => sets[row * classes + label] === 1
				const [all, own] = [rows.filter(has), rows.filter((row) => has(row) && parts[row] === part)]
				t.true(
					Math.abs(own.length - share * all.length) <= 2,
					`${shares} ${part} ${label}: ${own.length} of ${all.length}`,
				)
			}
			t.true(Math.abs(parts.filter((own) => own === part).length - share * records) <= 5)
		}
	}
})

test('multi-label data are held out, folded and validated by their labels, and a split is read back', async (t) => {
	const dataset = syntheticMultiLabel({ perClass: 20, length: [20, 40] })
	const split = holdOut(dataset, { testFraction: 0.25, seed: 3 })
	const { train, validation, test: held } = rowsOf(split, dataset, { fold: null, validationFraction: 0.2, seed: 3 })
	t.is(train.length + validation.length + held.length, 80)
	t.deepEqual(new Set([...train, ...validation, ...held]).size, 80)
	for (const [rows, share] of [
		[held, 0.25],
		[validation, 0.15],
	] as const) {
		for (const name of dataset.classes) {
			const has = (row: number) => dataset.records[row]!.class.split(';').includes(name)
			const all = dataset.records.filter((_, row) => has(row)).length
			t.true(Math.abs([...rows].filter(has).length - share * all) <= 1.5, `${name}`)
		}
	}
	t.deepEqual(
		holdOut(dataset, { testFraction: 0, seed: 3 }).parts.filter((part) => part === 'test'),
		[],
	)
	const folds = stratifiedFolds(dataset, { folds: 4, seed: 3 })
	t.deepEqual((await parseSplit(formatSplit(folds, dataset), dataset)).parts, folds.parts)
	t.throws(() => stratifiedFolds(dataset, { folds: 100, seed: 3 }), { code: 'INVALID_SPLIT' })
})
