/** The confusion matrix (the paper's Table 2) as a picture. */

export interface ConfusionFigureOptions {
	/** First line above the matrix; default none. */
	title?: string
	/** Second line, smaller; default none. */
	subtitle?: string
}

const CELL = 44
const FONT = 'font-family="system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif"'

/**
 * An SVG of a confusion matrix [K, K] (rows true, columns predicted). A cell's shade is its share of the row, so that small classes are as visible
 * as large ones; its number is the count. Sensitivity stands at the end of each row. Readable in black and white and on a dark page.
 */
export function confusionFigure(
	{ classes, confusion }: { classes: readonly string[]; confusion: readonly (readonly number[])[] },
	{ title, subtitle }: ConfusionFigureOptions = {},
): string {
	const label = 18 + 8 * Math.max(...classes.map((name) => name.length))
	const top = (title ? 30 : 6) + (subtitle ? 20 : 0) + label * 0.72 + 22
	const side = CELL * classes.length
	const width = Math.ceil(label + side + 92)
	const height = Math.ceil(top + side + 14)
	const parts: string[] = []
	if (title) parts.push(text(12, 26, title, 'font-size="16" font-weight="600"'))
	if (subtitle) parts.push(text(12, title ? 46 : 20, subtitle, 'font-size="12" fill="#57606a"'))
	parts.push(text(label - 8, top - 6, 'true ↓  predicted →', 'font-size="11" fill="#57606a" text-anchor="end"'))
	for (const [column, name] of classes.entries()) {
		const x = label + (column + 0.5) * CELL
		parts.push(text(x, top - 8, name, `font-size="12" transform="rotate(-40 ${x} ${top - 8})"`))
	}
	parts.push(text(label + side + 10, top - 8, 'sensitivity', 'font-size="11" fill="#57606a"'))
	for (const [row, counts] of confusion.entries()) {
		const y = top + row * CELL
		const total = counts.reduce((a, b) => a + b, 0)
		parts.push(text(label - 8, y + CELL / 2 + 4, classes[row]!, 'font-size="12" text-anchor="end"'))
		for (const [column, count] of counts.entries())
			parts.push(cell(label + column * CELL, y, count, total, row === column))
		const sensitivity = total === 0 ? '–' : `${Math.round((100 * counts[row]!) / total)} %`
		parts.push(text(label + side + 10, y + CELL / 2 + 4, `${sensitivity} of ${total}`, 'font-size="12"'))
	}
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ${FONT}>`,
		`<title>${escapeText(title ?? 'Confusion matrix')}</title>`,
		`<rect width="${width}" height="${height}" rx="6" fill="#ffffff"/>`,
		...parts,
		'</svg>\n',
	].join('\n')
}

function cell(x: number, y: number, count: number, total: number, diagonal: boolean): string {
	const share = total === 0 ? 0 : count / total
	const fill = diagonal ? shade([255, 255, 255], [0, 90, 140], share) : shade([255, 255, 255], [176, 58, 24], share)
	const ink = share > 0.55 ? '#ffffff' : '#1f2328'
	const box = `<rect x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${CELL - 2}" rx="3" fill="${fill}" stroke="#d0d7de" stroke-width="0.6"/>`
	if (count === 0) return box
	return `${box}${text(x + CELL / 2, y + CELL / 2 + 4, String(count), `font-size="12" text-anchor="middle" fill="${ink}"`)}`
}

function shade(from: number[], to: number[], share: number): string {
	// A root: a share of 5 % must be seen.
	const at = Math.sqrt(share)
	return `#${from
		.map((value, index) =>
			Math.round(value + (to[index]! - value) * at)
				.toString(16)
				.padStart(2, '0'),
		)
		.join('')}`
}

function text(x: number, y: number, content: string, attributes: string): string {
	const fill = attributes.includes('fill=') ? '' : ' fill="#1f2328"'
	return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}${fill}>${escapeText(content)}</text>`
}

function escapeText(content: string): string {
	return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
