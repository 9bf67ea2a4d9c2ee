/** Each figure of a run: where its numbers come from, and what it needs. Whole, though long: a table of one short function a figure. */
import {
	attentionMap,
	attentionMapFigure,
	attentionNpz,
	attentionTrackFigure,
	calibration,
	classesFigure,
	confusionFigure,
	curvesFigure,
	type Evaluation,
	evaluatePredictions,
	type FilterReport,
	filterHitsTsv,
	filterMatrices,
	filterMeme,
	filterReports,
	filterReportTsv,
	filterTsv,
	type LabelledRecord,
	logoFigure,
	logoSheetFigure,
	type MapPanel,
	type Model,
	mapStates,
	type Prediction,
	type PredictOptions,
	predictAll,
	proteinStates,
	RunFolder,
	readable,
	reliabilityFigure,
	SublocError,
	type Track,
	tsneFigure,
	tsneTsv,
	wilson,
} from 'subloc-native'
import type { Log } from './log.js'
import { isMultiLabel } from './multi-label.js'
import type { Pictures } from './pictures.js'
import { captionOf, percent } from './text.js'

export const FIGURES = [
	...(['confusion', 'classes', 'curves', 'reliability', 'logos', 'filters'] as const),
	...(['attention-map', 'attention-tracks', 'tsne'] as const),
] as const
export type FigureName = (typeof FIGURES)[number]

/** Why a figure cannot be drawn: no error of the command. */
export class Undrawable extends Error {}

/** What is drawn, and from what. */
export interface Drawing {
	/** Of the run. */
	folder: string
	model: Model
	/** `--beside`. */
	other: Model | null
	/** Labelled proteins that the model was not trained on; null without DATA. */
	records: readonly LabelledRecord[] | null
	/** What they are, as captions say it. */
	on: string | null
	/** Those of the records that the other model was not trained on either. */
	shared: readonly LabelledRecord[] | null
	/** From 1. */
	member: number
	/** Ids of the proteins whose attention is drawn; null: of each class the one predicted best. */
	tracks: readonly string[] | null
	perplexity: number
	seed: number
	options: PredictOptions
	pictures: Pictures
	log: Log
	signal: AbortSignal
}

export const FIGURE_DRAWERS: Record<FigureName, (drawing: Drawing) => Promise<void>> = {
	confusion: drawConfusion,
	classes: drawClasses,
	curves: drawCurves,
	reliability: drawReliability,
	logos: drawLogos,
	filters: drawFilters,
	'attention-map': drawAttentionMap,
	'attention-tracks': drawTracks,
	tsne: drawTsne,
}

async function drawConfusion(drawing: Drawing): Promise<void> {
	const { pictures } = drawing
	const evaluation = await evaluationOf(drawing)
	const title = 'Where proteins were predicted'
	await pictures.draw(
		'confusion',
		confusionFigure(evaluation, { ...lookOf(drawing), title, subtitle: scoreLine(evaluation) }),
	)
	const { classes, confusion } = evaluation
	const rows = confusion.map((counts, row) => [classes[row]!, ...counts])
	await pictures.write('confusion.tsv', tsv([['true', ...classes], ...rows]))
}

async function drawClasses(drawing: Drawing): Promise<void> {
	const evaluation = await evaluationOf(drawing)
	const subtitle = `${scoreLine(evaluation)}; lines are 95 % Wilson intervals`
	const svg = await classesFigure(evaluation, {
		...lookOf(drawing),
		title: 'Sensitivity and precision of each class',
		subtitle,
	})
	await drawing.pictures.draw('classes', svg)
	const rows = evaluation.confusion.map((counts, row) => {
		const [n, right] = [counts.reduce((a, b) => a + b, 0), counts[row]!]
		const { low, high } = n === 0 ? { low: null, high: null } : wilson(right, n)
		return [evaluation.classes[row]!, n, right, n === 0 ? null : right / n, low, high]
	})
	await drawing.pictures.write('classes.tsv', tsv([['class', 'n', 'right', 'sensitivity', 'low', 'high'], ...rows]))
}

