/** The profile of an alignment: position-based weights and pseudocounts. */
import { ALPHABET, residueCodes } from '../../sequence/alphabet.js'
import { MEAN_OF } from '../blocks.js'
import { BACKGROUND, IMPLIED, normalised } from './implied.js'
import { concatenated, probabilityRow } from './rows.js'

/** Weight of the pseudocounts (the β of Altschul et al., NAR 25:3389, 1997): as in the stand-ins of docs/data.md. */
const PSEUDOCOUNTS = 5
/** Columns to either side over which the number of distinct residues is averaged. */
const WINDOW = 15
/** Of a residue code in the alignment. */
const GAP = 24
/** Before a sequence's first residue and after its last: not aligned there. */
const OUTSIDE = 25

/**
 * Rows [T, 20] of an alignment, round(200 · p). `aligned` are sequences of letters A–Z and `-`, all as long as the protein, which is the first; equal ones
 * count once.
 *
 * Weights: Henikoff & Henikoff, JMB 243:574 (1994), 1 / (k · n) in a column with k kinds of letter, n times this one, averaged over the columns that a sequence
 * covers; a gap inside is a kind, the ends are not covered. Weighted frequencies f; pseudocounts g(b) = Σ_a f(a) p(b | a) with BLOSUM62's p(b | a); p = (α f + β g) / (α + β) with
 * β = 5 and α = N − 1, N the mean number of distinct residues a column (of the 20), 15 columns to either side. X is no residue; B, Z and J are half of each; a column
 * without residues has the background.
 */
export function profileOfAlignment(aligned: readonly string[]): Uint8Array {
	const sequences = [...new Set(aligned)].map(codesOf)
	const length = sequences[0]!.length
	const counts = Array.from({ length }, () => new Uint32Array(OUTSIDE + 1))
	for (const codes of sequences) for (let at = 0; at < length; at++) counts[at]![codes[at]!]! += 1
	const kinds = counts.map((count) => count.subarray(0, OUTSIDE).reduce((sum, value) => sum + Number(value > 0), 0))
	const weights = sequences.map((codes) => {
		let [sum, covered] = [0, 0]
		for (let at = 0; at < length; at++) {
			if (codes[at] === OUTSIDE) continue
			sum += 1 / (kinds[at]! * counts[at]![codes[at]!]!)
			covered += 1
		}
		return covered > 0 ? sum / covered : 0
	})
	const frequencies = counts.map((_, at) => {
		const row = new Array<number>(20).fill(0)
		for (const [index, codes] of sequences.entries()) addResidue(row, codes[at]!, weights[index]!)
		return row
	})
	const distinct = counts.map((count) => count.subarray(0, 20).reduce((sum, value) => sum + Number(value > 0), 0))
	return concatenated(frequencies.map((row, at) => probabilityRow(mixed(row, meanAround(distinct, at)))))
}

/** Codes of an aligned sequence, with gaps. */
function codesOf(aligned: string): Uint8Array {
	const codes = residueCodes(aligned.replaceAll('-', 'X'))
	const first = aligned.search(/[^-]/)
	const last = aligned.replace(/-+$/, '').length - 1
	for (let at = 0; at < aligned.length; at++) {
		if (aligned[at] === '-') codes[at] = at > first && at < last ? GAP : OUTSIDE
	}
	return codes
}

/** Adds a letter's weight to the residues it stands for. */
function addResidue(row: number[], code: number, weight: number): void {
	if (code < ALPHABET.length) row[code]! += weight
	const [, halves] = MEAN_OF.find(([mean]) => mean === code) ?? []
	for (const residue of halves ?? []) row[residue]! += weight / 2
}

/** Observed frequencies and pseudocounts; `distinct` is the mean number of distinct residues around the column. */
function mixed(observed: readonly number[], distinct: number): readonly number[] {
	if (observed.every((value) => value === 0)) return normalised(BACKGROUND)
	const f = normalised(observed)
	const g = BACKGROUND.map((_, b) => f.reduce((sum, p, a) => sum + p * IMPLIED[a]![b]!, 0))
	const weight = Math.max(0, distinct - 1)
	return f.map((p, b) => (weight * p + PSEUDOCOUNTS * g[b]!) / (weight + PSEUDOCOUNTS))
}

function meanAround(values: readonly number[], at: number): number {
	const near = values.slice(Math.max(0, at - WINDOW), at + WINDOW + 1)
	return near.reduce((sum, value) => sum + value, 0) / near.length
}
