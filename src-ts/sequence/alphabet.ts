/** The residues: every letter A–Z is known; other characters are errors (method page, 3). */
import { unknownResidue } from './residues.js'

/** The 20 amino acids in the order of every table and profile here. */
export const ALPHABET = 'ARNDCQEGHILKMFPSTWYV'

/**
 * Residue codes as they cross to the native side: 0–19 are {@link ALPHABET}, then the ambiguous letters. 24 (DROPPED) is the native side's own.
 * U counts as C and O as K; B, Z and J are the mean of what they stand for (N/D, Q/E, I/L); X is a zero row.
 */
export const AMBIGUOUS = { B: 20, Z: 21, J: 22, X: 23 } as const

/** Codes of the native lookup table: 20 residues, B, Z, J, X and DROPPED. */
export const CODES = 25

const STANDS_FOR: Record<string, string> = { U: 'C', O: 'K' }

const CODE_OF_LETTER = Uint8Array.from({ length: 26 }, (_, index) => {
	const letter = String.fromCharCode(65 + index)
	const standard = ALPHABET.indexOf(STANDS_FOR[letter] ?? letter)
	return standard >= 0 ? standard : AMBIGUOUS[letter as keyof typeof AMBIGUOUS]
})

/** Codes of a sequence of letters A–Z, [T]. `into` receives them where given. Errors: `UNKNOWN_RESIDUE`. */
export function residueCodes(sequence: string, into = new Uint8Array(sequence.length)): Uint8Array {
	for (let index = 0; index < sequence.length; index++) {
		const code = CODE_OF_LETTER[sequence.charCodeAt(index) - 65]
		if (code === undefined) throw unknownResidue(String.fromCodePoint(sequence.codePointAt(index)!), index + 1, {})
		into[index] = code
	}
	return into
}

/** Whether a letter is one of the 20. */
export function isStandard(letter: string): boolean {
	return ALPHABET.includes(letter)
}
