/** The attention map in the manner of the paper's Fig. 5. */
import { requireOption } from '../errors.js'
import { middleCut } from '../sequence/middle-cut.js'
import { compartmentColours } from './colours.js'
import { indexedPng, pngImage } from './indexed-png.js'
import { npz } from './npz.js'
import { risingScale } from './scale.js'
import {
	type FigureOptions,
	headHeight,
	line,
	PALETTES,
	picture,
	readable,
	rect,
	text,
	ticks,
	widthOf,
} from './style.js'

/** A protein of the map. */
export interface AttentionRow {
	id: string
	/** True class. */
	class: string
	/** [T] α of the kept residues, sum 1. */
	weights: Float32Array
}

/** What the map's pixels are made of. */
export interface AttentionMap {
	/** Classes from top to bottom. */
	classes: string[]
	/** Proteins from top to bottom: by class, within one by length, shortest first. */
	rows: { id: string; class: string; residues: number }[]
	/** Columns: the longest a kept sequence can be. */
	width: number
	/** [rows, width] α in f32, as aligned: the first half of a protein's residues from the left edge, the rest to the right edge, NaN between. */
	weights: Float32Array
	/** [rows, width] palette indices: 0 is padding, 1 to 255 rise in proportion to α. */
	levels: Uint8Array
	/** α of level 255; larger ones are drawn like it. It is the 99.5th percentile of all α. */
	maximum: number
}

/** The share of all α that the scale ends at: a few residues have most of a protein's attention, and would leave the others invisible. */
const SCALE_ENDS_AT = 0.995

/**
 * Lines the proteins up. `width` (columns) is at least the residues of the longest, the model's `maxResidues` for example; classes without proteins are left out.
 * Errors: `INVALID_OPTION` for no rows, a wider protein, or a class that is not in `classes`.
 */
export function attentionMap(rows: readonly AttentionRow[], classes: readonly string[], width: number): AttentionMap {
	requireOption(rows.length > 0, 'rows', rows, 'at least one protein')
	const index = new Map(classes.map((name, at) => [name, at]))
	for (const row of rows) {
		requireOption(
			row.weights.length <= width,
			'width',
			width,
			`a column a residue of ${row.id} (${row.weights.length})`,
		)
		requireOption(index.has(row.class), 'classes', row.class, `the class of every row`)
	}
	const sorted = [...rows].sort(
		(a, b) =>
			index.get(a.class)! - index.get(b.class)! || a.weights.length - b.weights.length || (a.id < b.id ? -1 : 1),
	)
	const weights = new Float32Array(rows.length * width).fill(Number.NaN)
	for (const [row, { weights: own }] of sorted.entries()) {
		// As the middle cut does it: of an odd number the first part is one longer.
		const first = Math.ceil(own.length / 2)
		weights.set(own.subarray(0, first), row * width)
		weights.set(own.subarray(first), (row + 1) * width - (own.length - first))
	}
	const maximum = percentile(
		sorted.map(({ weights: own }) => own),
		SCALE_ENDS_AT,
	)
	const levels = Uint8Array.from(weights, (weight) =>
		Number.isNaN(weight) ? 0 : 1 + Math.round(254 * Math.min(1, weight / maximum)),
	)
	const present = new Set(rows.map((row) => row.class))
	return {
		classes: classes.filter((name) => present.has(name)),
		rows: sorted.map(({ id, class: name, weights: own }) => ({ id, class: name, residues: own.length })),
		...{ width, weights, levels, maximum },
	}
}

/** The value that a share of all values does not exceed. */
function percentile(parts: readonly Float32Array[], share: number): number {
	const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
	let at = 0
	for (const part of parts) {
		all.set(part, at)
		at += part.length
	}
	all.sort()
	return all[Math.min(all.length - 1, Math.ceil(share * all.length) - 1)] || 1
}

/** Pixels of the map itself. */
const WIDEST = 1000
const HIGHEST = 1500
const GAP = 16

/**
 * An SVG around an indexed PNG whose pixels are {@link AttentionMap.levels}: a pixel row a protein, a pixel column a residue. Beside it the classes with their
 * colours, below it positions from either end, and the scale. The PNG's palette has padding first, then 255 colours in proportion to α.
 */
