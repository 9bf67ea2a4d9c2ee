/**
 * The table of predictions. However many proteins there are, the document has the rows that are seen and a few more; they are moved and written anew as the
 * table scrolls.
 */
import { bestProbability, className, type Data, isRight, percent, spreadOf } from './decode.js'
import { byId, element } from './elements.js'
import type { Column, Explorer } from './explorer.js'

/** Height of a row, pixels; style.css has the same. */
const ROW_HEIGHT = 34
/** Rows above and below what is seen. */
const MARGIN = 8
/** Rows on paper. */
const PRINTED = 60

const COLUMNS: { column: Column; title: string; numeric?: boolean }[] = [
	{ column: 'id', title: 'Protein' },
	{ column: 'truth', title: 'True place' },
	{ column: 'predicted', title: 'Predicted' },
	{ column: 'probability', title: 'Probability', numeric: true },
	{ column: 'spread', title: 'Spread', numeric: true },
	{ column: 'length', title: 'Residues', numeric: true },
]

export class Table {
	readonly #explorer: Explorer
	readonly #columns: typeof COLUMNS
	readonly #grid = byId('table')
	readonly #body = byId('table-body')
	readonly #space = byId('table-space')
	readonly #headers = new Map<Column, HTMLElement>()
	/** Elements in use, by the place that they show. */
	readonly #rows = new Map<number, HTMLElement>()
	/** Elements that were in use: no more than were ever seen at once. */
	readonly #spare: HTMLElement[] = []
	#isPrinting = false
	#frame = 0

