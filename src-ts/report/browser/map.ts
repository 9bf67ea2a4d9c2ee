/** Maps of proteins: a point a protein, linked to the table and the panel. Drawn on a canvas, so that many thousand points are no burden. */
import { bestProbability, className, type Data, isRight, percent } from './decode.js'
import { byId } from './elements.js'
import type { Explorer } from './explorer.js'
import { traceMark } from './marks.js'
import { colourOf } from './theme.js'

/** How far from a point the pointer may be, pixels. */
const REACH = 12
/** Space around the points, as a share of the side. */
const PADDING = 0.04

export class ProteinMap {
	readonly #explorer: Explorer
	readonly #canvas: HTMLCanvasElement
	readonly #map: Data['maps'][number]

	constructor(explorer: Explorer, canvas: HTMLCanvasElement, map: Data['maps'][number]) {
		this.#explorer = explorer
		this.#canvas = canvas
		this.#map = map
		canvas.addEventListener('pointermove', (event) => {
			const row = this.#rowAt(event)
			explorer.hover(row)
			showTooltip(explorer.data, row, event)
		})
		canvas.addEventListener('pointerleave', () => {
			explorer.hover(null)
			showTooltip(explorer.data, null)
		})
		canvas.addEventListener('click', (event) => {
			const row = this.#rowAt(event)
			if (row !== null) explorer.select(row)
		})
		new ResizeObserver(() => this.draw()).observe(canvas)
		explorer.onChange(() => this.draw())
	}

	/** Where a row's point is, in pixels of the page's layout within the canvas; null where it has none. */
	placeOf(row: number): { x: number; y: number } | null {
		const index = this.#map.rows.indexOf(row)
		return index < 0 ? null : this.#point(index)
	}

	draw(): void {
		const canvas = this.#canvas
		const ratio = Math.max(1, devicePixelRatio)
		const side = canvas.clientWidth
		if (side === 0) return
		canvas.width = canvas.height = Math.round(side * ratio)
		const pen = canvas.getContext('2d')!
		pen.scale(ratio, ratio)
		const { data, shown, selected, hovered } = this.#explorer
		const { rows } = this.#map
		const radius = Math.max(1.6, Math.min(4, 95 / Math.sqrt(rows.length)))
		const colours = data.classes.map((_, index) => colourOf(`--class-${index}`))
		const none = colourOf('--quiet')
		const ink = colourOf('--ink')
		// What the filter leaves out lies below.
		for (const isShown of [0, 1]) {
			pen.globalAlpha = isShown ? 0.82 : 0.1
			for (let index = 0; index < rows.length; index++) {
				const row = rows[index]!
				if (shown[row] !== isShown) continue
				const place = placeIndex(data, row)
				pen.fillStyle = colours[place] ?? none
				const { x, y } = this.#point(index)
				traceMark(pen, data.marks[place] ?? 'circle', x, y, radius)
				pen.fill()
			}
		}
		pen.globalAlpha = 1
		for (const [row, width] of [
			[selected, 2.5],
			[hovered, 2],
		] as const) {
			const index = row === null ? -1 : rows.indexOf(row)
			if (index < 0) continue
			const { x, y } = this.#point(index)
			const place = placeIndex(data, row!)
			traceMark(pen, data.marks[place] ?? 'circle', x, y, radius + 3)
			pen.fillStyle = colours[place] ?? none
			pen.fill()
			pen.strokeStyle = ink
			pen.lineWidth = width
			pen.stroke()
		}
	}

	#point(index: number): { x: number; y: number } {
		const side = this.#canvas.clientWidth
		const at = (value: number) => (PADDING + (value / 65535) * (1 - 2 * PADDING)) * side
		return { x: at(this.#map.points[2 * index]!), y: at(this.#map.points[2 * index + 1]!) }
	}

	#rowAt(event: MouseEvent): number | null {
		const { rows } = this.#map
		let [best, distance] = [-1, REACH ** 2]
		for (let index = 0; index < rows.length; index++) {
			if (!this.#explorer.shown[rows[index]!]) continue
			const { x, y } = this.#point(index)
			const found = (x - event.offsetX) ** 2 + (y - event.offsetY) ** 2
			if (found < distance) [best, distance] = [index, found]
		}
		return best < 0 ? null : rows[best]!
	}
}

/** The class that a point is coloured by: the true one where it is known. */
function placeIndex({ proteins }: Data, row: number): number {
	const truth = proteins.truth?.[row] ?? -1
	return truth >= 0 ? truth : proteins.predicted[row]!
}

function showTooltip(data: Data, row: number | null, event?: MouseEvent): void {
	const tooltip = byId('tooltip')
	tooltip.hidden = row === null
	if (row === null || !event) return
	const { proteins } = data
	const right = isRight(data, row)
	const truth = right === false ? `, is ${className(data, proteins.truth![row])}` : ''
	const predicted = proteins.predicted[row]!
	const told =
		predicted < 0 ? 'skipped' : `${className(data, predicted)} ${percent(bestProbability(data, row))}${truth}`
	tooltip.replaceChildren(proteins.ids[row]!, document.createElement('br'), told)
	const { innerWidth } = window
	const left = Math.min(event.clientX + 14, innerWidth - tooltip.offsetWidth - 8)
	tooltip.style.left = `${Math.max(8, left)}px`
	tooltip.style.top = `${event.clientY + 16}px`
}
