/** What copying the label of the nearest training relative would score: the part of an accuracy that needs no learning. */
import { SublocError } from '../errors.js'

/** A test protein, and what copying from its nearest training relative gives. */
export interface CopiedLabel {
	/** Its class; absent where that is not known. */
	class?: string
	/** Identity with the relative, 0 to 1; null where it has none. */
	identity: number | null
	/** Class of the relative, or of the most frequent class of the training part where there is none. */
	copied: string
}

/** Proteins whose nearest relative has an identity within a bin. */
export interface IdentityBin {
	/** Least identity; null of the bin of proteins without a relative. */
	from: number | null
	/** Identity below which it ends (the last bin holds 1); null likewise. */
	to: number | null
	records: number
	/** Share that copying gets right; null for an empty bin, and where the classes of the test proteins are not known. */
	copyAccuracy: number | null
}

/** How much of a test part its training part gives away. */
export interface RelativesSummary {
	/** Test proteins. */
	records: number
	/** Those with a relative at all. */
	withRelative: number
	/** Share that copying gets right; null where the classes of the test proteins are not known. */
	copyAccuracy: number | null
	/** The bin without relatives, then rising identities. */
	bins: IdentityBin[]
}

/** Where the identity bins begin by default; the first holds everything below the second. */
export const IDENTITY_BINS = [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const

/**
 * The class that copying gives each test protein: that of its nearest relative, or the most frequent of the training proteins (of equals the first in their order).
 * `relatives` stand in the order of the test proteins; their `target` is a row of `training`. Errors: `INVALID_DATASET` where there is nothing to copy from.
 */
export function copyLabels(
	training: readonly { class: string }[],
	relatives: readonly ({ target: number } | null)[],
): string[] {
	if (training.length === 0) throw new SublocError('INVALID_DATASET', 'there are no training proteins to copy from')
	const fallback = mostFrequent(training)
	return relatives.map((relative) => (relative ? training[relative.target]!.class : fallback))
}

/** Sums up copied labels. `bins` are the rising places where the bins begin, the first 0. Errors: `INVALID_DATASET` where there are no test proteins. */
export function summariseRelatives(
	proteins: readonly CopiedLabel[],
	bins: readonly number[] = IDENTITY_BINS,
): RelativesSummary {
	if (proteins.length === 0) throw new SublocError('INVALID_DATASET', 'there are no test proteins')
	const isLabelled = proteins.every((own) => own.class !== undefined)
	const share = (own: readonly CopiedLabel[]) =>
		own.length === 0 || !isLabelled ? null : own.filter((one) => one.copied === one.class).length / own.length
	const binOf = ({ identity }: CopiedLabel) =>
		identity === null ? null : bins.findLastIndex((from) => identity >= from)
	const bin = (place: number | null): IdentityBin => {
		const own = proteins.filter((one) => binOf(one) === place)
		const from = place === null ? null : bins[place]!
		const to = place === null ? null : (bins[place + 1] ?? 1)
		return { from, to, records: own.length, copyAccuracy: share(own) }
	}
	return {
		records: proteins.length,
		withRelative: proteins.filter((own) => own.identity !== null).length,
		copyAccuracy: share(proteins),
		bins: [bin(null), ...bins.map((_, place) => bin(place))],
	}
}

function mostFrequent(records: readonly { class: string }[]): string {
	const counts = new Map<string, number>()
	for (const { class: name } of records) counts.set(name, (counts.get(name) ?? 0) + 1)
	return [...counts].reduce((best, own) => (own[1] > best[1] ? own : best))[0]
}
