/** Cross-validation: every fold is held out once; all its models are members of one job. */
import { resolveConfig } from './config/resolve.js'
import type { Dataset } from './dataset/dataset.js'
import { rowsOf, type Split, stratifiedFolds } from './dataset/split/split.js'
import { SublocError } from './errors.js'
import { Model, nativeOf } from './model/model.js'
import { type Prediction, type PredictOptions, predictAll } from './predict/predict.js'
import { Run } from './progress.js'
import { withExtra } from './train/extra.js'
import {
	configurationOf,
	datasetFor,
	type EpochReport,
	memberSeeds,
	splitOf,
	type TrainOptions,
	trainGroups,
} from './train/train.js'

export interface CrossValidateOptions extends Omit<TrainOptions, 'fold' | 'member'> {
	/** Number of stratified folds, 2 or more; default 5. Without effect where `split` gives numbered folds. */
	folds?: number
}

/** An epoch of one fold's member. */
export interface FoldEpochReport extends EpochReport {
	/** From 1. */
	fold: number
}

/** What a cross-validation comes to. */
export interface CrossValidation {
	/** Each record predicted by the models that never saw it, in the order of the dataset; with attention where it can be compared with known signals. */
	predictions: Prediction[]
	split: Split
	/** The ensemble of each fold; close them when done. */
	models: Model[]
}

export type CrossValidationRun = Run<FoldEpochReport, CrossValidation>

/**
 * Trains `members` networks a fold side by side and predicts every record with those that did not see it. Member m of fold f equals the member that
 * `train` with `split` and `fold: f` trains, to the bit on the CPU.
 *
 * Errors: as `train`, and `INVALID_SPLIT` for a class with fewer records than folds or a split without numbered folds.
 */
export function crossValidate(dataset: Dataset, options: CrossValidateOptions = {}): CrossValidationRun {
	return new Run((emit, signal) => validate(dataset, options, emit, signal), options.signal)
}

async function validate(
	given: Dataset,
	{ folds = 5, ...options }: CrossValidateOptions,
	emit: (report: FoldEpochReport) => void,
	signal: AbortSignal,
): Promise<CrossValidation> {
	const { config: asked, warnings } = resolveConfig(configurationOf(options), {
		hasProfiles: options.profiles !== undefined,
	})
	const dataset = datasetFor(given, asked)
	const config = await withExtra(asked, dataset, options)
	const split =
		options.split === undefined
			? stratifiedFolds(dataset, { folds, seed: config.seed })
			: await splitOf(dataset, options.split, config)
	if (split.folds === 0) {
		throw new SublocError('INVALID_SPLIT', 'cross-validation needs a split into numbered folds', { option: 'split' })
	}
	const seeds = memberSeeds(config, null)
	const groups = Array.from({ length: split.folds }, (_, index) => ({
		rows: rowsOf(split, dataset, { ...config, fold: index + 1 }),
		seeds,
	}))
	const foldOf = (member: number) => Math.ceil(member / seeds.length)
	const { model, thresholds } = await trainGroups(
		dataset,
		options,
		(report) => emit({ ...report, fold: foldOf(report.member) }),
		signal,
		{
			...{ config, warnings, split, fold: null, folds: split.folds, groups },
		},
	)
	const models = groups.map((_, index) => {
		const own = seeds.map((_, member) => index * seeds.length + member)
		const native = nativeOf(model).select(own)
		if (!thresholds) return new Model(native, null)
		const chosen = native.withThresholds(thresholds[index]!)
		native.close()
		return new Model(chosen, null)
	})
	const predictions = await predictHeldOut(dataset, split, models, {
		attention: hasSignals(models[0]!, dataset),
		...{ profiles: options.profiles, extra: options.extra, missingProfile: config.missingProfile, signal },
		...{ backend: options.backend, threads: options.threads, cpuIsa: options.cpuIsa, precision: options.precision },
	})
	return { predictions, split, models }
}

/** @internal Whether a model attends, and records have known signals to compare that with. */
export function hasSignals({ info }: Model, { records }: Pick<Dataset, 'records'>): boolean {
	return info.kind === 'a-lstm' && info.loss === 'softmax' && records.some(({ annotations }) => annotations.length > 0)
}

/**
 * Each record of a dataset, predicted by the models that did not see it: those of its fold. In the order of the dataset.
 * Errors: `INVALID_SPLIT` for a split without a fold for each model; those of `predict`.
 */
export async function predictHeldOut(
	dataset: Dataset,
	split: Split,
	models: readonly Model[],
	options: PredictOptions = {},
): Promise<Prediction[]> {
	if (split.folds !== models.length) {
		throw new SublocError('INVALID_SPLIT', `${models.length} models for ${split.folds} folds`, { option: 'split' })
	}
	const predictions = new Array<Prediction>(dataset.records.length)
	for (const [index, model] of models.entries()) {
		const rows = dataset.records.flatMap((_, row) => (split.parts[row] === index + 1 ? [row] : []))
		const found = await predictAll(
			model,
			rows.map((row) => dataset.records[row]!),
			options,
		)
		for (const [at, row] of rows.entries()) predictions[row] = found[at]!
	}
	return predictions
}
