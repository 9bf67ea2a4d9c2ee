/** A configuration as the native side takes it: complete, with what follows from the data and the machine. */
import type { TrainingConfig } from '../config/schema.js'
import { classIndices, type Dataset } from '../dataset/dataset.js'
import { labelSets } from '../dataset/label-sets.js'
import { named, SublocError } from '../errors.js'
import type { NativeRuntime, NativeTrainingConfig } from '../native/binding.js'

export function nativeModelConfig(
	config: TrainingConfig,
	classes: readonly string[],
	tableFeatures: number,
	profile: boolean,
) {
	const { model: kind, hidden, blocks, filterWidths, filtersPerWidth, maxResidues } = config
	const { cutGap, secondConv, loss, extraFeatures, profileDropout } = config
	const pooling = kind === 'a-lstm' ? config.pooling : 'attention'
	const attention = config.attention ?? 2 * hidden
	const dense = config.dense ?? 2 * hidden
	const sizes = { hidden, attention, dense, filterWidths, filtersPerWidth, maxResidues, tableFeatures }
	return {
		kind,
		classes: [...classes],
		blocks,
		profile,
		...sizes,
		pooling,
		cutGap,
		secondConv,
		loss,
		extraFeatures,
		profileDropout,
	}
}

export function nativeTrainingConfig(
	config: TrainingConfig,
	dataset: Dataset,
	runtime: NativeRuntime,
	members: number,
): NativeTrainingConfig {
	const { epochs, batchSize, bucketBatches, optimizer, clipNorm, schedule, dropout } = config
	const { initialWeights, forgetBias, labelSmoothing, earlyStopping, weightAveraging } = config
	return {
		...{ epochs, batchSize, bucketBatches, optimizer, clipNorm, schedule, dropout },
		...{ initialWeights, forgetBias, labelSmoothing, earlyStopping, weightAveraging },
		classWeights: classWeights(config.classWeights, dataset),
		// One after the other on the CPU, where each has the caches for itself; together on a GPU.
		membersPerStep: runtime.backend === 'cpu' ? 1 : members,
		evaluateTest: true,
	}
}

/** Weight of each class; `balanced` is inverse to its frequency in the dataset, mean 1 over the records. */
function classWeights(option: TrainingConfig['classWeights'], dataset: Dataset): number[] | null {
	if (option === null) return null
	if (option !== 'balanced') {
		const unknown = Object.keys(option).find((name) => !dataset.classes.includes(name))
		if (unknown !== undefined) {
			const facts = { option: `classWeights.${unknown}`, value: unknown, allowed: dataset.classes }
			throw new SublocError(
				'INVALID_OPTION',
				`classWeights: there is no class '${unknown}'; there are ${named(unknown, dataset.classes)}`,
				facts,
			)
		}
		return dataset.classes.map((name) => option[name] ?? 1)
	}
	const counts = new Array<number>(dataset.classes.length).fill(0)
	if (dataset.multiLabel) {
		for (const [at, has] of labelSets(dataset).entries()) counts[at % counts.length]! += has
	} else {
		for (const label of classIndices(dataset)) counts[label]! += 1
	}
	const present = counts.filter((count) => count > 0).length
	return counts.map((count) => (count > 0 ? dataset.records.length / (present * count) : 0))
}
