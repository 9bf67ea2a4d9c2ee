/** Learning curves: how loss and accuracy went, an epoch at a time. */
import { SublocError } from '../errors.js'
import type { NativeEpochReport } from '../native/binding.js'
import type { FigureOptions } from './style.js'

/**
 * An SVG of two panels, loss (nats) and accuracy, against the epoch: training, and where they were measured validation and held-out. Of several members
 * the mean is drawn, with a band from the lowest to the highest. Errors: `INVALID_OPTION` for no epochs.
 */
export async function curvesFigure(history: readonly NativeEpochReport[], options: FigureOptions = {}): Promise<string> {
	throw new SublocError('INTERNAL', 'not drawn yet')
}
