/**
 * Attention, or importance, against what is known: how much of it lies in the sorting signals that the headers of the MultiLoc set name, against the share of
 * the residues that they are. To be asked of proteins that the model has not seen.
 */
import type { Annotation } from '../dataset/annotations.js'
import type { LabelledRecord } from '../dataset/dataset.js'
import type { Prediction } from '../predict/predict.js'
import { type BootstrapOptions, bootstrapIntervals } from './bootstrap.js'
import { clustersOf } from './record-clusters.js'
import type { Interval } from './share.js'

/** Weights along a protein. */
export interface WeightTrack {
	id: string
	class: string
	/** Cluster of homologs; empty: none. */
	cluster: string
	/** Tags of a header (`record.annotations`), or signals of one's own; positions from 1, both ends included. */
	annotations: readonly { kind: string; start: number; end: number }[]
	/** [T], not negative; what counts is their share of the sum. */
	weights: ArrayLike<number>
	/** [T] positions in the whole sequence, from 1. */
	positions: ArrayLike<number>
}

/** How much of the weight lies inside signals of one kind. */
export interface SignalShare {
	/** The kind of signal: SP, SA, mTP, cTP, or one's own. */
	kind: string
	/** The class of the proteins; null: all of them. */
	class: string | null
	/** Proteins with such a signal among the residues that the model sees. */
	records: number
	/** Mean share of the weight inside. */
	share: number
	/** Mean share of the residues inside: what weights that are alike everywhere would give. */
	uniform: number
	/** share − uniform, and its 95 % interval. */
	difference: number
	differenceInterval: Interval | null
	/** share / uniform, and its 95 % interval. */
	ratio: number
	ratioInterval: Interval | null
	/** Share of the proteins whose largest weight is inside. */
	top: number
}

const KINDS: readonly Annotation['kind'][] = ['SP', 'SA', 'mTP', 'cTP']

/**
 * Shares of each kind of signal, over all proteins and a class; kinds and classes that do not occur are left out. A protein without any weight (all 0) counts as
 * if it had the same everywhere. Intervals are percentile bootstraps over proteins, or over clusters where they have some; null of
 * fewer than five.
 */
export function signalShares(tracks: readonly WeightTrack[], options: BootstrapOptions = {}): SignalShare[] {
	const classes = [...new Set(tracks.map((track) => track.class))]
	const kinds = new Set<string>([...KINDS, ...tracks.flatMap(({ annotations }) => annotations.map(({ kind }) => kind))])
	return [...kinds].flatMap((kind) => {
		const own = tracks.flatMap((track) => {
			const found = shareOf(track, kind)
			return found ? [{ ...found, class: track.class, cluster: track.cluster }] : []
		})
		const rows = classes.map((name) => ({ name, some: own.filter((one) => one.class === name) }))
		const present = rows.filter(({ some }) => some.length > 0)
		return [
			...(own.length > 0 ? [summary(kind, null, own, options)] : []),
			...(present.length > 1 ? present.map(({ name, some }) => summary(kind, name, some, options)) : []),
		].map((row) => (present.length === 1 ? { ...row, class: present[0]!.name } : row))
	})
}

/** Attention of an A-LSTM's predictions as tracks; records without it, or without a signal, have none. Predictions are in the order of the records. */
export function attentionTracks(records: readonly LabelledRecord[], predictions: readonly Prediction[]): WeightTrack[] {
	return records.flatMap((record, row) => {
		const { attention } = predictions[row]!
		if (!attention || record.annotations.length === 0) return []
		const { id, class: own, cluster, annotations } = record
		return [{ id, class: own, cluster, annotations, ...attention }]
	})
}

/** What `explain` gives of a protein, as far as it is needed here. */
export interface ResidueEffects {
	positions: ArrayLike<number>
	/** Δ ln p where residues around each are hidden, [T]. */
	occlusion: { delta: ArrayLike<number> } | null
	/** Δ ln p of each substitution, [T, 20]; 0 for the residue itself. */
	mutagenesis: ArrayLike<number> | null
}

/**
 * The importance of a protein's residues as a track: how much ln p of the predicted class falls where they are hidden, or else in the mean of their
 * substitutions. What rises it counts 0. `effects` is what `explain` gives for the record.
 */
export function importanceTrack(
	record: LabelledRecord,
	{ positions, occlusion, mutagenesis }: ResidueEffects,
): WeightTrack {
	const falls = Float64Array.from({ length: positions.length }, (_, at) => {
		if (occlusion) return Math.max(0, -occlusion.delta[at]!)
		let sum = 0
		for (let code = 0; code < 20; code++) sum -= mutagenesis?.[at * 20 + code] ?? 0
		return Math.max(0, sum / 19)
	})
	const { id, class: own, cluster, annotations } = record
	return { id, class: own, cluster, annotations, weights: falls, positions }
}

interface Share {
	share: number
	uniform: number
	top: boolean
}

/** Null where no residue of such a signal is seen. */
function shareOf({ annotations, weights, positions }: WeightTrack, kind: string): Share | null {
	const signals = annotations.filter((signal) => signal.kind === kind)
	const isInside = (at: number) => signals.some(({ start, end }) => positions[at]! >= start && positions[at]! <= end)
	let [inside, residues, all, largest] = [0, 0, 0, 0]
	for (let at = 0; at < weights.length; at++) {
		all += weights[at]!
		if (weights[at]! > weights[largest]!) largest = at
		if (!isInside(at)) continue
		inside += weights[at]!
		residues += 1
	}
	if (residues === 0) return null
	const uniform = residues / weights.length
	return { share: all > 0 ? inside / all : uniform, uniform, top: isInside(largest) }
}

function summary(
	kind: string,
	name: string | null,
	own: readonly (Share & { cluster: string })[],
	options: BootstrapOptions,
): SignalShare {
	const [differenceInterval = null, ratioInterval = null] = bootstrapIntervals(
		own.length,
		(counts) => {
			let [drawn, share, uniform] = [0, 0, 0]
			for (const [at, one] of own.entries()) {
				drawn += counts[at]!
				share += counts[at]! * one.share
				uniform += counts[at]! * one.uniform
			}
			return [(share - uniform) / drawn, share / uniform]
		},
		{ ...options, clusters: clustersOf(own) },
	)
	const mean = (of: (one: Share) => number) => own.reduce((sum, one) => sum + of(one), 0) / own.length
	const [share, uniform] = [mean((one) => one.share), mean((one) => one.uniform)]
	return {
		...{ kind, class: name, records: own.length, share, uniform, top: mean(({ top }) => Number(top)) },
		...{ difference: share - uniform, differenceInterval, ratio: share / uniform, ratioInterval },
	}
}
