/** What a score needs beside the predictions: the training records for the baselines, the temperature, the importance of residues. */
import { existsSync } from 'node:fs'
import {
	type BaselineAnswers,
	baselineAnswers,
	calibrateModel,
	type Dataset,
	explain,
	findFoldedRelatives,
	findRelatives,
	flatProbabilities,
	foldedBaselineAnswers,
	importanceTrack,
	type LabelledRecord,
	learnedBaselineAnswers,
	type Model,
	type Prediction,
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
import type { TrialFlags } from './options.js'

/** What a score is told of the training data. */
export interface Baselines {
	/** Null where the training records are not at hand. */
	baselines: BaselineAnswers[] | null
	/** Nearest training relatives; null where they were not looked for. */
	relatives: readonly Relative[] | null
}

/** How the baselines come about. */
export interface BaselineFlags {
	/** Known relatives; they are looked for where there are none. */
	relatives?: readonly Relative[] | null
	/** Where the training data lie; default: where the training found them. */
	training?: string
	/** False: no search for relatives. */
	audit?: boolean
	threads?: number
	signal?: AbortSignal
}

/** What the baselines say of some records that the model has not seen, and their nearest relatives in the training data; a word where that is not at hand. */
export async function baselinesFor(
	model: Model,
	dataset: Dataset,
	records: readonly LabelledRecord[],
	{ relatives: given = null, training, audit = true, ...search }: BaselineFlags,
	log: Log,
): Promise<Baselines> {
	const data = await trainingDataset(model, dataset, training, log)
	if (!data) {
		const learned = model.card?.baselines
		return { baselines: learned ? learnedBaselineAnswers(learned, records, model.classes) : null, relatives: given }
	}
	const { train, validation } = model.training ? await partsOfTraining(model, data) : { train: [], validation: [] }
	// The joined models of a cross-validation, and the model that comes with the package, have seen all of it.
	const seen = train.length + validation.length > 0 ? [...train, ...validation] : data.records
	const options = { ...search, onProgress: tellSearch(log) }
	const relatives = given ?? (audit ? await findRelatives(seen, records, options) : null)
	log.progress('baselines')
	return { baselines: baselineAnswers(seen, records, model.classes, relatives), relatives }
}

/** {@link baselinesFor} of a cross-validation: each fold against the others. */
export async function foldedBaselines(
	dataset: Dataset,
	split: Split,
	{ audit = true, ...search }: Omit<BaselineFlags, 'relatives' | 'training'>,
	log: Log,
): Promise<Baselines> {
	const relatives = audit ? await findFoldedRelatives(dataset, split, { ...search, onProgress: tellSearch(log) }) : null
	log.progress('baselines')
	return { baselines: foldedBaselineAnswers(dataset, split, relatives), relatives }
}

function tellSearch(log: Log): (done: number, total: number) => void {
	return (done, total) => log.progress(`relatives in the training data: ${done} of ${total} proteins`)
}

/** The data of the training: the data at hand, that of `path`, or where the training found it. */
async function trainingDataset(
	model: Model,
	dataset: Dataset,
	path: string | undefined,
	log: Log,
): Promise<Dataset | null> {
	const known = model.training?.info.dataset ?? (model.card && { digest: model.card.data.digest, source: null })
	if (!known) return null
	const { digest, source } = known
	if (digest === dataset.digest) return dataset
	const place = path ?? (source !== null && existsSync(source) ? source : null)
	if (place === null) {
		const where = source === null ? 'does not come with the model' : `is not at ${source}`
		const what = model.card?.baselines ? 'no best hit' : 'no baselines'
		log.warning(`the data of the training ${where}: ${what} and no relatives (--training DATA)`)
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
	if (!scaling) {
		if (model.training!.info.rows.validation > 0)
			log.warning('no temperature fits the validation part: the probabilities stay as they are')
		return
	}
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
): Promise<(TemperatureScaling | null)[] | null> {
	const found: (TemperatureScaling | null)[] = []
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

/** Fits the temperature of a cross-validation's joined models on all that its folds held out, and writes it into the run folder. */
export async function calibrateJoined(
	dataset: Dataset,
	predictions: readonly Prediction[],
	classes: readonly string[],
	folder: string,
	log: Log,
): Promise<void> {
	const { truth, probabilities } = flatProbabilities(dataset.records, predictions, classes)
	const on = 'what the folds held out, each by its own models'
	const scaling = temperatureScaling(truth, probabilities, classes.length, on)
	if (!scaling) {
		log.warning(`no temperature fits ${on}: the probabilities stay as they are`)
		return
	}
	await new RunFolder(folder).writeJson('calibration', scaling)
	tellTemperature(scaling, log)
}

function tellTemperature({ temperature, on, records, logLoss }: TemperatureScaling, log: Log): void {
	const loss = `log loss ${logLoss.before.toFixed(3)} → ${logLoss.after.toFixed(3)} nats`
	const text = `temperature ${temperature.toFixed(3)} fitted on ${on} (${records} proteins): ${loss}`
	log.event('calibrated', text, { temperature, records, logLoss })
}

/** Says what of the flags a multi-label model has no use for. */
export function warnOfSingleLabelFlags(
	flags: TrialFlags & Partial<Record<'abstain' | 'training' | 'relatives', unknown>> & { audit?: boolean },
	log: Log,
): void {
	const given = (['methionine', 'importance', 'abstain', 'training', 'relatives'] as const).filter((name) => {
		return flags[name] !== undefined && flags[name] !== false
	})
	const asked = [...given.map((name) => `--${name}`), ...(flags.audit === false ? ['--no-audit'] : [])]
	if (asked.length > 0) log.warning(`${asked.join(', ')}: only for models of one class a protein, left out`)
}

/** Importance by occlusion of at most `most` proteins of each kind of signal, evenly over those that have it, each with the model of its part. */
export async function importanceOf(
	parts: readonly { model: Model; records: readonly LabelledRecord[] }[],
	most: number,
	options: Pick<PredictOptions, 'profiles' | 'extra' | 'signal'>,
	log: Log,
): Promise<WeightTrack[]> {
	const kinds = new Map<string, LabelledRecord[]>()
	for (const record of parts.flatMap(({ records }) => records)) {
		const kind = record.annotations[0]?.kind
		if (kind !== undefined) kinds.set(kind, [...(kinds.get(kind) ?? []), record])
	}
	const chosen = new Set(
		[...kinds.values()].flatMap((own) => {
			const count = Math.min(most, own.length)
			return Array.from({ length: count }, (_, at) => own[Math.floor((at * own.length) / count)]!)
		}),
	)
	if (chosen.size === 0) log.warning('--importance: no header tells of a known signal (docs/data.md)')
	const tracks: WeightTrack[] = []
	for (const { model, records } of parts) {
		const own = records.filter((record) => chosen.has(record))
		let at = 0
		for await (const effects of explain(model, own, { ...options, mutagenesis: false })) {
			tracks.push(importanceTrack(own[at++]!, effects))
			log.progress(`importance: ${tracks.length} of ${chosen.size} proteins`)
		}
	}
	return tracks
}
