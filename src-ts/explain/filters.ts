/** What a model's convolution filters look for (the paper's Fig. 7), where they find it, and what the model is worth without each. */
import type { LabelledRecord } from '../dataset/dataset.js'
import { keptResidue } from '../encoding/encode.js'
import { requireOption } from '../errors.js'
import { type Model, nativeOf } from '../model/model.js'
import { LEAST_PROBABILITY } from '../model/temperature.js'
import type { NativeModel, NativePeaks } from '../native/binding.js'
import { originalPosition } from '../sequence/middle-cut.js'
import { type Encoded, encoded, type LookOptions, memberIndex } from './encoded.js'

/** A filter as a position-specific scoring matrix: what each amino acid at each of its positions adds to its sum. */
export interface FilterMatrix {
	/** `w15.3`: the third filter of width 15. */
	name: string
	/** Residues that it spans. */
	width: number
	/** Among the filters of its width, from 1. */
	index: number
	/** [width, 20] row-major, columns in the order of `ALPHABET`: the filter times the encoding tables, plus the profile block's own weights. */
	scores: Float64Array
	/** Added to the sum before ReLU. */
	bias: number
}

/** A place in a protein where a filter is most active. */
export interface FilterHit {
	/** Record id. */
	id: string
	/** True class. */
	class: string
	/**
	 * First and last residue of the window in the whole sequence, from 1. Beyond an end of the protein: less than 1, or more than its length; of a window that
	 * reaches into the gap of a cut: inside the middle that the model does not see.
	 */
	start: number
	end: number
	/** Residues under the filter, `-` beyond an end of the protein and in the gap of a cut. */
	residues: string
	/** After ReLU. */
	activation: number
}

/** A filter with what it does on labelled proteins. */
export interface FilterReport {
	filter: FilterMatrix
	/** From 1, most important first. */
	rank: number
	/** By how much the mean −ln p of the true class rises (nats) when the filter is silenced; the measure that `rank` orders by. */
	lossIncrease: number
	/** By how much accuracy (a share) falls when the filter is silenced. */
	accuracyDrop: number
	/** [K], in the order of the model's classes: mean over a class's proteins of the filter's largest activation; 0 for a class without proteins. */
	classActivation: number[]
	/** The strongest hits, one a protein at most, strongest first. */
	hits: FilterHit[]
}

export interface FilterOptions extends LookOptions {
	/** Hits of each filter, at most; default 10. */
	hits?: number
	/** Called after each filter that was silenced. */
	onProgress?: (done: number, filters: number) => void
}

/**
 * The filters of one network as scoring matrices, widths in their order, [C]. A window's sum is the bias plus the score of each of its residues; the profile
 * block counts as if the profile were certain of the residue. Errors: `INVALID_OPTION` for a member that is not there.
 */
export function filterMatrices(model: Model, { member }: Pick<LookOptions, 'member'> = {}): FilterMatrix[] {
	const found = nativeOf(model).filters(memberIndex(model, member))
	return found.map(({ width, codes, profile, bias }, at) => {
		const index = (at % model.info.filtersPerWidth) + 1
		const scores = Float64Array.from({ length: 20 * width }, (_, cell) => {
			const [position, residue] = [Math.floor(cell / 20), cell % 20]
			return codes[position * CODES + residue]! + (profile ? profile[cell]! : 0)
		})
		return { name: `w${width}.${index}`, width, index, scores, bias }
	})
}

/** Columns of the native side's matrices: residue codes. */
const CODES = 25

/**
 * What each filter of one network does on labelled proteins, most important first. A filter's importance is measured by silencing it: its output is 0 for every
 * residue, and the rise of the mean −ln p of the true class is its cost. Windows that cross the middle cut are no hits, since their residues are not neighbours;
 * windows may reach beyond an end of the protein. Predicts all records once a filter and once more.
 *
 * Errors: `INVALID_OPTION`, also for a class that the model does not know; `INVALID_PROFILE`, `BACKEND_UNAVAILABLE`. Throws the signal's reason once it is aborted.
 */
