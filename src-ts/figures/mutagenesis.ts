/** What a prediction hangs on: every substitution, and every hidden window. */
import { requireOption, SublocError } from '../errors.js'
import type { Explanation } from '../explain/explain.js'
import { ALPHABET } from '../sequence/alphabet.js'
import { indexedPng, pngImage } from './indexed-png.js'
import { signedScale } from './scale.js'
import { positionTicks, removedBox, type SequenceScale, sequenceScale, signalBars } from './sequence-axis.js'
import {
	BOLD,
	type FigureOptions,
	headHeight,
	line,
	minus,
	PALETTES,
	picture,
	readable,
	rect,
	shortened,
	type Theme,
	text,
	widthOf,
} from './style.js'

export interface MutagenesisOptions extends FigureOptions {
	/** First and last position that are drawn, in the whole sequence, from 1; default all. */
	from?: number
	to?: number
}

/** Rows of the heat map: small, hydrophobic, aromatic, polar, amide, basic, acidic. */
const ROWS = 'GAPVILMCFYWSTNQHKRDE'
const ROW_HEIGHT = 12
const TRACK_HEIGHT = 84
const LEFT = 70
const MOST_WIDTH = 960

/** Full colour and full height are at least this, nats (p × 0.6): of a prediction that nothing changes the noise must not look like a finding. */
const LEAST_SCALE = 0.5

/** Where no change reaches this, nats (a tenth of p), the picture says so. */
const LEAST_CHANGE = 0.1

/** Colours of Δ ln p: 127 below 0, 0, 127 above; the last is for what was not computed. */
const LEVELS = 255

/**
 * An SVG of one protein: Δ ln p of the explained class when a window is hidden (top), and for each position × amino acid the Δ ln p of that substitution
 * (heat map; blue raises, orange lowers, paper is none; a dot is the residue that is there). Known signals are marked, and so is the middle that was cut out.
 * Scales end at the largest change, at 0.5 nats at least, and the legend says where; where no change reaches 0.1 nats, the subtitle says so. What was not
 * computed is left out. Errors: `INVALID_OPTION` where nothing was computed, or the range holds no residue.
 */
export function mutagenesisFigure(explanation: Explanation, options: MutagenesisOptions = {}): string {
	const { theme = 'light', from = 1, to = explanation.length } = options
	const { mutagenesis, occlusion, positions, removed, annotations } = explanation
	const { ink, quiet } = PALETTES[theme]
	if (!mutagenesis && !occlusion) {
		throw new SublocError('INVALID_OPTION', 'explanation: neither mutagenesis nor occlusion was computed', {
			option: 'explanation',
		})
	}
	const shown = [...positions.keys()].filter((index) => positions[index]! >= from && positions[index]! <= to)
	requireOption(shown.length > 0, 'from', from, `a range that holds residues of ${explanation.id}`)
	const [first, last] = [positions[shown[0]!]!, positions[shown.at(-1)!]!]
	const width = Math.min(MOST_WIDTH, Math.max(240, (last - first + 1) * 14))
	const scale = sequenceScale(first, last, LEFT, width)
	const most = Math.max(largest(mutagenesis), largest(occlusion?.delta))
	// The heading says it too, since colours so pale are hard to tell from none.
	const heading = most < LEAST_CHANGE ? { ...options, subtitle: indifferent(most, options.subtitle) } : options
	let y = headHeight(heading) + 42
	const note = `Δ ln p(${readable(explanation.compartment)}), ln p = ${signed(explanation.logProbability, 3)}`
	const id = shortened(explanation.id, Math.max(160, width - 14 - widthOf(note, 11)), BOLD)
	const noteAt = LEFT + 14 + widthOf(id, BOLD)
	const parts = [
		text(LEFT, y - 22, id, { bold: true, fill: ink }),
		text(noteAt, y - 22, note, { size: 11, fill: quiet }),
	]
	parts.push(...signalBars(annotations, scale, first, last, y - 12, theme))
	const gap = removed && removed.start > first && removed.end < last ? removed : null
	if (occlusion) {
		if (gap) parts.push(...removedBox(gap.start, gap.end, scale, y, TRACK_HEIGHT, theme))
		parts.push(...occlusionTrack(explanation, shown, scale, y, width, theme))
		y += TRACK_HEIGHT + 26
	}
	if (mutagenesis) {
		if (gap) parts.push(...removedBox(gap.start, gap.end, scale, y, 20 * ROW_HEIGHT, theme))
		parts.push(...heatMap(explanation, shown, scale, y, theme))
		y += 20 * ROW_HEIGHT
		if (scale.pixel >= 8) {
			const letters = shown.map((index) =>
				text(scale.x(positions[index]!) + scale.pixel / 2, y + 12, explanation.residues[index]!, {
					size: 10,
					fill: ink,
					anchor: 'middle',
				}),
			)
			parts.push(...letters)
			y += 14
		}
		parts.push(...positionTicks(scale, first, last, y + 2, theme))
		parts.push(...legend(colourScale(mutagenesis), LEFT, y + 32, theme, hasDots(scale)))
		y += 62
	} else parts.push(...positionTicks(scale, first, last, y - 26, theme))
	const page = Math.max(LEFT + width + 40, noteAt + widthOf(note, 11) + 12)
	return picture(page, y + 8, `Importance along ${explanation.id}`, heading, parts)
}

