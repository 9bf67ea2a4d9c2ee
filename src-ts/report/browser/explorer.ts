/** What is looked at: which proteins are shown in which order, which one is selected, which one the pointer is on. */
import { bestProbability, className, type Data, isRight, spreadOf } from './decode.js'

export type Column = 'id' | 'truth' | 'predicted' | 'probability' | 'spread' | 'length'
export type Outcome = 'all' | 'right' | 'wrong' | 'skipped'

export interface Filter {
	/** Words that all must occur in id, description or places. */
	words: string
	/** Class indices; null: any. */
	truth: number | null
	predicted: number | null
	outcome: Outcome
}

/** What has changed. */
export type Change = 'order' | 'selected' | 'hovered'

export const NO_FILTER: Filter = { words: '', truth: null, predicted: null, outcome: 'all' }

export class Explorer {
	readonly data: Data
	filter: Filter = NO_FILTER
	/** Null: as in the input. */
	sort: { column: Column; descending: boolean } | null = null
	/** Rows that are shown, in order. */
	order: Uint32Array
	/** Whether a row is shown, by row. */
	shown: Uint8Array
	selected: number | null = null
	hovered: number | null = null
	readonly #listeners: ((change: Change) => void)[] = []
	#haystack: string[] | null = null
	readonly #keys = new Map<Column, Float64Array>()

	constructor(data: Data) {
		this.data = data
		this.order = Uint32Array.from({ length: data.proteins.count }, (_, row) => row)
		this.shown = new Uint8Array(data.proteins.count).fill(1)
	}

	onChange(listener: (change: Change) => void): void {
		this.#listeners.push(listener)
	}

	setFilter(filter: Partial<Filter>): void {
		this.filter = { ...this.filter, ...filter }
		this.#reorder()
	}

	/** Sorts by a column; once more by the same one turns it round, a third time gives the input's order. */
	sortBy(column: Column): void {
		const first = column === 'probability' || column === 'spread' || column === 'length'
		if (this.sort?.column !== column) this.sort = { column, descending: first }
		else if (this.sort.descending === first) this.sort = { column, descending: !first }
		else this.sort = null
		this.#reorder()
	}

	select(row: number | null): void {
		if (row === this.selected) return
		this.selected = row
		this.#tell('selected')
	}

	hover(row: number | null): void {
		if (row === this.hovered) return
		this.hovered = row
		this.#tell('hovered')
	}

	#tell(change: Change): void {
		for (const listener of this.#listeners) listener(change)
	}

	#reorder(): void {
		const { count } = this.data.proteins
		const words = this.filter.words.toLowerCase().split(/\s+/).filter(Boolean)
		const found: number[] = []
		for (let row = 0; row < count; row++) {
			const shown = this.#passes(row, words)
			this.shown[row] = Number(shown)
			if (shown) found.push(row)
		}
		if (this.sort) {
			const keys = this.#key(this.sort.column)
			const sign = this.sort.descending ? -1 : 1
			// Equal keys keep the input's order: the sort is stable.
			found.sort((a, b) => sign * (keys[a]! - keys[b]!))
		}
		this.order = Uint32Array.from(found)
		this.#tell('order')
	}

	#passes(row: number, words: readonly string[]): boolean {
		const { truth, predicted, outcome } = this.filter
		const { proteins } = this.data
		if (truth !== null && proteins.truth?.[row] !== truth) return false
		if (predicted !== null && proteins.predicted[row] !== predicted) return false
		if (outcome === 'skipped' && proteins.predicted[row]! >= 0) return false
		if ((outcome === 'right' || outcome === 'wrong') && isRight(this.data, row) !== (outcome === 'right')) return false
		if (words.length === 0) return true
		this.#haystack ??= Array.from({ length: proteins.count }, (_, at) => this.#text(at))
		return words.every((word) => this.#haystack![row]!.includes(word))
	}

	#text(row: number): string {
		const { proteins } = this.data
		const places = [proteins.truth?.[row], proteins.predicted[row]].map((index) => className(this.data, index))
		return [proteins.ids[row], proteins.descriptions?.[row] ?? '', ...places].join(' ').toLowerCase()
	}

	/** Numbers that order the rows like a column's values. */
	#key(column: Column): Float64Array {
		let key = this.#keys.get(column)
		if (!key) {
			const { proteins } = this.data
			const of: Record<Column, () => (row: number) => number> = {
				id: () => ranks(proteins.ids),
				truth: () => (row) => proteins.truth?.[row] ?? -1,
				predicted: () => (row) => proteins.predicted[row]!,
				probability: () => (row) => bestProbability(this.data, row),
				spread: () => (row) => spreadOf(this.data, row),
				length: () => (row) => proteins.lengths[row]!,
			}
			key = Float64Array.from({ length: proteins.count }, (_, row) => row).map(of[column]())
			this.#keys.set(column, key)
		}
		return key
	}
}

/** The rank of each text; numbers within count as numbers. */
function ranks(texts: readonly string[]): (row: number) => number {
	const { compare } = new Intl.Collator('en', { numeric: true })
	const order = texts.map((_, row) => row).sort((a, b) => compare(texts[a]!, texts[b]!))
	const rank = new Float64Array(texts.length)
	for (const [at, row] of order.entries()) rank[row] = at
	return (row) => rank[row]!
}
