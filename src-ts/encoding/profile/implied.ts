/** Profile rows for a protein without a profile. */
import { AMBIGUOUS, residueCodes } from '../../sequence/alphabet.js'
import { MEAN_OF } from '../blocks.js'
import { BLOSUM62 } from '../matrices.js'

/** Profiles are kept as round(200 · p), [T, 20]: steps of 0.005; a row is divided by its sum when it is used. */
export const PROFILE_SCALE = 200

/**
 * What stands in for a missing profile: `blosum`, the residue probabilities that BLOSUM62 implies for the residue itself (what an alignment of one
 * sequence gives); `onehot`, the residue with certainty; `fail`, an `INVALID_PROFILE` error.
 */
export const MISSING_PROFILE_POLICIES = ['blosum', 'onehot', 'fail'] as const
export type MissingProfile = (typeof MISSING_PROFILE_POLICIES)[number]

/** @internal λ of BLOSUM62 without gaps, in nats a unit of score (Altschul et al., NAR 25:3389, 1997). */
export const LAMBDA = 0.3176

/** @internal Frequencies of the residues in proteins, ARNDCQEGHILKMFPSTWYV: Robinson & Robinson, PNAS 88:8880 (1991). */
export const BACKGROUND: readonly number[] = [
	0.07805, 0.05129, 0.04487, 0.05364, 0.01925, 0.04264, 0.06295, 0.07377, 0.02199, 0.05142, 0.09019, 0.05744, 0.02243,
	0.03856, 0.05203, 0.0712, 0.05841, 0.0133, 0.03216, 0.06441,
]

/** @internal p(b | a) = q_ab / p_a with the target frequencies q_ab = p_a p_b exp(λ s_ab), [20, 20]. */
export const IMPLIED: readonly number[][] = Array.from({ length: 20 }, (_, a) =>
	normalised(BACKGROUND.map((p, b) => p * Math.exp(LAMBDA * BLOSUM62[a * 20 + b]!))),
)
const ONEHOT = Array.from({ length: 20 }, (_, a) => BACKGROUND.map((_, b) => (a === b ? 1 : 0)))

const ROWS = {
	blosum: codeRows(IMPLIED, normalised(BACKGROUND)),
	onehot: codeRows(ONEHOT, new Array(20).fill(0)),
}

/** Profile rows of a sequence under a policy, [T, 20]. X has the background's row with `blosum`, a zero row with `onehot`. */
export function impliedProfile(sequence: string, policy: 'blosum' | 'onehot'): Uint8Array {
	const rows = new Uint8Array(sequence.length * 20)
	for (const [index, code] of residueCodes(sequence).entries()) rows.set(ROWS[policy][code]!, index * 20)
	return rows
}

function codeRows(standard: readonly (readonly number[])[], unknown: number[]): Uint8Array[] {
	const rows = [...standard]
	for (const [code, [a, b]] of MEAN_OF) rows[code] = standard[a]!.map((p, column) => (p + standard[b]![column]!) / 2)
	rows[AMBIGUOUS.X] = unknown
	return rows.map((row) => Uint8Array.from(row, (p) => Math.round(PROFILE_SCALE * p)))
}

/** @internal A row divided by its sum. */
export function normalised(row: readonly number[]): number[] {
	const sum = row.reduce((a, b) => a + b, 0)
	return row.map((value) => value / sum)
}
