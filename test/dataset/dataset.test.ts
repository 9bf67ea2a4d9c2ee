import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import { parseAnnotations } from '../../src-ts/dataset/annotations.js'
import { byteOrder, classIndices, type LabelledRecord, makeDataset, readDataset } from '../../src-ts/dataset/dataset.js'
import type { SublocError } from '../../src-ts/errors.js'
import { temporaryFolder } from '../support/folder.js'
import { sharedData } from '../support/shared.js'

function folder(t: ExecutionContext, files: Record<string, string | Buffer>): string {
	const path = temporaryFolder(t)
	for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
	return path
}

function tsv(t: ExecutionContext, text: string): string {
	return join(folder(t, { 'data.tsv': text }), 'data.tsv')
}

test('a folder of FASTA files is read in byte order of its classes; stray files are ignored', async (t) => {
	const path = folder(t, {
		'nuclear.fasta': '>b\nMK\n',
		'ER.fa': '>a SP 1\nMV\n',
		'Golgi.faa.gz': gzipSync('>c\nML\n'),
		'._ER.fasta': 'Mac OS',
		'notes.txt': 'x',
	})
	mkdirSync(join(path, 'sub'))
	const dataset = await readDataset(path)
	t.deepEqual(dataset.classes, ['ER', 'Golgi', 'nuclear'])
	t.deepEqual(
		dataset.records.map((record) => [record.id, record.class]),
		[
			['a', 'ER'],
			['c', 'Golgi'],
			['b', 'nuclear'],
		],
	)
	t.deepEqual([...classIndices(dataset)], [0, 1, 2])
	t.deepEqual(dataset.records[0]!.annotations, [{ kind: 'SP', start: 1, end: 1 }])
	t.regex(dataset.digest, /^[0-9a-f]{64}$/)
	t.deepEqual(dataset.ignored, ['notes.txt', 'sub'])
})

test('a TSV gives the same dataset, with folds and clusters', async (t) => {
	const path = tsv(t, '# comment\nclass\tid\tsequence\tfold\tcluster\nER\ta\tm v*\t1\tc1\n\nGolgi\tc\tML\t2\tc2\n')
	const dataset = await readDataset(path)
	t.like(dataset.records[0], { id: 'a', sequence: 'MV', class: 'ER', fold: '1', cluster: 'c1', line: 3 })
	t.is(dataset.records[1]!.line, 5)
	t.deepEqual(
		(await readDataset(tsv(t, '#id\tsequence\tclass\n#1\tMK\tER\n#2\tMK\tGolgi\n'))).records.map(({ id }) => id),
		['#1', '#2'],
	)
	const fasta = await readDataset(folder(t, { 'ER.fasta': '>a\nMV\n', 'Golgi.fasta': '>c\nML\n' }))
	t.is(dataset.digest, fasta.digest)
})

test('class order is byte order, not the locale’s', (t) => {
	t.deepEqual(byteOrder(['é', 'b', 'a', 'Z', 'B']), ['B', 'Z', 'a', 'b', 'é'])
})

const refuses = test.macro<[title: string, text: string, code: string, line: number | undefined, message: RegExp]>({
	async exec(t, _, text, code, line, message) {
		const error = await t.throwsAsync<SublocError>(readDataset(tsv(t, text)), { code })
		t.is(error!.line, line)
		t.regex(error!.message, message)
	},
	title: (_, title) => `refuses a TSV with ${title}`,
})
const HEADER = 'id\tsequence\tclass\n'
test(refuses, 'nothing in it', '', 'INVALID_DATASET', 1, /empty/)
test(refuses, 'a header alone', HEADER, 'INVALID_DATASET', undefined, /no records/)
test(refuses, 'a column missing', 'id\tsequence\na\tMK\n', 'INVALID_DATASET', 1, /class missing/)
test(
	refuses,
	'a column twice',
	'id\tsequence\tclass\tID\na\tMK\tER\tb\n',
	'INVALID_DATASET',
	1,
	/column id occurs twice/,
)
test(refuses, 'too few cells', `${HEADER}a\tMK\n`, 'INVALID_DATASET', 2, /2 cells/)
test(refuses, 'an empty id', `${HEADER}\tMK\tER\n`, 'INVALID_DATASET', 2, /id is empty/)
test(refuses, 'an id twice', `${HEADER}a\tMK\tER\na\tML\tGolgi\n`, 'INVALID_DATASET', 3, /first in line 2/)
test(refuses, 'an empty sequence', `${HEADER}a\t\tER\n`, 'INVALID_DATASET', 2, /no residues/)
test(refuses, 'an empty class', `${HEADER}a\tMK\t\n`, 'INVALID_DATASET', 2, /class is empty/)
test(refuses, 'an odd character', `${HEADER}a\tM-K\tER\n`, 'UNKNOWN_RESIDUE', 2, /'-' at residue 2/)
test(
	refuses,
	'one class only',
	`${HEADER}a\tMK\tER\nb\tML\tER\n`,
	'INVALID_DATASET',
	undefined,
	/all 2 records are 'ER'/,
)

