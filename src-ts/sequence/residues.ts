/** Which characters of a sequence are residues: one rule for files, tables and programs. */
import { type ErrorFacts, SublocError } from '../errors.js'

/** A sequence that was read: its residues, or what is wrong with it. */
export type CleanSequence = { sequence: string } | { residue: string; position: number }

/** Upper case, without blanks and without one `*` at the end; or the first character that is no letter A–Z and its position, from 1. */
export function cleanSequence(text: string): CleanSequence {
	if (/^[A-Z]*$/.test(text)) return { sequence: text }
	const sequence = text.replace(/\s+/g, '').replace(/\*$/, '')
	// Before the upper case, which makes letters A–Z of ß, ı, ſ and ﬁ.
	const odd = /[^A-Za-z]/.exec(sequence)
	if (!odd) return { sequence: sequence.toUpperCase() }
	return { residue: String.fromCodePoint(sequence.codePointAt(odd.index)!), position: odd.index + 1 }
}

/** The `UNKNOWN_RESIDUE` error of a character at a position, from 1. */
export function unknownResidue(residue: string, position: number, place: ErrorFacts): SublocError {
	const shown = /[\p{C}\p{Z}]/u.test(residue) ? `the character U+${hex(residue)}` : `'${residue}'`
	const message = `${shown} at residue ${position} is no amino acid; letters A to Z are${HINTS[residue] ?? ''}`
	return new SublocError('UNKNOWN_RESIDUE', message, { ...place, residue, position })
}

const HINTS: Record<string, string> = {
	'*': ' (a stop codon inside the sequence: is it a translation of the wrong frame?)',
	'-': ' (a gap: give unaligned sequences)',
	'.': ' (a gap: give unaligned sequences)',
}

function hex(residue: string): string {
	return residue.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
}
