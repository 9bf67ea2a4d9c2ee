/** Search, filters, the confusion matrix and the classes' legend: all that says which proteins are shown. */
import { byId } from './elements.js'
import { type Explorer, NO_FILTER, type Outcome } from './explorer.js'

/** Wires the controls to what is looked at; both follow each other. */
export function connectControls(explorer: Explorer): void {
	const search = byId<HTMLInputElement>('search')
	const outcome = byId<HTMLSelectElement>('outcome')
	const selects = {
		truth: document.getElementById('truth'),
		predicted: document.getElementById('predicted'),
	} as Record<'truth' | 'predicted', HTMLSelectElement | null>
	search.addEventListener('input', () => explorer.setFilter({ words: search.value }))
	outcome.addEventListener('change', () => explorer.setFilter({ outcome: outcome.value as Outcome }))
	for (const name of ['truth', 'predicted'] as const) {
		selects[name]?.addEventListener('change', () => {
			explorer.setFilter({ [name]: indexOf(selects[name]!.value) })
		})
	}
	byId('clear').addEventListener('click', () => explorer.setFilter(NO_FILTER))
	for (const cell of document.querySelectorAll<HTMLElement>('button[data-truth]')) {
		cell.addEventListener('click', () => {
			const [truth, predicted] = [Number(cell.dataset['truth']), Number(cell.dataset['predicted'])]
			explorer.setFilter({ ...NO_FILTER, truth, predicted })
			byId('proteins').scrollIntoView()
			byId('table').focus({ preventScroll: true })
		})
	}
	for (const entry of document.querySelectorAll<HTMLElement>('button[data-legend]')) {
		const name = selects.truth ? 'truth' : 'predicted'
		entry.addEventListener('click', () => {
			const own = Number(entry.dataset['legend'])
			explorer.setFilter({ [name]: explorer.filter[name] === own ? null : own })
		})
	}
	explorer.onChange((change) => {
		if (change !== 'order') return
		const { words, truth, predicted, outcome: wanted } = explorer.filter
		if (search.value !== words) search.value = words
		outcome.value = wanted
		if (selects.truth) selects.truth.value = String(truth ?? '')
		if (selects.predicted) selects.predicted.value = String(predicted ?? '')
		byId('clear').hidden = words === '' && truth === null && predicted === null && wanted === 'all'
		const own = selects.truth ? truth : predicted
		for (const entry of document.querySelectorAll<HTMLElement>('button[data-legend]')) {
			entry.setAttribute('aria-pressed', String(Number(entry.dataset['legend']) === own))
		}
	})
}

function indexOf(value: string): number | null {
	return value === '' ? null : Number(value)
}
