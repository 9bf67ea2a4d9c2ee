/** Filter logos in the manner of the paper's Fig. 7. */
import { SublocError } from '../errors.js'
import type { FilterMatrix, FilterReport } from '../explain/filters.js'
import type { FigureOptions } from './style.js'

export interface LogoOptions extends FigureOptions {
	/** Colours of the letters by their chemistry: `chemistry` (default), or `colour-blind`, a set that colour-blind readers can tell apart. */
	colours?: 'chemistry' | 'colour-blind'
}

/**
 * An SVG logo of one filter. A letter's height is its score; positive letters stack upward from the line, negative ones downward, the largest outermost.
 * Scaled so that the tallest column (the larger of its positive and its negative sum) has height 1. Letters are drawn, so no font is needed for them.
 */
export function logoFigure(filter: FilterMatrix, options: LogoOptions = {}): string {
	throw new SublocError('INTERNAL', 'not drawn yet')
}

/** An SVG of many logos with rank, name, effect and best hit, in the given order; two columns. */
export function logoSheetFigure(filters: readonly FilterReport[], options: LogoOptions = {}): string {
	throw new SublocError('INTERNAL', 'not drawn yet')
}
