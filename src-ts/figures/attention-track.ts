/** Where one protein's residues count: a value along the sequence, with the signals that are known of it. */
import type { Annotation } from '../dataset/annotations.js'
import { SublocError } from '../errors.js'
import type { FigureOptions } from './style.js'

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

/** An SVG of a track a protein, one below the other, all to the scale of the longest. Errors: `INVALID_OPTION` for no tracks. */
export function attentionTrackFigure(tracks: readonly Track[], options: FigureOptions = {}): string {
	throw new SublocError('INTERNAL', 'not drawn yet')
}
