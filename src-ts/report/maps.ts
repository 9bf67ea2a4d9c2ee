/** Maps of proteins by what a network keeps of them, in the manner of the paper's Fig. 6. */
import type { LookOptions } from '../explain/encoded.js'
import { mapStates, proteinStates } from '../explain/states.js'
import type { Model } from '../model/model.js'
import type { ReportMap, ReportProtein } from './content.js'
import { evenly } from './sample.js'

/** Points of a map at most: more would hide each other, and cost minutes. */
export const MOST_POINTS = 3000

/** t-SNE needs neighbours: fewer proteins are not mapped. */
const FEWEST_POINTS = 10

/**
 * The maps of the first network's states after each protein: forward and backward last state, and an A-LSTM's context. Of more than {@link MOST_POINTS} proteins
 * a part is mapped, evenly over the places. None where sequences are not at hand.
 */
export async function reportMaps(
	model: Model,
	proteins: readonly ReportProtein[],
	options: Omit<LookOptions, 'member'>,
): Promise<ReportMap[]> {
	const rows = evenly(proteins, MOST_POINTS)
	if (rows.length < FEWEST_POINTS) return []
	const records = rows.map((row) => ({ id: proteins[row]!.prediction.id, sequence: proteins[row]!.sequence! }))
	const { hidden, forward, backward, context } = await proteinStates(model, records, options)
	const of = model.info.members > 1 ? ', network 1' : ''
	const states: [title: string, points: Float32Array, dims: number][] = [
		[`Forward last state${of}`, forward, hidden],
		[`Backward last state${of}`, backward, hidden],
		...(context ? [[`Context${of}`, context, 2 * hidden] as [string, Float32Array, number]] : []),
	]
	const maps: ReportMap[] = []
	for (const [title, points, dims] of states) {
		const { coordinates } = await mapStates(points, dims, { threads: options.threads, signal: options.signal })
		maps.push({ title, points: rows.map((row, at) => ({ row, x: coordinates[2 * at]!, y: coordinates[2 * at + 1]! })) })
	}
	return maps
}