test('columns are named in capital or small letters', async (t) => {
	const { records } = await readDataset(tsv(t, '# ID\tSequence\tCLASS\tFold\na\tMK\tER\t2\nb\tML\tGolgi\t1\n'))
	t.like(records[0], { id: 'a', sequence: 'MK', class: 'ER', fold: '2' })
})

test('a class that is not allowed is named with its line', async (t) => {
	const error = await t.throwsAsync<SublocError>(
		readDataset(tsv(t, `${HEADER}a\tMK\tER\nb\tML\tMoon\n`), { classes: ['ER', 'Golgi'] }),
	)
	t.like(error, { code: 'UNKNOWN_CLASS', line: 3, record: 'b' })
	t.deepEqual(error!.facts.allowed, ['ER', 'Golgi'])
	const near = readDataset(tsv(t, `${HEADER}a\tMK\tER\nb\tML\tgolgi\n`), { classes: ['ER', 'Golgi'] })
	await t.throwsAsync(near, { message: /class 'golgi' is none of ER, Golgi; did you mean Golgi\?/ })
})

test('folders: none there, nothing in it, two files of a class, an id in two classes', async (t) => {
	await t.throwsAsync(readDataset('nowhere'), { code: 'INPUT_MISSING' })
	await t.throwsAsync(readDataset(temporaryFolder(t)), { code: 'INVALID_DATASET', message: /no <class>.fasta/ })
	await t.throwsAsync(readDataset(folder(t, { 'ER.fa': '>a\nMK\n', 'ER.fasta': '>b\nMK\n' })), { message: /two files/ })
	const twice = await t.throwsAsync<SublocError>(
		readDataset(folder(t, { 'ER.fa': '>a\nMK\n', 'Golgi.fa': '>x\nM\n>a\nMK\n' })),
	)
	t.like(twice, { code: 'INVALID_DATASET', line: 3, record: 'a' })
})

const made = (id: string, own: string, sequence: string): LabelledRecord => ({
	...{ id, description: '', sequence, line: 0, class: own, fold: '', cluster: '', annotations: [] },
})

test('records of a program are read as those of a file: lower case, blanks and the stop', (t) => {
	const upper = makeDataset([made('a', 'ER', 'MKV'), made('b', 'Golgi', 'MLA')])
	const lower = makeDataset([made('a', 'ER', 'm k\nv*'), made('b', 'Golgi', 'mLa')])
	t.deepEqual(
		lower.records.map(({ sequence }) => sequence),
		['MKV', 'MLA'],
	)
	t.is(lower.digest, upper.digest)
})

test('records that cannot be used are refused with their id', (t) => {
	const refused = (record: LabelledRecord) =>
		t.throws<SublocError>(() => makeDataset([made('b', 'Golgi', 'MLA'), record]))!
	t.like(refused(made('a', 'ER', 'MK-V')), { code: 'UNKNOWN_RESIDUE', record: 'a', residue: '-' })
	t.like(refused(made('a', 'ER', '*')), { code: 'INVALID_DATASET', record: 'a' })
	t.like(refused(made('a\tx', 'ER', 'MK')), { code: 'INVALID_DATASET', record: 'a\tx' })
	t.like(refused(made('a', 'E\nR', 'MK')), { code: 'INVALID_DATASET', record: 'a' })
	t.like(refused(made('a', 'ER', undefined as never)), { code: 'INVALID_DATASET', record: 'a' })
})

test('an error names the file that a record was read from, not the folder', async (t) => {
	const path = folder(t, { 'ER.fa': '>a\nMK\n', 'Moon.fa': '>x\nM\n>y\nMK\n' })
	const file = join(path, 'Moon.fa')
	const unknown = await t.throwsAsync<SublocError>(readDataset(path, { classes: ['ER'] }))
	t.like(unknown, { code: 'UNKNOWN_CLASS', file, line: 1, record: 'x' })
	const { records } = await readDataset(path)
	const twice = t.throws<SublocError>(() => makeDataset([...records, { ...records[2]!, class: 'ER' }]))
	t.like(twice, { code: 'INVALID_DATASET', file, line: 3, record: 'y' })
})

test('tags of MultiLoc are read as positions from 1', (t) => {
	t.deepEqual(parseAnnotations('SA 11 31'), [{ kind: 'SA', start: 11, end: 31 }])
	t.deepEqual(parseAnnotations('mTP 31'), [{ kind: 'mTP', start: 1, end: 31 }])
	t.deepEqual(parseAnnotations('cTP 57 x SP 9'), [
		{ kind: 'cTP', start: 1, end: 57 },
		{ kind: 'SP', start: 1, end: 9 },
	])
	t.deepEqual(parseAnnotations('a SPRY 12 domain, NOSP 3'), [])
})

test('the MultiLoc folder is read as it lies: 11 classes and its 3,554 tags', async (t) => {
	const path = sharedData(t, 'multiloc')
	if (!path) return
	const { records, classes } = await readDataset(path)
	t.is(classes.length, 11)
	t.deepEqual(classes.slice(0, 3), ['ER', 'Golgi', 'chloroplast'])
	// shared/data/README.md
	const tagged = records.filter(({ annotations }) => annotations.length > 0)
	t.deepEqual([records.length, tagged.length], [5959, 3554])
	t.is(records.filter(({ annotations }) => annotations[0]?.kind === 'SP').length, 2295)
})
