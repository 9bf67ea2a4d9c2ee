/** Arrays of numpy's format NPY, versions 1 to 3: two dimensions of f2, f4 or f8, either byte order, C or Fortran order. */

/** Numbers row-major, [rows, columns]. */
export interface Matrix {
	data: Float32Array
	shape: readonly [rows: number, columns: number]
}

const TYPES = {
	f2: { bytes: 2, read: (view: DataView, at: number, little: boolean) => half(view.getUint16(at, little)) },
	f4: { bytes: 4, read: (view: DataView, at: number, little: boolean) => view.getFloat32(at, little) },
	f8: { bytes: 8, read: (view: DataView, at: number, little: boolean) => view.getFloat64(at, little) },
} as const

/** The matrix of a file's bytes, or in a sentence why there is none. A value of f8 beyond the largest f4 becomes infinite. */
export function parseNpy(bytes: Uint8Array): Matrix | string {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
	const isNpy = bytes.length >= 12 && bytes[0] === 0x93 && String.fromCharCode(...bytes.subarray(1, 6)) === 'NUMPY'
	if (!isNpy) return 'it is no NPY array'
	const [size, first] = bytes[6] === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12]
	const header = new TextDecoder().decode(bytes.subarray(first, first + size))
	const [, order, kind] = /'descr':\s*'([<>|=]?)(\w+)'/.exec(header) ?? []
	const type = TYPES[kind as keyof typeof TYPES]
	if (!type) return `its numbers are ${kind ?? 'of several fields'}; f2, f4 and f8 can be read`
	const dims = /'shape':\s*\(([^)]*)\)/
		.exec(header)?.[1]
		?.split(',')
		.filter((dim) => dim.trim() !== '')
		.map(Number)
	if (!dims?.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) return 'its header has no shape'
	if (dims.length !== 2) {
		return `it has ${dims.length === 1 ? 'one dimension' : `${dims.length} dimensions`} (${dims.join(' × ')}); a row a residue is needed, [L, d]`
	}
	const [rows, columns] = dims as [number, number]
	const begin = first + size
	if (bytes.length - begin !== rows * columns * type.bytes) {
		return `it has ${bytes.length - begin} bytes of numbers, not the ${rows * columns * type.bytes} of ${rows} × ${columns}`
	}
	const isFortran = /'fortran_order':\s*True/.test(header)
	const data = new Float32Array(rows * columns)
	for (let at = 0; at < data.length; at++) {
		const to = isFortran ? (at % rows) * columns + Math.floor(at / rows) : at
		data[to] = type.read(view, begin + at * type.bytes, order !== '>')
	}
	return { data, shape: [rows, columns] }
}

/** IEEE 754 binary16. */
function half(bits: number): number {
	const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
	if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
	return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}
