/** Filter logos in the manner of the paper's Fig. 7. */
import { requireOption } from '../errors.js'
import type { FilterMatrix, FilterReport } from '../explain/filters.js'
import { ALPHABET } from '../sequence/alphabet.js'
import { compartmentColours } from './colours.js'
import { type LetterColours, letter, letterColour, letterShapes } from './letters.js'
import {
	at,
	type FigureOptions,
	headHeight,
	line,
	minus,
	PALETTES,
	picture,
	readable,
	rect,
	text,
	widthOf,
} from './style.js'

export interface LogoOptions extends FigureOptions {
	/** Colours of the letters by their chemistry: `chemistry` (default), or `colour-blind`, a set that colour-blind readers can tell apart. */
	colours?: LetterColours
}

export interface LogoSheetOptions extends LogoOptions {
	/** Whether each filter's cost is told in points of accuracy too, which on few proteins is noise; default true. */
	accuracy?: boolean
}

/** A letter of a logo. */
interface Letter {
	/** Position in the filter, from 0. */
	position: number
	name: string
	/** Lower edge and height; the tallest column has height 1, letters below the line have a lower edge below 0. */
	bottom: number
	height: number
}

/** A logo without its place: letters, and how far they reach above and below the line. */
interface Layout {
	letters: Letter[]
	above: number
	below: number
}

/**
 * Positive scores stack upward from the line, negative ones downward, the largest outermost. The tallest column, which is the larger of a column's positive
 * and negative sum, has height 1; nothing is centred.
 */
export function logoLayout({ width, scores }: FilterMatrix): Layout {
	const columns = Array.from({ length: width }, (_, position) => {
		const own = [...ALPHABET].map((name, index) => ({ name, score: scores[position * 20 + index]! }))
		// Of equal scores the alphabet decides.
		return own.filter(({ score }) => score !== 0).sort((a, b) => Math.abs(a.score) - Math.abs(b.score))
	})
	const sum = (own: { score: number }[], sign: 1 | -1) =>
		own.reduce((total, { score }) => total + Math.max(0, sign * score), 0)
	const tallest = Math.max(...columns.flatMap((own) => [sum(own, 1), sum(own, -1)]))
	const letters = columns.flatMap((own, position) => {
		let [up, down] = [0, 0]
		return own.map(({ name, score }) => {
			const height = Math.abs(score) / tallest
			if (score < 0) down += height
			else up += height
			return { position, name, bottom: score < 0 ? -down : up - height, height }
		})
	})
	const reach = (sign: 1 | -1) => Math.max(0, ...columns.map((own) => sum(own, sign))) / (tallest || 1)
	return { letters, above: reach(1), below: reach(-1) }
}

/** Letters lower than this many pixels are left out: nobody sees them. */
const LEAST_HEIGHT = 0.35

interface Place {
	x: number
	/** Of the line. */
	y: number
	/** Of a column. */
	column: number
	/** Pixels of height 1. */
	unit: number
}

function drawLetters({ letters }: Layout, { x, y, column, unit }: Place, options: LogoOptions): string[] {
	const { theme = 'light', colours = 'chemistry' } = options
	return letters
		.filter(({ height }) => height * unit >= LEAST_HEIGHT)
		.map(({ position, name, bottom, height }) => {
			const top = y - (bottom + height) * unit
			const colour = letterColour(name, colours, theme)
			return letter('aa-', name, x + position * column + 0.5, top + 0.1, column - 1, height * unit - 0.2, colour)
		})
}

/**
 * An SVG logo of one filter. A letter's height is its score; positive letters stack upward from the line, negative ones downward, the largest outermost.
 * Scaled so that the tallest column (the larger of its positive and its negative sum) has height 1. Letters are drawn, so no font is needed for them.
 * Errors: `INVALID_OPTION` for a matrix of another size than [width, 20].
 */
export function logoFigure(filter: FilterMatrix, options: LogoOptions = {}): string {
	requireMatrix(filter)
	const { ink, quiet, line: rule } = PALETTES[options.theme ?? 'light']
	const layout = logoLayout(filter)
	const [column, unit, left] = [filter.width > 9 ? 34 : 46, 170, 52]
	const head = headHeight(options) + 8
	const y = head + layout.above * unit
	const bottom = y + layout.below * unit
	const right = left + filter.width * column
	const parts = [letterShapes('aa-'), ...drawLetters(layout, { x: left, y, column, unit }, options)]
	parts.push(line(left - 6, head, left - 6, bottom, rule), line(left - 6, y, right, y, ink))
	for (const value of [1, 0.5, 0, -0.5, -1]) {
		if (value > layout.above + 1e-9 || value < -layout.below - 1e-9) continue
		const at = y - value * unit
		parts.push(line(left - 10, at, left - 6, at, rule))
		parts.push(text(left - 13, at + 4, minus(String(value)), { size: 11, fill: quiet, anchor: 'end' }))
	}
	for (let position = 0; position < filter.width; position++) {
		const middle = left + (position + 0.5) * column
		parts.push(text(middle, bottom + 18, String(position + 1), { size: 11, fill: quiet, anchor: 'middle' }))
	}
	parts.push(
		text((left + right) / 2, bottom + 36, 'position in the filter', { size: 11, fill: quiet, anchor: 'middle' }),
	)
	return picture(Math.max(right + 16, 230), bottom + 46, `Filter ${filter.name}`, options, parts)
}

