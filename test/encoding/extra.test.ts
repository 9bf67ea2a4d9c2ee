/** Own numbers of residues: what is read of NPY and NPZ, and what is refused. */
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { encodeRecords } from '../../src-ts/encoding/encode.js'
import { parseNpy } from '../../src-ts/encoding/extra/npy.js'
import { extraDigest, extraRows, openExtra } from '../../src-ts/encoding/extra/source.js'
import { zipEntry } from '../../src-ts/encoding/extra/zip.js'
import { temporaryFolder } from '../support/folder.js'
import { type NpyOptions, npy, npzOf } from '../support/npy.js'

const VALUES = [0, -1.5, 2 ** -24, 65504, 0.25, -3]

for (const options of [
	{ type: '<f2' },
	{ type: '<f4' },
	{ type: '<f8' },
	{ type: '>f4' },
	{ type: '<f4', fortran: true },
	{ type: '<f2', fortran: true, version: 2 },
] satisfies NpyOptions[]) {
	test(`an array is read: ${JSON.stringify(options)}`, (t) => {
		const found = parseNpy(npy(VALUES, 2, options))
		t.deepEqual(found, { data: Float32Array.from(VALUES), shape: [3, 2] })
	})
}

for (const [what, bytes, message] of [
	['text', Buffer.from('id\tsequence\tclass'), /no NPY array/],
	['whole numbers', npy([1, 2], 2, { type: '<i4' }), /i4; f2, f4 and f8/],
	['a mean over the protein', npy([1, 2, 3], 3, { shape: [3] }), /one dimension \(3\); a row a residue/],
	['three dimensions', npy([1, 2], 2, { shape: [1, 1, 2] }), /3 dimensions \(1 × 1 × 2\)/],
	['too few bytes', npy([1, 2, 3, 4], 2).subarray(0, -3), /13 bytes of numbers, not the 16 of 2 × 2/],
] as const) {
	test(`refused is ${what}`, (t) => {
		t.regex(String(parseNpy(bytes)), message)
	})
}

test('a folder and an NPZ, stored or deflated, give the same numbers, and null for an id that they do not have', async (t) => {
	const folder = temporaryFolder(t)
	const arrays = { p1: npy([1, 2, 3, 4], 2), 'sp|P2|X_HUMAN': npy([5, 6], 2, { type: '<f2' }) }
	const { mkdirSync } = await import('node:fs')
	mkdirSync(join(folder, 'arrays'))
	for (const [id, bytes] of Object.entries(arrays)) writeFileSync(join(folder, 'arrays', `${id}.npy`), bytes)
	writeFileSync(join(folder, 'stored.npz'), npzOf({ ...arrays, 'a/b': npy([7, 8], 2) }, 0))
	writeFileSync(join(folder, 'packed.npz'), npzOf(arrays, 6))
	for (const name of ['arrays', 'stored.npz', 'packed.npz']) {
		const source = await openExtra(join(folder, name))
		t.deepEqual((await source.rows('p1', 'MK'))!.data, Float32Array.of(1, 2, 3, 4), name)
		t.deepEqual((await source.rows('sp|P2|X_HUMAN', 'M'))!.data, Float32Array.of(5, 6), name)
		t.is(await source.rows('p3', 'M'), null, name)
		t.is(await source.rows('../arrays/p1', 'MK'), null, name)
	}
	t.deepEqual((await (await openExtra(join(folder, 'stored.npz'))).rows('a/b', 'M'))!.data, Float32Array.of(7, 8))
	t.not(await extraDigest(join(folder, 'stored.npz')), await extraDigest(join(folder, 'packed.npz')))
})

/** An NPZ of one array `p`, its directory's sizes and offset moved into the extra field 1, after PKWARE's APPNOTE 4.5.3; `at` is where that field is. */
function longNpz(): { bytes: Buffer; at: number } {
	const plain = npzOf({ p: npy([1, 2], 2) })
	const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength)
	const end = plain.length - 22
	const directory = view.getUint32(end + 16, true)
	const name = view.getUint16(directory + 28, true)
	const long = new Uint8Array(28)
	const fields = new DataView(long.buffer)
	fields.setUint16(0, 1, true)
	fields.setUint16(2, 24, true)
	for (const [at, field] of [24, 20, 42].entries()) {
		fields.setBigUint64(4 + 8 * at, BigInt(view.getUint32(directory + field, true)), true)
		view.setUint32(directory + field, 0xffffffff, true)
	}
	view.setUint16(directory + 30, 28, true)
	view.setUint32(end + 12, view.getUint32(end + 12, true) + 28, true)
	const at = directory + 46 + name
	return { bytes: Buffer.concat([plain.subarray(0, at), long, plain.subarray(at)]), at }
}

test('an entry with sizes of 64 bits is read, as numpy writes them for large files', async (t) => {
	const file = join(temporaryFolder(t), 'long.npz')
	writeFileSync(file, longNpz().bytes)
	t.deepEqual((await (await openExtra(file)).rows('p', 'M'))!.data, Float32Array.of(1, 2))
})

