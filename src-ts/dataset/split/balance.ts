/** Whole clusters into folds, so that every fold has about the same share of every class. */
import { shuffledIndices } from '../../native/binding.js'

/** Stream of the seed that breaks ties between clusters. */
const BALANCE_STREAM = 0x434c_5553n << 32n
/** Passes of single moves after the first deal; it ends at the first that moves nothing. */
const PASSES = 20

/**
 * The fold, from 1, of every cluster. `counts` [clusters][classes] says how many records of each class a cluster has. Clusters are dealt from the one with the largest
 * share of any class down, each to the fold where Σ over the classes of ((records − N_k / folds) / N_k)² grows least; then clusters move alone while that sum falls.
 * Seeded: clusters of the same counts change places.
 */
export function balancedFolds(
	counts: readonly (readonly number[])[],
	{ folds, seed }: { folds: number; seed: number },
): number[] {
	const classes = counts[0]?.length ?? 0
	const totals = Array.from({ length: classes }, (_, k) => counts.reduce((sum, own) => sum + own[k]!, 0))
	// A cluster has few classes: only those are looked at.
	const shares = counts.map((own) => own.flatMap((n, k) => (n > 0 ? [{ k, share: n / totals[k]! }] : [])))
	const largest = shares.map((own) => Math.max(0, ...own.map(({ share }) => share)))
	const order = [...shuffledIndices(BigInt(seed), BALANCE_STREAM, counts.length)]
	order.sort((a, b) => largest[b]! - largest[a]!)
	const held = Array.from({ length: folds }, () => new Array<number>(classes).fill(0))
	/** How much the sum grows where a cluster joins a fold: (x + s)² − x² of each class, less what is the same for all folds. */
	const cost = (fold: number, cluster: number) =>
		shares[cluster]!.reduce((sum, { k, share }) => sum + share * (2 * held[fold]![k]! + share), 0)
	const put = (fold: number, cluster: number, sign: 1 | -1) => {
		for (const { k, share } of shares[cluster]!) held[fold]![k]! += sign * share
	}
	const best = (cluster: number) => {
		let found = 0
		for (let fold = 1; fold < folds; fold++) if (cost(fold, cluster) < cost(found, cluster) - 1e-12) found = fold
		return found
	}
	const foldOf = new Array<number>(counts.length)
	for (const cluster of order) {
		const fold = best(cluster)
		foldOf[cluster] = fold
		put(fold, cluster, 1)
	}
	for (let pass = 0; pass < PASSES; pass++) {
		let moves = 0
		for (const cluster of order) {
			const before = foldOf[cluster]!
			put(before, cluster, -1)
			const after = best(cluster)
			const isBetter = cost(after, cluster) < cost(before, cluster) - 1e-12
			foldOf[cluster] = isBetter ? after : before
			put(foldOf[cluster]!, cluster, 1)
			moves += Number(isBetter)
		}
		if (moves === 0) break
	}
	return foldOf.map((fold) => fold + 1)
}
