import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import { encodedLength, encodedPlace, encodeRecords, keptResidue } from '../../src-ts/encoding/encode.js'
import { impliedProfile } from '../../src-ts/encoding/profile/implied.js'
import { openProfileStore } from '../../src-ts/encoding/profile/store.js'
import type { SublocError } from '../../src-ts/errors.js'
import { readFasta } from '../../src-ts/sequence/fasta.js'
import { temporaryFolder } from '../support/folder.js'
import { sharedData } from '../support/shared.js'

/** A store of two proteins with 2 and 3 rows; row r holds the value r in every column. */
function store(
	t: ExecutionContext,
	index = 'accession\tfile\tfirst_row\tlength\na\tx.u8.gz\t0\t2\nb\tx.u8.gz\t2\t3\n',
) {
	const folder = temporaryFolder(t)
	writeFileSync(join(folder, 'x_index.tsv'), index)
	writeFileSync(join(folder, 'x.u8.gz'), gzipSync(Uint8Array.from({ length: 100 }, (_, at) => Math.floor(at / 20))))
	return folder
}

test('rows of a protein are those that its index line names', async (t) => {
	const profiles = await openProfileStore(store(t))
	const rows = await profiles.rows('b', 'MKV')
	t.deepEqual([rows!.length, rows![0], rows![59]], [60, 2, 4])
	t.is(await profiles.rows('c', 'MKV'), null)
})

test('a profile whose length is not the sequence’s is refused with its place', async (t) => {
	const folder = store(t)
	const profiles = await openProfileStore(folder)
	const error = await t.throwsAsync<SublocError>(profiles.rows('b', 'MKVL'), { code: 'INVALID_PROFILE' })
	t.like(error, { record: 'b', line: 3, file: join(folder, 'x_index.tsv') })
	t.regex(error!.message, /3 rows.*4 residues/)
})

const refuses = test.macro<[title: string, index: string, message: RegExp, line: number]>({
	async exec(t, _, index, message, line) {
		const opened = (async () => (await openProfileStore(store(t, index))).rows('a', 'MK'))()
		const error = await t.throwsAsync<SublocError>(opened, { code: 'INVALID_PROFILE' })
		t.regex(error!.message, message)
		t.is(error!.line, line)
	},
	title: (_, title) => `refuses an index with ${title}`,
})
const HEADER = 'accession\tfile\tfirst_row\tlength\n'
test(refuses, 'a missing column', 'accession\tfile\n', /first_row/, 1)
test(refuses, 'a row that is no number', `${HEADER}a\tx.u8.gz\tzero\t2\n`, /whole numbers/, 2)
test(refuses, 'an empty row', `${HEADER}a\tx.u8.gz\t\t2\n`, /whole numbers/, 2)
test(refuses, 'a length below 0', `${HEADER}a\tx.u8.gz\t0\t-2\n`, /whole numbers/, 2)
test(refuses, 'a row in another notation', `${HEADER}a\tx.u8.gz\t0x0\t2\n`, /whole numbers/, 2)
test(refuses, 'too few cells', `${HEADER}a\tx.u8.gz\t0\t2\nb\tx.u8.gz\n`, /2 cells, the header has 4/, 3)
test(refuses, 'an accession that occurs twice', `${HEADER}a\tx.u8.gz\t0\t2\na\tx.u8.gz\t2\t2\n`, /twice/, 3)
test(refuses, 'rows beyond the file', `${HEADER}a\tx.u8.gz\t4\t2\n`, /ends before row 6/, 2)
test(refuses, 'a path for a file', `${HEADER}a\t../x.u8.gz\t0\t2\n`, /plain file name/, 2)

test('a folder without an index, and no folder at all', async (t) => {
	await t.throwsAsync(openProfileStore(temporaryFolder(t)), { code: 'INVALID_PROFILE' })
	await t.throwsAsync(openProfileStore('nowhere'), { code: 'INPUT_MISSING' })
})

test('a folder in place of an index is IO with its path', async (t) => {
	const folder = store(t)
	mkdirSync(join(folder, 'y_index.tsv'))
	const error = await t.throwsAsync<SublocError>(openProfileStore(folder), { code: 'IO', message: /it is a folder/ })
	t.is(error!.file, join(folder, 'y_index.tsv'))
})

test('rows of a source that are not 20 bytes a residue are refused with their record', async (t) => {
	for (const rows of [
		new Uint8Array(59),
		new Uint8Array(80),
		new Float32Array(60),
		Array<number>(60).fill(0),
	] as Uint8Array[]) {
		const encoded = encodeRecords([{ id: 'p', sequence: 'MKV' }], {
			...{ maxResidues: 10, cutGap: 0, profile: true, missingProfile: 'blosum' },
			profiles: { rows: async () => rows },
		})
		const error = await t.throwsAsync<SublocError>(encoded, { code: 'INVALID_PROFILE', message: /60/ })
		t.is(error!.record, 'p')
	}
})

test('a damaged gzip of profiles', async (t) => {
	const folder = store(t)
	writeFileSync(join(folder, 'x.u8.gz'), gzipSync(new Uint8Array(100)).subarray(0, 15))
	const profiles = await openProfileStore(folder)
	await t.throwsAsync(profiles.rows('a', 'MK'), { code: 'INVALID_PROFILE', message: /damaged/ })
})

