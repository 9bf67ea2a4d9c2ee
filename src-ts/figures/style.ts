/** What all figures share: ink and paper of both themes, text that cannot break out of its picture, and numbers that are the same on every machine. */

/** Dark ink on white paper, or light ink on dark. */
export type Theme = 'light' | 'dark'

/** Options of every figure. */
export interface FigureOptions {
	/** First line; default none. */
	title?: string
	/** Second line, smaller; default none. */
	subtitle?: string
	/** Default `light`. */
	theme?: Theme
}

/** Colours of paper, ink, lines and the two ends of a scale. */
export interface Palette {
	paper: string
	ink: string
	/** Axes' words, subtitles. */
	quiet: string
	/** Frames and ticks. */
	line: string
	/** Lines of a grid, empty places. */
	faint: string
	/** Above zero: raises the probability. */
	positive: string
	/** Below zero. */
	negative: string
}

export const PALETTES: Record<Theme, Palette> = {
	light: {
		...{ paper: '#ffffff', ink: '#1f2328', quiet: '#57606a', line: '#8c959f', faint: '#e4e8ec' },
		...{ positive: '#0b5fa5', negative: '#b3460f' },
	},
	dark: {
		...{ paper: '#0d1117', ink: '#e6edf3', quiet: '#9aa4af', line: '#6e7681', faint: '#262d36' },
		...{ positive: '#63b3ff', negative: '#ff9a5c' },
	},
}

/** The font of every figure: the shipped one where a picture is made of it, else the reader's own. */
export const FONT = 'Inter, system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif'

/** Text with the five characters of markup escaped, and without those that XML forbids. */
export function escapeText(content: string): string {
	return content
		.replace(
			/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
			'\ufffd',
		)
		.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A coordinate: two decimals at most, never `-0`. */
export function at(value: number): string {
	return String(Math.round(value * 100) / 100 + 0)
}

export interface TextStyle {
	size?: number
	fill?: string
	anchor?: 'start' | 'middle' | 'end'
	bold?: boolean
	italic?: boolean
	/** Degrees clockwise about the text's own point. */
	rotate?: number
}

/** A line of text whose baseline begins (or is centred, or ends) at a point. */
export function text(x: number, y: number, content: string, style: TextStyle & { fill: string }): string {
	const { size = 12, fill, anchor = 'start', bold, italic, rotate } = style
	const attributes = [
		`x="${at(x)}" y="${at(y)}" font-size="${size}" fill="${fill}"`,
		...(anchor === 'start' ? [] : [`text-anchor="${anchor}"`]),
		...(bold ? ['font-weight="600"'] : []),
		...(italic ? ['font-style="italic"'] : []),
		...(rotate === undefined ? [] : [`transform="rotate(${at(rotate)} ${at(x)} ${at(y)})"`]),
	]
	return `<text ${attributes.join(' ')}>${escapeText(content)}</text>`
}

export function line(x1: number, y1: number, x2: number, y2: number, stroke: string, more = ''): string {
	return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="${stroke}"${more ? ` ${more}` : ''}/>`
}

export function rect(x: number, y: number, width: number, height: number, fill: string, more = ''): string {
	return `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" fill="${fill}"${more ? ` ${more}` : ''}/>`
}

/** Height that title and subtitle take. */
export function headHeight({ title, subtitle }: FigureOptions): number {
	return (title ? 30 : 8) + (subtitle ? 20 : 0)
}

/** A whole picture: paper, title, subtitle, content. `name` is what it is called where it has no title. */
export function picture(
	width: number,
	height: number,
	name: string,
	{ title, subtitle, theme = 'light' }: FigureOptions,
	content: readonly string[],
): string {
	const { paper, ink, quiet } = PALETTES[theme]
	const [w, h] = [Math.ceil(width), Math.ceil(height)]
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" font-family="${FONT}">`,
		`<title>${escapeText(title ?? name)}</title>`,
		`<rect width="${w}" height="${h}" fill="${paper}"/>`,
		...(title ? [text(12, 26, title, { size: 16, bold: true, fill: ink })] : []),
		...(subtitle ? [text(12, title ? 46 : 20, subtitle, { size: 12, fill: quiet })] : []),
		...content,
		'</svg>\n',
	].join('\n')
}

/** Width of a text, about: no font is at hand to measure it. */
export function widthOf(content: string, size = 12): number {
	return content.length * size * 0.58
}

/** The size at which {@link widthOf} measures bold text of size 12. */
export const BOLD = 13.1

/** A text of at most about `width` pixels; what is cut off ends in an ellipsis. */
export function shortened(content: string, width: number, size = 12): string {
	const room = Math.max(1, Math.floor(width / widthOf('x', size)))
	const characters = [...content]
	return characters.length <= room ? content : `${characters.slice(0, room - 1).join('')}…`
}

/** A class's name as it is read: `plasma_membrane` has no underscore. */
export function readable(name: string): string {
	return name.replaceAll('_', ' ')
}

/** A number's text with the sign that is as wide as a plus. */
export function minus(number: string): string {
	return number.replace('-', '−')
}

/** `#rrggbb` between two, at 0 the first, at 1 the second. */
export function mix(from: string, to: string, share: number): string {
	const channel = (colour: string, index: number) => Number.parseInt(colour.slice(1 + 2 * index, 3 + 2 * index), 16)
	return `#${[0, 1, 2]
		.map((index) => {
			const [a, b] = [channel(from, index), channel(to, index)]
			return Math.round(a + (b - a) * share)
				.toString(16)
				.padStart(2, '0')
		})
		.join('')}`
}

/** Round values that cover a range, about `count` of them: steps of 1, 2 or 5 times a power of ten. */
export function ticks(from: number, to: number, count = 5): number[] {
	if (!(to > from)) return [from]
	const raw = (to - from) / count
	const power = 10 ** Math.floor(Math.log10(raw))
	const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw * 0.999)!
	const found: number[] = []
	for (let index = Math.ceil(from / step - 1e-9); index * step <= to + step * 1e-9; index++) {
		found.push(Number((index * step).toPrecision(12)))
	}
	return found
}
