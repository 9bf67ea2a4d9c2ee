import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import type { SublocError } from '../../src-ts/errors.js'
import { type ReadFastaOptions, readFasta } from '../../src-ts/sequence/fasta.js'
import { temporaryFolder } from '../support/folder.js'
import { sharedData } from '../support/shared.js'

const stream = (...pieces: (string | Buffer)[]) => Readable.from(pieces.map((piece) => Buffer.from(piece)))

async function read(source: string | Readable, options?: ReadFastaOptions) {
	const records = []
	for await (const record of readFasta(source, options)) records.push(record)
	return records
}

const sequences = async (text: string | Buffer) =>
	(await read(stream(text))).map(({ id, sequence }) => `${id}=${sequence}`)

const reads = test.macro<[title: string, text: string | Buffer, expected: string[]]>({
	async exec(t, _, text, expected) {
		t.deepEqual(await sequences(text), expected)
	},
	title: (_, title) => `reads ${title}`,
})

test(reads, 'wrapped lines', '>a\nMKV\nLA\n>b\nMK\n', ['a=MKVLA', 'b=MK'])
test(reads, 'a file without a final newline', '>a\nMKV', ['a=MKV'])
test(reads, 'Windows line ends', '>a x\r\nMKV\r\nLA\r\n', ['a=MKVLA'])
test(reads, 'old Macintosh line ends', '>a\rMKV\r>b\rLA', ['a=MKV', 'b=LA'])
test(reads, 'a byte order mark', '\uFEFF>a\nMKV\n', ['a=MKV'])
test(reads, 'blank lines, spaces and tabs inside a sequence', '\n\n>a\n\nMK V\t\n\n LA\n\n', ['a=MKVLA'])
test(reads, 'lower case', '>a\nmkvLA\n', ['a=MKVLA'])
test(reads, 'a stop at the end', '>a\nMKV*\n>b\nMK\nV\n*\n', ['a=MKV', 'b=MKV'])
test(reads, 'comment lines', ';made by hand\n>a\n;another\nMKV\n', ['a=MKV'])
test(reads, 'every letter A–Z', '>a\nABCDEFGHIJKLMNOPQRSTUVWXYZ\n', ['a=ABCDEFGHIJKLMNOPQRSTUVWXYZ'])
test(reads, 'a blank before the id', '>  a  b \nMK\n', ['a=MK'])
test(reads, 'ids that occur twice', '>a\nMK\n>a\nVL\n', ['a=MK', 'a=VL'])
test(reads, 'gzip', gzipSync('>a\nMKV\n'), ['a=MKV'])
test(reads, 'gzip in two members', Buffer.concat([gzipSync('>a\nMKV\n'), gzipSync('>b\nLA\n')]), ['a=MKV', 'b=LA'])
test(reads, 'a protein of one residue', '>a\nM\n', ['a=M'])

test('gives description and line', async (t) => {
	const [, record] = await read(stream('>a\nMK\n>b SP 24  of something \nVL\n'))
	t.deepEqual(record, { id: 'b', description: 'SP 24  of something', sequence: 'VL', line: 3 })
})

test('titin’s 35,000 residues in one line are one record', async (t) => {
	const [record] = await read(stream(`>titin\n${'MKVLA'.repeat(7000)}\n`))
	t.is(record!.sequence.length, 35_000)
})

test('reads a file and names it in errors', async (t) => {
	const path = join(temporaryFolder(t), 'x.fasta')
	writeFileSync(path, '>a\nMKV\n>b\nM1K\n')
	const error = await t.throwsAsync<SublocError>(read(path), { code: 'UNKNOWN_RESIDUE' })
	t.like(error, { file: path, line: 4, record: 'b', residue: '1' })
	t.is(error!.facts.position, 2)
})

const refuses = test.macro<[title: string, text: string | Buffer, code: string, line: number, message: RegExp]>({
	async exec(t, _, text, code, line, message) {
		const error = await t.throwsAsync<SublocError>(read(stream(text)), { code })
		t.is(error!.line, line)
		t.regex(error!.message, message)
	},
	title: (_, title) => `refuses ${title}`,
})

test(refuses, 'an empty file', '', 'INVALID_FASTA', 1, /no record/)
test(refuses, 'a file of blank lines', '\n \n', 'INVALID_FASTA', 1, /no record/)
test(refuses, 'text before the first header', 'MKV\n>a\nMK\n', 'INVALID_FASTA', 1, /before the first header/)
test(refuses, 'FASTQ', '@a\nMKV\n+\nIII\n', 'INVALID_FASTA', 1, /FASTQ/)
test(refuses, 'a record without residues', '>a\n>b\nMK\n', 'INVALID_FASTA', 1, /no residues/)
test(refuses, 'a last record without residues', '>a\nMK\n>b', 'INVALID_FASTA', 3, /no residues/)
test(refuses, 'a header without an id', '>a\nMK\n>\nMK\n', 'INVALID_FASTA', 3, /without an id/)
test(refuses, 'a digit', '>a\nMK\nV7\n', 'UNKNOWN_RESIDUE', 3, /'7' at residue 4/)
test(refuses, 'a stop inside', '>a\nMK*V\n', 'UNKNOWN_RESIDUE', 2, /'\*' at residue 3.*stop/)
test(refuses, 'a stop followed by residues', '>a\nMK*\nVL\n', 'UNKNOWN_RESIDUE', 2, /'\*' at residue 3/)
test(refuses, 'a gap', '>a\nMK-V\n', 'UNKNOWN_RESIDUE', 2, /gap/)
test(refuses, 'a letter outside A–Z', '>a\nMKÄ\n', 'UNKNOWN_RESIDUE', 2, /'Ä' at residue 3/)
test(refuses, 'a control character', '>a\nMK\u0000V\n', 'UNKNOWN_RESIDUE', 2, /U\+0000/)
test(
	refuses,
	'a gzip that ends too early',
	gzipSync(`>a\n${'MKV'.repeat(9999)}\n`).subarray(0, 40),
	'INVALID_FASTA',
	2,
	/too early/,
)
test(
	refuses,
	'a damaged gzip',
	Buffer.concat([gzipSync('>a\nMKV\n').subarray(0, 12), Buffer.alloc(30, 7)]),
	'INVALID_FASTA',
	1,
	/damaged/,
)

