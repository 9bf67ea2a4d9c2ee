/** Maps of proteins by their states, in the manner of the paper's Fig. 6. */
import { SublocError } from '../errors.js'
import type { MapPoint } from '../explain/states.js'
import type { FigureOptions } from './style.js'

/** One map. */
export interface MapPanel {
	title: string
	points: readonly MapPoint[]
}

/**
 * An SVG of panels side by side with one legend. A point has its class's colour and mark, and `data-row`, its place in `points` (also the same protein's in
 * the other panels), and `data-id`: a page can link them. Axes have no unit, so none are drawn.
 */
export function tsneFigure(panels: readonly MapPanel[], classes: readonly string[], options: FigureOptions = {}): string {
	throw new SublocError('INTERNAL', 'not drawn yet')
}