test('of the extra field 1 no more is read than its own length', async (t) => {
	const file = join(temporaryFolder(t), 'short-field.npz')
	const { bytes, at } = longNpz()
	bytes.writeUInt16LE(8, at + 2)
	writeFileSync(file, bytes)
	await t.throwsAsync(async () => (await openExtra(file)).rows('p', 'M'), { code: 'INVALID_FEATURES' })
})

/** An NPZ with the end record of Zip64, whose directory has `bytes` bytes and begins at `from`; the record itself is at `end64`. */
function zip64(bytes: bigint, from: bigint, end64?: bigint): Buffer {
	const plain = Buffer.from(npzOf({ p: npy([1, 2], 2) }))
	const end = plain.length - 22
	const [record, locator] = [Buffer.alloc(56), Buffer.alloc(20)]
	record.writeUInt32LE(0x06064b50, 0)
	record.writeBigUInt64LE(1n, 32)
	record.writeBigUInt64LE(bytes, 40)
	record.writeBigUInt64LE(from, 48)
	locator.writeUInt32LE(0x07064b50, 0)
	locator.writeBigUInt64LE(end64 ?? BigInt(end), 8)
	return Buffer.concat([plain.subarray(0, end), record, locator, plain.subarray(end)])
}

/** Where the directory of an NPZ of one array begins, and its bytes. */
function directoryOf(bytes: Buffer): { from: number; size: number } {
	return { from: bytes.readUInt32LE(bytes.length - 6), size: bytes.readUInt32LE(bytes.length - 10) }
}

test('a Zip64 directory is read', async (t) => {
	const file = join(temporaryFolder(t), 'zip64.npz')
	const { from, size } = directoryOf(zip64(0n, 0n))
	writeFileSync(file, zip64(BigInt(size), BigInt(from)))
	t.deepEqual((await (await openExtra(file)).rows('p', 'M'))!.data, Float32Array.of(1, 2))
})

const DAMAGE: Record<string, () => Buffer> = Object.fromEntries([
	...[
		['a name', 28],
		['an extra field', 30],
		['a comment', 32],
	].map(([what, field]) => [
		`${what} longer than the directory`,
		() => {
			const bytes = Buffer.from(npzOf({ p: npy([1, 2], 2) }))
			bytes.writeUInt16LE(0xffff, directoryOf(bytes).from + (field as number))
			return bytes
		},
	]),
	[
		'a directory longer than the file',
		() => {
			const bytes = Buffer.from(npzOf({ p: npy([1, 2], 2) }))
			bytes.writeUInt32LE(0xfffffff0, bytes.length - 10)
			return bytes
		},
	],
	['a Zip64 directory longer than the file', () => zip64(2n ** 63n, 0n)],
	['a Zip64 directory longer than any file', () => zip64(2n ** 40n, 0n)],
	['a Zip64 directory that begins beyond the file', () => zip64(46n, 2n ** 62n)],
	['a Zip64 end record beyond the file', () => zip64(46n, 0n, 2n ** 63n)],
])
for (const [what, damaged] of Object.entries(DAMAGE)) {
	test(`a damaged directory is told: ${what}`, async (t) => {
		const file = join(temporaryFolder(t), 'damaged.npz')
		writeFileSync(file, damaged())
		const error = await t.throwsAsync(openExtra(file), { code: 'INVALID_FEATURES', message: /damaged/ })
		t.like(error, { facts: { file } })
	})
}

test('whatever byte of an NPZ is another, it is read, or refused with a code', async (t) => {
	const folder = temporaryFolder(t)
	const { from, size } = directoryOf(zip64(0n, 0n))
	for (const whole of [longNpz().bytes, zip64(BigInt(size), BigInt(from))]) {
		for (let at = 0; at < whole.length; at++) {
			const file = join(folder, `${at}.npz`)
			writeFileSync(file, whole.with(at, whole[at]! ^ 0xff))
			try {
				await (await openExtra(file)).rows('p', 'M')
			} catch (error) {
				if ((error as { code?: string }).code !== 'INVALID_FEATURES') t.fail(`byte ${at}: ${error}`)
			}
		}
	}
	t.pass()
})

