/** Filters as text: a table, and motifs that other programs read. */
import type { FilterMatrix, FilterReport } from '../explain/filters.js'
import { ALPHABET } from '../sequence/alphabet.js'

/** Scoring matrices as TSV: `filter`, `position` (from 1), then a column an amino acid; six significant digits. */
export function filterTsv(filters: readonly FilterMatrix[]): string {
	const rows = filters.flatMap(({ name, width, scores }) =>
		Array.from({ length: width }, (_, position) => [
			...[name, String(position + 1)],
			...Array.from(scores.subarray(20 * position, 20 * position + 20), (score) => digits(score)),
		]),
	)
	return table([['filter', 'position', ...ALPHABET], ...rows])
}

/** MEME's own order of the amino acids. */
const MEME_ORDER = 'ACDEFGHIKLMNPQRSTVWY'

/**
 * Filters in the manner of MEME's motif format (version 4), uniform background. The log-odds matrix has the scores as they are. The letter probabilities are
 * their softmax over the amino acids of a position: a filter is no alignment, so they say what it prefers, not what was seen; `nsites` is 0.
 */
export function filterMeme(filters: readonly FilterMatrix[]): string {
	const lines = ['MEME version 4', '', `ALPHABET= ${MEME_ORDER}`, '', 'Background letter frequencies']
	lines.push([...MEME_ORDER].map((name) => `${name} 0.05`).join(' '), '')
	for (const { name, width, scores } of filters) {
		const row = (position: number) => [...MEME_ORDER].map((letter) => scores[20 * position + ALPHABET.indexOf(letter)]!)
		const rows = Array.from({ length: width }, (_, position) => row(position))
		lines.push(`MOTIF ${name}`, '', `log-odds matrix: alength= 20 w= ${width}`)
		lines.push(...rows.map((own) => own.map((score) => score.toFixed(6)).join(' ')), '')
		lines.push(`letter-probability matrix: alength= 20 w= ${width} nsites= 0 E= 0`)
		lines.push(
			...rows.map((own) =>
				softmax(own)
					.map((p) => p.toFixed(6))
					.join(' '),
			),
			'',
		)
	}
	return `${lines.join('\n')}`
}

function softmax(scores: readonly number[]): number[] {
	const most = Math.max(...scores)
	const weights = scores.map((score) => Math.exp(score - most))
	const sum = weights.reduce((a, b) => a + b, 0)
	return weights.map((weight) => weight / sum)
}

/** The strongest hits of each filter as TSV: `rank`, `filter`, `loss_increase` (nats), `accuracy_drop`, then a hit a row. */
export function filterHitsTsv(reports: readonly FilterReport[]): string {
	const header = [
		'rank',
		'filter',
		'loss_increase',
		'accuracy_drop',
		'hit',
		'id',
		'class',
		'start',
		'end',
		'residues',
		'activation',
	]
	const rows = reports.flatMap(({ rank, filter, lossIncrease, accuracyDrop, hits }) =>
		hits.map(({ id, class: name, start, end, residues, activation }, at) => [
			...[String(rank), filter.name, digits(lossIncrease), digits(accuracyDrop), String(at + 1)],
			...[id, name, String(start), String(end), residues, digits(activation)],
		]),
	)
	return table([header, ...rows])
}

/** What each filter does, as TSV: `rank`, `filter`, `loss_increase` (nats), `accuracy_drop`, then the mean peak of each class. */
export function filterReportTsv(reports: readonly FilterReport[], classes: readonly string[]): string {
	const rows = reports.map(({ rank, filter, lossIncrease, accuracyDrop, classActivation }) => [
		...[String(rank), filter.name, digits(lossIncrease), digits(accuracyDrop), ...classActivation.map(digits)],
	])
	return table([['rank', 'filter', 'loss_increase', 'accuracy_drop', ...classes], ...rows])
}

function digits(value: number): string {
	return String(Number(value.toPrecision(6)))
}

/** Rows of cells; a control character in one becomes a space. */
function table(rows: readonly (readonly string[])[]): string {
	return rows.map((cells) => `${cells.map((cell) => cell.replace(/\p{Cc}/gu, ' ')).join('\t')}\n`).join('')
}
