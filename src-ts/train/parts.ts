/** The parts of the data that a model was trained on: which records it has seen, and which not. */
import type { Dataset, LabelledRecord } from '../dataset/dataset.js'
import { parseSplit } from '../dataset/split/file.js'
import { clusteredRecords, rowsOf } from '../dataset/split/split.js'
import { SublocError } from '../errors.js'
import type { Model } from '../model/model.js'

/** Records of each part, in the order of the dataset, with the homology clusters of the split where it has some. */
export interface TrainingParts {
	train: LabelledRecord[]
	/** Watched in training and never learned from; empty without `validationFraction`. */
	validation: LabelledRecord[]
	test: LabelledRecord[]
}

/**
 * The parts of a model's training. The joined models of a cross-validation have none: each record was training data of all folds' models but one.
 * Errors: `INVALID_SPLIT` where the dataset is not the one it was trained on; `INVALID_MODEL` where nothing is known of the training.
 */
export async function partsOfTraining(model: Model, dataset: Dataset): Promise<TrainingParts> {
	if (!model.training) throw new SublocError('INVALID_MODEL', 'nothing is known of the model’s training')
	const { info, split, config } = model.training
	const assignment = await parseSplit(split, dataset)
	if (info.folds !== null) return { train: [], validation: [], test: [] }
	const { validationFraction, seed } = config
	const rows = rowsOf(assignment, dataset, { fold: info.split.fold, validationFraction, seed })
	const records = clusteredRecords(dataset, assignment)
	const recordsOf = (part: Uint32Array) => Array.from(part, (row) => records[row]!)
	return { train: recordsOf(rows.train), validation: recordsOf(rows.validation), test: recordsOf(rows.test) }
}

/** The records that a model's training held out: `test` of {@link partsOfTraining}, and its errors. */
export async function heldOutRecords(model: Model, dataset: Dataset): Promise<LabelledRecord[]> {
	return (await partsOfTraining(model, dataset)).test
}
