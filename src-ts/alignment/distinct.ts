/** Proteins that a store can hold: one profile an id. */
import type { ProfiledRecord } from '../encoding/profile/found.js'
import { SublocError } from '../errors.js'

/** Records whose ids are unique. Errors: `INVALID_DATASET`. */
export function distinct(records: readonly ProfiledRecord[]): ProfiledRecord[] {
	const found = new Map<string, ProfiledRecord>()
	for (const { id, sequence } of records) {
		const former = found.get(id)
		if (former && former.sequence !== sequence) {
			throw new SublocError('INVALID_DATASET', 'the id stands for two sequences: a profile could not be found by it', {
				record: id,
			})
		}
		if (/\p{Cc}/u.test(id)) {
			const message = 'the id has a control character (a tab, a line end, …), which an index cannot hold'
			throw new SublocError('INVALID_DATASET', message, { record: id })
		}
		found.set(id, { id, sequence })
	}
	return [...found.values()]
}
