/** Readers of other programs' profiles, on what those programs wrote (test/fixtures/profiles/README.md) and on what goes wrong with such files. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import { type ReadProfilesOptions, readProfiles } from '../../src-ts/encoding/profile/formats/read.js'
import type { FoundProfile } from '../../src-ts/encoding/profile/found.js'
import type { SublocError } from '../../src-ts/errors.js'
import { ALPHABET } from '../../src-ts/sequence/alphabet.js'
import { fixture, fixtureText } from '../support/fixtures.js'
import { temporaryFolder } from '../support/folder.js'

const P1 = 'MKVLAAGIVGLCAKAYWDEFNPQRSTMKVLAAGIVGLCAKAYWDEFNPQRST'
const THREE = 'MKVLXBGIVGZUAKAYWDEFNPQRSTMKVLAAGIVGLCAKAYWDEFNPQRST'

const read = (name: string, options?: ReadProfilesOptions) => all(readProfiles(fixture(`profiles/${name}`), options))

async function all(profiles: AsyncIterable<FoundProfile>): Promise<FoundProfile[]> {
	const found: FoundProfile[] = []
	for await (const profile of profiles) found.push(profile)
	return found
}

async function readText(
	t: ExecutionContext,
	text: string | Buffer,
	options?: ReadProfilesOptions,
): Promise<FoundProfile[]> {
	const file = join(temporaryFolder(t), 'x.profile')
	writeFileSync(file, text)
	return all(readProfiles(file, options))
}

/** A row by residue, without zeros; `at` counts from 1. */
function row({ rows }: FoundProfile, at: number): Record<string, number> {
	const entries = [...rows.subarray(20 * at - 20, 20 * at)].map((value, column) => [ALPHABET[column]!, value] as const)
	return Object.fromEntries(entries.filter(([, value]) => value > 0))
}

test('PSI-BLAST: percentages, as they stand in the file', async (t) => {
	const [profile, ...others] = await read('P1.pssm')
	t.is(others.length, 0)
	t.like(profile, { format: 'psiblast', letters: P1, isConsensus: false, line: 2, name: null, homologues: null })
	// 3 V: 28 % I and 72 % V; 5 A: 74 % A and 26 % S; a byte is half a percent.
	t.deepEqual(
		[row(profile!, 1), row(profile!, 3), row(profile!, 5)],
		[{ M: 200 }, { I: 56, V: 144 }, { A: 148, S: 52 }],
	)
	t.is(profile!.rows.length, 20 * 52)
	t.deepEqual([profile!.lines[0], profile!.lines[51]], [4, 55])
})

// In Python, with Robinson & Robinson's background b: p = [b_i exp(0.3176 s_i)]; [round(200 p_i / sum(p))].
const M_SCORES = [12, 6, 5, 4, 2, 9, 7, 6, 2, 15, 36, 9, 32, 8, 4, 8, 9, 1, 5, 19]

test('PSI-BLAST: scores, and a row without percentages', async (t) => {
	const [profile] = await read('P1.pssm', { pssm: 'score' })
	t.deepEqual([...profile!.rows.subarray(0, 20)], M_SCORES)
	const text = fixtureText('profiles/P1.pssm').replace(/^( +1 M.{82}).*$/m, `$1${'   0'.repeat(20)}  0.00 0.00`)
	t.deepEqual([...(await readText(t, text))[0]!.rows.subarray(0, 20)], M_SCORES)
})

test('PSI-BLAST: odd letters are the protein’s own', async (t) => {
	const [profile] = await read('three.pssm')
	t.is(profile!.letters, THREE)
	t.deepEqual(row(profile!, 12), { C: 106, L: 48 })
})

