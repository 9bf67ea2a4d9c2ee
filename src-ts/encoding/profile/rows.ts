/** From the numbers of alignment programs to the rows of a profile. */
import { ALPHABET } from '../../sequence/alphabet.js'
import { BACKGROUND, LAMBDA, normalised, PROFILE_SCALE } from './implied.js'

/** Probabilities in the order of the alphabet as bytes, round(200 · p), [20]. */
export function probabilityRow(probabilities: readonly number[]): Uint8Array {
	return Uint8Array.from(probabilities, (p) => Math.round(PROFILE_SCALE * p))
}

/** Whole percentages as bytes, [20]. They are kept as they stand; a row is divided by its sum when it is used. */
export function percentRow(percentages: readonly number[]): Uint8Array {
	return Uint8Array.from(percentages, (percent) => (PROFILE_SCALE / 100) * percent)
}

/** p(b) ∝ p_b · exp(unit · s_b) with the background p_b: what a row of log-odds scores says, as bytes, [20]. */
export function scoreRow(scores: readonly number[], unit = LAMBDA): Uint8Array {
	return probabilityRow(normalised(scores.map((score, column) => BACKGROUND[column]! * Math.exp(unit * score))))
}

/**
 * Where the columns of a table lie in the alphabet: `order[c]` is the column that holds residue c. Null where the letters are not the 20 residues, each once.
 */
export function columnOrder(letters: readonly string[]): number[] | null {
	if (letters.length !== 20) return null
	const order = [...ALPHABET].map((letter) => letters.indexOf(letter))
	return order.includes(-1) ? null : order
}

/** Rows one after the other, [T, 20]. */
export function concatenated(rows: readonly Uint8Array[]): Uint8Array {
	const all = new Uint8Array(20 * rows.length)
	for (const [index, row] of rows.entries()) all.set(row, 20 * index)
	return all
}
