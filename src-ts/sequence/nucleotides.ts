/** Sequences of a gene where those of proteins are expected. Every letter of theirs is an amino acid's too, so they are no error. */

/** Shorter sequences may be proteins all the same. */
const LEAST_LENGTH = 30

/** The share of a sequence that is A, C, G, T, U or N. In proteins these letters have about a third. */
const LEAST_SHARE = 0.95

/** Whether a sequence of letters A–Z looks like DNA or RNA. */
export function looksLikeDna(sequence: string): boolean {
	if (sequence.length < LEAST_LENGTH) return false
	const others = sequence.replace(/[ACGTUN]+/g, '').length
	return 1 - others / sequence.length >= LEAST_SHARE
}
