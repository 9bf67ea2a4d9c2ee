/** A profile as a file of an alignment program gives it, and whether it is a protein's. */
import { SublocError } from '../../errors.js'

/** Formats that are read; told by their first line. */
export type ProfileFormat = 'psiblast' | 'mmseqs' | 'a3m' | 'hhm'

/** One profile of a file. */
export interface FoundProfile {
	format: ProfileFormat
	/** The file, for messages. */
	file: string
	/** Where it begins, from 1. */
	line: number
	/** The protein's name inside the file; null where the format has none. */
	name: string | null
	/** MMseqs2's number of the query in its database; null in other formats. */
	key: number | null
	/** One letter a row, upper case: the protein's residues, or those of a consensus. */
	letters: string
	/** MMseqs2 prints the most likely residue and not the protein's own: the letters agree with the sequence only roughly. */
	isConsensus: boolean
	/** Rows [T, 20], round(200 · p). */
	rows: Uint8Array
	/** Lines of the rows, from 1. */
	lines: readonly number[]
	/** Aligned sequences that are not the protein itself; null where the format does not tell. */
	homologues: number | null
}

/** The protein that a profile is for. */
export interface ProfiledRecord {
	id: string
	/** Letters A–Z. */
	sequence: string
}

/**
 * Of a consensus, the least share of rows that agree with the sequence. Of the stand-ins of docs/data.md (5,959 proteins) the likeliest residue is the
 * protein's own in 29 % of the rows or more; with another protein's profile (29,894 random pairs) in 6.5 % on average, and in more than 20 % of one pair in 3,000.
 */
const LEAST_AGREEMENT = 0.2

/** Letters that programs write for one that is none of the 20. */
const WRITTEN_AS: Record<string, string> = { B: 'BDNX', Z: 'ZEQX', J: 'JILX', U: 'UCX', O: 'OKX', X: 'X' }

/** Whether a letter of a profile can stand for a residue of the sequence. A mask (`X` in the profile) is nobody's residue. */
export function standsFor(letter: string, residue: string): boolean {
	return letter === residue || (WRITTEN_AS[residue] ?? '').includes(letter)
}

/** Why a profile is not the protein's: with file, line, record, residue and position of the first difference. Null where it is. */
export function mismatch(profile: FoundProfile, { id, sequence }: ProfiledRecord): SublocError | null {
	const { letters, lines, file, isConsensus } = profile
	const at = isConsensus ? -1 : firstDifference(letters, sequence)
	const differs = at >= 0 && at < letters.length && at < sequence.length
	const place = {
		...{ file, line: lines[at >= 0 ? Math.min(at, lines.length - 1) : 0] ?? profile.line, record: id },
		...(differs && { residue: letters[at], position: at + 1 }),
	}
	const difference = differs
		? `residue ${at + 1} is ${letters[at]} in the profile and ${sequence[at]} in the sequence`
		: ''
	if (letters.length !== sequence.length) {
		const lengths = `the profile has ${letters.length} rows, the sequence ${sequence.length} residues`
		const facts = { ...place, rows: letters.length, residues: sequence.length }
		return new SublocError('INVALID_PROFILE', differs ? `${lengths}; ${difference}` : lengths, facts)
	}
	if (differs) return new SublocError('INVALID_PROFILE', difference, place)
	if (!isConsensus) return null
	const agreeing = [...letters].filter((letter, index) => standsFor(letter, sequence[index]!)).length
	if (agreeing >= LEAST_AGREEMENT * letters.length) return null
	const first = firstDifference(letters, sequence)
	const share = `only ${agreeing} of its ${letters.length} consensus residues are the sequence's`
	const message = `${share} (the first other one: ${letters[first]} for ${sequence[first]}, residue ${first + 1})`
	const facts = { ...place, line: lines[first], residue: letters[first], position: first + 1 }
	return new SublocError('INVALID_PROFILE', `${message}: it is another protein's`, facts)
}

/** Index of the first letter that cannot stand for its residue; the shorter length where one is the beginning of the other; −1 where none differs. */
export function firstDifference(letters: string, sequence: string): number {
	const shorter = Math.min(letters.length, sequence.length)
	for (let at = 0; at < shorter; at++) if (!standsFor(letters[at]!, sequence[at]!)) return at
	return letters.length === sequence.length ? -1 : shorter
}
