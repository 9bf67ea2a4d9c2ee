/** The 20 amino acids as shapes, so that a logo looks the same everywhere and needs no font. Each fills a box of 100 × 100, y downward. */
import { at } from './style.js'

/** Drawn by hand: stems are about 24 wide, bars about 17 high. Holes go by the even-odd rule. `I` has serifs: it must not look like a bar. */
const SHAPES: Record<string, string> = {
	A: 'M0 100L37 0H63L100 100H75L67.5 78H32.5L25 100ZM38.5 61H61.5L50 24Z',
	C: 'M97 66C93 88 76 100 52 100C20 100 2 80 2 50C2 20 20 0 52 0C76 0 92 11 97 33H72C69 22 62 17 52 17C35 17 27 29 27 50C27 71 35 83 52 83C63 83 70 77 72 66Z',
	D: 'M6 0H48C82 0 98 20 98 50C98 80 82 100 48 100H6ZM30 18V82H46C66 82 73 70 73 50C73 30 66 18 46 18Z',
	E: 'M8 0H95V17H32V41H88V58H32V83H96V100H8Z',
	F: 'M8 0H96V18H32V42H87V60H32V100H8Z',
	G: 'M98 48V88C86 96 72 100 55 100C21 100 2 80 2 50C2 20 21 0 54 0C78 0 93 10 97 31H72C69 21 63 17 54 17C36 17 27 29 27 50C27 71 36 83 55 83C63 83 70 82 75 79V64H54V48Z',
	H: 'M6 0H30V41H70V0H94V100H70V59H30V100H6Z',
	I: 'M12 0H88V17H62V83H88V100H12V83H38V17H12Z',
	K: 'M6 0H30V42L68 0H97L56 45L100 100H70L39 62L30 72V100H6Z',
	L: 'M8 0H32V82H96V100H8Z',
	M: 'M2 0H27L50 58L73 0H98V100H77V36L58 84H42L23 36V100H2Z',
	N: 'M6 0H29L71 63V0H94V100H71L29 37V100H6Z',
	P: 'M8 0H58C84 0 96 12 96 31C96 50 84 63 58 63H32V100H8ZM32 17V46H55C67 46 72 41 72 31.5C72 22 67 17 55 17Z',
	Q: 'M50 0C82 0 98 20 98 50C98 66 94 78 85 87L99 100H69L64 98.5C60 99.5 55 100 50 100C18 100 2 80 2 50C2 20 18 0 50 0ZM50 17C34 17 27 29 27 50C27 71 34 83 50 83C66 83 73 71 73 50C73 29 66 17 50 17Z',
	R: 'M8 0H58C84 0 95 11 95 29C95 43 88 52 74 56L99 100H71L49 59H32V100H8ZM32 17V43H55C66 43 71 38.5 71 30C71 21.5 66 17 55 17Z',
	S: 'M92 28H67C65 20 60 16 50 16C40 16 34 20 34 27C34 34 40 37 55 41C80 47 95 53 95 72C95 90 78 100 51 100C22 100 6 89 4 68H29C31 78 38 84 52 84C63 84 70 80 70 73C70 66 63 63 47 59C23 53 9 46 9 28C9 11 25 0 50 0C75 0 90 10 92 28Z',
	T: 'M2 0H98V18H62V100H38V18H2Z',
	V: 'M0 0H26L50 73L74 0H100L63 100H37Z',
	W: 'M0 0H21L30 66L41 12H59L70 66L79 0H100L83 100H61L50 44L39 100H17Z',
	Y: 'M0 0H28L50 39L72 0H100L62 61V100H38V61Z',
}

/** Definitions `<path id="{prefix}A"/>` of all letters, to be used with {@link letter}. */
export function letterShapes(prefix: string): string {
	const paths = Object.entries(SHAPES).map(
		([name, shape]) => `<path id="${prefix}${name}" fill-rule="evenodd" d="${shape}"/>`,
	)
	return `<defs>${paths.join('')}</defs>`
}

/** A letter that fills a box. */
export function letter(
	prefix: string,
	name: string,
	x: number,
	y: number,
	width: number,
	height: number,
	fill: string,
): string {
	const scale = (size: number) => String(Math.round(size * 100) / 10000)
	return `<use href="#${prefix}${name}" transform="translate(${at(x)} ${at(y)}) scale(${scale(width)} ${scale(height)})" fill="${fill}"/>`
}

/** Colours by chemistry: hydrophobic, polar, amide, basic, acidic. */
type Chemistry = 'hydrophobic' | 'polar' | 'amide' | 'basic' | 'acidic'

const CHEMISTRY: Record<string, Chemistry> = Object.fromEntries(
	(
		[
			['hydrophobic', 'AVLIPWFM'],
			['polar', 'GSTYC'],
			['amide', 'NQ'],
			['basic', 'KRH'],
			['acidic', 'DE'],
		] as const
	).flatMap(([group, letters]) => [...letters].map((name) => [name, group])),
)

/** Sets of letter colours. `chemistry` is what sequence logos commonly use; `colour-blind` is made of Okabe & Ito's colours. */
const LETTER_COLOURS = {
	chemistry: {
		light: { hydrophobic: '#1f2328', polar: '#1a8f3c', amide: '#a33ea1', basic: '#1f4fd6', acidic: '#d3222a' },
		dark: { hydrophobic: '#d8dee6', polar: '#4cc96f', amide: '#d580d3', basic: '#7aa2ff', acidic: '#ff6b6b' },
	},
	'colour-blind': {
		light: { hydrophobic: '#1f2328', polar: '#009e73', amide: '#cc79a7', basic: '#0072b2', acidic: '#d55e00' },
		dark: { hydrophobic: '#e6edf3', polar: '#00c08b', amide: '#e59ac3', basic: '#56b4e9', acidic: '#ff8a2a' },
	},
} satisfies Record<string, Record<'light' | 'dark', Record<Chemistry, string>>>

export type LetterColours = keyof typeof LETTER_COLOURS

/** The colour of an amino acid's letter. */
export function letterColour(name: string, set: LetterColours, theme: 'light' | 'dark'): string {
	return LETTER_COLOURS[set][theme][CHEMISTRY[name]!]
}