/** Scores of DATA; without them those that the training, or `subloc evaluate -o`, wrote. */
async function evaluationOf(drawing: Drawing): Promise<Evaluation> {
	const { folder, model, records, on } = drawing
	if (records) {
		const predictions = (await predictedOf(drawing)).map(({ prediction }) => prediction)
		return evaluatePredictions(records, predictions, model.classes, on!)
	}
	const evaluation = await new RunFolder(folder).readJson<Evaluation>('evaluation')
	if (evaluation && isMultiLabel(evaluation)) throw new Undrawable('its proteins have several labels: see labels.svg')
	if (evaluation) return evaluation
	throw new Undrawable('the run has no evaluation.json; its training held nothing out')
}

function scoreLine({ accuracy, on, records }: Evaluation): string {
	return `accuracy ${percent(accuracy)} on ${captionOf(on)} (${records} proteins)`
}

async function drawCurves(drawing: Drawing): Promise<void> {
	const history = drawing.model.training?.history
	if (!history?.length) throw new Undrawable('nothing is known of the training')
	const { members } = drawing.model.info
	const subtitle = members === 1 ? undefined : `mean of ${members} networks; bands from the lowest to the highest`
	await drawing.pictures.draw(
		'curves',
		await curvesFigure(history, { ...lookOf(drawing), title: 'Learning curves', subtitle }),
	)
	const header = ['member', 'epoch', 'training_loss', 'training_accuracy', 'validation_loss', 'validation_accuracy']
	const rows = history.map((report) => [
		...[report.member, report.epoch, report.trainingLoss, report.trainingAccuracy],
		...[report.validationLoss, report.validationAccuracy, report.testLoss, report.testAccuracy],
	])
	await drawing.pictures.write('curves.tsv', tsv([[...header, 'test_loss', 'test_accuracy'], ...rows]))
}

async function drawReliability(drawing: Drawing): Promise<void> {
	const known = (await predictedOf(drawing)).filter(({ prediction }) => prediction.status === 'ok')
	const found = calibration(
		known.map(({ prediction }) => prediction.probability!),
		known.map(({ prediction, record }) => prediction.compartment === record.class),
	)
	const options = { ...lookOf(drawing), title: 'Reliability', subtitle: `on ${drawing.on}` }
	await drawing.pictures.draw('reliability', await reliabilityFigure(found, options))
	const header = ['from', 'to', 'proteins', 'mean_probability', 'share_right', 'low', 'high']
	const rows = found.bins.map(({ from, to, count, confidence, accuracy, interval }) => [
		from,
		to,
		count,
		confidence,
		accuracy,
		interval?.low,
		interval?.high,
	])
	await drawing.pictures.write('reliability.tsv', tsv([header, ...rows]))
}

/** A table; what is not known is empty. */
function tsv(rows: readonly (readonly (string | number | null | undefined)[])[]): string {
	return rows.map((cells) => `${cells.map((cell) => cell ?? '').join('\t')}\n`).join('')
}

async function drawLogos(drawing: Drawing): Promise<void> {
	const { model, member, pictures } = drawing
	requireResidueFilters(model)
	const filters = filterMatrices(model, { member })
	await pictures.write('filters.tsv', filterTsv(filters))
	await pictures.write('filters.meme', filterMeme(filters))
	const { theme, colours } = pictures
	for (const filter of filters) {
		const options = { theme, colours, title: `Filter ${filter.name}`, subtitle: networkOf(drawing) }
		await pictures.draw(`logos/${filter.name}`, logoFigure(filter, options))
	}
}

