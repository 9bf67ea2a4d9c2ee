/** A report of a model: what is needed for its page is gathered here, predicted where it is not at hand, and written as one HTML file. */
import { basename, resolve } from 'node:path'
import { parseAnnotations } from '../dataset/annotations.js'
import type { Dataset, LabelledRecord } from '../dataset/dataset.js'
import { splitRows } from '../dataset/split/file.js'
import { requireKnown, requireOption, requireSignal, SublocError } from '../errors.js'
import { baselineAnswers } from '../evaluate/baselines.js'
import { calibration } from '../evaluate/calibration.js'
import { type Evaluation, evaluatePredictions } from '../evaluate/evaluate.js'
import { parseEvaluation } from '../evaluate/evaluation-file.js'
import { findRelatives } from '../evaluate/relative.js'
import { loadModel, Model } from '../model/model.js'
import { RunFolder } from '../model/run-folder.js'
import { RUNTIME_OPTIONS, type RuntimeOptions } from '../model/runtime.js'
import { type Prediction, type PredictOptions, type ProteinRecord, predictAll } from '../predict/predict.js'
import { cleanSequence } from '../sequence/residues.js'
import { partsOfTraining } from '../train/parts.js'
import { unseenRecords } from '../train/unseen.js'
import type { ReportContent, ReportProtein, ReportSubject } from './content.js'
import { reportMaps } from './maps.js'
import { meaningOf } from './meaning.js'
import { reportPage } from './page.js'
import { filterPictures, reportPictures } from './pictures.js'
import { parsePredictions } from './predictions-file.js'

/** The model's work that a report needs, and on which proteins. */
export interface ReportOptions extends Omit<PredictOptions, 'attention' | 'members' | 'onProblem'> {
	/** Headline; default: the run folder's name. */
	title?: string
	/**
	 * Labelled proteins (of the data that the model was trained on the held-out part alone is told of), or proteins whose place is not known. Default: what the
	 * run folder holds of the training's own scores; attention, sequences and maps are then missing.
	 */
	proteins?: Dataset | readonly ProteinRecord[]
	/** Where proteins without known places come from, as the page calls it; default `proteins`. */
	source?: string
	/**
	 * Proteins that the filters' importance is measured on, evenly over the classes: every filter is silenced in turn, and all of them predicted. Default 100; 0
	 * leaves the filters out. Proteins without known places have none.
	 */
	filterProteins?: number
	/** Called when the next part of the work begins: `predictions`, `maps`, `filters`, `pictures`. */
	onProgress?: (part: string) => void
	/** Predictions of the proteins, in their order, where they have been made (with `attention` and `members`, to be told of). Default: they are made. */
	predictions?: readonly Prediction[]
	/** Scores of {@link predictions}, where they have been made (with relatives, to be told of their baseline). Default: they are made. */
	evaluation?: Evaluation
}

/** A report that can be written to a file. */
export interface Report {
	/** The page, whole. */
	html: string
	/** What its proteins are. */
	subject: ReportSubject
}

const OPTIONS: readonly (keyof ReportOptions)[] = [
	...(['title', 'proteins', 'source', 'predictions', 'evaluation', 'filterProteins', 'onProgress'] as const),
	...(['profiles', 'missingProfile', 'extra', 'kingdom'] as const),
	...RUNTIME_OPTIONS,
	'signal',
]

/**
 * Makes the report of a run folder or a loaded model: one HTML file that needs no network and no other file. It holds the ids, headers and sequences of its
 * proteins (sequences and attention where all have 12 million residues at most). The same run and proteins give the same bytes.
 *
 * @example
 * const dataset = await readDataset('proteins/')
 * const { html } = await report('runs/first', { proteins: dataset })
 * await writeWhole('runs/first/report.html', html)
 *
 * Errors: those of `loadModel` and `predict`; `INPUT_MISSING` where the run folder has no scores and no proteins are given; `UNKNOWN_CLASS`;
 * `INVALID_DATASET` where the model was trained on all of the proteins. Throws the signal's reason once it is aborted.
 */
