/**
 * The directory of a zip file, and its entries one at a time, so that a large NPZ is never in memory whole. Entries are stored or deflated; Zip64 is read.
 * fflate, which writes ours, reads a zip from memory or from its beginning to its end only. Fields: PKWARE APPNOTE 6.3.
 */
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { crc32, inflateRaw } from 'node:zlib'
import { fileError } from '../../errors.js'
import { readPart } from '../profile/store.js'

/** Where an entry lies. */
export interface ZipEntry {
	/** 0: stored, 8: deflated. */
	method: number
	packedBytes: number
	bytes: number
	crc: number
	/** Of its local header. */
	offset: number
}

const inflate = promisify(inflateRaw)
/** A comment is at most 65,535 bytes, the end record 22. */
const MOST_END = 65_557
const SIGNATURES = { end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50, entry: 0x02014b50 }

/** Entries by their names, in their order. Throws `wrong(why)` where the file is no zip; errors: `INPUT_MISSING`, `IO`. */
export async function zipDirectory(path: string, wrong: (why: string) => Error): Promise<Map<string, ZipEntry>> {
	const size = await sizeOf(path)
	const tailFrom = Math.max(0, size - MOST_END)
	const tail = await view(path, tailFrom, size - tailFrom)
	let end = tail.byteLength - 22
	while (end >= 0 && tail.getUint32(end, true) !== SIGNATURES.end) end -= 1
	if (end < 0) throw wrong('it is no zip file, or it ends too early')
	let [count, bytes, from] = [
		tail.getUint16(end + 10, true),
		tail.getUint32(end + 12, true),
		tail.getUint32(end + 16, true),
	]
	if (end >= 20 && tail.getUint32(end - 20, true) === SIGNATURES.locator64) {
		const end64 = await view(path, long(tail, end - 12), 56)
		if (end64.byteLength < 56 || end64.getUint32(0, true) !== SIGNATURES.end64)
			throw wrong('its Zip64 end record is damaged')
		;[count, bytes, from] = [32, 40, 48].map((at) => long(end64, at)) as [number, number, number]
	}
	if (from + bytes > size) throw wrong('its directory is damaged: it goes beyond the end of the file')
	const directory = await view(path, from, bytes)
	const entries = new Map<string, ZipEntry>()
	let at = 0
	for (let index = 0; index < count; index++) {
		if (at + 46 > directory.byteLength || directory.getUint32(at, true) !== SIGNATURES.entry)
			throw wrong('its directory is damaged')
		const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) =>
			directory.getUint16(at + field, true),
		) as [number, number, number]
		const next = at + 46 + nameBytes + extraBytes + commentBytes
		if (next > directory.byteLength) throw wrong('its directory is damaged')
		const name = new TextDecoder().decode(new Uint8Array(directory.buffer, directory.byteOffset + at + 46, nameBytes))
		const entry = {
			method: directory.getUint16(at + 10, true),
			crc: directory.getUint32(at + 16, true),
			...longFields(directory, at, at + 46 + nameBytes, extraBytes),
		}
		if (entries.has(name)) throw wrong(`${name} is there twice`)
		entries.set(name, entry)
		at = next
	}
	return entries
}

/** Sizes and offset: of 32 bits, or of 64 in the extra field 1, which has those that are full. */
function longFields(directory: DataView, at: number, extra: number, extraBytes: number) {
	const short = { bytes: 24, packedBytes: 20, offset: 42 }
	const found = { bytes: 0, packedBytes: 0, offset: 0 }
	let [field, end] = [extra, extra + extraBytes]
	while (field + 4 <= end && directory.getUint16(field, true) !== 1) field += 4 + directory.getUint16(field + 2, true)
	if (field + 4 <= end) end = Math.min(end, field + 4 + directory.getUint16(field + 2, true))
	field += 4
	for (const name of ['bytes', 'packedBytes', 'offset'] as const) {
		found[name] = directory.getUint32(at + short[name], true)
		if (found[name] !== 0xffffffff || field + 8 > end) continue
		found[name] = long(directory, field)
		field += 8
	}
	return found
}

/** 64 bits; rounded beyond 2⁵³, where no file reaches. */
function long(view: DataView, at: number): number {
	return Number(view.getBigUint64(at, true))
}

/** Node's inflate ends the process for 2³² bytes at once; half of that is more than a protein needs. */
const MOST_DEFLATED = 2 ** 31 - 1

/** What an entry holds. Throws `wrong(why)` where it is damaged, or deflated to 2 GiB or more; errors: `INPUT_MISSING`, `IO`. */
export async function zipEntry(path: string, entry: ZipEntry, wrong: (why: string) => Error): Promise<Uint8Array> {
	const size = await sizeOf(path)
	const local = await view(path, entry.offset, 30)
	if (local.byteLength < 30) throw wrong('the zip file ends too early')
	const from = entry.offset + 30 + local.getUint16(26, true) + local.getUint16(28, true)
	if (from + entry.packedBytes > size) throw wrong('the zip file ends too early')
	if (entry.method !== 0 && entry.method !== 8)
		throw wrong(`it is packed by method ${entry.method}; 0 and 8 can be read`)
	if (entry.method === 8 && entry.packedBytes > MOST_DEFLATED)
		throw wrong('it is deflated to 2 GiB or more; write it without compression')
	const packed = await readPart(path, from, entry.packedBytes)
	if (packed.length !== entry.packedBytes) throw wrong('the zip file ends too early')
	const damaged = () => wrong('it is damaged: its bytes have another check sum')
	const whole =
		entry.method === 0
			? packed
			: await inflate(packed, { maxOutputLength: Math.max(1, entry.bytes) }).catch(() => Promise.reject(damaged()))
	if (whole.length !== entry.bytes || checkSum(whole) !== entry.crc) throw damaged()
	return whole
}

/** In slices: zlib counts bytes in 32 bits. */
function checkSum(bytes: Uint8Array): number {
	const slice = 2 ** 30
	let sum = 0
	for (let at = 0; at < bytes.length; at += slice) sum = crc32(bytes.subarray(at, at + slice), sum)
	return sum
}

async function sizeOf(path: string): Promise<number> {
	const { size } = await stat(path).catch((error) => {
		throw fileError(error, path, 'read')
	})
	return size
}

async function view(path: string, from: number, count: number): Promise<DataView> {
	const bytes = await readPart(path, from, count)
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
