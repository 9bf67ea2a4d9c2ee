/** Where one protein's residues count: a value along the sequence, with the signals that are known of it. */
import type { Annotation } from '../dataset/annotations.js'
import { requireOption } from '../errors.js'
import { positionTicks, removedBox, removedRange, sequenceScale, signalBars } from './sequence-axis.js'
import {
	BOLD,
	type FigureOptions,
	headHeight,
	line,
	mix,
	PALETTES,
	picture,
	rect,
	shortened,
	text,
	widthOf,
} from './style.js'

/** A protein's track. */
export interface Track {
	id: string
	/** Beside the id, for example `true ER, predicted ER 0.93`; default nothing. */
	note?: string
	/** Residues of the whole sequence. */
	length: number
	/** [T] α (or another value ≥ 0) of the kept residues. */
	weights: Float32Array
	/** [T] their positions in the whole sequence, from 1, rising. What is missing between two was cut out and is marked. */
	positions: Uint32Array
	/** Known signals; default none. */
	annotations?: readonly Annotation[]
}

export interface TrackOptions extends FigureOptions {
	/** `shared` (default): a residue is as wide in every track; `own`: each track fills the width. */
	scale?: 'shared' | 'own'
}

const WIDTH = 880
const HEIGHT = 64
const LEFT = 62

/**
 * An SVG of a track a protein, one below the other: α along the residues in the coordinates of the whole sequence, the removed middle hatched, known signals
 * above. A track's height is its own largest α, which stands at its left; the dashed line is 1/T, what even attention would give every residue.
 * Errors: `INVALID_OPTION` for no tracks, or positions that do not fit the weights.
 */
export function attentionTrackFigure(tracks: readonly Track[], options: TrackOptions = {}): string {
	requireOption(tracks.length > 0, 'tracks', tracks, 'at least one protein')
	for (const { id, weights, positions, length } of tracks) {
		const fits = weights.length > 0 && weights.length === positions.length && positions.at(-1)! <= length
		requireOption(fits, 'tracks', id, 'a position within the protein for each weight')
	}
	const { theme = 'light', scale = 'shared' } = options
	const longest = Math.max(...tracks.map(({ length }) => length))
	const step = HEIGHT + 66
	const top = headHeight(options) + 8
	const parts = tracks.flatMap((track, index) => {
		const width = scale === 'own' ? WIDTH : Math.max(40, (track.length / longest) * WIDTH)
		return drawTrack(track, top + index * step, width, theme)
	})
	return picture(LEFT + WIDTH + 30, top + tracks.length * step + 8, 'Attention along proteins', options, parts)
}

function drawTrack(track: Track, y: number, width: number, theme: 'light' | 'dark'): string[] {
	const { ink, quiet, paper, positive, line: rule } = PALETTES[theme]
	const { weights, positions, length } = track
	const scale = sequenceScale(1, length, LEFT, width)
	const most = weights.reduce((a, b) => Math.max(a, b), 0) || 1
	const [top, base] = [y + 34, y + 34 + HEIGHT]
	const id = shortened(track.id, Math.max(200, WIDTH - 14 - widthOf(track.note ?? '', 11)), BOLD)
	const parts = [text(LEFT, y + 16, id, { size: 12, bold: true, fill: ink })]
	if (track.note) {
		const from = 14 + widthOf(id, BOLD)
		parts.push(text(LEFT + from, y + 16, shortened(track.note, WIDTH - from, 11), { size: 11, fill: quiet }))
	}
	const removed = removedRange(positions)
	if (removed) parts.push(...removedBox(removed.start, removed.end, scale, top, HEIGHT, theme))
	for (const { start, end } of track.annotations ?? []) {
		const [first, last] = [Math.max(start, 1), Math.min(end, length)]
		if (last < first) continue
		parts.push(rect(scale.x(first), top, (last - first + 1) * scale.pixel, HEIGHT, mix(paper, quiet, 0.1)))
	}
	parts.push(...signalBars(track.annotations ?? [], scale, 1, length, top - 11, theme))
	parts.push(
		`<path fill="${positive}" d="${bars(weights, positions, (position) => scale.x(position), scale.pixel, base, HEIGHT / most)}"/>`,
	)
	const even = base - HEIGHT / (weights.length * most)
	parts.push(line(LEFT, even, LEFT + width, even, quiet, 'stroke-width="0.8" stroke-dasharray="3 3"'))
	parts.push(line(LEFT, base, LEFT + width, base, rule), line(LEFT, top, LEFT, base, rule))
	parts.push(text(LEFT - 6, top + 9, most.toPrecision(2), { size: 10.5, fill: quiet, anchor: 'end' }))
	parts.push(text(LEFT - 6, base, '0', { size: 10.5, fill: quiet, anchor: 'end' }))
	parts.push(text(LEFT - 44, (top + base) / 2 + 4, 'α', { size: 12, fill: ink }))
	parts.push(...positionTicks(scale, 1, length, base, theme))
	return parts
}

/** One path of a bar a residue; bars that touch share their edge. */
function bars(
	weights: Float32Array,
	positions: Uint32Array,
	x: (position: number) => number,
	pixel: number,
	base: number,
	unit: number,
): string {
	const round = (value: number) => Math.round(value * 100) / 100
	let path = ''
	let former = -1
	for (const [index, weight] of weights.entries()) {
		const position = positions[index]!
		const top = round(base - weight * unit)
		if (position !== former + 1) path += `${path && `V${round(base)}Z`}M${round(x(position))} ${round(base)}`
		path += `V${top}H${round(x(position) + pixel)}`
		former = position
	}
	return `${path}V${round(base)}Z`
}