const CARD = { width: 470, height: 176, logo: 300, unit: 58 }

/**
 * An SVG of many logos in the given order, two columns: rank and name, what silencing the filter costs, the logo, the mean peak of each class as bars, and the
 * strongest hit. `classes` are those of `classActivation`. Errors: as {@link logoFigure}; `INVALID_OPTION` for no filters.
 */
export function logoSheetFigure(
	filters: readonly FilterReport[],
	classes: readonly string[],
	options: LogoSheetOptions = {},
): string {
	requireOption(filters.length > 0, 'filters', filters, 'at least one filter')
	const { theme = 'light' } = options
	const { quiet } = PALETTES[theme]
	const head = headHeight(options) + 36
	const colours = compartmentColours(classes, theme)
	const parts = [letterShapes('aa-')]
	let x = 14
	for (const [index, name] of classes.entries()) {
		parts.push(
			rect(x, head - 27, 9, 9, colours[index]!),
			text(x + 13, head - 19, readable(name), { size: 10, fill: quiet }),
		)
		x += 27 + widthOf(name, 10)
	}
	for (const [index, report] of filters.entries()) {
		requireMatrix(report.filter)
		parts.push(
			...card(report, colours, 10 + (index % 2) * CARD.width, head + Math.floor(index / 2) * CARD.height, options),
		)
	}
	const rows = Math.ceil(filters.length / 2)
	return picture(Math.max(20 + 2 * CARD.width, x), head + rows * CARD.height + 6, 'Filters', options, parts)
}

function card(report: FilterReport, colours: string[], x: number, y: number, options: LogoSheetOptions): string[] {
	const { ink, quiet, faint, line: rule } = PALETTES[options.theme ?? 'light']
	const { filter, rank, lossIncrease, accuracyDrop, classActivation, hits } = report
	const column = Math.min(CARD.logo / filter.width, 30)
	const layout = logoLayout(filter)
	// Both halves share the height, so that columns of all cards can be compared.
	const unit = Math.min(CARD.unit, (CARD.height - 62) / (layout.above + layout.below || 1))
	const zero = y + 34 + layout.above * unit
	const signed = (value: number, digits: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`
	const points = options.accuracy === false ? '' : `, accuracy ${signed(-100 * accuracyDrop, 1)} points`
	const cost = `silenced: loss ${signed(lossIncrease, 3)} nats${points}`
	const parts = [
		rect(x, y, CARD.width - 10, CARD.height - 10, 'none', `rx="4" stroke="${faint}"`),
		text(x + 10, y + 19, `${rank}  ${filter.name}`, { size: 13, bold: true, fill: ink }),
		text(x + CARD.width - 20, y + 19, cost, { size: 10.5, fill: quiet, anchor: 'end' }),
		line(x + 10, zero, x + 10 + filter.width * column, zero, rule),
		...drawLetters(layout, { x: x + 10, y: zero, column, unit }, options),
	]
	const [from, base, most] = [x + CARD.width - 144, y + 118, Math.max(...classActivation, 1e-12)]
	const bar = 122 / Math.max(classActivation.length, 1)
	for (const [index, value] of classActivation.entries()) {
		const height = (74 * value) / most
		parts.push(rect(from + index * bar, base - height, bar - 1.5, height, colours[index]!))
	}
	parts.push(line(from, base, from + 122, base, rule))
	parts.push(
		text(from + 61, base + 13, `mean peak a class, most ${most.toFixed(2)}`, {
			size: 9,
			fill: quiet,
			anchor: 'middle',
		}),
	)
	const [best] = hits
	if (best) {
		const where = `${best.residues}  ${best.id} ${best.start}–${best.end}`
		parts.push(text(x + CARD.width - 20, y + CARD.height - 30, where, { size: 9.5, fill: ink, anchor: 'end' }))
		parts.push(
			text(
				x + CARD.width - 20,
				y + CARD.height - 18,
				`strongest hit: ${readable(best.class)}, ${at(best.activation)}`,
				{
					size: 9,
					fill: quiet,
					anchor: 'end',
				},
			),
		)
	}
	return parts
}

function requireMatrix({ name, width, scores }: FilterMatrix): void {
	requireOption(scores.length === 20 * width && width > 0, 'filter', name, 'a matrix [width, 20]')
}
