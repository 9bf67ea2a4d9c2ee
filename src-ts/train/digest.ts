/** What tells the numbers of one training from those of another. */
import { createHash } from 'node:crypto'

/** Node's hash refuses 2³¹ bytes or more at once. */
const SLICE = 2 ** 30

/** @internal SHA-256 of an array's bytes, of any length; null for none. */
export function digestOf(data: Uint8Array | Float32Array | null): string | null {
	if (!data) return null
	const hash = createHash('sha256')
	for (let at = 0; at < data.byteLength; at += SLICE) {
		hash.update(new Uint8Array(data.buffer, data.byteOffset + at, Math.min(SLICE, data.byteLength - at)))
	}
	return hash.digest('hex')
}
