/** How good a model is on each class, and how sure that is. */
import { SublocError } from '../errors.js'
import type { FigureOptions } from './style.js'

/**
 * An SVG with two bars a class, sensitivity and precision, each with its 95 % Wilson interval, in the class's own colour; beside each name the number of
 * proteins. A precision of a class that is never predicted has no bar. Input is a confusion matrix [K, K], rows true, columns predicted.
 */
export async function classesFigure(
	scores: { classes: readonly string[]; confusion: readonly (readonly number[])[] },
	options: FigureOptions = {},
): Promise<string> {
	throw new SublocError('INTERNAL', 'not drawn yet')
}