export async function filterReports(
	model: Model,
	records: readonly LabelledRecord[],
	options: FilterOptions = {},
): Promise<FilterReport[]> {
	const { member = 1, hits = 10, onProgress, signal } = options
	requireOption(Number.isInteger(hits) && hits >= 0, 'hits', hits, 'a whole number from 0')
	requireOption(model.info.loss === 'softmax', 'model', model.info.loss, 'a model of one class a protein')
	const truth = records.map((record) => model.classes.indexOf(record.class))
	const unknown = records[truth.indexOf(-1)]
	requireOption(unknown === undefined, 'records', unknown?.class, `classes of the model (${unknown?.id})`)
	const filters = filterMatrices(model, { member })
	const input = await encoded(model, records, options)
	using own = nativeOf(model).select([memberIndex(model, member)])
	const junctions = Uint32Array.from(input.cuts, ({ first, removed }) => (removed > 0 ? first : 0))
	const peaks = await own.filterPeaks(0, input.native, junctions, input.runtime, signal)
	const whole = await measured(own, input, truth, model.classes.length, signal)
	const reports: Omit<FilterReport, 'rank'>[] = []
	for (const [at, filter] of filters.entries()) {
		using silenced = own.silenced([at])
		const without = await measured(silenced, input, truth, model.classes.length, signal)
		reports.push({
			filter,
			lossIncrease: without.loss - whole.loss,
			accuracyDrop: whole.accuracy - without.accuracy,
			classActivation: classMeans(peaks, at, filters.length, truth, model.classes.length),
			hits: strongest(peaks, at, filters, records, input, hits),
		})
		onProgress?.(at + 1, filters.length)
	}
	// Of equal costs the filters keep their order.
	reports.sort((a, b) => b.lossIncrease - a.lossIncrease)
	return reports.map((report, index) => ({ ...report, rank: index + 1 }))
}

/** Mean −ln p of the true class, and accuracy. */
async function measured(
	native: NativeModel,
	{ native: records, runtime }: Encoded,
	truth: readonly number[],
	classes: number,
	signal: AbortSignal | undefined,
): Promise<{ loss: number; accuracy: number }> {
	const { probabilities } = await native.predict(records, runtime, signal)
	let [loss, right] = [0, 0]
	for (const [row, label] of truth.entries()) {
		const own = probabilities.subarray(row * classes, (row + 1) * classes)
		loss -= Math.log(Math.max(own[label]!, LEAST_PROBABILITY))
		right += Number(own.indexOf(Math.max(...own)) === label)
	}
	return { loss: loss / truth.length, accuracy: right / truth.length }
}

function classMeans(
	{ activations }: NativePeaks,
	filter: number,
	filters: number,
	truth: readonly number[],
	classes: number,
): number[] {
	const [sums, counts] = [new Float64Array(classes), new Float64Array(classes)]
	for (const [row, label] of truth.entries()) {
		sums[label]! += activations[row * filters + filter]!
		counts[label]! += 1
	}
	return Array.from(sums, (sum, label) => (counts[label] === 0 ? 0 : sum / counts[label]!))
}

function strongest(
	{ activations, residues }: NativePeaks,
	filter: number,
	filters: readonly FilterMatrix[],
	records: readonly LabelledRecord[],
	{ cuts, cutGap }: Encoded,
	count: number,
): FilterHit[] {
	const peak = (row: number) => activations[row * filters.length + filter]!
	const rows = [...records.keys()].filter((row) => peak(row) > 0).sort((a, b) => peak(b) - peak(a) || a - b)
	return rows.slice(0, count).map((row) => {
		const { id, class: name, sequence } = records[row]!
		const { width } = filters[filter]!
		const first = residues[row * filters.length + filter]! - Math.floor(width / 2)
		const cut = cuts[row]!
		const positions = Array.from({ length: width }, (_, at) => {
			const kept = keptResidue(cut, cutGap, first + at)
			return kept === null ? null : originalPosition(cut, kept)
		})
		// No window has residues from both sides of a cut, or none at all, so that one residue tells where all of them are.
		const inside = positions.findIndex((position) => position !== null)
		const start = positions[inside]! - inside
		const letters = positions.map((position) => (position === null ? '-' : sequence[position - 1]!))
		return { id, class: name, start, end: start + width - 1, residues: letters.join(''), activation: peak(row) }
	})
}
