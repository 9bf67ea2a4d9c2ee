/** Whether a model's probabilities mean what they say: predicted probability against the share that is right. */
import type { Calibration } from '../evaluate/calibration.js'
import { SublocError } from '../errors.js'
import type { FigureOptions } from './style.js'

/**
 * An SVG of a reliability diagram: for each bin of the winning class's probability the share of right predictions with its 95 % Wilson interval, beside the
 * diagonal of a perfectly calibrated model; below it how many predictions a bin has. The expected calibration error stands in the plot.
 */
export async function reliabilityFigure(calibration: Calibration, options: FigureOptions = {}): Promise<string> {
	throw new SublocError('INTERNAL', `not drawn yet: ${calibration.bins.length} ${options.theme}`)
}
