/** Profiles of files, and the proteins that they are for. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { ProfiledRecord } from '../../src-ts/encoding/profile/found.js'
import { type ImportProfilesOptions, importProfiles } from '../../src-ts/encoding/profile/import.js'
import { ProfileStoreWriter } from '../../src-ts/encoding/profile/store-writer.js'
import type { SublocError } from '../../src-ts/errors.js'
import { fixture, fixtureText } from '../support/fixtures.js'
import { temporaryFolder } from '../support/folder.js'

const P1 = { id: 'sp|P1|ONE', sequence: 'MKVLAAGIVGLCAKAYWDEFNPQRSTMKVLAAGIVGLCAKAYWDEFNPQRST' }
const TWO = { id: 'two', sequence: 'WWWWHHHHCCCCMMMMPPPPWWWWHHHHCCCC' }
const THREE = { id: 'three', sequence: 'MKVLXBGIVGZUAKAYWDEFNPQRSTMKVLAAGIVGLCAKAYWDEFNPQRST' }
const file = (name: string) => fixture(`profiles/${name}`)

/** `id` of each profile that found its protein, `?name` of the others. */
async function imported(
	files: string[],
	records: ProfiledRecord[],
	options?: ImportProfilesOptions,
): Promise<string[]> {
	const found: string[] = []
	for await (const one of importProfiles(files, records, options)) {
		found.push('profile' in one ? one.profile.id : `?${one.unclaimed.name}`)
	}
	return found
}

function copied(t: ExecutionContext, from: string, to: string): string {
	const path = join(temporaryFolder(t), to)
	copyFileSync(file(from), path)
	return path
}

test('by the file’s name, of which endings are left out, and the accession in an id', async (t) => {
	t.deepEqual(await imported([file('P1.pssm'), file('three.pssm')], [P1, TWO, THREE]), ['sp|P1|ONE', 'three'])
	const path = copied(t, 'P1.pssm', 'x.1.mat.txt')
	t.deepEqual(await imported([path], [{ ...P1, id: 'x.1' }, TWO]), ['x.1'])
})

test('by the name inside the file', async (t) => {
	t.deepEqual(await imported([copied(t, 'P1.a3m', 'b.a3m')], [P1, { ...P1, id: 'same' }]), ['sp|P1|ONE'])
	t.deepEqual(await imported([copied(t, 'P1.hhm', 'b.hhm')], [P1, { ...P1, id: 'same' }]), ['sp|P1|ONE'])
})

test('by the sequence, where only one protein has it', async (t) => {
	const path = copied(t, 'P1.pssm', 'q_0001.pssm')
	t.deepEqual(await imported([path], [{ ...P1, id: 'other' }, TWO]), ['other'])
	t.deepEqual(
		await imported(
			[path],
			[
				{ ...P1, id: 'other' },
				{ ...P1, id: 'another' },
			],
		),
		['?q_0001.pssm'],
	)
	t.deepEqual(await imported([path], [TWO]), ['?q_0001.pssm'])
})

test('MMseqs2’s by its lookup, whose numbers are no places', async (t) => {
	t.deepEqual(await imported([file('mmseqs.pssm')], [THREE, TWO, P1]), ['sp|P1|ONE', 'two', 'three'])
	const lookup = join(temporaryFolder(t), 'other.lookup')
	writeFileSync(lookup, '2\tsp|P1|ONE\t0\r\n0\tthree\t0\r\n1\ttwo\t0\r\n')
	// Both have 52 residues, and nearly the same: no check can tell, so the lookup is believed.
	t.deepEqual(await imported([file('mmseqs.pssm')], [THREE, TWO, P1], { lookup }), ['three', 'two', 'sp|P1|ONE'])
	const bare = copied(t, 'mmseqs.pssm', 'bare.pssm')
	const error = await t.throwsAsync<SublocError>(imported([bare], [THREE, TWO, P1]), { code: 'INVALID_PROFILE' })
	t.regex(error!.message, /--lookup/)
})

