/** One colour for each compartment, the same in every figure and in the report. */
import type { Theme } from './style.js'

/** The eleven compartments of the paper's data, in byte order. */
const NAMED = [
	...['ER', 'Golgi', 'chloroplast', 'cytoplasmic', 'extracellular', 'lysosomal'],
	...['mitochondrial', 'nuclear', 'peroxisomal', 'plasma_membrane', 'vacuolar'],
]

const COLOURS: Record<Theme, readonly string[]> = {
	light: NAMED.map(() => '#777777'),
	dark: NAMED.map(() => '#999999'),
}

/**
 * `#rrggbb` of each class, in the order of `classes`. The eleven MultiLoc compartments have their own; other names get the colours that are left, in order,
 * and where none is left the colours repeat.
 */
export function compartmentColours(classes: readonly string[], theme: Theme = 'light'): string[] {
	return places(classes).map((place) => COLOURS[theme][place]!)
}

/** Marks that tell classes apart without colour. */
export const MARKS = ['circle', 'square', 'triangle', 'diamond', 'down', 'cross'] as const
export type Mark = (typeof MARKS)[number]

/** The mark of each class in a scatter plot, in the order of `classes`. */
export function compartmentMarks(classes: readonly string[]): Mark[] {
	return places(classes).map((place) => MARKS[place % MARKS.length]!)
}

/** The place of each class in the list of colours. */
function places(classes: readonly string[]): number[] {
	const taken = new Set(classes.map((name) => NAMED.indexOf(name)))
	const free = NAMED.map((_, place) => place).filter((place) => !taken.has(place))
	let next = 0
	const other = () => (free.length > 0 ? free[next++ % free.length]! : next++ % NAMED.length)
	return classes.map((name) => (NAMED.includes(name) ? NAMED.indexOf(name) : other()))
}
