/** Which labelled proteins a model was not trained on: the only ones that a score of it may speak of. */
import type { Dataset, LabelledRecord } from '../dataset/dataset.js'
import { type SplitRow, splitRows } from '../dataset/split/file.js'
import type { Model } from '../model/model.js'
import { fingerprint } from '../sequence/fingerprint.js'
import { heldOutRecords } from './parts.js'

/** The proteins of a dataset as a model knows them. */
export interface UnseenRecords {
	/** Those that it was not trained on, in the order of the dataset; of its own data with the homology clusters of its split. */
	records: readonly LabelledRecord[]
	/** Whether the dataset is the one that its training split. */
	isOwn: boolean
	/** Records that are left out: it learned from them, or chose by them (validation part). Null where nothing is known of its training. */
	seen: number | null
	/** Records whose id stands in the training data with another sequence; they are not left out. */
	namesakes: number
}

/**
 * Leaves out what a model was trained on. Proteins of another dataset are known again by their sequence (its first M is no difference), those that its training held out
 * stay; a run of an earlier version kept no fingerprints, so ids decide there. Of a model that is a lone file nothing is known, and nothing is left out.
 *
 * Errors: those of `heldOutRecords`.
 */
export async function unseenRecords(model: Model, dataset: Dataset): Promise<UnseenRecords> {
	const { training, card } = model
	const { records } = dataset
	const unseen = (left: readonly LabelledRecord[], facts: Partial<UnseenRecords> = {}): UnseenRecords => ({
		...{ records: left, isOwn: false, seen: records.length - left.length, namesakes: 0 },
		...facts,
	})
	if (card) {
		const known = new Set(card.data.fingerprints)
		return unseen(records.filter(({ sequence }) => !known.has(fingerprint(sequence))))
	}
	if (!training) return unseen(records, { seen: null })
	if (training.info.dataset.digest === dataset.digest)
		return unseen(await heldOutRecords(model, dataset), { isOwn: true })
	const { split, info } = training
	const heldOut = info.folds === null ? String(info.split.fold ?? 'test') : null
	const rows = splitRows(split)
	const learned = rows.filter(({ fold }) => fold !== heldOut)
	if (rows.some((row) => row.fingerprint === '')) {
		const ids = idsOf(learned)
		return unseen(records.filter(({ id }) => !ids.has(id)))
	}
	const known = new Set(learned.map((row) => row.fingerprint))
	const left = records.filter(({ sequence }) => !known.has(fingerprint(sequence)))
	const all = new Map(rows.map((row) => [row.id, row.fingerprint]))
	const isNamesake = ({ id, sequence }: LabelledRecord) => all.has(id) && all.get(id) !== fingerprint(sequence)
	return unseen(left, { namesakes: left.filter(isNamesake).length })
}

function idsOf(rows: readonly SplitRow[]): Set<string> {
	return new Set(rows.map(({ id }) => id))
}