export async function report(run: string | Model, options: ReportOptions = {}): Promise<Report> {
	requireKnown(options, OPTIONS)
	requireSignal(options.signal)
	requireOption(typeof run === 'string' || run instanceof Model, 'run', run, "a run folder's path, or a model")
	if (typeof run !== 'string') return build(run, null, options)
	using model = await loadModel(run)
	return await build(model, new RunFolder(run), options)
}

/** Proteins that the importance of filters is measured on. */
const FILTER_PROTEINS = 100

/** Proteins with their predictions, and what they are. */
interface Material {
	subject: ReportSubject
	source: string
	proteins: ReportProtein[]
	evaluation: Evaluation | null
}

async function build(model: Model, folder: RunFolder | null, options: ReportOptions): Promise<Report> {
	requireOption(
		model.info.loss === 'softmax',
		'run',
		model.info.loss,
		'a model of one class a protein: the page has no place for several',
	)
	const material = await gather(model, folder, options)
	options.signal?.throwIfAborted()
	const { subject, source, proteins, evaluation } = material
	const content: ReportContent = {
		title: options.title ?? (folder ? basename(resolve(folder.path)) : 'Report'),
		...{ subject, source, classes: model.classes, model: model.info, training: model.training, evaluation },
		calibration: evaluation && calibrationOf(proteins),
		proteins,
		maps: [],
		figures: [],
	}
	const { filterProteins = FILTER_PROTEINS, onProgress } = options
	const { profiles, missingProfile, extra } = options
	const looks = { ...runtimeOf(options), profiles, missingProfile, extra }
	const looking = { ...looks, signal: options.signal }
	// A model of all folds was trained on every protein in one fold or another: what its networks do with them is no test.
	const isOne = subject.kind !== 'cross-validation'
	onProgress?.('maps')
	const maps = isOne ? await reportMaps(model, proteins, looking) : []
	onProgress?.('filters')
	// Filters over own numbers are no pictures of amino acids.
	const hasFilters = isOne && filterProteins > 0 && model.info.extraFeatures === 0
	const filters = hasFilters ? await filterPictures(model, proteins, filterProteins, looking) : []
	onProgress?.('pictures')
	const figures = [...(await reportPictures(model, content)), ...filters]
	return { html: reportPage({ ...content, maps, figures }), subject }
}

async function gather(model: Model, folder: RunFolder | null, options: ReportOptions): Promise<Material> {
	const { proteins } = options
	if (proteins === undefined) return fromFolder(model, folder, null)
	if (!isDataset(proteins)) {
		const predictions = options.predictions ?? (await predicted(model, proteins, options))
		const source = options.source ?? 'proteins'
		return {
			...{ subject: { kind: 'unknown' }, source, evaluation: null },
			proteins: joined(proteins, predictions),
		}
	}
	const { subject, records } = await subjectOf(model, proteins)
	if (subject.kind === 'cross-validation' && !options.predictions) return fromFolder(model, folder, proteins)
	const predictions = options.predictions ?? (await predicted(model, records, options))
	const source = basename(proteins.source)
	const told = { subject, source, proteins: joined(records, predictions) }
	const { label } = meaningOf({ ...told, training: model.training })
	const on = options.kingdom === undefined ? label : `${label} (kingdom ${options.kingdom})`
	const evaluation = options.evaluation ?? (await scored(model, proteins, subject, records, predictions, on, options))
	return { ...told, evaluation: { ...evaluation, on } }
}

/** Scores, beside baselines and relatives where the records of the training are at hand. */
async function scored(
	model: Model,
	dataset: Dataset,
	{ kind }: ReportSubject,
	records: readonly LabelledRecord[],
	predictions: readonly Prediction[],
	on: string,
	{ threads, signal, onProgress }: ReportOptions,
): Promise<Evaluation> {
	const { calibration } = model
	if (kind !== 'held-out') return evaluatePredictions(records, predictions, model.classes, on, { calibration })
	const { train, validation } = await partsOfTraining(model, dataset)
	const seen = [...train, ...validation]
	onProgress?.('relatives in the training data')
	const relatives = await findRelatives(seen, records, { threads, signal })
	const baselines = baselineAnswers(seen, records, model.classes, relatives)
	return evaluatePredictions(records, predictions, model.classes, on, { calibration, baselines, relatives })
}