function occlusionTrack(
	{ occlusion, positions }: Explanation,
	shown: number[],
	scale: SequenceScale,
	y: number,
	width: number,
	theme: Theme,
): string[] {
	const { quiet, positive, negative, line: rule } = PALETTES[theme]
	const { delta, window } = occlusion!
	const values = shown.map((index) => delta[index]!)
	const high = Math.max(0, ...values)
	const low = Math.min(0, high - LEAST_SCALE, ...values)
	const unit = TRACK_HEIGHT / (high - low)
	const zero = y + high * unit
	const bars = shown.map((index) => {
		const value = delta[index]!
		const height = Math.abs(value) * unit
		return rect(
			scale.x(positions[index]!),
			value > 0 ? zero - height : zero,
			scale.pixel,
			height,
			value > 0 ? positive : negative,
		)
	})
	const mark = (value: number) =>
		text(LEFT - 6, zero - value * unit + 4, signed(value, 2), { size: 10.5, fill: quiet, anchor: 'end' })
	return [
		...bars,
		line(LEFT, zero, LEFT + width, zero, rule),
		line(LEFT, y, LEFT, y + TRACK_HEIGHT, rule),
		text(LEFT - 6, zero + 4, '0', { size: 10.5, fill: quiet, anchor: 'end' }),
		// An extreme so near to 0 would be written over it.
		...[low, high].filter((value) => Math.abs(value) * unit >= 10).map(mark),
		text(LEFT + width, y - 3, `${window} residues hidden`, { size: 10, fill: quiet, anchor: 'end' }),
	]
}

