/** From which probability on a label is given: chosen on validation records by the Matthews correlation coefficient. */
import type { NativeModel, NativeRecords, NativeRuntime } from '../native/binding.js'

/** Members that share their rows, one after the other in a model. */
interface ThresholdGroup {
	rows: { validation: Uint32Array }
	seeds: readonly number[]
}

/** Where there is nothing to choose by. */
export const DEFAULT_THRESHOLD = 0.5

/** Matthews correlation coefficient (Matthews 1975) of a table of counts; 0 where it is undefined. */
export function matthews({ tp, fp, fn, tn }: { tp: number; fp: number; fn: number; tn: number }): number {
	const root = Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
	return root === 0 ? 0 : (tp * tn - fp * fn) / root
}

/**
 * The threshold of each label, [K]: of those half-way between two probabilities that follow each other the one with the largest MCC, of equals the one next to
 * 0.5. A label that all or none of the records have gets 0.5. `probabilities` and `truth` are [N, K]. Rounded to six decimals, or to as many as
 * the two probabilities ask for.
 */
export function chooseThresholds(
	probabilities: ArrayLike<number>,
	truth: ArrayLike<number>,
	classes: number,
): number[] {
	const records = truth.length / classes
	return Array.from({ length: classes }, (_, label) => {
		const answers = Array.from({ length: records }, (_, row) => ({
			p: probabilities[row * classes + label]!,
			has: truth[row * classes + label] !== 0,
		}))
		return chooseThreshold(answers)
	})
}

function chooseThreshold(answers: { p: number; has: boolean }[]): number {
	const positives = answers.filter(({ has }) => has).length
	if (positives === 0 || positives === answers.length) return DEFAULT_THRESHOLD
	const sorted = answers.sort((a, b) => b.p - a.p)
	let [best, threshold, tp, fp] = [Number.NEGATIVE_INFINITY, DEFAULT_THRESHOLD, 0, 0]
	for (const [at, { p, has }] of sorted.entries()) {
		tp += Number(has)
		fp += Number(!has)
		const next = sorted[at + 1]
		if (!next || next.p === p) continue
		const mcc = matthews({ tp, fp, fn: positives - tp, tn: answers.length - positives - fp })
		const middle = between(next.p, p)
		const isNearer = Math.abs(middle - DEFAULT_THRESHOLD) < Math.abs(threshold - DEFAULT_THRESHOLD)
		if (mcc > best + 1e-12 || (mcc > best - 1e-12 && isNearer)) [best, threshold] = [mcc, middle]
	}
	return threshold
}

/** About half-way from `below` to `above`: larger than `below`, at most `above`. */
function between(below: number, above: number): number {
	const middle = (below + above) / 2
	const isBetween = (value: number) => value > below && value <= above
	// A model file holds 15 digits to the bit.
	for (let digits = 6; digits <= 15; digits++) {
		const rounded = Number(middle.toFixed(digits))
		if (isBetween(rounded)) return rounded
	}
	return above
}

/** Some of the records, in the given order. */
export function selectRecords(
	{ codes, offsets, profiles, extra, extraColumns }: NativeRecords,
	rows: ArrayLike<number>,
): NativeRecords {
	const ranges = Array.from(rows, (row) => [Number(offsets[row]), Number(offsets[row + 1])] as const)
	const own = new Float64Array(ranges.length + 1)
	for (const [index, [from, to]] of ranges.entries()) own[index + 1] = own[index]! + to - from
	const total = own[ranges.length]!
	const columns = extraColumns ?? 0
	const selected = {
		...{ codes: new Uint8Array(total), profiles: profiles && new Uint8Array(20 * total) },
		...{ extra: extra && new Float32Array(columns * total), extraColumns: columns },
	}
	for (const [index, [from, to]] of ranges.entries()) {
		selected.codes.set(codes.subarray(from, to), own[index])
		selected.extra?.set(extra!.subarray(columns * from, columns * to), columns * own[index]!)
		selected.profiles?.set(profiles!.subarray(20 * from, 20 * to), 20 * own[index]!)
	}
	return { ...selected, offsets: own }
}

/** Mean over the members of [M, N, K]. */
export function meanOverMembers(values: Float32Array, members: number): Float64Array {
	const size = values.length / members
	return Float64Array.from({ length: size }, (_, at) => {
		let sum = 0
		for (let member = 0; member < members; member++) sum += values[member * size + at]!
		return sum / members
	})
}

/** @internal The thresholds of each group's ensemble, chosen on its validation records; 0.5 where it has none. */
export async function groupThresholds(
	native: NativeModel,
	groups: readonly ThresholdGroup[],
	records: NativeRecords,
	sets: Uint8Array,
	{ signal, ...runtime }: NativeRuntime & { signal: AbortSignal },
): Promise<number[][]> {
	const classes = sets.length / (records.offsets.length - 1)
	const chosen: number[][] = []
	let first = 0
	for (const { rows, seeds } of groups) {
		const members = seeds.map((_, index) => first + index)
		first += seeds.length
		if (rows.validation.length === 0) {
			chosen.push(new Array<number>(classes).fill(DEFAULT_THRESHOLD))
			continue
		}
		using own = native.select(members)
		const { probabilities } = await own.predict(selectRecords(records, rows.validation), runtime, signal)
		const truth = Array.from(rows.validation).flatMap((row) => [...sets.subarray(row * classes, (row + 1) * classes)])
		chosen.push(chooseThresholds(meanOverMembers(probabilities, seeds.length), truth, classes))
	}
	return chosen
}

/** @internal Of a model of several groups: the mean over its members. */
export function joinedThresholds(chosen: readonly number[][], groups: readonly ThresholdGroup[]): number[] {
	const members = groups.reduce((sum, { seeds }) => sum + seeds.length, 0)
	const mean = (label: number) =>
		chosen.reduce((sum, own, group) => sum + own[label]! * groups[group]!.seeds.length, 0) / members
	return chosen[0]!.map((_, label) => Number(mean(label).toPrecision(15)))
}