function predicted(model: Model, records: readonly ProteinRecord[], options: ReportOptions): Promise<Prediction[]> {
	const { profiles, missingProfile, extra, kingdom, signal, onProgress } = options
	onProgress?.('predictions')
	const told = { attention: true, members: true }
	return predictAll(model, records, {
		profiles,
		missingProfile,
		extra,
		kingdom,
		signal,
		...told,
		...runtimeOf(options),
	})
}

/** What labelled proteins are to a model, and which of them are told of. */
async function subjectOf(
	model: Model,
	dataset: Dataset,
): Promise<{ subject: ReportSubject; records: readonly LabelledRecord[] }> {
	const { records, isOwn, seen } = await unseenRecords(model, dataset)
	if (isOwn && model.training!.info.folds !== null)
		return { subject: { kind: 'cross-validation' }, records: dataset.records }
	if (records.length > 0) return { subject: isOwn ? { kind: 'held-out' } : { kind: 'independent', seen }, records }
	const message = 'the model was trained on all of these proteins: nothing is left to report on'
	throw new SublocError('INVALID_DATASET', message, { file: dataset.source })
}

/** What the commands left in the run folder; with the dataset also its sequences. */
async function fromFolder(model: Model, folder: RunFolder | null, dataset: Dataset | null): Promise<Material> {
	const [text, written] = folder
		? [await folder.read('predictions'), await folder.readJson<unknown>('evaluation')]
		: [null, null]
	if (text === null || written === null) {
		const message = 'the run has no scores: name the proteins to report on'
		throw new SublocError('INPUT_MISSING', message, { file: folder?.file('predictions') })
	}
	const evaluation = parseEvaluation(written, folder!.file('evaluation'))
	const { predictions } = parsePredictions(text, folder!.file('predictions'))
	const classOf = new Map(splitRows(model.training?.split ?? '').map((row) => [row.id, row.class]))
	const records = new Map(dataset?.records.map((record) => [record.id, record]))
	const proteins = predictions.map((prediction): ReportProtein => {
		const record = records.get(prediction.id)
		return {
			description: record?.description ?? '',
			sequence: record?.sequence ?? null,
			class: record?.class ?? classOf.get(prediction.id) ?? null,
			annotations: record?.annotations ?? [],
			prediction: { ...prediction, length: record?.sequence.length ?? 0 },
		}
	})
	const isCross = (model.training?.info.folds ?? null) !== null
	return {
		subject: { kind: isCross ? 'cross-validation' : 'held-out' },
		source: basename(model.training?.info.dataset.source ?? 'records'),
		...{ proteins, evaluation },
	}
}

function runtimeOf({ backend, threads, cpuIsa, precision }: ReportOptions): RuntimeOptions {
	return { backend, threads, cpuIsa, precision }
}

function joined(
	records: readonly (ProteinRecord & Partial<LabelledRecord>)[],
	predictions: readonly Prediction[],
): ReportProtein[] {
	requireOption(
		predictions.length === records.length && predictions.every(({ id }, row) => id === records[row]!.id),
		'predictions',
		predictions,
		'a prediction for each of the proteins, in their order',
	)
	return records.map((record, row) => ({
		description: record.description ?? '',
		sequence: readable(record.sequence),
		class: record.class ?? null,
		annotations: record.annotations ?? parseAnnotations(record.description ?? ''),
		prediction: predictions[row]!,
	}))
}

/** A sequence as the model reads it; null where it has none or cannot be read. */
function readable(sequence: string): string | null {
	const clean = cleanSequence(sequence)
	return 'sequence' in clean && clean.sequence !== '' ? clean.sequence : null
}

function calibrationOf(proteins: readonly ReportProtein[]) {
	const known = proteins.filter((own) => own.class !== null && own.prediction.status === 'ok')
	if (known.length === 0) return null
	return calibration(
		known.map(({ prediction }) => prediction.probability!),
		known.map((own) => own.class === own.prediction.compartment),
	)
}

function isDataset(proteins: Dataset | readonly ProteinRecord[]): proteins is Dataset {
	return 'records' in proteins
}
