/** Which residues a prediction hangs on, for any model: in-silico mutagenesis and occlusion. Attention is not asked. */
import type { Annotation } from '../dataset/annotations.js'

/** What one protein's prediction hangs on. */
export interface Explanation {
	id: string
	/** Residues of the whole sequence. */
	length: number
	/** The class whose probability is explained. */
	compartment: string
	/** ln p of that class for the protein as it is, nats. */
	logProbability: number
	/** [T] positions of the kept residues in the whole sequence, from 1. */
	positions: Uint32Array
	/** [T] the kept residues, as letters. */
	residues: string
	/** Residues of the middle that the model does not see: first and last, from 1; null where it sees all. */
	removed: { start: number; end: number } | null
	/** Δ ln p of each substitution, [T, 20] row-major, columns in the order of `ALPHABET`; 0 for the residue itself. Null where not asked for. */
	mutagenesis: Float32Array | null
	/** Δ ln p when the `window` residues around each are hidden (code X), [T]. Null where not asked for. */
	occlusion: { window: number; delta: Float32Array } | null
	/** Signals that are known of it. */
	annotations: Annotation[]
}
