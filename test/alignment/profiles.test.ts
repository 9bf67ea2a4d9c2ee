/** Profiles by the real MMseqs2 and PSI-BLAST, of proteins with planted relatives. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { makeProfiles } from '../../src-ts/alignment/make-profiles.js'
import { openProfileStore } from '../../src-ts/encoding/profile/store.js'
import { ALPHABET } from '../../src-ts/sequence/alphabet.js'
import { hasTool } from '../support/aligners.js'
import { fixture } from '../support/fixtures.js'
import { temporaryFolder } from '../support/folder.js'

/** Numbers below 2^32 that look random, from a seed (mulberry32). */
function random(seed: number): () => number {
	let state = seed
	return () => {
		state = (state + 0x6d2b79f5) | 0
		let z = Math.imul(state ^ (state >>> 15), 1 | state)
		z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z
		return (z ^ (z >>> 14)) >>> 0
	}
}

const next = random(7)
const letter = () => ALPHABET[next() % 20]!
const sequence = (length: number) => Array.from({ length }, letter).join('')
const mutated = (of: string) => [...of].map((own) => (next() % 4 === 0 ? letter() : own)).join('')

/** Forty proteins of different lengths; the even ones have five relatives each, with a quarter of their residues changed. */
const PROTEINS = Array.from({ length: 40 }, (_, at) => ({ id: `protein|${at}`, sequence: sequence(80 + 3 * at) }))
const RELATIVES = PROTEINS.filter((_, at) => at % 2 === 0).flatMap((protein) =>
	Array.from({ length: 5 }, () => mutated(protein.sequence)),
)

function databaseOf(t: ExecutionContext): string {
	const path = join(temporaryFolder(t), 'relatives.fasta')
	// The proteins themselves are in the database too: they are no relatives of themselves.
	const all = [...RELATIVES, ...PROTEINS.map((protein) => protein.sequence)]
	writeFileSync(path, all.map((text, at) => `>r${at}\n${text}\n`).join(''))
	return path
}

for (const tool of ['mmseqs', 'psiblast'] as const) {
	test(`${tool}: those with relatives have a profile, each its own, and the others have none`, async (t) => {
		if (!hasTool(t, tool)) return
		const output = temporaryFolder(t)
		const { proteins, withProfile, info } = await makeProfiles(PROTEINS, {
			tool,
			output,
			database: databaseOf(t),
			threads: 2,
			batch: 25,
		})
		t.deepEqual([proteins, withProfile], [40, 20])
		t.is(info.tool.name, tool)
		t.regex(info.tool.version!, /^\d+[.-]/)
		const store = await openProfileStore(output)
		for (const [at, protein] of PROTEINS.entries()) {
			const rows = await store.rows(protein.id, protein.sequence)
			t.is(rows === null, at % 2 === 1, protein.id)
			if (!rows) continue
			// Three quarters of a relative's residues are the protein's own: so is the likeliest one of nearly every row.
			const likeliest = [...protein.sequence].map((_, row) => {
				const values = [...rows.subarray(20 * row, 20 * row + 20)]
				return ALPHABET[values.indexOf(Math.max(...values))]
			})
			const own = likeliest.filter((found, row) => found === protein.sequence[row]).length
			t.true(own > 0.8 * protein.sequence.length, `${protein.id}: ${own} of ${protein.sequence.length}`)
		}
		// A profile may also meet a chance relative; the protein itself is never counted.
		const index = readFileSync(join(output, 'profiles_index.tsv'), 'utf8').trim().split('\n').slice(1)
		for (const [id, , , , homologues] of index.map((line) => line.split('\t'))) {
			const hasRelatives = Number(id!.split('|')[1]) % 2 === 0
			t.true(hasRelatives ? Number(homologues) >= 5 : homologues === '0', `${id}: ${homologues}`)
		}
	})
}

test('mmseqs: the same rows as in the file that was made by hand', async (t) => {
	if (!hasTool(t, 'mmseqs')) return
	const output = temporaryFolder(t)
	const P1 = 'MKVLAAGIVGLCAKAYWDEFNPQRSTMKVLAAGIVGLCAKAYWDEFNPQRST'
	await makeProfiles([{ id: 'P1', sequence: P1 }], { output, database: fixture('profiles/database.fasta'), threads: 1 })
	const rows = (await (await openProfileStore(output)).rows('P1', P1))!
	// test/encoding/formats.test.ts; another release of MMseqs2 may round otherwise.
	const wanted = [8, 7, 6, 5, 3, 10, 6, 5, 3, 11, 32, 8, 46, 9, 5, 7, 8, 2, 4, 14]
	t.true(wanted.every((value, at) => Math.abs(value - rows[at]!) <= 12))
})

test('psiblast: a database that makeblastdb made, in a folder with a blank in its name', async (t) => {
	if (!hasTool(t, 'psiblast')) return
	const folder = join(temporaryFolder(t), 'a b')
	mkdirSync(folder)
	execFileSync('makeblastdb', ['-in', fixture('profiles/database.fasta'), '-dbtype', 'prot', '-out', 'db'], {
		cwd: folder,
	})
	const records = [{ id: 'three', sequence: 'MKVLXBGIVGZUAKAYWDEFNPQRSTMKVLAAGIVGLCAKAYWDEFNPQRST' }]
	const output = temporaryFolder(t)
	const { withProfile, info } = await makeProfiles(records, {
		tool: 'psiblast',
		output,
		database: join(folder, 'db'),
		threads: 1,
	})
	t.is(withProfile, 1)
	t.is(info.database!.form, 'made')
	const rows = (await (await openProfileStore(output)).rows('three', records[0]!.sequence))!
	// Row 12 of test/fixtures/profiles/three.pssm: 53 % C, 24 % L.
	t.deepEqual([rows[20 * 11 + 4], rows[20 * 11 + 10]], [106, 48])
})
