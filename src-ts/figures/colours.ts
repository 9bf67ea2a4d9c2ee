/** One colour for each compartment, the same in every figure and in the report. */
import type { Theme } from './style.js'

/**
 * The eleven compartments of the paper's data, in byte order, on light and on dark paper. Found by a search for the largest least distance (OKLab) between
 * any two, as seen with normal vision and with each of the three kinds of colour blindness (Machado et al. 2009); the dark ones keep the hues of the light.
 * test/figures/colours.test.ts measures the distances.
 */
const COLOURS: Record<string, Record<Theme, string>> = {
	ER: { light: '#a13b0b', dark: '#de610e' },
	Golgi: { light: '#9d5ef6', dark: '#bd7df5' },
	chloroplast: { light: '#24a296', dark: '#83af9e' },
	cytoplasmic: { light: '#af9eff', dark: '#bbc1fd' },
	extracellular: { light: '#f9a704', dark: '#feea69' },
	lysosomal: { light: '#695a80', dark: '#916e85' },
	mitochondrial: { light: '#dc6516', dark: '#f0a824' },
	nuclear: { light: '#4d0bc7', dark: '#2d39fe' },
	peroxisomal: { light: '#62d6b0', dark: '#b0f9e1' },
	plasma_membrane: { light: '#71011a', dark: '#ba1609' },
	vacuolar: { light: '#501c6c', dark: '#9624a8' },
}
const NAMED = Object.keys(COLOURS)

/**
 * `#rrggbb` of each class, in the order of `classes`. The eleven MultiLoc compartments have their own; other names get the colours that are left, in order,
 * and where none is left the colours repeat.
 */
export function compartmentColours(classes: readonly string[], theme: Theme = 'light'): string[] {
	return places(classes).map((place) => COLOURS[NAMED[place]!]![theme])
}

/** Marks that tell classes apart without colour. */
export type Mark = 'circle' | 'square' | 'triangle' | 'diamond' | 'down' | 'cross'

/** Those of {@link COLOURS}, in its order: like colours have unlike marks. */
const MARKS: readonly Mark[] = [
	...(['square', 'down', 'triangle', 'circle', 'diamond', 'cross'] as const),
	...(['triangle', 'square', 'down', 'diamond', 'circle'] as const),
]

/** The mark of each class in a scatter plot, in the order of `classes`. */
export function compartmentMarks(classes: readonly string[]): Mark[] {
	return places(classes).map((place) => MARKS[place]!)
}

/** The place of each class in the list of colours. */
function places(classes: readonly string[]): number[] {
	const taken = new Set(classes.map((name) => NAMED.indexOf(name)))
	const free = NAMED.map((_, place) => place).filter((place) => !taken.has(place))
	let next = 0
	const other = () => (free.length > 0 ? free[next++ % free.length]! : next++ % NAMED.length)
	return classes.map((name) => (NAMED.includes(name) ? NAMED.indexOf(name) : other()))
}