async function drawFilters(drawing: Drawing): Promise<void> {
	const { model, member, pictures, log, options } = drawing
	requireResidueFilters(model)
	const records = recordsOf(drawing)
	const reports: FilterReport[] = await filterReports(model, records, {
		...{ member, ...lookOptions(options) },
		onProgress: (done, all) => log.progress(`filter ${done}/${all} silenced`),
	})
	const { theme, colours } = pictures
	const order = 'ordered by the rise of the mean −ln p of the true class when the filter is silenced'
	const subtitle = joined(`${order}, on ${drawing.on} (${records.length} proteins)`, networkOf(drawing))
	const sheet = logoSheetFigure(reports, model.classes, { theme, colours, title: 'Filters by importance', subtitle })
	await pictures.draw('filters', sheet)
	await pictures.write('filter-importance.tsv', filterReportTsv(reports, model.classes))
	await pictures.write('filter-hits.tsv', filterHitsTsv(reports))
}

async function drawAttentionMap(drawing: Drawing): Promise<void> {
	const { model, pictures } = drawing
	requireAttention(model)
	const records = recordsOf(drawing)
	const { maxResidues } = model.info
	const rows = (await predictedOf(drawing)).flatMap(({ record, prediction }) =>
		prediction.attention ? [{ id: record.id, class: record.class, weights: prediction.attention.weights }] : [],
	)
	const map = attentionMap(rows, model.classes, maxResidues)
	const isCut = records.some(({ sequence }) => sequence.length > maxResidues)
	const subtitle = joined(
		`α of ${rows.length} proteins, ${drawing.on}; rows by true class, shortest first`,
		isCut ? `the middle of proteins over ${maxResidues} residues is left out` : undefined,
	)
	await pictures.draw(
		'attention-map',
		attentionMapFigure(map, { ...lookOf(drawing), title: 'Where the model looks', subtitle }),
	)
	await pictures.write('attention-map.npz', attentionNpz(map))
}

async function drawTracks(drawing: Drawing): Promise<void> {
	const { model, tracks, pictures } = drawing
	requireAttention(model)
	const known = (await predictedOf(drawing)).filter(({ prediction }) => prediction.status === 'ok')
	const missing = tracks?.find((id) => !known.some(({ record }) => record.id === id))
	if (missing !== undefined) {
		const message = `track: protein ${missing} could not be predicted`
		throw new SublocError('INVALID_OPTION', message, { option: 'track', value: missing })
	}
	const chosen = tracks
		? tracks.map((id) => known.find(({ record }) => record.id === id)!)
		: model.classes.flatMap((name) => bestOf(known.filter(({ record }) => record.class === name)))
	const drawn = chosen.map(
		({ record, prediction }): Track => ({
			...{ id: record.id, length: prediction.length, annotations: record.annotations },
			note: `true ${readable(record.class)}, predicted ${readable(prediction.compartment!)} ${percent(prediction.probability!)}`,
			...prediction.attention!,
		}),
	)
	const options = {
		...lookOf(drawing),
		title: 'Attention along proteins',
		subtitle: 'dashed: even attention',
		scale: 'own' as const,
	}
	await pictures.draw('attention-tracks', attentionTrackFigure(drawn, options))
	const rows = drawn.flatMap(({ id, positions, weights }) =>
		Array.from(weights, (weight, at) => `${id}\t${positions[at]}\t${Number(weight.toPrecision(6))}\n`),
	)
	await pictures.write('attention-tracks.tsv', `id\tposition\talpha\n${rows.join('')}`)
}

/** The right prediction with the highest probability. */
function bestOf(known: readonly Predicted[]): Predicted[] {
	const right = known.filter(({ prediction, record }) => prediction.compartment === record.class)
	return right.sort((a, b) => b.prediction.probability! - a.prediction.probability!).slice(0, 1)
}

