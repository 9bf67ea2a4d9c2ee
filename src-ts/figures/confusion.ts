/** The confusion matrix (the paper's Table 2) as a picture. */
import {
	type FigureOptions,
	headHeight,
	mix,
	PALETTES,
	picture,
	readable,
	rect,
	type Theme,
	text,
	widthOf,
} from './style.js'

const CELL = 46

/** Full shades of the diagonal and of the mistakes. */
const SHADES: Record<Theme, [right: string, wrong: string]> = {
	light: ['#005a8c', '#b03a18'],
	dark: ['#2f8fd0', '#d9622f'],
}

/**
 * An SVG of a confusion matrix [K, K] (rows true, columns predicted). A cell's shade is its share of the row, so that small classes are as visible
 * as large ones; its numbers are the count and that share. Sensitivity stands at the end of each row. Readable in black and white.
 */
export function confusionFigure(
	{ classes, confusion }: { classes: readonly string[]; confusion: readonly (readonly number[])[] },
	options: FigureOptions = {},
): string {
	const { theme = 'light' } = options
	const { ink, quiet } = PALETTES[theme]
	const label = 22 + Math.max(...classes.map((name) => widthOf(name)), 60)
	const top = headHeight(options) + label * 0.68 + 14
	const side = CELL * classes.length
	const width = label + side + 110
	const parts = [text(label - 8, top - 6, 'true ↓  predicted →', { size: 11, fill: quiet, anchor: 'end' })]
	for (const [column, name] of classes.entries()) {
		parts.push(text(label + (column + 0.5) * CELL, top - 8, readable(name), { fill: ink, rotate: -40 }))
	}
	parts.push(text(label + side + 10, top - 8, 'sensitivity', { size: 11, fill: quiet }))
	for (const [row, counts] of confusion.entries()) {
		const y = top + row * CELL
		const total = counts.reduce((a, b) => a + b, 0)
		parts.push(text(label - 8, y + CELL / 2 + 4, readable(classes[row]!), { fill: ink, anchor: 'end' }))
		for (const [column, count] of counts.entries()) {
			const place = { x: label + column * CELL, y, diagonal: row === column }
			parts.push(cell(place, count, total, theme))
		}
		const sensitivity = total === 0 ? '–' : `${Math.round((100 * counts[row]!) / total)} %`
		parts.push(text(label + side + 10, y + CELL / 2 + 4, `${sensitivity} of ${total}`, { fill: ink }))
	}
	return picture(width, top + side + 14, 'Confusion matrix', options, parts)
}

function cell(
	{ x, y, diagonal }: { x: number; y: number; diagonal: boolean },
	count: number,
	total: number,
	theme: Theme,
): string {
	const { paper, ink, faint } = PALETTES[theme]
	const share = total === 0 ? 0 : count / total
	// A root: a share of 5 % must be seen.
	const fill = mix(paper, SHADES[theme][diagonal ? 0 : 1], Math.sqrt(share))
	const box = rect(x + 1, y + 1, CELL - 2, CELL - 2, fill, `rx="3" stroke="${faint}"`)
	if (count === 0) return box
	const style = { anchor: 'middle' as const, fill: theme === 'light' && share > 0.3 ? '#ffffff' : ink }
	const middle = x + CELL / 2
	const percent = share < 0.005 ? '<1 %' : `${Math.round(100 * share)} %`
	return (
		box +
		text(middle, y + CELL / 2, String(count), style) +
		text(middle, y + CELL / 2 + 13, percent, { ...style, size: 9 })
	)
}