test('a file that is damaged, cut off or no zip is told with its path, and with the protein where it is one’s', async (t) => {
	const folder = temporaryFolder(t)
	const whole = npzOf({ p1: npy([1, 2, 3, 4], 2) }, 0)
	const file = (name: string, bytes: Uint8Array) => {
		writeFileSync(join(folder, name), bytes)
		return join(folder, name)
	}
	await t.throwsAsync(openExtra(join(folder, 'none.npz')), { code: 'INPUT_MISSING' })
	for (const [name, bytes] of [
		['text.npz', Buffer.from('no zip')],
		['empty.npz', new Uint8Array()],
		['cut.npz', whole.subarray(0, -30)],
	] as const) {
		const error = await t.throwsAsync(openExtra(file(name, bytes)), { code: 'INVALID_FEATURES' })
		t.like(error, { facts: { file: join(folder, name) } })
	}
	const bad = whole.slice()
	bad[150]! ^= 1
	const path = file('bad.npz', bad)
	const error = await t.throwsAsync(async () => (await openExtra(path)).rows('p1', 'MK'), {
		code: 'INVALID_FEATURES',
		message: /check sum/,
	})
	t.like(error, { facts: { file: path, record: 'p1' } })
})

test('what does not fit its protein names record, file, expected and found', async (t) => {
	const folder = temporaryFolder(t)
	const put = (id: string, bytes: Uint8Array) => writeFileSync(join(folder, `${id}.npy`), bytes)
	put('ok', npy([1, 2, 3, 4], 2))
	put('long', npy([1, 2, 3, 4, 5, 6, 7, 8], 2))
	put('nan', npy([1, 2, 3, Number.NaN], 2))
	put('large', npy([1, 2, 1e39, 4], 2, { type: '<f8' }))
	const source = await openExtra(folder)
	const refused = async (id: string, columns: number | null, facts: object, message: RegExp) => {
		const error = await t.throwsAsync(extraRows(source, id, 'MK', columns), { code: 'INVALID_FEATURES', message })
		t.like(error, { facts: { record: id, ...facts } })
	}
	t.is((await extraRows(source, 'ok', 'MK', null)).columns, 2)
	await refused(
		'ok',
		3,
		{ option: 'extra', expected: 3, found: 2, file: join(folder, 'ok.npy') },
		/2 columns, 3 are expected/,
	)
	await refused(
		'long',
		2,
		{ expected: 2, found: 4, file: join(folder, 'long.npy') },
		/4 rows, the sequence 2 residues \(rows of a start/,
	)
	await refused(
		'nan',
		2,
		{ position: 2, column: 2, value: 'NaN', file: join(folder, 'nan.npy') },
		/residue 2 in column 2 is NaN/,
	)
	await refused('large', 2, { position: 2, column: 1, value: 'Infinity' }, /Infinity/)
	await refused('none', 2, { file: folder }, /no numbers of it \(an array none\.npy/)
	// Longer than a file's name may be, which most file systems end at 255 bytes.
	await refused('n'.repeat(5000), 2, { file: folder }, /no numbers of it/)
})

test('a cut takes the rows of its residues along, and its gap has NaN; stand-ins are those of a missing profile', async (t) => {
	const numbers = Float32Array.from({ length: 6 * 2 }, (_, at) => at)
	const source = { rows: async () => ({ data: numbers, shape: [6, 2] as const }) }
	const options = { maxResidues: 4, cutGap: 1, missingProfile: 'onehot', profile: true, profiles: null } as const
	const { native } = await encodeRecords([{ id: 'p', sequence: 'ARNDCQ' }], {
		...{ ...options, standIns: true, extra: { source, columns: 2 } },
	})
	const { NaN: gap } = Number
	t.deepEqual([...native.extra!], [0, 1, 2, 3, gap, gap, 8, 9, 10, 11])
	t.deepEqual(native.standIns, native.profiles)
	const without = await encodeRecords([{ id: 'p', sequence: 'ARNDCQ' }], options)
	t.deepEqual([without.native.extra, without.native.standIns, without.native.extraColumns], [null, null, 0])
})

test('a size that goes beyond the file is told, and asks for no memory', async (t) => {
	for (const packed of [1000, 2 ** 31 + 5, 0xfffffffe]) {
		const bytes = npzOf({ p: npy([1, 2], 2) })
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
		view.setUint32(view.getUint32(bytes.length - 6, true) + 20, packed, true)
		const file = join(temporaryFolder(t), 'sizes.npz')
		writeFileSync(file, bytes)
		const source = await openExtra(file)
		const error = await t.throwsAsync(source.rows('p', 'M'), { code: 'INVALID_FEATURES', message: /ends too early/ })
		t.like(error, { facts: { file, record: 'p' } })
	}
})

test('entries of 2 GiB are read in pieces where they are stored, and refused where they are deflated', async (t) => {
	// A file with a hole, of which the disk keeps nothing: zeros, which are no array.
	const entry = { crc: 0x4dbdf21c, packedBytes: 2 ** 31, bytes: 2 ** 31, offset: 0 }
	const path = join(temporaryFolder(t), 'hole.npz')
	writeFileSync(path, '')
	truncateSync(path, 2 ** 31 + 30)
	const wrong = (why: string) => new Error(why)
	await t.throwsAsync(zipEntry(path, { ...entry, method: 8 }, wrong), { message: /deflated to 2 GiB or more/ })
	t.is((await zipEntry(path, { ...entry, method: 0 }, wrong)).length, 2 ** 31)
})
