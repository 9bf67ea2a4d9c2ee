/** Predictions as text. */
import { LABEL_SEPARATOR } from '../dataset/label-sets.js'
import { SublocError } from '../errors.js'
import type { Prediction } from './predict.js'

export const PREDICTION_FORMATS = ['tsv', 'csv', 'jsonl'] as const
/** `tsv` and `csv` have a header line; `jsonl` has an object a line. */
export type PredictionFormat = (typeof PREDICTION_FORMATS)[number]

/** Decimals of probabilities in tables: an f32 softmax is worth no more. */
const DECIMALS = 6

/** Columns behind those of the classes that tell how far a prediction can be trusted. */
export const TRUST_COLUMNS = ['calibrated', 'relative', 'relative_class', 'identity'] as const

/** What a table has beside its usual columns. */
export interface FormatOptions {
	/** Whether the predictions are of a multi-label model: tables then have the column `labels`. Default false. */
	multiLabel?: boolean
	/** Whether tables have the columns `calibrated`, `relative`, `relative_class` and `identity`, empty where they are not known. Default false. */
	trust?: boolean
}

export interface PredictionFormatter {
	/** Text before the first row; empty for `jsonl`. */
	header: string
	/** A row with its line end. */
	row(prediction: Prediction): string
}

/**
 * How predictions are written: `id`, `status` (`ok`, or `skipped:CODE`), `compartment`, `probability`, `spread`, then the probability of each class. Cells
 * of a skipped record are empty (null in `jsonl`, which also gives the problem's message, and `calibrated` where the model has a temperature). Probabilities
 * have six decimals. In `tsv` a control character (a tab, a line end) becomes a space. With `multiLabel` the labels stand behind the status, joined by `;` (an
 * array in `jsonl`, which has it wherever a prediction has labels). With `trust`, `calibrated`, `relative`, `relative_class` and `identity` follow the classes; `jsonl` always has
 * `relative`, null where none is known.
 *
 * Errors: `INVALID_OPTION` for an unknown format.
 */
export function predictionFormatter(
	format: PredictionFormat,
	classes: readonly string[],
	{ multiLabel = false, trust = false }: FormatOptions = {},
): PredictionFormatter {
	if (format === 'jsonl') return { header: '', row: (prediction) => `${JSON.stringify(jsonRow(prediction))}\n` }
	if (format !== 'tsv' && format !== 'csv') {
		const facts = { option: 'format', value: format, allowed: PREDICTION_FORMATS }
		throw new SublocError('INVALID_OPTION', `format: '${format}' is not one of ${PREDICTION_FORMATS.join(', ')}`, facts)
	}
	const line = format === 'tsv' ? tsvLine : csvLine
	return {
		header: line([
			'id',
			'status',
			...(multiLabel ? ['labels'] : []),
			'compartment',
			'probability',
			'spread',
			...classes,
			...(trust ? TRUST_COLUMNS : []),
		]),
		row: (prediction) => {
			const own = cells(prediction, classes, multiLabel)
			return line(trust ? [...own, ...trustCells(prediction)] : own)
		},
	}
}

function cells(
	{ id, status, problem, labels, compartment, probability, spread, probabilities }: Prediction,
	classes: readonly string[],
	multiLabel: boolean,
) {
	const each = classes.map((name) => decimals(probabilities?.[name] ?? null))
	return [
		id,
		problem ? `${status}:${problem.code}` : status,
		...(multiLabel ? [labels?.join(LABEL_SEPARATOR) ?? ''] : []),
		compartment ?? '',
		decimals(probability),
		decimals(spread),
		...each,
	]
}

function trustCells({ calibrated, relative }: Prediction): string[] {
	return [decimals(calibrated), relative?.id ?? '', relative?.class ?? '', relative ? relative.identity.toFixed(4) : '']
}

function decimals(value: number | null): string {
	return value === null ? '' : value.toFixed(DECIMALS)
}

function jsonRow(prediction: Prediction) {
	const { id, status, problem, labels, compartment, probability, calibrated, spread, relative, probabilities } =
		prediction
	const round = (value: number | null) => (value === null ? null : Number(value.toFixed(DECIMALS)))
	const each = probabilities && Object.fromEntries(Object.entries(probabilities).map(([name, p]) => [name, round(p)]))
	return {
		...{ id, status, ...(labels && { labels }), compartment },
		...{ probability: round(probability), spread: round(spread), probabilities: each },
		...(calibrated !== null && { calibrated: round(calibrated) }),
		relative: relative && { ...relative, identity: round(relative.identity), coverage: round(relative.coverage) },
		...(problem && { problem: { code: problem.code, message: problem.message, ...problem.facts } }),
	}
}

/** TSV has no quoting: a control character becomes a space. */
function tsvLine(cells: readonly string[]): string {
	return `${cells.map((cell) => cell.replace(/\p{Cc}/gu, ' ')).join('\t')}\n`
}

/** RFC 4180 quoting. */
function csvLine(cells: readonly string[]): string {
	return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`
}
