/** Arrays as NPZ, numpy's file of named arrays. */
import { zipSync } from 'fflate'

/** An array of numbers, or of texts, row-major. */
export interface NpzArray {
	data: Float32Array | Float64Array | Uint8Array | Uint32Array | readonly string[]
	shape: readonly number[]
}

const TYPES: [new (...args: never[]) => ArrayBufferView, string][] = [
	[Float32Array, '<f4'],
	[Float64Array, '<f8'],
	[Uint8Array, '|u1'],
	[Uint32Array, '<u4'],
]

/** The file's bytes; the same arrays give the same bytes. */
export function npz(arrays: Readonly<Record<string, NpzArray>>): Uint8Array {
	const files = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, npy(array)]))
	// The least date that a zip can hold, so that the time of writing is not in it.
	return zipSync(files, { level: 6, mtime: new Date(1980, 0, 1) })
}

/** One array in numpy's format 1.0. */
function npy({ data, shape }: NpzArray): Uint8Array {
	const [type, bytes] = ArrayBuffer.isView(data) ? numbers(data) : texts(data)
	const dims = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`
	const header = `{'descr': '${type}', 'fortran_order': False, 'shape': ${dims}, }`
	// Magic, version and length are 10 bytes; all before the data is a multiple of 64.
	const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`
	const all = new Uint8Array(10 + padded.length + bytes.length)
	all.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, padded.length & 255, padded.length >> 8])
	all.set(new TextEncoder().encode(padded), 10)
	all.set(bytes, 10 + padded.length)
	return all
}

function numbers(data: ArrayBufferView): [string, Uint8Array] {
	const type = TYPES.find(([kind]) => data instanceof kind)![1]
	return [type, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]
}

/** UTF-32, every text as long as the longest. */
function texts(data: readonly string[]): [string, Uint8Array] {
	const points = data.map((text) => [...text].map((character) => character.codePointAt(0)!))
	const width = Math.max(1, ...points.map(({ length }) => length))
	const all = new Uint32Array(width * data.length)
	for (const [row, own] of points.entries()) all.set(own, row * width)
	return [`<U${width}`, new Uint8Array(all.buffer)]
}