test('PSI-BLAST: the header says which column is which residue', async (t) => {
	// The first two columns change places, in the header and in every row.
	const lines = fixtureText('profiles/P1.pssm')
		.split('\n')
		.map((line) => {
			const isHeader = /^ +A +R/.test(line)
			if (!isHeader && !/^ +\d+ [A-Z] /.test(line)) return line
			const [label, numbers] = isHeader
				? ['           ', line]
				: [/^ +\d+ [A-Z]/.exec(line)![0], line.replace(/^ +\d+ [A-Z]/, '')]
			const cells = numbers.trim().split(/\s+/)
			for (const at of [0, 20]) [cells[at], cells[at + 1]] = [cells[at + 1]!, cells[at]!]
			return `${label} ${cells.join(' ')}`
		})
	const [profile] = await readText(t, lines.join('\n'))
	t.deepEqual(profile!.rows, (await read('P1.pssm'))[0]!.rows)
})

test('PSI-BLAST: numbers that touch are told apart', async (t) => {
	const first = async (scores: string) => {
		const text = fixtureText('profiles/P1.pssm').replace(/^( +1 M).{14}/m, `$1${scores}`)
		return row((await readText(t, text, { pssm: 'score' }))[0]!, 1)
	}
	const found = await first(' -10-11-12')
	t.deepEqual(found, await first(' -10 -11 -12'))
	t.deepEqual([found['A'], found['R'], found['N']], [1, undefined, undefined])
})

test('MMseqs2: letters of the header, positions from 0, half bits, a consensus', async (t) => {
	const profiles = await read('mmseqs.pssm')
	t.deepEqual(
		profiles.map(({ key, line, letters }) => [key, line, letters.length]),
		[
			[0, 1, 52],
			[1, 55, 32],
			[2, 89, 52],
		],
	)
	t.true(profiles.every(({ isConsensus }) => isConsensus))
	// In Python: p = {a: b[a] 2 ** ((s[a] + 0.375 sign(s[a])) / 2)}, s by the header's letters ACDEFGHIKLMNPQRSTVWY; [round(200 p[a] / sum(p))] by ARNDCQEGHILKMFPSTWYV.
	t.deepEqual([...profiles[0]!.rows.subarray(0, 20)], [8, 7, 6, 5, 3, 10, 6, 5, 3, 11, 32, 8, 46, 9, 5, 7, 8, 2, 4, 14])
	// Where the protein has X, B, Z and U the consensus has what was aligned.
	t.is(profiles[2]!.letters.slice(0, 14), 'MKVLSAGIVGLCAK')
})

test('HHM: −1000 log2 p, * is 0, the protein’s own letters', async (t) => {
	const [profile] = await read('P1.hhm')
	t.like(profile, { format: 'hhm', name: 'P1', letters: P1, line: 1 })
	// 200 · 2^−0.595 = 132.4, 200 · 2^−1.564 = 67.6.
	t.deepEqual([row(profile!, 1), row(profile!, 5)], [{ M: 200 }, { A: 132, S: 68 }])
})

test('A3M: insertions and gaps; the first sequence is the protein', async (t) => {
	const [profile] = await read('P1.a3m')
	t.like(profile, { format: 'a3m', name: 'P1', letters: P1, homologues: 3, line: 1 })
	t.is(profile!.rows.length, 20 * 52)
	t.deepEqual([profile!.lines[0], profile!.lines[51]], [2, 2])
})

test('A3M: a column in which the protein has a gap, a consensus, structure lines and wrapped sequences', async (t) => {
	const plain = await readText(t, '>q\nMKV\n>h\nMRV\n')
	const [odd] = await readText(
		t,
		'#A3M#\n>ss_pred\nCCC\n>fam_consensus\nmkv\n>q\nM-\nKV\n>h x\nMa\n-R\nV\n>same\nM-KV\n>none\n-W--\n',
	)
	t.deepEqual([odd!.letters, odd!.name, odd!.homologues], ['MKV', 'q', 1])
	t.deepEqual(odd!.rows, plain[0]!.rows)
	t.deepEqual(odd!.lines, [7, 8, 8])
})

