/** Fixed-length states of proteins, and their map in two dimensions (the paper's Fig. 6). */

/** A protein's place on a map. */
export interface MapPoint {
	id: string
	/** True class. */
	class: string
	x: number
	y: number
}
