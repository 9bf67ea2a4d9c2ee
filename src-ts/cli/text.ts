/** Results as text for a terminal. */
import { basename } from 'node:path'
import pc from 'picocolors'
import type { Evaluation, Interval, RelativesSummary } from 'subloc-native'
import { baselinesLine, statisticsLines } from './statistics-text.js'

/** Percent with one decimal. */
export function percent(value: number | null): string {
	return value === null ? '–' : `${(100 * value).toFixed(1)} %`
}

/** What records are, for a picture: a path of this machine is its last part alone. */
export function captionOf(on: string): string {
	const [, part = '', source = ''] = /^(the held-out part \(.*?\) of )?(.*)$/s.exec(on)!
	return part + basename(source)
}

/** A table: the first column to the left, the others to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
	const widths = header.map((name, column) =>
		Math.max(...[name, ...rows.map((row) => row[column]!)].map((cell) => cell.length)),
	)
	const line = (cells: readonly string[]) =>
		cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ')
	return [pc.bold(line(header)), ...rows.map(line)].join('\n')
}

/** A duration for a person. */
export function duration(seconds: number): string {
	if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
	const minutes = Math.round(seconds / 60)
	return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}

/** An interval of a share, in percent: `72.6–77.5`; a dash where there is none. */
export function percentRange(interval: Interval | null | undefined, decimals = 1): string {
	if (!interval) return '–'
	return `${(100 * interval.low).toFixed(decimals)}–${(100 * interval.high).toFixed(decimals)}`
}

/** An evaluation: scores of all classes, what they are worth, a line a class, and the confusion matrix. */
export function evaluationText(evaluation: Evaluation): string {
	const { on, records, accuracy, balancedAccuracy, macroF1, gorodkin, logLoss, clusters, intervals } = evaluation
	const skipped = evaluation.skipped > 0 ? `, ${evaluation.skipped} more could not be predicted` : ''
	const range = intervals ? `; 95 % interval ${percentRange(intervals.accuracy)} %` : ''
	const lines = [
		`${pc.bold(`accuracy ${percent(accuracy)}`)} on ${on} (${records} proteins${skipped})${range}`,
		baselinesLine(evaluation),
		`balanced accuracy ${percent(balancedAccuracy)} · macro F1 ${macroF1.toFixed(3)} · Gorodkin R_K ${gorodkin.toFixed(3)} · log loss ${logLoss.toFixed(3)} nats`,
	]
	if (clusters) {
		const sure = clusters.interval ? `; 95 % interval ${percentRange(clusters.interval)} %` : ''
		lines.push(`accuracy a homology cluster ${percent(clusters.accuracy)} (${clusters.clusters} clusters${sure})`)
	}
	lines.push(...statisticsLines(evaluation))
	return [...lines, '', classTable(evaluation), '', confusionText(evaluation)].join('\n')
}

function classTable({ perClass, clusters, intervals }: Evaluation): string {
	const header = [
		...['class', 'proteins', 'sensitivity', ...(intervals ? ['95 %'] : [])],
		...['precision', 'specificity', 'F1', 'MCC'],
	]
	const rows = perClass.map((own, index) => [
		...[own.class, String(own.support), percent(own.sensitivity)],
		...(intervals ? [percentRange(intervals.perClass[index]?.sensitivity, 0)] : []),
		...[percent(own.precision), percent(own.specificity), own.f1?.toFixed(3) ?? '–', own.mcc.toFixed(3)],
	])
	if (!clusters) return table(header, rows)
	const cells = clusters.perClass.map((own) => [String(own.clusters), percent(own.accuracy)])
	return table(
		[...header, 'clusters', 'right a cluster'],
		rows.map((row, index) => [...row, ...cells[index]!]),
	)
}

/** Rows are true classes, columns predicted ones, by letter; a dot is a zero. */
export function confusionText({ classes, confusion }: Pick<Evaluation, 'classes' | 'confusion'>): string {
	const letter = (index: number) => (index < 26 ? String.fromCharCode(97 + index) : String(index + 1))
	const header = ['true ↓ predicted →', '', ...classes.map((_, index) => letter(index))]
	const rows = confusion.map((counts, row) => [
		...[classes[row]!, letter(row)],
		...counts.map((count) => (count === 0 ? '·' : String(count))),
	])
	return table(header, rows)
}

/** A leak audit: what copying would score, a line an identity bin. */
export function leakText({ records, withRelative, copyAccuracy, bins }: RelativesSummary): string {
	const score =
		copyAccuracy === null ? '' : `${pc.bold(`copying the nearest relative scores ${percent(copyAccuracy)}`)}; `
	const rows = bins.map(({ from, to, records: own, copyAccuracy: right }) => [
		from === null ? 'none' : `${(100 * from).toFixed(0)}–${(100 * to!).toFixed(0)} %`,
		...[String(own), percent(own / records), percent(right)],
	])
	return [
		`${score}${withRelative} of ${records} proteins have a relative in the training part`,
		'',
		table(['identity', 'proteins', 'share', 'copying is right'], rows),
	].join('\n')
}
