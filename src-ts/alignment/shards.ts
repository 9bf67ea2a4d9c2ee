/** A list of proteins in parts for several processes. */
import { createHash } from 'node:crypto'
import type { ProfiledRecord } from '../encoding/profile/found.js'

/** The records of a part, from 1: contiguous, and the parts have about as many residues each. A record belongs to the part in which its middle lies. */
export function recordsOfShard(
	records: readonly ProfiledRecord[],
	{ index, count }: { index: number; count: number },
): ProfiledRecord[] {
	const total = records.reduce((sum, { sequence }) => sum + sequence.length, 0)
	let before = 0
	return records.filter(({ sequence }) => {
		const middle = before + sequence.length / 2
		before += sequence.length
		return Math.min(count - 1, Math.floor((count * middle) / total)) === index - 1
	})
}

/** SHA-256 over ids and sequences. */
export function digestOfRecords(records: readonly ProfiledRecord[]): string {
	const hash = createHash('sha256')
	for (const { id, sequence } of records) hash.update(`>${id}\n${sequence}\n`)
	return hash.digest('hex')
}