for (const name of ['P1.pssm', 'mmseqs.pssm', 'P1.hhm', 'P1.a3m']) {
	test(`${name} with Windows line ends, a byte order mark, gzip, and without the last line end`, async (t) => {
		const text = fixtureText(`profiles/${name}`)
		const wanted = (await read(name)).map(({ rows }) => rows)
		for (const same of [`\ufeff${text.replaceAll('\n', '\r\n')}`, gzipSync(text), text.trimEnd()]) {
			t.deepEqual(
				(await readText(t, same)).map(({ rows }) => rows),
				wanted,
			)
		}
	})
}

const refuses = test.macro<
	[title: string, name: string, edit: (text: string) => string, message: RegExp, line: number]
>({
	async exec(t, _, name, edit, message, line) {
		const text = edit(fixtureText(`profiles/${name}`))
		const error = await t.throwsAsync<SublocError>(readText(t, text), { code: 'INVALID_PROFILE', message })
		t.is(error!.line, line)
		t.regex(error!.file!, /x\.profile$/)
	},
	title: (_, title, name) => `refuses ${name} ${title}`,
})
const cutAt = (line: number) => (text: string) => text.split('\n').slice(0, line).join('\n')
const without = (line: number) => (text: string) =>
	text
		.split('\n')
		.toSpliced(line - 1, 1)
		.join('\n')
test(refuses, 'that is cut off between rows', 'P1.pssm', cutAt(20), /ends after row 17/, 20)
test(
	refuses,
	'that is cut off in a row',
	'P1.pssm',
	(text) => cutAt(20)(text).slice(0, -60),
	/row 17 has \d+ of 40/,
	20,
)
test(refuses, 'without a row', 'P1.pssm', without(20), /row 17 is missing/, 20)
test(refuses, 'with a percentage of 101', 'P1.pssm', (text) => text.replace(' 100 ', ' 101 '), /beyond 0 to 100/, 4)
test(refuses, 'without its letters', 'P1.pssm', without(3), /name the 20 residues/, 3)
test(refuses, 'with a letter twice', 'P1.pssm', (text) => text.replace('A   R', 'A   A'), /name the 20 residues/, 3)
test(refuses, 'without a row', 'mmseqs.pssm', without(20), /position 17 of the profile of sequence 0 is missing/, 20)
test(refuses, 'that is cut off in a row', 'mmseqs.pssm', (text) => text.slice(0, -8), /20 scores/, 142)
test(
	refuses,
	'that begins in the middle',
	'mmseqs.pssm',
	(text) => text.replace('Pos\tCns', 'Pos'),
	/must begin with the line Pos/,
	2,
)
test(refuses, 'with a letter twice', 'mmseqs.pssm', (text) => text.replace('A\tC', 'C\tC'), /20 residues/, 2)
test(refuses, 'that is cut off', 'P1.hhm', cutAt(40), /ends after row 6 without/, 40)
test(
	refuses,
	'whose length is another',
	'P1.hhm',
	(text) => text.replace('LENG  52', 'LENG  53'),
	/52 rows, LENG says 53/,
	180,
)
test(
	refuses,
	'with half a row',
	'P1.hhm',
	(text) => text.replace(/^(K 2 .{20}).*$/m, '$1'),
	/row 2 has no 20 values/,
	27,
)
test(
	refuses,
	'with a sequence of another length',
	'P1.a3m',
	(text) => `${text}>t4 x\nMKV\n`,
	/3 aligned columns, the first one 52/,
	9,
)
test(refuses, 'with a digit', 'P1.a3m', (text) => text.replace('MKILAAGL', 'MKIL4AGL'), /'4' is neither/, 8)
test(refuses, 'without upper case', 'P1.a3m', (text) => text.toLowerCase(), /no residue in upper case/, 1)
test(refuses, 'that is empty', 'P1.a3m', () => ' \n', /empty/, 1)
test(refuses, 'that is something else', 'P1.a3m', () => '\n{"a": 1}\n', /no known format/, 2)

test('a file that is not there', async (t) => {
	await t.throwsAsync(read('nothing'), { code: 'INPUT_MISSING' })
})
