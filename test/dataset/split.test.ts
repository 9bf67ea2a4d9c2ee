import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type LabelledRecord, makeDataset } from '../../src-ts/dataset/dataset.js'
import { formatSplit, readSplit } from '../../src-ts/dataset/split/file.js'
import { columnSplit, holdOut, rowsOf, stratifiedFolds } from '../../src-ts/dataset/split/split.js'
import { temporaryFolder } from '../support/folder.js'

/** A dataset with so many records a class; `fold` fills the column. */
function dataset(counts: Record<string, number>, fold: (row: number) => string = () => '') {
	const records: LabelledRecord[] = []
	for (const [own, count] of Object.entries(counts)) {
		for (let i = 0; i < count; i++) {
			const row = records.length
			records.push({
				id: `${own}${i}`,
				description: '',
				sequence: 'MK',
				line: row + 2,
				class: own,
				fold: fold(row),
				cluster: '',
				annotations: [],
			})
		}
	}
	return makeDataset(records)
}

const many = dataset({ a: 100, b: 23, c: 7, d: 1, e: 2 })

test('the held-out part has its share of every class, and never all of one', (t) => {
	const split = holdOut(many, { testFraction: 0.2, seed: 1 })
	const held = (own: string) =>
		many.records.filter((record, row) => record.class === own && split.parts[row] === 'test').length
	t.deepEqual(['a', 'b', 'c', 'd', 'e'].map(held), [20, 5, 1, 0, 1])
	t.is(split.by, 'stratified')
})

test('the seed alone decides, and another seed decides otherwise', (t) => {
	t.deepEqual(holdOut(many, { testFraction: 0.2, seed: 7 }), holdOut(many, { testFraction: 0.2, seed: 7 }))
	t.notDeepEqual(holdOut(many, { testFraction: 0.2, seed: 7 }), holdOut(many, { testFraction: 0.2, seed: 8 }))
})

test('folds are of equal size, classes spread alike, and each record is held out once', (t) => {
	const data = dataset({ a: 52, b: 23, c: 6 })
	const { parts, folds } = stratifiedFolds(data, { folds: 5, seed: 3 })
	const sizes = [1, 2, 3, 4, 5].map((fold) => parts.filter((part) => part === fold).length)
	t.true(Math.max(...sizes) - Math.min(...sizes) <= 1)
	t.is(folds, 5)
	for (const own of ['a', 'b', 'c']) {
		const counts = [1, 2, 3, 4, 5].map(
			(fold) => data.records.filter((r, row) => r.class === own && parts[row] === fold).length,
		)
		t.true(Math.max(...counts) - Math.min(...counts) <= 1)
	}
})

test('a class with fewer records than folds is named', (t) => {
	t.throws(() => stratifiedFolds(dataset({ a: 9, tiny: 3 }), { folds: 5, seed: 1 }), {
		code: 'INVALID_SPLIT',
		message: /'tiny' has 3 records, fewer than 5 folds/,
	})
	t.throws(() => stratifiedFolds(many, { folds: 1, seed: 1 }), { code: 'INVALID_OPTION' })
})

test('rows of a model are complete and disjoint, the validation part comes from the training rows', (t) => {
	const split = holdOut(many, { testFraction: 0.2, seed: 1 })
	const { train, validation, test: held } = rowsOf(split, many, { fold: null, validationFraction: 0.1, seed: 1 })
	t.deepEqual(
		[...train, ...validation, ...held].sort((a, b) => a - b),
		many.records.map((_, row) => row),
	)
	t.deepEqual(
		[...held],
		split.parts.flatMap((part, row) => (part === 'test' ? [row] : [])),
	)
	t.true(validation.length > 0)
})

test('a fold is needed for numbered folds and refused for fixed parts', (t) => {
	const fixed = holdOut(many, { testFraction: 0.2, seed: 1 })
	const numbered = stratifiedFolds(dataset({ a: 10, b: 10 }), { folds: 5, seed: 1 })
	const own = { validationFraction: 0, seed: 1 }
	t.throws(() => rowsOf(fixed, many, { ...own, fold: 1 }), { code: 'INVALID_OPTION' })
	for (const fold of [null, 0, 6, 1.5])
		t.throws(() => rowsOf(numbered, many, { ...own, fold }), { code: 'INVALID_OPTION' })
	t.is(rowsOf(numbered, many, { ...own, fold: 2 }).test.length, 4)
})

test('a fraction of 1, below 0, or no number is refused', (t) => {
	for (const testFraction of [1, -0.1, Number.NaN])
		t.throws(() => holdOut(many, { testFraction, seed: 1 }), { code: 'INVALID_OPTION' })
})

test('the column of a TSV is a split: numbers or words, not both, no fold left out', (t) => {
	const numbered = columnSplit(dataset({ a: 4, b: 4 }, (row) => String((row % 2) + 1)))
	t.deepEqual([numbered.folds, numbered.by], [2, 'column'])
	const words = columnSplit(dataset({ a: 4, b: 4 }, (row) => ['train', 'train', 'validation', 'test'][row % 4]!))
	t.is(words.folds, 0)
	for (const wrong of ['', '0', 'x', '1.5'])
		t.throws(() => columnSplit(dataset({ a: 2, b: 2 }, () => wrong)), { code: 'INVALID_SPLIT' })
	t.throws(() => columnSplit(dataset({ a: 2, b: 2 }, (row) => (row ? 'train' : '1'))), { message: /mixed/ })
	t.throws(() => columnSplit(dataset({ a: 2, b: 2 }, (row) => (row ? '3' : '1'))), { message: /fold 2 of 3/ })
})

const written = (t: ExecutionContext, text: string) => {
	const path = join(temporaryFolder(t), 'splits.tsv')
	writeFileSync(path, text)
	return path
}

test('a split that was written is read back, method and all', async (t) => {
	const data = dataset({ a: 10, b: 11 })
	for (const split of [stratifiedFolds(data, { folds: 5, seed: 1 }), holdOut(data, { testFraction: 0.3, seed: 2 })]) {
		t.deepEqual(await readSplit(written(t, formatSplit(split, data)), data), split)
	}
})

test('a split for other data is refused with its place', async (t) => {
	const data = dataset({ a: 2, b: 2 })
	const text = formatSplit(holdOut(data, { testFraction: 0.5, seed: 1 }), data)
	const read = (own: string) => readSplit(written(t, own), data)
	await t.throwsAsync(read(text.replace(/a0\t.*\n/, '')), { code: 'INVALID_SPLIT', message: /missing/ })
	await t.throwsAsync(read(`${text}z9\ta\ttrain\n`), { code: 'INVALID_SPLIT', message: /no such record/ })
	await t.throwsAsync(read(`${text}a0\ta\ttrain\n`), { code: 'INVALID_SPLIT', message: /twice/ })
	await t.throwsAsync(read('id\tclass\na0\ta\n'), { code: 'INVALID_SPLIT', message: /fold missing/ })
	await t.throwsAsync(readSplit('nowhere.tsv', data), { code: 'INPUT_MISSING' })
})
