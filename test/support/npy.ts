/** Arrays in numpy's formats, written by hand after the description of NPY (numpy.lib.format). */
import { zipSync } from 'fflate'

export interface NpyOptions {
	type?: '<f2' | '<f4' | '<f8' | '>f4' | '<i4'
	fortran?: boolean
	version?: 1 | 2
	shape?: readonly number[]
}

/** An array [rows, columns] of row-major values. */
export function npy(values: readonly number[], columns: number, options: NpyOptions = {}): Uint8Array {
	const { type = '<f4', fortran = false, version = 1 } = options
	const shape = options.shape ?? [values.length / columns, columns]
	const rows = values.length / columns
	const order = fortran ? values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!) : values
	const header = `{'descr': '${type}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`
	const before = version === 1 ? 10 : 12
	const padded = `${header.padEnd(Math.ceil((header.length + before + 1) / 64) * 64 - before - 1)}\n`
	const size = Number(type.at(-1))
	const bytes = new Uint8Array(before + padded.length + values.length * size)
	const view = new DataView(bytes.buffer)
	bytes.set([0x93, ...Buffer.from('NUMPY'), version, 0])
	if (version === 1) view.setUint16(8, padded.length, true)
	else view.setUint32(8, padded.length, true)
	bytes.set(Buffer.from(padded), before)
	for (const [at, value] of order.entries()) {
		const place = before + padded.length + at * size
		if (type === '<f2') view.setUint16(place, halfBits(value), true)
		else if (type === '<f8') view.setFloat64(place, value, true)
		else if (type === '<i4') view.setInt32(place, value, true)
		else view.setFloat32(place, value, type === '<f4')
	}
	return bytes
}

/** Of numbers that a half holds: 0, ±2⁻¹⁴ to ±65504 with ten bits of fraction, its subnormals, NaN and infinity. */
function halfBits(value: number): number {
	if (Number.isNaN(value)) return 0x7e00
	const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
	const size = Math.abs(value)
	if (size === Number.POSITIVE_INFINITY) return sign | 0x7c00
	if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24)
	const exponent = Math.floor(Math.log2(size))
	return sign | ((exponent + 15) << 10) | Math.round((size / 2 ** exponent - 1) * 1024)
}

/** An NPZ; `level` 0 stores, as np.savez, 6 deflates, as np.savez_compressed. */
export function npzOf(arrays: Readonly<Record<string, Uint8Array>>, level: 0 | 6 = 0): Uint8Array {
	return zipSync(Object.fromEntries(Object.entries(arrays).map(([id, bytes]) => [`${id}.npy`, bytes])), { level })
}