	constructor(explorer: Explorer) {
		this.#explorer = explorer
		const { proteins } = explorer.data
		this.#columns = COLUMNS.filter(
			({ column }) =>
				(column !== 'truth' || proteins.truth !== null) && (column !== 'spread' || proteins.spread !== null),
		)
		this.#grid.classList.add(...this.#columns.map(({ column }) => `has-${column}`))
		this.#grid.setAttribute('aria-colcount', String(this.#columns.length))
		this.#drawHead()
		this.#body.addEventListener('scroll', () => this.#soon(), { passive: true })
		this.#grid.addEventListener('keydown', (event) => this.#key(event))
		this.#space.addEventListener('click', (event) => {
			const row = this.#rowOf(event.target)
			if (row !== null) explorer.select(row)
		})
		this.#space.addEventListener('pointerover', (event) => explorer.hover(this.#rowOf(event.target)))
		this.#space.addEventListener('pointerleave', () => explorer.hover(null))
		new ResizeObserver(() => this.#soon()).observe(this.#body)
		const paper = matchMedia('print')
		paper.addEventListener('change', () => {
			this.#isPrinting = paper.matches
			this.#draw()
		})
		explorer.onChange((change) => {
			if (change === 'order') {
				this.#body.scrollTop = 0
				this.#recycle()
			}
			this.#draw()
		})
		this.#draw()
	}

	/** Scrolls a row into sight, where it is shown. */
	reveal(row: number): void {
		const place = this.#explorer.order.indexOf(row)
		if (place >= 0) this.#scrollTo(place)
	}

	#drawHead(): void {
		const cells = this.#columns.map(({ column, title, numeric }, at) => {
			const cell = element(
				'div',
				{ role: 'columnheader', 'aria-colindex': at + 1, class: `cell-${column}${numeric ? ' numeric' : ''}` },
				element('button', { type: 'button', title: `Sort by ${title.toLowerCase()}` }, title),
			)
			cell.firstElementChild!.addEventListener('click', () => this.#explorer.sortBy(column))
			this.#headers.set(column, cell)
			return cell
		})
		byId('table-head').append(element('div', { role: 'row', 'aria-rowindex': 1, class: 'row' }, ...cells))
	}

	#soon(): void {
		this.#frame ||= requestAnimationFrame(() => {
			this.#frame = 0
			this.#draw()
		})
	}

	/** Every element is free to show another place. */
	#recycle(): void {
		this.#spare.push(...this.#rows.values())
		this.#rows.clear()
	}

	#draw(): void {
		const { order, sort, selected, hovered } = this.#explorer
		const [from, to] = this.#isPrinting ? [0, Math.min(PRINTED, order.length)] : this.#inSight()
		this.#space.style.height = `${ROW_HEIGHT * order.length}px`
		for (const [place, row] of this.#rows) {
			if (place >= from && place < to) continue
			this.#spare.push(row)
			this.#rows.delete(place)
		}
		const inOrder: HTMLElement[] = []
		let isNew = false
		for (let place = from; place < to; place++) {
			let row = this.#rows.get(place)
			if (!row) {
				row = this.#spare.pop() ?? this.#makeRow()
				this.#write(row, place)
				this.#rows.set(place, row)
				isNew = true
			}
			inOrder.push(row)
			const own = order[place]!
			row.classList.toggle('hovered', own === hovered)
			row.setAttribute('aria-selected', String(own === selected))
		}
		// In the order of the table, for who hears the document, and for paper.
		if (isNew || this.#space.childElementCount !== inOrder.length) this.#space.replaceChildren(...inOrder)
		const place = selected === null ? -1 : order.indexOf(selected)
		// The active row is one that exists; one out of sight is scrolled to before a key moves it.
		if (this.#rows.has(place)) this.#grid.setAttribute('aria-activedescendant', `row-${place}`)
		else this.#grid.removeAttribute('aria-activedescendant')
		this.#grid.setAttribute('aria-rowcount', String(order.length + 1))
		for (const [column, header] of this.#headers) {
			const direction = sort?.column !== column ? 'none' : sort.descending ? 'descending' : 'ascending'
			header.setAttribute('aria-sort', direction)
		}
		const { isTested, proteins } = this.#explorer.data
		const { count } = proteins
		byId('table-count').textContent =
			order.length === count ? `${count} proteins` : `${order.length} of ${count} proteins`
		byId('table-printed').textContent =
			order.length > PRINTED
				? `The first ${PRINTED} of ${order.length} proteins${isTested ? '; predictions.tsv in the run folder has all' : ''}.`
				: ''
		byId('table-empty').hidden = order.length > 0
	}

	#inSight(): [number, number] {
		const { scrollTop, clientHeight } = this.#body
		const from = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - MARGIN)
		const to = Math.min(this.#explorer.order.length, Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + MARGIN)
		return [from, to]
	}

	#makeRow(): HTMLElement {
		const cells = this.#columns.map(({ column, numeric }, at) =>
			element('div', {
				role: 'gridcell',
				'aria-colindex': at + 1,
				class: `cell-${column}${numeric ? ' numeric' : ''}`,
			}),
		)
		return element('div', { role: 'row', class: 'row' }, ...cells)
	}

	#write(row: HTMLElement, place: number): void {
		const { data, order } = this.#explorer
		const own = order[place]!
		row.id = `row-${place}`
		row.dataset['row'] = String(own)
		row.setAttribute('aria-rowindex', String(place + 2))
		row.style.transform = `translateY(${place * ROW_HEIGHT}px)`
		row.classList.toggle('wrong', isRight(data, own) === false)
		row.classList.toggle('odd', place % 2 === 1)
		for (const [at, { column }] of this.#columns.entries()) {
			const cell = row.children[at] as HTMLElement
			cell.replaceChildren(...cellOf(data, own, column))
			// A narrow table cuts long ids and names of places.
			cell.title = cell.textContent
		}
	}

	#rowOf(target: EventTarget | null): number | null {
		const row = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null
		return row ? Number(row.dataset['row']) : null
	}

	#key(event: KeyboardEvent): void {
		if (event.target !== this.#grid || event.altKey || event.ctrlKey || event.metaKey) return
		const { order, selected } = this.#explorer
		const place = selected === null ? -1 : order.indexOf(selected)
		const page = Math.max(1, Math.floor(this.#body.clientHeight / ROW_HEIGHT) - 1)
		const steps: Record<string, number> = {
			ArrowDown: place + 1,
			ArrowUp: place - 1,
			PageDown: place + page,
			PageUp: place - page,
			Home: 0,
			End: order.length - 1,
		}
		const wanted = steps[event.key]
		if (wanted === undefined || order.length === 0) return
		event.preventDefault()
		const next = Math.min(order.length - 1, Math.max(0, wanted))
		this.#scrollTo(next)
		this.#explorer.select(order[next]!)
	}

	#scrollTo(place: number): void {
		const { scrollTop, clientHeight } = this.#body
		const top = place * ROW_HEIGHT
		if (top < scrollTop) this.#body.scrollTop = top
		else if (top + ROW_HEIGHT > scrollTop + clientHeight) this.#body.scrollTop = top + ROW_HEIGHT - clientHeight
		this.#draw()
	}
}

function cellOf(data: Data, row: number, column: Column): (Node | string)[] {
	const { proteins } = data
	const predicted = proteins.predicted[row]!
	switch (column) {
		case 'id':
			return [proteins.ids[row]!]
		case 'truth':
			return place(data, proteins.truth![row]!)
		case 'predicted':
			return predicted < 0 ? [element('span', { class: 'quiet' }, 'skipped')] : place(data, predicted)
		case 'probability': {
			if (predicted < 0) return ['–']
			const probability = bestProbability(data, row)
			const bar = element('span', { class: 'meter', 'data-class': predicted }, element('span'))
			;(bar.firstElementChild as HTMLElement).style.width = `${100 * probability}%`
			return [bar, percent(probability)]
		}
		case 'spread':
			return [predicted < 0 ? '–' : `± ${Math.round(100 * spreadOf(data, row))} %`]
		case 'length':
			return [proteins.lengths[row] === 0 ? '–' : String(proteins.lengths[row])]
	}
}

/** A class's colour and name. */
export function place(data: Data, index: number): (Node | string)[] {
	if (index < 0) return ['–']
	return [element('span', { class: 'swatch', 'data-class': index }), className(data, index)]
}