async function drawTsne(drawing: Drawing): Promise<void> {
	const { model, other, pictures, log } = drawing
	const records = drawing.shared ?? recordsOf(drawing)
	const panels: MapPanel[] = []
	const divergences: string[] = []
	for (const own of other ? [model, other].sort((a) => (a.info.kind === 'r-lstm' ? -1 : 1)) : [model]) {
		const states = await proteinStates(own, records, { member: drawing.member, ...lookOptions(drawing.options) })
		const { hidden, forward, backward, context } = states
		const parts: [string, Float32Array | null, number][] = [
			['forward last state', forward, hidden],
			['backward last state', backward, hidden],
			['context c', context, 2 * hidden],
		]
		// Beside another model an A-LSTM shows what it predicts from.
		for (const [title, points, dims] of other && context ? parts.slice(2) : parts) {
			if (!points) continue
			log.progress(`t-SNE of ${records.length} proteins: ${title}`)
			const { perplexity, seed, signal, options } = drawing
			const { coordinates, divergence } = await mapStates(points, dims, {
				perplexity,
				seed,
				signal,
				threads: options.threads,
			})
			divergences.push(divergence.toFixed(2))
			const place = ({ id, class: name }: LabelledRecord, row: number) => {
				return { id, class: name, x: coordinates[2 * row]!, y: coordinates[2 * row + 1]! }
			}
			const kind = own.info.kind === 'r-lstm' ? 'R-LSTM' : 'A-LSTM'
			panels.push({ title: `${kind}: ${title}`, points: records.map(place) })
		}
	}
	// As t-SNE takes it: few points have few neighbours.
	const perplexity = Math.max(1, Math.min(drawing.perplexity, (records.length - 1) / 3))
	const subtitle = joined(
		`t-SNE, perplexity ${Number(perplexity.toFixed(1))}, of ${records.length} proteins: ${drawing.on}`,
		drawing.shared ? 'held out of both trainings' : undefined,
		networkOf(drawing, other),
		`KL ${divergences.join(', ')} nats`,
	)
	const figure = tsneFigure(panels, model.classes, { ...lookOf(drawing), title: 'States of proteins', subtitle })
	await pictures.draw('tsne', figure)
	await pictures.write('tsne.tsv', tsneTsv(panels))
}

/** Which network of an ensemble is shown; nothing where there is one. */
function networkOf({ model, member }: Drawing, other: Model | null = null): string | undefined {
	const members = [model, ...(other ? [other] : [])].map(({ info }) => info.members)
	if (Math.max(...members) === 1) return undefined
	return `network ${member} of ${[...new Set(members)].join(' and ')}`
}

/** Parts of a caption, without those that are missing. */
function joined(...parts: (string | undefined)[]): string {
	return parts.filter((part) => part !== undefined).join('; ')
}

function lookOf({ pictures: { theme } }: Drawing) {
	return { theme }
}

/** What looking into a model takes of a prediction's options. */
function lookOptions({ backend, threads, cpuIsa, precision, profiles, missingProfile, extra, signal }: PredictOptions) {
	return { backend, threads, cpuIsa, precision, profiles, missingProfile, extra, signal }
}

function requireResidueFilters({ info }: Model): void {
	if (info.extraFeatures > 0)
		throw new Undrawable('its filters read own numbers of each residue (--extra), which are no amino acids')
}

function requireAttention(model: Model): void {
	if (model.info.kind !== 'a-lstm') throw new Undrawable('an R-LSTM has no attention (subloc explain asks any model)')
}

function recordsOf({ records }: Drawing): readonly LabelledRecord[] {
	if (records) return records
	throw new Undrawable('it needs labelled proteins: subloc figures RUN DATA')
}

/** A protein and what the model says of it. */
interface Predicted {
	record: LabelledRecord
	prediction: Prediction
}

const predicted = new WeakMap<Drawing, Promise<Predicted[]>>()

/** Predictions of the drawing's records, with attention; made once. */
function predictedOf(drawing: Drawing): Promise<Predicted[]> {
	const records = recordsOf(drawing)
	const found =
		predicted.get(drawing) ??
		predictAll(drawing.model, records, { ...drawing.options, attention: true }).then((predictions) =>
			records.map((record, row) => ({ record, prediction: predictions[row]! })),
		)
	predicted.set(drawing, found)
	return found
}
