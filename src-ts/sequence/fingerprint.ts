/** How a protein is known again without keeping it. */
import { createHash } from 'node:crypto'

/** Prefixes of SHA-256 digests are this many hex digits long: two different proteins of a million share one with a chance of 3 · 10⁻⁸. */
export const FINGERPRINT_DIGITS = 16

/**
 * What a run and a card keep of a training protein: enough to know it again, too little to have it. Of a sequence in capital letters, as it is read; with its first M
 * or without is the same protein.
 */
export function fingerprint(sequence: string): string {
	const protein = sequence.replace(/^M(?=.)/, '')
	return createHash('sha256').update(protein).digest('hex').slice(0, FINGERPRINT_DIGITS)
}
