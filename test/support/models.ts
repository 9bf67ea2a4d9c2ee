/** A small model trained on synthetic proteins, by the package's own doors. */
import { type Dataset, syntheticDataset, type TrainOptions } from 'subloc-native'

/** Proteins short and few enough for a test. */
export function smallDataset(perClass = 6): Dataset {
	return syntheticDataset({ seed: 3, perClass, length: [20, 60] })
}

/** Options of a training that takes a second. */
/** Flags of a training that takes a moment. */
export const TINY_TRAINING = ['--preset', 'quick', '--hidden', '6', '--blocks', 'onehot', '--threads', '1']

/** Labelled records as a TSV. */
export function labelledTable(records: readonly { id: string; sequence: string; class: string }[]): string {
	const rows = records.map(({ id, sequence, class: name }) => `${id}\t${sequence}\t${name}\n`)
	return `id\tsequence\tclass\n${rows.join('')}`
}

export const SMALL = {
	...{
		preset: 'quick',
		hidden: 6,
		filtersPerWidth: 3,
		blocks: ['onehot'],
		epochs: 3,
		batchSize: 16,
		testFraction: 0.25,
	},
	...{ threads: 1, backend: 'cpu' },
} satisfies TrainOptions
