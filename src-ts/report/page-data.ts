/** What the page's script is given: the one JSON block of a report. Types alone, so that both sides of it can import this file. */

/** Numbers as base64 of their little-endian bytes: a tenth of the size of JSON, and read at once. */
export type Packed = string

/** One protein a row, columns side by side; row r of every column is protein r. */
export interface PageProteins {
	count: number
	/** Ids as they stand in the input. Text, never markup. */
	ids: string[]
	/** The rest of each header; null where no protein has any. */
	descriptions: string[] | null
	/** Residues of the whole sequence; 0 where that is not known. u32 [N] */
	lengths: Packed
	/** Class index of the true place; null where no truth is known, -1 where this protein's is not. i16 [N] */
	truth: Packed | null
	/** Class index of the predicted place; -1 for a skipped protein. i16 [N] */
	predicted: Packed
	/** Probability of each class, 65535 is 1. u16 [N, K] */
	probabilities: Packed
	/** Standard deviation of the first probability over the members, 65535 is 1; null for a single network. u16 [N] */
	spread: Packed | null
	/** Why a protein was skipped, by row. */
	problems: Record<string, string>
}

/** What each member of an ensemble says. */
export interface PageMembers {
	count: number
	/** Probability of each class, 255 is 1. u8 [N, M, K] */
	values: Packed
}

/** Residues and attention of the proteins, one after the other: those of protein r are `offsets[r]` to `offsets[r + 1]`. */
export interface PageResidues {
	/** u32 [N + 1] */
	offsets: Packed
	/** The residues that the model read, as letters. */
	letters: string
	/** Residues kept before the removed middle; as many as were read where nothing was removed. u32 [N] */
	first: Packed
	/** Residues that were removed. u32 [N] */
	removed: Packed
	/** Attention weights, 65535 is the protein's largest; null for a model without attention. u16 */
	attention: Packed | null
	/** The largest weight of each protein. f32 [N] */
	largest: Packed | null
}

/** A sorting signal that a header names; positions from 1, both ends included. */
export interface PageAnnotation {
	kind: string
	start: number
	end: number
}

/** A plane with a point a protein. */
export interface PageMap {
	title: string
	/** Rows of the proteins on it. u32 [P] */
	rows: Packed
	/** x and y of each point, both from 0 to 65535. u16 [P, 2] */
	points: Packed
}

export interface PageData {
	classes: string[]
	/** Whether the proteins are those that the training was tested on: predictions.tsv in the run folder has them. */
	isTested: boolean
	/** The mark of each class on a map. */
	marks: ('circle' | 'square' | 'triangle' | 'diamond' | 'down' | 'cross')[]
	proteins: PageProteins
	members: PageMembers | null
	residues: PageResidues | null
	/** By row; proteins without are left out. */
	annotations: Record<string, PageAnnotation[]>
	maps: PageMap[]
}
