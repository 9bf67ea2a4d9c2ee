/** Temperature scaling: what a run knows of how far its probabilities can be believed, and how that is applied (Guo et al. 2017). */
import { z } from 'zod'

/**
 * One number that softens (above 1) or sharpens (below 1) probabilities: q_k ∝ p_k^(1/T). Of an ensemble p is the mean over the members, so T acts on ln p of
 * the mean. The order of the classes stays.
 */
export interface TemperatureScaling {
	/** T, above 0. */
	temperature: number
	/** What it was fitted on: never what the model is scored on. */
	on: string
	/** Records that it was fitted on. */
	records: number
	/** Mean −ln p of the true class on those records, nats: as they are, and with the temperature. */
	logLoss: { before: number; after: number }
}

/** What is relied on in a calibration.json that was read. */
export const temperatureSchema = z.looseObject({
	temperature: z.number().positive(),
	on: z.string(),
	records: z.int().min(1),
	logLoss: z.looseObject({ before: z.number(), after: z.number() }),
})

/** ln p of a probability of 0: that of 10⁻¹⁵, as in the log loss. */
export const LEAST_PROBABILITY = 1e-15

/** q_k ∝ p_k^(1/T), [K]. */
export function temperedProbabilities(probabilities: ArrayLike<number>, temperature: number): number[] {
	const logs = Array.from(probabilities, (p) => Math.log(Math.max(p, LEAST_PROBABILITY)) / temperature)
	const most = Math.max(...logs)
	const raised = logs.map((log) => Math.exp(log - most))
	const sum = raised.reduce((a, b) => a + b, 0)
	return raised.map((value) => value / sum)
}