test('MMseqs2’s of another protein: the consensus does not agree', async (t) => {
	const records = [{ id: 'P1', sequence: 'W'.repeat(52) }]
	const error = await t.throwsAsync<SublocError>(imported([file('mmseqs.pssm')], records), { code: 'INVALID_PROFILE' })
	t.like(error, { record: 'P1', line: 3, residue: 'M', file: file('mmseqs.pssm') })
	t.regex(error!.message, /only 2 of its 52 consensus residues/)
})

const differs = test.macro<[name: string, line: number]>({
	async exec(t, name, line) {
		// Residue 5, A, is a G.
		const sequence = P1.sequence.replace('MKVLA', 'MKVLG')
		const error = await t.throwsAsync<SublocError>(imported([file(name)], [{ ...P1, sequence }]), {
			code: 'INVALID_PROFILE',
		})
		t.like(error, { record: P1.id, line, residue: 'A', file: file(name) })
		t.is(error!.facts['position'], 5)
		t.regex(error!.message, /residue 5 is A in the profile and G in the sequence/)
		const short = { ...P1, sequence: P1.sequence.slice(0, -2) }
		const longer = await t.throwsAsync<SublocError>(imported([file(name)], [short]), { code: 'INVALID_PROFILE' })
		t.regex(longer!.message, /52 rows, the sequence 50 residues/)
	},
	title: (_, name) => `${name} for another sequence names the first residue that differs`,
})
test(differs, 'P1.pssm', 8)
test(differs, 'P1.hhm', 36)
test(differs, 'P1.a3m', 2)

test('two profiles of one protein', async (t) => {
	const error = await t.throwsAsync<SublocError>(imported([file('P1.pssm'), file('P1.hhm')], [P1]), {
		code: 'INVALID_PROFILE',
		message: /already, from .*P1\.pssm:2/,
	})
	t.like(error, { record: P1.id, file: file('P1.hhm') })
})

test('a folder stands for its files, and a store for its profiles', async (t) => {
	const folder = temporaryFolder(t)
	for (const name of ['three.pssm', 'P1.pssm']) copyFileSync(file(name), join(folder, name))
	writeFileSync(join(folder, '.hidden'), 'no profile')
	mkdirSync(join(folder, 'below'))
	t.deepEqual(await imported([folder], [P1, TWO, THREE]), ['sp|P1|ONE', 'three'])
	const store = temporaryFolder(t)
	const writer = await ProfileStoreWriter.open(store)
	await writer.add([{ ...TWO, rows: new Uint8Array(640).fill(10), homologues: 4 }])
	await writer.close()
	t.deepEqual(await imported([store, file('P1.pssm')], [P1, TWO, THREE]), ['two', 'sp|P1|ONE'])
})

test('a lookup that is none', async (t) => {
	const lookup = join(temporaryFolder(t), 'l')
	writeFileSync(lookup, '0\tP1\t0\nP2\n')
	const error = await t.throwsAsync<SublocError>(imported([file('mmseqs.pssm')], [P1], { lookup }), {
		code: 'INVALID_PROFILE',
	})
	t.like(error, { file: lookup, line: 2 })
	await t.throwsAsync(imported([file('mmseqs.pssm')], [P1], { lookup: 'nowhere' }), { code: 'INPUT_MISSING' })
})

test('letters that programs write for odd residues are accepted, others are not', async (t) => {
	t.deepEqual(await imported([file('three.a3m')], [THREE]), ['three']) // D for B, E for Z, X for U
	const text = fixtureText('profiles/three.a3m').replace('MKVLXDG', 'MKVLXWG')
	const path = join(temporaryFolder(t), 'three.a3m')
	writeFileSync(path, text)
	const error = await t.throwsAsync<SublocError>(imported([path], [THREE]), { code: 'INVALID_PROFILE' })
	t.regex(error!.message, /residue 6 is W in the profile and B in the sequence/)
})
