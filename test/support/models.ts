/** A small model trained on synthetic proteins, by the package's own doors. */
import { type Dataset, syntheticDataset, type TrainOptions } from 'subloc-native'

/** Proteins short and few enough for a test. */
export function smallDataset(perClass = 6): Dataset {
	return syntheticDataset({ seed: 3, perClass, length: [20, 60] })
}

/** Options of a training that takes a second. */
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
