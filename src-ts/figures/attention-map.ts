/** The attention map in the manner of the paper's Fig. 5. */
import { SublocError } from '../errors.js'
import type { FigureOptions } from './style.js'

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
	/** [rows, width] palette indices: 0 is padding, 1 to 255 rise with α. */
	levels: Uint8Array
	/** α of level 255; larger ones are drawn like it. It is the 99.5th percentile of all α. */
	maximum: number
}

/** Lines the proteins up. `width`: columns, at least the longest protein's residues (the model's `maxResidues`). Errors: `INVALID_OPTION` for no rows or a wider protein. */
export function attentionMap(rows: readonly AttentionRow[], classes: readonly string[], width: number): AttentionMap {
	throw new SublocError('INTERNAL', 'not drawn yet')
}

/**
 * An SVG around an indexed PNG whose pixels are {@link AttentionMap.levels}: a pixel row a protein, a pixel column a residue. Beside it the classes with their
 * colours, below it positions from either end, and the scale.
 */
export function attentionMapFigure(map: AttentionMap, options: FigureOptions = {}): string {
	throw new SublocError('INTERNAL', 'not drawn yet')
}

/** The map as NPZ: `weights` [rows, width] f32 (NaN is padding), `levels` u8, `ids` and `classes` as UTF-8 text of fixed width (numpy `U`). */
export function attentionNpz(map: AttentionMap): Uint8Array {
	throw new SublocError('INTERNAL', 'not drawn yet')
}
