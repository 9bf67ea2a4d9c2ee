/** Scores a homology cluster. */
import type { LabelledRecord } from '../dataset/dataset.js'
import type { Prediction } from '../predict/predict.js'
import { type BootstrapOptions, bootstrapInterval } from './bootstrap.js'
import { weightedMean } from './intervals.js'
import type { Interval } from './share.js'

/** Clusters of homologous proteins count alike, whatever their size. */
export interface ClusterScores {
	clusters: number
	/** Mean over the clusters of the share of their records that are right. */
	accuracy: number
	/** By drawing clusters; null of fewer than five, absent in the file of an older version. */
	interval?: Interval | null
	/** Likewise, a class; null for a class without clusters. */
	perClass: { class: string; clusters: number; accuracy: number | null }[]
}

/** A record without a cluster is a cluster of its own; a cluster counts for the class of its first record. */
export function clusterScores(
	known: { record: LabelledRecord; prediction: Prediction }[],
	classes: readonly string[],
	options: BootstrapOptions = {},
): ClusterScores {
	const clusters = new Map<string, { class: string; records: number; right: number }>()
	for (const { record, prediction } of known) {
		const key = record.cluster === '' ? `record ${record.id}` : `cluster ${record.cluster}`
		const cluster = clusters.get(key) ?? { class: record.class, records: 0, right: 0 }
		cluster.records += 1
		cluster.right += Number(prediction.compartment === record.class)
		clusters.set(key, cluster)
	}
	const accuracy = (own: { records: number; right: number }[]) =>
		own.length === 0 ? null : own.reduce((sum, { records, right }) => sum + right / records, 0) / own.length
	const all = [...clusters.values()]
	const shares = all.map(({ records, right }) => right / records)
	return {
		clusters: all.length,
		accuracy: accuracy(all)!,
		interval: bootstrapInterval(all.length, (counts) => weightedMean(shares, counts), { ...options, clusters: null }),
		perClass: classes.map((name) => {
			const own = all.filter((cluster) => cluster.class === name)
			return { class: name, clusters: own.length, accuracy: accuracy(own) }
		}),
	}
}
