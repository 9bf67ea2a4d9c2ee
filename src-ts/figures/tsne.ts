/** Maps of proteins by their states, in the manner of the paper's Fig. 6. */
import { requireOption } from '../errors.js'
import type { MapPoint } from '../explain/states.js'
import { compartmentColours, compartmentMarks, type Mark } from './colours.js'
import {
	escapeText,
	type FigureOptions,
	headHeight,
	PALETTES,
	picture,
	readable,
	rect,
	text,
	widthOf,
} from './style.js'

/** One map. */
export interface MapPanel {
	title: string
	points: readonly MapPoint[]
}

const SIDE = 420
const MARGIN = 14
const GAP = 20
/** About half a mark's width. */
const RADIUS = 3.1

/**
 * An SVG of panels side by side with one legend. A point has its class's colour and mark, and `data-row`, its place in `points` (also the same protein's in
 * the other panels), and `data-id`: a page can link them. Axes have no unit, so none are drawn; both have one scale within a panel.
 * Points are drawn in a shuffled order, the same each time, so that no class lies on top.
 * Errors: `INVALID_OPTION` for no panels, or a point of another class than `classes`.
 */
export function tsneFigure(
	panels: readonly MapPanel[],
	classes: readonly string[],
	options: FigureOptions = {},
): string {
	requireOption(panels.length > 0, 'panels', panels, 'at least one map')
	const { theme = 'light' } = options
	const { ink, line: rule } = PALETTES[theme]
	const [colours, marks] = [compartmentColours(classes, theme), compartmentMarks(classes)]
	const index = new Map(classes.map((name, at) => [name, at]))
	const top = headHeight(options) + 30
	const parts: string[] = []
	for (const [number, { title, points }] of panels.entries()) {
		const left = 12 + number * (SIDE + GAP)
		parts.push(text(left, top - 8, title, { size: 13, bold: true, fill: ink }))
		parts.push(rect(left, top, SIDE, SIDE, 'none', `stroke="${rule}" stroke-width="0.8"`))
		const place = fitted(points, left, top)
		const drawn = points.map(({ id, class: name, x, y }, row) => {
			const own = index.get(name)
			requireOption(own !== undefined, 'classes', name, `the class of every point (${id})`)
			const shape = markPath(marks[own!]!, ...place(x, y))
			return `<path class="point" data-row="${row}" data-id="${escapeText(id)}" fill="${colours[own!]}" d="${shape}"/>`
		})
		parts.push(`<g data-panel="${number}" fill-opacity="0.82">`, ...shuffled(drawn), '</g>')
	}
	const left = 12 + panels.length * (SIDE + GAP)
	const counts = classes.map((name) => panels[0]!.points.filter((point) => point.class === name).length)
	for (const [at, name] of classes.entries()) {
		const y = top + 12 + at * 20
		parts.push(`<path fill="${colours[at]}" d="${markPath(marks[at]!, left + 5, y - 4, RADIUS * 1.5)}"/>`)
		parts.push(text(left + 16, y, `${readable(name)} (${counts[at]})`, { fill: ink }))
	}
	const legend = Math.max(...classes.map((name) => widthOf(`${name} (9999)`)))
	return picture(left + 28 + legend, top + SIDE + 16, 't-SNE', options, parts)
}

/** The same order each time, by chance: data come class by class, and the last class would hide the others. */
function shuffled<T>(values: readonly T[]): T[] {
	const order = [...values]
	let state = 1
	for (let last = order.length - 1; last > 0; last--) {
		// A linear congruence (Numerical Recipes' constants): its high bits are taken.
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0
		const other = Math.floor((state / 2 ** 32) * (last + 1))
		;[order[last], order[other]] = [order[other]!, order[last]!]
	}
	return order
}

/** From a map's coordinates to a panel's pixels, one scale for both axes. */
function fitted(points: readonly MapPoint[], left: number, top: number): (x: number, y: number) => [number, number] {
	const range = (values: number[]) => {
		const [low, high] = values.reduce(
			([a, b], value) => [Math.min(a, value), Math.max(b, value)],
			[Infinity, -Infinity],
		)
		return { middle: (low + high) / 2, size: high - low }
	}
	const [x, y] = [range(points.map((point) => point.x)), range(points.map((point) => point.y))]
	const unit = (SIDE - 2 * MARGIN) / (Math.max(x.size, y.size) || 1)
	return (px, py) => [left + SIDE / 2 + (px - x.middle) * unit, top + SIDE / 2 - (py - y.middle) * unit]
}

/** A mark of about the same area whatever its shape. */
function markPath(mark: Mark, x: number, y: number, r = RADIUS): string {
	const f = (value: number) => String(Math.round(value * 10) / 10)
	const polygon = (...points: [number, number][]) =>
		`M${points.map(([dx, dy]) => `${f(x + dx * r)} ${f(y + dy * r)}`).join('L')}Z`
	switch (mark) {
		case 'circle':
			return `M${f(x - r)} ${f(y)}a${f(r)} ${f(r)} 0 1 0 ${f(2 * r)} 0a${f(r)} ${f(r)} 0 1 0 ${f(-2 * r)} 0Z`
		case 'square':
			return polygon([-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9])
		case 'triangle':
			return polygon([0, -1.25], [1.15, 0.85], [-1.15, 0.85])
		case 'down':
			return polygon([0, 1.25], [1.15, -0.85], [-1.15, -0.85])
		case 'diamond':
			return polygon([0, -1.35], [1.1, 0], [0, 1.35], [-1.1, 0])
		case 'cross': {
			const [a, b] = [0.42, 1.2]
			return polygon(
				[-a, -b],
				[a, -b],
				[a, -a],
				[b, -a],
				[b, a],
				[a, a],
				[a, b],
				[-a, b],
				[-a, a],
				[-b, a],
				[-b, -a],
				[-a, -a],
			)
		}
	}
}

/** The points of all panels as TSV: id, class, and x and y of each panel; six significant digits. Panels hold the same proteins in the same order. */
export function tsneTsv(panels: readonly MapPanel[]): string {
	const number = (value: number) => String(Number(value.toPrecision(6)))
	const header = ['id', 'class', ...panels.flatMap(({ title }) => [`${title} x`, `${title} y`])]
	const rows = panels[0]!.points.map(({ id, class: name }, row) => [
		...[id, name],
		...panels.flatMap(({ points }) => [number(points[row]!.x), number(points[row]!.y)]),
	])
	return [header, ...rows].map((cells) => `${cells.map((cell) => cell.replace(/\p{Cc}/gu, ' ')).join('\t')}\n`).join('')
}
