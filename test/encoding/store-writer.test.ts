/** A store that grows, and what a crash leaves of it. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { openProfileStore } from '../../src-ts/encoding/profile/store.js'
import { ProfileStoreWriter, type StoredProfile } from '../../src-ts/encoding/profile/store-writer.js'
import type { SublocError } from '../../src-ts/errors.js'
import { temporaryFolder } from '../support/folder.js'

/** Every value of a profile is the same. */
const profile = (id: string, sequence: string, value: number | null): StoredProfile => ({
	...{ id, sequence, homologues: value === null ? 0 : 3 },
	rows: value === null ? null : new Uint8Array(20 * sequence.length).fill(value),
})
const A = profile('a', 'MK', 1)
const B = profile('b', 'MKV', null)
const C = profile('c', 'MKVL', 3)

test('what was added is read again, and a protein without profile has none', async (t) => {
	const folder = temporaryFolder(t)
	const writer = await ProfileStoreWriter.open(folder)
	await writer.add([A, B])
	await writer.add([C])
	t.deepEqual([writer.size, writer.withProfile], [3, 2])
	await writer.close()
	t.is(
		readFileSync(join(folder, 'profiles_index.tsv'), 'utf8'),
		'accession\tfile\tfirst_row\tlength\thomologues\tsequence\n' +
			'a\tprofiles.u8\t0\t2\t3\tMK\nb\t-\t0\t3\t0\tMKV\nc\tprofiles.u8\t2\t4\t3\tMKVL\n',
	)
	const store = await openProfileStore(folder)
	t.deepEqual(
		[await store.rows('a', 'MK'), await store.rows('b', 'MKV'), await store.rows('c', 'MKVL')],
		[A.rows, null, C.rows],
	)
})

test('an index with sequences names the first residue that differs', async (t) => {
	const folder = temporaryFolder(t)
	const writer = await ProfileStoreWriter.open(folder)
	await writer.add([A, C, B])
	await writer.close()
	const store = await openProfileStore(folder)
	const error = await t.throwsAsync<SublocError>(store.rows('c', 'MKWL'), { code: 'INVALID_PROFILE' })
	t.like(error, { record: 'c', line: 3, residue: 'V', file: join(folder, 'profiles_index.tsv') })
	t.regex(error!.message, /residue 3 is V in the profile and W in the sequence/)
	// Where there is no profile, too: it was searched for another protein.
	await t.throwsAsync(store.rows('b', 'MKW'), { code: 'INVALID_PROFILE', message: /residue 3/ })
	await t.throwsAsync(store.rows('c', 'MKVLA'), { code: 'INVALID_PROFILE', message: /4 rows, the sequence 5 residues/ })
})

test('opened again, it goes on; half a line and rows without a line are taken away', async (t) => {
	const folder = temporaryFolder(t)
	const first = await ProfileStoreWriter.open(folder)
	await first.add([A, B])
	await first.close()
	const paths = ['profiles_index.tsv', 'profiles.u8'].map((name) => join(folder, name))
	const whole = paths.map((path) => readFileSync(path))
	appendFileSync(paths[0]!, 'c\tprofiles.u8\t2\t4\t3\tMK')
	appendFileSync(paths[1]!, new Uint8Array(33))
	const second = await ProfileStoreWriter.open(folder)
	t.deepEqual(
		paths.map((path) => readFileSync(path)),
		whole,
	)
	t.deepEqual([second.has(A), second.has(B), second.has(C)], [true, true, false])
	t.throws(() => second.has({ id: 'a', sequence: 'MW' }), { code: 'INVALID_PROFILE', message: /residue 2 is K/ })
	await second.add([C])
	await second.close()
	t.deepEqual(await (await openProfileStore(folder)).rows('c', 'MKVL'), C.rows)
})

test('a process that died before the header was whole', async (t) => {
	const folder = temporaryFolder(t)
	writeFileSync(join(folder, 'profiles_index.tsv'), 'accession\tfi')
	const writer = await ProfileStoreWriter.open(folder)
	await writer.add([A])
	await writer.close()
	t.deepEqual(await (await openProfileStore(folder)).rows('a', 'MK'), A.rows)
})

test('parts of one folder are one store', async (t) => {
	const folder = temporaryFolder(t)
	for (const [part, own] of [
		['shard-1of2', A],
		['shard-2of2', C],
	] as const) {
		const writer = await ProfileStoreWriter.open(folder, part)
		await writer.add([own])
		await writer.close()
	}
	const store = await openProfileStore(folder)
	t.deepEqual([await store.rows('a', 'MK'), await store.rows('c', 'MKVL')], [A.rows, C.rows])
})

test('refuses an id that is there, rows of another length, a file that has lost rows, and a second writer', async (t) => {
	const folder = temporaryFolder(t)
	const writer = await ProfileStoreWriter.open(folder)
	await writer.add([A])
	await t.throwsAsync(writer.add([A]), { code: 'INVALID_PROFILE' })
	await t.throwsAsync(writer.add([{ ...C, rows: new Uint8Array(79) }]), { code: 'INVALID_PROFILE' })
	const second = await ProfileStoreWriter.open(folder)
	await second.add([C])
	await t.throwsAsync(writer.add([B]), { code: 'IO', message: /another process writes/ })
	await writer.close()
	await second.close()
	t.deepEqual(await (await openProfileStore(folder)).rows('c', 'MKVL'), C.rows)
	writeFileSync(join(folder, 'profiles.u8'), new Uint8Array(30))
	await t.throwsAsync(ProfileStoreWriter.open(folder), { code: 'INVALID_PROFILE', message: /30 bytes/ })
})
