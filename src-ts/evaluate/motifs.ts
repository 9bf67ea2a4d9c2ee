/**
 * Sorting signals as rules: what a person with PROSITE and a pencil would say. Nothing is fitted; the numbers are those of the sources, or round ones set by
 * hand beforehand where a source gives none (marked so).
 */

/** A rule: a pattern that speaks for a compartment. */
interface Rule {
	/** In a few words. */
	name: string
	/** Names of classes that the rule speaks for; without such a class the rule is left out. */
	place: RegExp
	holds(sequence: string): boolean
}

/** Hydropathy of Kyte & Doolittle 1982. */
const HYDROPATHY: Record<string, number> = {
	...{ I: 4.5, V: 4.2, L: 3.8, F: 2.8, C: 2.5, M: 1.9, A: 1.8, G: -0.4, T: -0.7, S: -0.8 },
	...{ W: -0.9, Y: -1.3, P: -1.6, H: -3.2, E: -3.5, Q: -3.5, D: -3.5, N: -3.5, K: -3.9, R: -4.5 },
}

/** In the order in which they are asked; the first that holds decides. */
const RULES: readonly Rule[] = [
	{
		// PROSITE PS00014, ER_TARGET; Munro & Pelham 1987.
		name: 'ends in KDEL, HDEL or alike',
		place: /^(er|endoplasmic.?reticulum)$/i,
		holds: (sequence) => /[KRHQSA][DENQ]EL$/.test(sequence),
	},
	{
		// PTS1: Gould et al. 1989; PROSITE PS00342 is wider.
		name: 'ends in SKL or alike',
		place: /perox|microbod|glyoxys/i,
		holds: (sequence) => /[SAC][KRH][LM]$/.test(sequence),
	},
	{
		// A signal peptide's core (von Heijne 1985), and a stretch that spans a membrane behind it.
		name: 'signal peptide, then a membrane span',
		place: /plasma.?membrane|cell.?membrane/i,
		holds: (sequence) => hasSignalCore(sequence) && spansMembrane(sequence),
	},
	{
		name: 'signal peptide',
		place: /extracell|secret/i,
		holds: (sequence) => hasSignalCore(sequence),
	},
	{
		name: 'membrane span',
		place: /plasma.?membrane|cell.?membrane/i,
		holds: spansMembrane,
	},
	{
		// Transit peptides of chloroplasts are rich in S and T, with hardly an acid (von Heijne, Steppuhn & Herrmann 1989). Numbers by hand: a quarter of 40.
		name: 'N-terminus rich in S and T, without acids',
		place: /chloroplast|plastid/i,
		holds: (sequence) => amongFirst(sequence, 40, 'DE') <= 1 && amongFirst(sequence, 40, 'ST') >= 10,
	},
	{
		// Those of mitochondria are rich in R, with hardly an acid (von Heijne 1986). Numbers by hand.
		name: 'N-terminus rich in R, without acids',
		place: /mitochond/i,
		holds: (sequence) => amongFirst(sequence, 25, 'DE') <= 1 && amongFirst(sequence, 25, 'R') >= 3,
	},
	{
		// Bipartite signal, PROSITE PS00015 (Robbins et al. 1991), or four basic residues (Nakai & Kanehisa 1992).
		name: 'nuclear localisation signal',
		place: /nucle(us|ar)/i,
		holds: (sequence) => /[KR]{4}/.test(sequence) || hasBipartiteSignal(sequence),
	},
]

/** How often letters stand among the first residues. */
function amongFirst(sequence: string, residues: number, letters: string): number {
	let count = 0
	for (const letter of sequence.slice(0, residues)) count += Number(letters.includes(letter))
	return count
}

/** Largest mean hydropathy of windows whose first residue lies in from … to (from 1); −∞ without such a window. */
function mostHydrophobic(sequence: string, width: number, from: number, to: number): number {
	let most = -Infinity
	for (let start = from - 1; start < to && start + width <= sequence.length; start++) {
		let sum = 0
		for (let at = start; at < start + width; at++) sum += HYDROPATHY[sequence[at]!] ?? 0
		most = Math.max(most, sum / width)
	}
	return most
}

/** Eight residues with a mean hydropathy of 2 or more that begin among the first 20: the core has 7 to 15 residues (von Heijne 1985); 2 and 20 are by hand. */
function hasSignalCore(sequence: string): boolean {
	return mostHydrophobic(sequence, 8, 2, 20) >= 2
}

/** 19 residues with a mean above 1.6 (Kyte & Doolittle 1982), behind the first 40, where signal peptides are. */
function spansMembrane(sequence: string): boolean {
	return mostHydrophobic(sequence, 19, 41, sequence.length) > 1.6
}

/** Two basic residues, any ten, and three basic ones among the next five. */
function hasBipartiteSignal(sequence: string): boolean {
	for (const { index } of sequence.matchAll(/(?=[KR]{2})/g)) {
		const tail = sequence.slice(index + 12, index + 17)
		if (tail.length === 5 && amongFirst(tail, 5, 'KR') >= 3) return true
	}
	return false
}

/** What the rules say of a sequence: a class, or null where none holds. */
export type MotifRules = (sequence: string) => string | null

/** The rules for these classes; rules for a place that is none of them are left out. A class counts for a rule by its name. */
export function motifRules(classes: readonly string[]): MotifRules {
	const known = RULES.flatMap((rule) => {
		const own = classes.find((name) => rule.place.test(name))
		return own === undefined ? [] : [{ rule, own }]
	})
	return (sequence) => known.find(({ rule }) => rule.holds(sequence))?.own ?? null
}
