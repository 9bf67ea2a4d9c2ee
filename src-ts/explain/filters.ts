/** What a model's convolution filters look for (the paper's Fig. 7), and where they find it. */

/** A filter as a position-specific scoring matrix: what each amino acid at each of its positions adds to its sum. */
export interface FilterMatrix {
	/** `w15.3`: the third filter of width 15. */
	name: string
	/** Residues that it spans. */
	width: number
	/** Among the filters of its width, from 1. */
	index: number
	/** [width, 20] row-major, columns in the order of `ALPHABET`: the filter times the encoding tables, plus the profile block's own weights. */
	scores: Float64Array
	/** Added to the sum before ReLU. */
	bias: number
}

/** A place in a protein where a filter is most active. */
export interface FilterHit {
	/** Record id. */
	id: string
	/** True class. */
	class: string
	/** First and last residue of the window in the whole sequence, from 1. Beyond an end of the protein: less than 1, or more than its length. */
	start: number
	end: number
	/** Residues under the filter, `-` beyond an end of the protein. */
	residues: string
	/** After ReLU. */
	activation: number
}

/** A filter with what it does on labelled proteins. */
export interface FilterReport {
	filter: FilterMatrix
	/** From 1, most important first. */
	rank: number
	/** By how much the mean −ln p of the true class rises (nats) when the filter is silenced; the measure that `rank` orders by. */
	lossIncrease: number
	/** By how much accuracy falls when the filter is silenced. */
	accuracyDrop: number
	/** [K], in the order of the classes: mean over a class's proteins of the filter's largest activation. */
	classActivation: number[]
	/** The strongest hits, one a protein at most, strongest first. */
	hits: FilterHit[]
}