function heatMap(
	{ mutagenesis, residues, positions }: Explanation,
	shown: number[],
	scale: SequenceScale,
	y: number,
	theme: Theme,
): string[] {
	const { ink, faint, line: rule } = PALETTES[theme]
	const most = colourScale(mutagenesis!)
	const [first, last] = [positions[shown[0]!]!, positions[shown.at(-1)!]!]
	const columns = last - first + 1
	const levels = new Uint8Array(columns * 20).fill(LEVELS)
	const dots: string[] = []
	for (const index of shown) {
		const column = positions[index]! - first
		for (const [row, name] of [...ROWS].entries()) {
			const value = mutagenesis![index * 20 + ALPHABET.indexOf(name)]!
			levels[row * columns + column] = 127 + Math.round(127 * Math.max(-1, Math.min(1, value / most)))
			if (name !== residues[index] || !hasDots(scale)) continue
			const [x, middle] = [scale.x(positions[index]!) + scale.pixel / 2, y + (row + 0.5) * ROW_HEIGHT]
			dots.push(`<circle cx="${Math.round(x * 100) / 100}" cy="${middle}" r="1.6" fill="${ink}"/>`)
		}
	}
	const runs = withoutGap(shown, positions)
	const palette = [...signedScale(LEVELS, theme), faint]
	// A picture on each side of the cut, so that the hatching between stays visible.
	const images = runs.map(([from, to]) => {
		const [a, b] = [positions[from]! - first, positions[to]! - first + 1]
		const part = new Uint8Array((b - a) * 20)
		for (let row = 0; row < 20; row++) part.set(levels.subarray(row * columns + a, row * columns + b), row * (b - a))
		return pngImage(
			indexedPng(part, b - a, 20, palette),
			scale.x(positions[from]!),
			y,
			(b - a) * scale.pixel,
			20 * ROW_HEIGHT,
		)
	})
	const names = [...ROWS].map((name, row) =>
		text(LEFT - 8, y + (row + 0.5) * ROW_HEIGHT + 3.5, name, { size: 10, fill: ink, anchor: 'end' }),
	)
	return [
		...images,
		...dots,
		...names,
		rect(LEFT, y, columns * scale.pixel, 20 * ROW_HEIGHT, 'none', `stroke="${rule}" stroke-width="0.8"`),
	]
}

/** First and last of the stretches of neighbouring positions, as indices. */
function withoutGap(shown: number[], positions: Uint32Array): [number, number][] {
	const runs: [number, number][] = []
	for (const index of shown) {
		const run = runs.at(-1)
		if (run && positions[index] === positions[run[1]]! + 1) run[1] = index
		else runs.push([index, index])
	}
	return runs
}

/** The largest |Δ|; 0 for what was not computed. */
function largest(values: Float32Array | null | undefined): number {
	return values?.reduce((most, value) => Math.max(most, Math.abs(value)), 0) ?? 0
}

/** Where the colours end; two proteins of different scales are not compared by colour. */
function colourScale(values: Float32Array): number {
	return Math.max(LEAST_SCALE, largest(values))
}

function indifferent(most: number, subtitle: string | undefined): string {
	const told = `no change reaches ${LEAST_CHANGE} nats: the largest is ${Number(most.toPrecision(2))}`
	return subtitle ? `${subtitle}; ${told}` : told
}

/** So many significant digits; 0 has none. */
function signed(value: number, digits: number): string {
	return value === 0 ? '0' : minus(value.toPrecision(digits))
}

/** Narrower residues have no room for the dot of the one that is there. */
function hasDots({ pixel }: SequenceScale): boolean {
	return pixel >= 4
}

function legend(most: number, x: number, y: number, theme: Theme, dots: boolean): string[] {
	const { quiet, ink, line: rule } = PALETTES[theme]
	const steps = Uint8Array.from({ length: LEVELS }, (_, index) => index)
	return [
		pngImage(indexedPng(steps, LEVELS, 1, signedScale(LEVELS, theme)), x, y, LEVELS, 10),
		rect(x, y, LEVELS, 10, 'none', `stroke="${rule}" stroke-width="0.6"`),
		text(x, y + 23, `−${most.toPrecision(2)}`, { size: 10.5, fill: quiet }),
		text(x + 127, y + 23, '0', { size: 10.5, fill: quiet, anchor: 'middle' }),
		text(x + 255, y + 23, `+${most.toPrecision(2)} nats`, { size: 10.5, fill: quiet, anchor: 'end' }),
		...(dots
			? [
					`<circle cx="${x + 282}" cy="${y + 5}" r="1.6" fill="${ink}"/>`,
					text(x + 289, y + 9, 'the residue that is there', { size: 10.5, fill: quiet }),
				]
			: []),
	]
}
