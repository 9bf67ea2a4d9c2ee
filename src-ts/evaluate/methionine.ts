/**
 * Does a model lean on the first residue? Proteins of some classes lack their first M in some collections (old entries of the cut form, fragments), which is a
 * mark of the entry and not of the place. What happens to the accuracy where M is taken off, or put on, tells.
 */
import type { Dataset, LabelledRecord } from '../dataset/dataset.js'
import { clusteredRecords, type Split } from '../dataset/split/split.js'
import { impliedProfile } from '../encoding/profile/implied.js'
import { type ProfileSource, profileSource } from '../encoding/profile/store.js'
import { SublocError } from '../errors.js'
import { type Model, refuseExtra } from '../model/model.js'
import { type Prediction, type PredictOptions, predictAll } from '../predict/predict.js'
import { type BootstrapOptions, bootstrapInterval } from './bootstrap.js'
import { weightedMean } from './intervals.js'
import { clustersOf } from './record-clusters.js'
import type { Interval } from './share.js'

/** How the changed proteins are predicted, and how the interval is drawn. */
export type MethionineOptions = PredictOptions & { bootstrap?: BootstrapOptions }

/** What a change of the first residue does. */
export interface MethionineEffect {
	/** `removed` from every protein that begins with M; `added` before every one that does not. */
	change: 'removed' | 'added'
	/** Proteins that were changed, and could be predicted both ways. */
	records: number
	/** Of those: accuracy as they are; null where there are none. */
	before: number | null
	/** With the change. */
	after: number | null
	/** after − before, of the same proteins; its 95 % interval. Null where there are none. */
	difference: number | null
	interval: Interval | null
	/** Proteins whose predicted class is another one. */
	moved: number
}

/** The records that a change touches, changed; their ids stay. A protein of one residue keeps it. */
export function changedRecords<T extends { sequence: string }>(
	records: readonly T[],
	change: MethionineEffect['change'],
): T[] {
	if (change === 'removed') {
		return records
			.filter(({ sequence }) => sequence.startsWith('M') && sequence.length > 1)
			.map((record) => ({ ...record, sequence: record.sequence.slice(1) }))
	}
	return records
		.filter(({ sequence }) => sequence !== '' && !sequence.startsWith('M'))
		.map((record) => ({ ...record, sequence: `M${record.sequence}` }))
}

/**
 * Predicts the changed records and compares with `predictions`, those of the records as they are, in their order. With profiles, the row of a residue that is
 * taken off goes too, and an added M has the row that stands in for a missing profile of it.
 *
 * Errors: those of `predict`; `INVALID_OPTION` for a model that reads own numbers a residue: nobody knows those of the changed sequence.
 */
export async function methionineEffects(
	model: Model,
	records: readonly LabelledRecord[],
	predictions: readonly Prediction[],
	options: MethionineOptions = {},
): Promise<MethionineEffect[]> {
	return effectsOf([{ model, records }], predictions, options)
}

/**
 * {@link methionineEffects} of a cross-validation: each record with the models that did not see it, whole clusters drawn where the split has some. `models` and
 * `predictions` are those of {@link crossValidate}; `options` are those of its prediction, `missingProfile` too, which its models do not know.
 *
 * Errors: those of {@link methionineEffects}; `INVALID_SPLIT` for a split without a fold for each model.
 */
export async function foldedMethionineEffects(
	dataset: Dataset,
	split: Split,
	models: readonly Model[],
	predictions: readonly Prediction[],
	options: MethionineOptions = {},
): Promise<MethionineEffect[]> {
	if (split.folds !== models.length) {
		throw new SublocError('INVALID_SPLIT', `${models.length} models for ${split.folds} folds`, { option: 'split' })
	}
	const records = clusteredRecords(dataset, split)
	const parts = models.map((model, at) => ({
		model,
		records: records.filter((_, row) => split.parts[row] === at + 1),
	}))
	return effectsOf(parts, predictions, options)
}

/** Predictions of all records of all parts, in any order. */
async function effectsOf(
	parts: readonly { model: Model; records: readonly LabelledRecord[] }[],
	predictions: readonly Prediction[],
	{ bootstrap, ...options }: MethionineOptions,
): Promise<MethionineEffect[]> {
	for (const { model } of parts) refuseExtra(model, 'a sequence without or with another first residue')
	const before = new Map(predictions.map((prediction) => [prediction.id, prediction]))
	const source = parts[0]?.model.readsProfiles ? await profileSource(options.profiles) : null
	const effects: MethionineEffect[] = []
	for (const change of ['removed', 'added'] as const) {
		const profiles = source ? shifted(source, change) : undefined
		const pairs: ChangedPair[] = []
		for (const { model, records } of parts) {
			const changed = changedRecords(records, change)
			const after = await predictAll(model, changed, { ...options, profiles, attention: false, members: false })
			for (const [row, record] of changed.entries()) {
				const [former, now] = [before.get(record.id)!, after[row]!]
				if (former.status === 'ok' && now.status === 'ok') pairs.push({ record, former, now })
			}
		}
		effects.push(effectOf(change, pairs, bootstrap))
	}
	return effects
}

/** A protein's prediction as it is, and with another first residue. */
interface ChangedPair {
	record: LabelledRecord
	former: Prediction
	now: Prediction
}

function effectOf(
	change: MethionineEffect['change'],
	pairs: readonly ChangedPair[],
	bootstrap: BootstrapOptions = {},
): MethionineEffect {
	const records = pairs.length
	if (records === 0) {
		return { change, records, before: null, after: null, difference: null, interval: null, moved: 0 }
	}
	const right = (of: 'former' | 'now') => pairs.map((pair) => Number(pair[of].compartment === pair.record.class))
	const [before, after] = [right('former'), right('now')]
	const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
	const gains = after.map((value, at) => value - before[at]!)
	const clusters = clustersOf(pairs.map(({ record }) => record))
	const interval = bootstrapInterval(records, (counts) => weightedMean(gains, counts), { ...bootstrap, clusters })
	return {
		...{ change, records, before: sum(before) / records, after: sum(after) / records },
		...{ difference: sum(gains) / records, interval },
		moved: pairs.filter(({ former, now }) => former.compartment !== now.compartment).length,
	}
}

/** Profiles of changed sequences, made of those of the sequences as they are. */
function shifted(source: ProfileSource, change: MethionineEffect['change']): ProfileSource {
	const methionine = impliedProfile('M', 'blosum')
	return {
		async rows(id, sequence) {
			const rows = await source.rows(id, change === 'removed' ? `M${sequence}` : sequence.slice(1))
			if (!rows) return null
			return change === 'removed' ? rows.subarray(20) : Uint8Array.from([...methionine, ...rows])
		},
	}
}
