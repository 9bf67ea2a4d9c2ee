/** The tags in MultiLoc's headers: sorting signals as the set's authors knew them. Ground truth for judging attention, never input. */

/**
 * Residues of a sorting signal, positions from 1, both ends included: `SP` cleavable signal peptide, `SA` signal anchor,
 * `mTP` mitochondrial transit peptide, `cTP` chloroplast transit peptide.
 */
export interface Annotation {
	kind: 'SP' | 'SA' | 'mTP' | 'cTP'
	start: number
	end: number
}

/** The tags of a header's description: `SP 24`, `SA 11 31`, …; anything else is ignored. */
export function parseAnnotations(description: string): Annotation[] {
	const found = description.matchAll(/(?:^|\s)(SP|mTP|cTP)\s+(\d+)(?=\s|$)|(?:^|\s)(SA)\s+(\d+)\s+(\d+)(?=\s|$)/g)
	return [...found].map(([, kind, end, anchor, from, to]) =>
		anchor
			? { kind: 'SA', start: Number(from), end: Number(to) }
			: { kind: kind as Annotation['kind'], start: 1, end: Number(end) },
	)
}
