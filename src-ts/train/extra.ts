/** The width of the own numbers that a training reads. */
import { MOST_EXTRA, type TrainingConfig } from '../config/schema.js'
import type { Dataset, LabelledRecord } from '../dataset/dataset.js'
import { type ExtraSource, extraRows, extraSource } from '../encoding/extra/source.js'
import { SublocError } from '../errors.js'

/**
 * @internal The configuration with the width of the own numbers, that of the first record's.
 * Errors: `INVALID_OPTION` where the configuration has a width and there are no numbers; `INVALID_FEATURES` where they have another, or one beyond
 * {@link MOST_EXTRA}.
 */
export async function withExtra(
	config: TrainingConfig,
	{ records }: Dataset,
	{ extra }: { extra?: string | ExtraSource },
): Promise<TrainingConfig> {
	const { extraFeatures } = config
	if (extra === undefined) {
		if (extraFeatures === 0) return config
		const message = `extraFeatures: ${extraFeatures} own numbers a residue are asked for, and none are given (--extra FILE.npz|DIR)`
		throw new SublocError('INVALID_OPTION', message, { option: 'extra', expected: extraFeatures })
	}
	const [{ id, sequence }] = records as [LabelledRecord]
	const first = await extraRows(await extraSource(extra), id, sequence, extraFeatures || null)
	if (first.columns > MOST_EXTRA) {
		const message = `the array has ${first.columns} columns, at most ${MOST_EXTRA} can be read`
		const facts = { record: id, option: 'extra', most: MOST_EXTRA, found: first.columns }
		throw new SublocError('INVALID_FEATURES', message, facts)
	}
	return { ...config, extraFeatures: first.columns }
}