export function attentionMapFigure(map: AttentionMap, options: FigureOptions = {}): string {
	const { theme = 'light' } = options
	const { ink, quiet, faint, line: rule } = PALETTES[theme]
	const label = 26 + Math.max(...map.classes.map((name) => widthOf(name)))
	// Whole pixels a residue or a protein where there are few, so that none is blurred.
	const width = map.width > WIDEST ? WIDEST : map.width * Math.max(1, Math.floor(WIDEST / map.width))
	const least = 14 * map.classes.length
	const height = Math.min(
		HIGHEST,
		map.rows.length * Math.max(1, Math.ceil(least / map.rows.length), Math.floor(420 / map.rows.length)),
	)
	const top = headHeight(options) + 6
	const left = label + GAP
	const png = indexedPng(map.levels, map.width, map.rows.length, [faint, ...risingScale(255, theme)])
	const parts = [pngImage(png, left, top, width, height), rect(left, top, width, height, 'none', `stroke="${rule}"`)]
	const colours = compartmentColours(map.classes, theme)
	let from = 0
	for (const [index, name] of map.classes.entries()) {
		const count = map.rows.filter((row) => row.class === name).length
		const [y, part] = [top + (from / map.rows.length) * height, (count / map.rows.length) * height]
		parts.push(rect(left - 13, y, 9, part, colours[index]!))
		parts.push(
			text(left - 18, y + part / 2 + 4, readable(name), {
				fill: ink,
				anchor: 'end',
				size: Math.min(12, Math.max(9, part + 2)),
			}),
		)
		if (from > 0) parts.push(line(left - 13, y, left + width, y, rule, 'stroke-width="0.6"'))
		from += count
	}
	const bottom = top + height
	const { first } = middleCut(map.width + 1, map.width)
	const pixel = width / map.width
	for (const value of ticks(0, first, 5)) {
		const position = Math.max(1, value)
		for (const [x, name] of [
			[left + (position - 0.5) * pixel, String(position)],
			[left + width - (position - 0.5) * pixel, `−${position}`],
		] as const) {
			if (value > first * 0.9) continue
			parts.push(
				line(x, bottom, x, bottom + 5, rule),
				text(x, bottom + 18, name, { size: 11, fill: quiet, anchor: 'middle' }),
			)
		}
	}
	parts.push(text(left, bottom + 36, 'residues from the N-terminus →', { size: 11, fill: quiet }))
	parts.push(
		text(left + width, bottom + 36, '← residues from the C-terminus', { size: 11, fill: quiet, anchor: 'end' }),
	)
	parts.push(...scaleBar(left, bottom + 50, map.maximum, theme))
	return picture(left + width + 24, bottom + 92, 'Attention map', options, parts)
}

/** From α = 0 to the maximum, and what padding looks like. */
function scaleBar(x: number, y: number, maximum: number, theme: 'light' | 'dark'): string[] {
	const { quiet, faint, line: rule } = PALETTES[theme]
	const steps = Uint8Array.from({ length: 255 }, (_, index) => index)
	const png = indexedPng(steps, 255, 1, risingScale(255, theme))
	return [
		pngImage(png, x, y, 255, 12),
		rect(x, y, 255, 12, 'none', `stroke="${rule}" stroke-width="0.6"`),
		text(x, y + 26, 'α = 0', { size: 11, fill: quiet }),
		text(x + 255, y + 26, `≥ ${maximum.toPrecision(2)}`, { size: 11, fill: quiet, anchor: 'end' }),
		rect(x + 285, y, 24, 12, faint, `stroke="${rule}" stroke-width="0.6"`),
		text(x + 315, y + 10, 'no residue', { size: 11, fill: quiet }),
	]
}

/** The map as NPZ: `weights` [rows, width] f32 (NaN is padding), `levels` u8, `maximum`, and `ids` and `classes` as text. The same map gives the same bytes. */
export function attentionNpz(map: AttentionMap): Uint8Array {
	const shape = [map.rows.length, map.width]
	const rows = [map.rows.length]
	return npz({
		weights: { data: map.weights, shape },
		levels: { data: map.levels, shape },
		maximum: { data: Float64Array.of(map.maximum), shape: [1] },
		ids: { data: map.rows.map(({ id }) => id), shape: rows },
		classes: { data: map.rows.map((row) => row.class), shape: rows },
	})
}