test('what stood before the damage has been given', async (t) => {
	const whole = gzipSync(
		Array.from({ length: 5000 }, (_, i) =>
			`>p${i}\nM${'ACDEFGHIKLMNPQRSTVWY'.repeat(9)}${i % 7}A`.replace(/\d(?=A$)/, 'G'),
		).join('\n'),
	)
	const seen: string[] = []
	await t.throwsAsync(
		async () => {
			for await (const { id } of readFasta(stream(whole.subarray(0, whole.length - 200)))) seen.push(id)
		},
		{ code: 'INVALID_FASTA' },
	)
	t.true(seen.length > 0)
})

test('a missing file is INPUT_MISSING, a folder is IO', async (t) => {
	await t.throwsAsync(read('nowhere/x.fasta'), { code: 'INPUT_MISSING' })
	await t.throwsAsync(read(temporaryFolder(t)), { code: 'IO' })
})

test('a reader that reports gives every record, the bad ones with their problem', async (t) => {
	const records = await read(stream('>a\nMK\n>b\n>c\nM?\n>d\nVL\n'), { onProblem: 'report' })
	t.deepEqual(
		records.map(({ id, sequence, problem }) => [id, sequence, problem?.code]),
		[
			['a', 'MK', undefined],
			['b', '', 'INVALID_FASTA'],
			['c', '', 'UNKNOWN_RESIDUE'],
			['d', 'VL', undefined],
		],
	)
})

test('the pieces in which a stream arrives change nothing', async (t) => {
	const text = '\uFEFF>a é x\r\nMKV\r\nLA*\r\n\r\n>b\r\nmk\r\n;c\r\n>c\r\nW'
	const bytes = Buffer.from(text)
	const expected = await read(stream(bytes))
	await fc.assert(
		fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
			const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
			const pieces = places.slice(1).map((end, at) => bytes.subarray(places[at], end))
			t.deepEqual(await read(stream(...pieces)), expected)
		}),
	)
})

test('what was written is read back, however it is wrapped', async (t) => {
	const residues = fc.string({ unit: fc.constantFrom(...'ACDEFGHIKLMNPQRSTVWYBJOUXZ'), minLength: 1 })
	await fc.assert(
		fc.asyncProperty(fc.array(residues, { minLength: 1 }), fc.integer({ min: 1, max: 9 }), async (all, width) => {
			const text = all.map((own, at) => `>p${at}\n${own.replace(new RegExp(`.{${width}}`, 'g'), '$&\n')}\n`).join('')
			t.deepEqual(
				await sequences(text),
				all.map((own, at) => `p${at}=${own}`),
			)
		}),
	)
})

test('all 5,959 MultiLoc proteins and their 2,977,455 residues are read', async (t) => {
	const folder = sharedData(t, 'multiloc')
	if (!folder) return
	let [records, residues] = [0, 0]
	for (const name of readdirSync(folder)) {
		for (const { sequence } of await read(join(folder, name))) {
			records += 1
			residues += sequence.length
		}
	}
	// shared/data/README.md
	t.deepEqual([records, residues], [5959, 2_977_455])
})

test('leaving the loop early closes the file', async (t) => {
	const path = join(temporaryFolder(t), 'x.fasta')
	writeFileSync(path, '>a\nMKV\n'.repeat(100_000))
	const open = () => readdirSync('/proc/self/fd').length
	const before = open()
	for (let time = 0; time < 20; time++) for await (const _ of readFasta(path)) break
	await new Promise((done) => setTimeout(done, 50))
	t.true(open() < before + 5)
})

test('a source that gives nothing ends with the signal’s reason', async (t) => {
	const controller = new AbortController()
	const reason = new Error('enough')
	setTimeout(() => controller.abort(reason), 20)
	t.is(await t.throwsAsync(read(new Readable({ read() {} }), { signal: controller.signal })), reason)
})

test('a line of 20 million residues takes the time of its length', async (t) => {
	const piece = Buffer.from('MKVLA'.repeat(13_107))
	const [record] = await read(stream('>long\n', ...Array.from({ length: 305 }, () => piece)))
	t.is(record!.sequence.length, 305 * piece.length)
})
