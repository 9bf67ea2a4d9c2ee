/** What a prediction hangs on: every substitution, and every hidden window. */
import { SublocError } from '../errors.js'
import type { Explanation } from '../explain/explain.js'
import type { FigureOptions } from './style.js'

export interface MutagenesisOptions extends FigureOptions {
	/** First and last position that are drawn, in the whole sequence, from 1; default all. */
	from?: number
	to?: number
}

/**
 * An SVG of one protein: Δ ln p of the explained class when a window is hidden (top), and for each position × amino acid the Δ ln p of that substitution
 * (heat map; blue raises, orange lowers, white is none). Known signals are marked, and so is the middle that was cut out. What was not computed is left out.
 * Errors: `INVALID_OPTION` where nothing was computed, or the range holds no residue.
 */
export function mutagenesisFigure(explanation: Explanation, options: MutagenesisOptions = {}): string {
	throw new SublocError('INTERNAL', 'not drawn yet')
}