test('missing profiles follow the policy and are counted', async (t) => {
	const records = [
		{ id: 'a', sequence: 'MK' },
		{ id: 'z', sequence: 'WX' },
	]
	const profiles = await openProfileStore(store(t))
	const encode = (missingProfile: 'blosum' | 'onehot' | 'fail') =>
		encodeRecords(records, { maxResidues: 10, cutGap: 0, profile: true, profiles, missingProfile })
	const onehot = await encode('onehot')
	t.is(onehot.missingProfiles, 1)
	const rows = onehot.native.profiles!
	t.deepEqual([rows[0], rows[20]], [0, 1])
	t.is(rows[40 + 17], 200)
	t.true(rows.subarray(60).every((value) => value === 0))
	t.deepEqual((await encode('blosum')).native.profiles!.subarray(40), impliedProfile('WX', 'blosum'))
	await t.throwsAsync(encode('fail'), { code: 'INVALID_PROFILE', message: /no profile/ })
})

test('the middle cut takes profile rows and residues alike', async (t) => {
	const profiles = {
		rows: async (_: string, s: string) => Uint8Array.from({ length: 20 * s.length }, (_, at) => Math.floor(at / 20)),
	}
	const records = [
		{ id: 'p', sequence: 'ARNDCQE' },
		{ id: 'q', sequence: 'AR' },
	]
	const { native, cuts } = await encodeRecords(records, {
		maxResidues: 4,
		cutGap: 0,
		profile: true,
		profiles,
		missingProfile: 'fail',
	})
	t.deepEqual([...native.codes], [0, 1, 5, 6, 0, 1])
	t.deepEqual(
		[...native.profiles!].filter((_, at) => at % 20 === 0),
		[0, 1, 5, 6, 0, 1],
	)
	t.deepEqual([...native.offsets].map(Number), [0, 4, 6])
	t.is(cuts[0]!.removed, 3)
})

test('the check values of the packed store are read (P46644, residues 1 and 100)', async (t) => {
	const folder = sharedData(t, 'profiles')
	const fasta = sharedData(t, 'multiloc/chloroplast.fasta')
	if (!folder || !fasta) return
	const profiles = await openProfileStore(folder)
	for await (const { id, sequence } of readFasta(fasta)) {
		if (id !== 'P46644') continue
		const rows = (await profiles.rows(id, sequence))!
		// shared/data/profiles/README.md
		t.deepEqual([...rows.subarray(0, 20)], [10, 7, 4, 4, 2, 7, 6, 5, 2, 12, 30, 7, 54, 7, 5, 9, 7, 2, 4, 15])
		t.deepEqual([...rows.subarray(1980, 2000)], [26, 5, 3, 6, 5, 13, 33, 9, 1, 9, 20, 14, 18, 5, 2, 4, 9, 2, 4, 14])
	}
})

test('the implied profile is the store’s own for a protein without homologues (P45434)', async (t) => {
	const folder = sharedData(t, 'profiles')
	const fasta = sharedData(t, 'multiloc/ER.fasta')
	if (!folder || !fasta) return
	const profiles = await openProfileStore(folder)
	for await (const { id, sequence } of readFasta(fasta)) {
		if (id !== 'P45434') continue
		const rows = (await profiles.rows(id, sequence))!
		const implied = impliedProfile(sequence, 'blosum')
		// Rounding to steps of 0.005 may fall to either side.
		t.true(rows.every((value, at) => Math.abs(value - implied[at]!) <= 1))
	}
})

test('a gap stands where a middle was taken out, in codes and profile rows, and nowhere else', async (t) => {
	const records = [
		{ id: 'cut', sequence: 'ARNDCQE', rows: Uint8Array.from({ length: 140 }, (_, at) => 1 + Math.floor(at / 20)) },
		{ id: 'whole', sequence: 'GHILK', rows: new Uint8Array(100).fill(9) },
	]
	const { native, cuts, cutGap } = await encodeRecords(records, {
		...{ maxResidues: 5, cutGap: 2, profile: true, profiles: null, missingProfile: 'fail' },
	})
	t.deepEqual([...native.codes], [0, 1, 2, 23, 23, 5, 6, 7, 8, 9, 10, 11])
	t.deepEqual([...native.offsets].map(Number), [0, 7, 12])
	const firsts = Array.from({ length: 12 }, (_, row) => native.profiles![20 * row])
	t.deepEqual(firsts, [1, 2, 3, 0, 0, 6, 7, 9, 9, 9, 9, 9])
	const places = [0, 1, 2, 3, 4].map((kept) => encodedPlace(cuts[0]!, cutGap, kept))
	t.deepEqual(places, [0, 1, 2, 5, 6])
	t.deepEqual(
		[-1, 0, 2, 3, 4, 5, 6, 7].map((place) => keptResidue(cuts[0]!, cutGap, place)),
		[null, 1, 3, null, null, 4, 5, null],
	)
	t.deepEqual(
		[0, 4, 5].map((place) => keptResidue(cuts[1]!, cutGap, place)),
		[1, 5, null],
	)
	t.deepEqual(
		cuts.map((cut) => encodedLength(cut, cutGap)),
		[7, 5],
	)
})
