/** The homology clusters that scored records stand in. */
import type { LabelledRecord } from '../dataset/dataset.js'
import { requireOption } from '../errors.js'
import type { BootstrapOptions } from './bootstrap.js'

/** Cluster of each record, [N], empty for one that has none; null where no record has one. */
export function clustersOf(records: readonly Pick<LabelledRecord, 'cluster'>[]): string[] | null {
	return records.some(({ cluster }) => cluster !== '') ? records.map(({ cluster }) => cluster) : null
}

/** Records with the clusters that were given for them, [N]: an empty name is none, and null means that none has any. Undefined: their own. Errors: `INVALID_OPTION`. */
export function withClusters(
	records: readonly LabelledRecord[],
	clusters: BootstrapOptions['clusters'],
): readonly LabelledRecord[] {
	if (clusters === undefined) return records
	const isFitting = clusters === null || clusters.length === records.length
	const expected = `a cluster for each of the ${records.length} records`
	requireOption(isFitting, 'bootstrap.clusters', clusters?.length, expected)
	return records.map((record, row) => ({ ...record, cluster: clusters?.[row] ?? '' }))
}
