/** The axis along one protein: positions, known signals, and the middle that a model does not see. */
import type { Annotation } from '../dataset/annotations.js'
import { line, PALETTES, rect, type Theme, text, ticks, widthOf } from './style.js'

/** What each kind of signal is called. */
export const SIGNAL_NAMES: Record<Annotation['kind'], string> = {
	SP: 'signal peptide',
	SA: 'signal anchor',
	mTP: 'mitochondrial transit peptide',
	cTP: 'chloroplast transit peptide',
}

/** Positions of a protein on a line of pixels. */
export interface SequenceScale {
	/** Left edge of a position's place. */
	x(position: number): number
	/** Pixels of a residue. */
	pixel: number
}

/** Positions `from` … `to` on `width` pixels from `left`. */
export function sequenceScale(from: number, to: number, left: number, width: number): SequenceScale {
	const pixel = width / (to - from + 1)
	return { x: (position) => left + (position - from) * pixel, pixel }
}

/** Ticks and numbers below a line at `y`. */
export function positionTicks(scale: SequenceScale, from: number, to: number, y: number, theme: Theme): string[] {
	const { quiet, line: rule } = PALETTES[theme]
	const values = ticks(from, to, Math.max(2, Math.round((scale.pixel * (to - from + 1)) / 90)))
	const whole = [
		...new Set([from, ...values.filter((value) => Number.isInteger(value) && value - from > (to - from) * 0.04)]),
	]
	return whole.flatMap((value) => {
		const x = scale.x(value) + scale.pixel / 2
		return [line(x, y, x, y + 4, rule), text(x, y + 16, String(value), { size: 10.5, fill: quiet, anchor: 'middle' })]
	})
}

/** Known signals as bars with their names, above `y`. */
export function signalBars(
	annotations: readonly Annotation[],
	scale: SequenceScale,
	from: number,
	to: number,
	y: number,
	theme: Theme,
): string[] {
	// No colour of a compartment: the name tells the kind.
	const { ink, quiet } = PALETTES[theme]
	return annotations
		.filter(({ start, end }) => end >= from && start <= to)
		.flatMap(({ kind, start, end }) => {
			const [first, last] = [Math.max(start, from), Math.min(end, to)]
			const [x, width] = [scale.x(first), (last - first + 1) * scale.pixel]
			const name = `${SIGNAL_NAMES[kind]} ${start}–${end}`
			return [
				rect(x, y, Math.max(width, 1.5), 6, quiet, 'rx="1.5"'),
				text(x + Math.max(width, 1.5) + 5, y + 7, name, { size: 10, fill: ink }),
			]
		})
}

/** The middle that was cut out: a hatched box with the number of its residues. */
export function removedBox(
	start: number,
	end: number,
	scale: SequenceScale,
	y: number,
	height: number,
	theme: Theme,
): string[] {
	const { faint, quiet, line: rule } = PALETTES[theme]
	const [x, width] = [scale.x(start), (end - start + 1) * scale.pixel]
	const parts = [rect(x, y, width, height, faint)]
	for (let at = 4; at < width + height; at += 8) {
		const [x1, y1] = at <= height ? [x, y + at] : [x + at - height, y + height]
		const [x2, y2] = at <= width ? [x + at, y] : [x + width, y + at - width]
		parts.push(line(x1, y1, x2, y2, rule, 'stroke-width="0.5" opacity="0.6"'))
	}
	const name = `${end - start + 1} residues cut out`
	if (width > widthOf(name, 10) + 12) {
		const middle = x + width / 2
		parts.push(rect(middle - widthOf(name, 10) / 2 - 3, y + height / 2 - 9, widthOf(name, 10) + 6, 14, faint))
		parts.push(text(middle, y + height / 2 + 2, name, { size: 10, fill: quiet, anchor: 'middle' }))
	}
	return parts
}

/** The gap in rising positions, null where there is none. */
export function removedRange(positions: Uint32Array): { start: number; end: number } | null {
	for (let index = 1; index < positions.length; index++) {
		if (positions[index]! > positions[index - 1]! + 1)
			return { start: positions[index - 1]! + 1, end: positions[index]! - 1 }
	}
	return null
}
