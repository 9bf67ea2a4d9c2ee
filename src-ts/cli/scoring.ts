/** What a score needs beside the predictions: the training records for the baselines, the temperature, the importance of residues. */
import { existsSync } from 'node:fs'
import {
	type BaselineAnswers,
	baselineAnswers,
	calibrateModel,
	type Dataset,
	explain,
	flatProbabilities,
	importanceTrack,
	type LabelledRecord,
	type Model,
	type PredictOptions,
	partsOfTraining,
	predictAll,
	type Relative,
	RunFolder,
	readDataset,
	rowsOf,
	type Split,
	type TemperatureScaling,
	type TrainingConfig,
	temperatureScaling,
	type WeightTrack,
} from 'subloc-native'
import type { Log } from './log.js'

/** What the baselines say of some records that the model has not seen; null, with a word, where its training records are not at hand. */
export async function baselinesFor(
	model: Model,
	dataset: Dataset,
	records: readonly LabelledRecord[],
	{ relatives, training }: { relatives: readonly Relative[] | null; training?: string },
	log: Log,
): Promise<BaselineAnswers[] | null> {
	const data = await trainingDataset(model, dataset, training, log)
	if (!data) return null
	const { train, validation } = await partsOfTraining(model, data)
	// The joined models of a cross-validation have seen all of it.
	const seen = train.length + validation.length > 0 ? [...train, ...validation] : data.records
	log.progress('baselines')
	return baselineAnswers(seen, records, model.classes, relatives)
}

/** The data of the training: the data at hand, that of `path`, or where the training found it. */
async function trainingDataset(
	model: Model,
	dataset: Dataset,
	path: string | undefined,
	log: Log,
): Promise<Dataset | null> {
	if (!model.training) return null
	const { digest, source } = model.training.info.dataset
	if (digest === dataset.digest) return dataset
	const place = path ?? (existsSync(source) ? source : null)
	if (place === null) {
		log.warning(`the data of the training is not at ${source}: no baselines (--training DATA)`)
		return null
	}
	const found = await readDataset(place, { minimumClasses: 1, classes: model.classes })
	if (found.digest === digest) return found
	log.warning(`${place} is not what the model was trained on: no baselines`)
	return null
}

/** Fits the temperature on the validation part, where there is one, and writes it into the run folder. */
export async function calibrate(
	model: Model,
	dataset: Dataset,
	folder: string,
	options: PredictOptions,
	log: Log,
): Promise<void> {
	const scaling = await calibrateModel(model, dataset, options)
	if (!scaling) return
	await new RunFolder(folder).writeJson('calibration', scaling)
	tellTemperature(scaling, log)
}

/** The temperature of each fold, fitted on its own validation part by its own models; null without validation parts. */
export async function foldTemperatures(
	models: readonly Model[],
	dataset: Dataset,
	split: Split,
	config: Pick<TrainingConfig, 'validationFraction' | 'seed'>,
	options: PredictOptions,
): Promise<TemperatureScaling[] | null> {
	const found: TemperatureScaling[] = []
	for (const [index, model] of models.entries()) {
		const { validation } = rowsOf(split, dataset, { ...config, fold: index + 1 })
		const records = Array.from(validation, (row) => dataset.records[row]!)
		if (records.length === 0) return null
		const predictions = await predictAll(model, records, options)
		const { truth, probabilities } = flatProbabilities(records, predictions, model.classes)
		if (truth.length === 0) return null
		found.push(temperatureScaling(truth, probabilities, model.classes.length, 'the validation part of each fold'))
	}
	return found
}

function tellTemperature({ temperature, records, logLoss }: TemperatureScaling, log: Log): void {
	const loss = `log loss ${logLoss.before.toFixed(3)} → ${logLoss.after.toFixed(3)} nats`
	const text = `temperature ${temperature.toFixed(3)} fitted on the validation part (${records} proteins): ${loss}`
	log.event('calibrated', text, { temperature, records, logLoss })
}

/** Importance by occlusion of at most `most` proteins of each kind of signal, evenly over those that have it. */
export async function importanceOf(
	model: Model,
	records: readonly LabelledRecord[],
	most: number,
	options: Pick<PredictOptions, 'profiles' | 'extra' | 'signal'>,
	log: Log,
): Promise<WeightTrack[]> {
	const kinds = new Map<string, LabelledRecord[]>()
	for (const record of records) {
		const kind = record.annotations[0]?.kind
		if (kind !== undefined) kinds.set(kind, [...(kinds.get(kind) ?? []), record])
	}
	const chosen = [...kinds.values()].flatMap((own) => {
		const count = Math.min(most, own.length)
		return Array.from({ length: count }, (_, at) => own[Math.floor((at * own.length) / count)]!)
	})
	const tracks: WeightTrack[] = []
	for await (const effects of explain(model, chosen, { ...options, mutagenesis: false })) {
		tracks.push(importanceTrack(chosen[tracks.length]!, effects))
		log.progress(`importance: ${tracks.length} of ${chosen.length} proteins`)
	}
	return tracks
}
