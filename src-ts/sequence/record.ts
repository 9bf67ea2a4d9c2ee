import type { SublocError } from '../errors.js'

/** One protein of a FASTA file. */
export interface SequenceRecord {
	/** First word of the header, without `>`. */
	id: string
	/** The rest of the header; empty where there is none. */
	description: string
	/** Residues in upper-case letters A–Z; empty where there is a problem. */
	sequence: string
	/** Line of the header, from 1; 0 where the record comes from no file. */
	line: number
	/** Why the record cannot be used; only from a reader that reports instead of failing. */
	problem?: SublocError
}

/** An example of a record: made by hand, not read from a file. */
export function sequenceRecord(id: string, sequence: string, description = ''): SequenceRecord {
	return { id, description, sequence, line: 0 }
}
