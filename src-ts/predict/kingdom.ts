/** Compartments that cells of a kingdom do not have. */
import { SublocError } from '../errors.js'

export const KINGDOMS = ['animal', 'fungi', 'plant'] as const
/** Where a protein comes from, as far as its cell's compartments go. */
export type Kingdom = (typeof KINGDOMS)[number]

/**
 * What MultiLoc2's variants leave out (Blum et al. 2009, BMC Bioinformatics 10:274): plastids are of plants; lytic vacuoles, of plants and fungi, and
 * lysosomes, of animals, stand for one another.
 */
const ABSENT: Readonly<Record<Kingdom, readonly string[]>> = {
	animal: ['chloroplast', 'plastid', 'vacuolar', 'vacuole'],
	fungi: ['chloroplast', 'plastid', 'lysosomal', 'lysosome'],
	plant: ['lysosomal', 'lysosome'],
}

/**
 * The classes of a model that a kingdom rules out, in the model's order; by their names in MultiLoc and UniProt (`chloroplast`, `plastid`, `vacuolar`,
 * `vacuole`, `lysosomal`, `lysosome`), in any case of the letters. A class under another name is never ruled out.
 * Errors: `INVALID_OPTION` for an unknown kingdom, and where no class would be left.
 */
export function absentClasses(kingdom: Kingdom, classes: readonly string[]): string[] {
	const names = ABSENT[kingdom]
	if (!names) {
		const message = `kingdom: '${kingdom}' is not one of ${KINGDOMS.join(', ')}`
		throw new SublocError('INVALID_OPTION', message, { option: 'kingdom', value: kingdom, allowed: KINGDOMS })
	}
	const absent = classes.filter((name) => names.includes(name.toLowerCase()))
	if (absent.length < classes.length) return absent
	const message = `kingdom: ${kingdom} rules out every class of the model (${classes.join(', ')})`
	throw new SublocError('INVALID_OPTION', message, { option: 'kingdom', value: kingdom })
}

/**
 * Conditions probabilities [N, K], in place, on the classes that are possible: p_k / Σ p over the possible k, and 0 for the others. A row whose possible
 * classes have no probability at all becomes even over them.
 */
export function ruleOut(probabilities: Float32Array, isAbsent: readonly boolean[]): void {
	const classes = isAbsent.length
	const possible = isAbsent.filter((absent) => !absent).length
	for (let from = 0; from < probabilities.length; from += classes) {
		let sum = 0
		for (let index = 0; index < classes; index++) if (!isAbsent[index]) sum += probabilities[from + index]!
		for (let index = 0; index < classes; index++) {
			const own = sum > 0 ? probabilities[from + index]! / sum : 1 / possible
			probabilities[from + index] = isAbsent[index] ? 0 : own
		}
	}
}
