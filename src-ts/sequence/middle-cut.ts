/** The middle cut (method page, 2): a long sequence keeps its first and last residues, where the sorting signals are. */

/** What is left of a sequence, and where it came from. Positions count from 1. */
export interface MiddleCut {
	/** Residues of the whole sequence. */
	readonly length: number
	/** Residues that are kept. */
	readonly kept: number
	/** Residues kept from the start: all of them where nothing is cut. */
	readonly first: number
	/** Residues taken out of the middle, 0 where nothing is cut. */
	readonly removed: number
}

/** The cut of a sequence of `length` residues to at most `maxResidues`; with an odd limit the first part is one longer. */
export function middleCut(length: number, maxResidues: number): MiddleCut {
	if (length <= maxResidues) return { length, kept: length, first: length, removed: 0 }
	return { length, kept: maxResidues, first: Math.ceil(maxResidues / 2), removed: length - maxResidues }
}

/** The residues that a cut keeps. */
export function applyCut(sequence: string, { first, removed }: MiddleCut): string {
	return removed === 0 ? sequence : sequence.slice(0, first) + sequence.slice(first + removed)
}

/** Position in the whole sequence of a kept residue; both count from 1. */
export function originalPosition({ first, removed }: MiddleCut, position: number): number {
	return position <= first ? position : position + removed
}
