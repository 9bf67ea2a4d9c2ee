/** The panel of one protein: where it is predicted on a drawn cell, how sure, what each network says, and where the attention lies. */
import { bestProbability, className, type Data, isRight, percent, probabilityOf, readable, spreadOf } from './decode.js'
import { byId, element } from './elements.js'
import { residueView } from './residue-view.js'
import { place } from './table.js'

/** Draws the panel of a row; of none, the words that say how to choose one. */
export function drawPanel(data: Data, row: number | null): void {
	const content = byId('panel-content')
	byId('panel-hint').hidden = row !== null
	drawCell(data, row)
	const problem = row === null ? undefined : data.proteins.problems[row]
	const isPredicted = row !== null && problem === undefined
	byId('residues').replaceChildren(...(isPredicted ? residueView(data, row) : []))
	if (row === null) {
		content.replaceChildren()
		return
	}
	const rest = isPredicted ? bars(data, row) : element('p', { class: 'note' }, `Not predicted: ${problem}`)
	content.replaceChildren(...heading(data, row), rest)
}

function heading(data: Data, row: number): Node[] {
	const { proteins } = data
	const description = proteins.descriptions?.[row]
	const length = proteins.lengths[row]!
	const predicted = proteins.predicted[row]!
	const facts = [
		...(description ? [description] : []),
		...(length > 0 ? [`${length} ${length === 1 ? 'residue' : 'residues'}`] : []),
	]
	const found: Node[] = [element('h3', { id: 'panel-id' }, proteins.ids[row]!)]
	if (facts.length > 0) found.push(element('p', { class: 'quiet wrap' }, facts.join(' · ')))
	if (predicted < 0) return found
	const spread = data.members ? ` ± ${percent(spreadOf(data, row))}` : ''
	const verdict = element(
		'p',
		{ class: 'verdict' },
		element('strong', {}, ...place(data, predicted)),
		` ${percent(bestProbability(data, row))}${spread}`,
	)
	const right = isRight(data, row)
	if (right !== null) {
		const truth = proteins.truth![row]!
		const mark = right
			? element('span', { class: 'mark right' }, '✓ right')
			: element('span', { class: 'mark wrong' }, '✗ is ', ...place(data, truth))
		verdict.append(mark)
	}
	return [...found, verdict]
}

/** A bar a class, the most probable first; a tick on it for what each network says. */
function bars(data: Data, row: number): HTMLElement {
	const { classes, members } = data
	const order = classes.map((_, index) => index)
	order.sort((a, b) => probabilityOf(data, row, b) - probabilityOf(data, row, a))
	const items = order.map((index) => {
		const probability = probabilityOf(data, row, index)
		const fill = element('span', { class: 'fill' })
		fill.style.width = `${100 * probability}%`
		const track = element('span', { class: 'track' }, fill)
		for (let member = 0; member < (members?.count ?? 0); member++) {
			const own = members!.values[(row * members!.count + member) * classes.length + index]! / 255
			// Eleven rows of ticks at nothing would say nothing.
			if (own < 0.01 && probability < 0.01) continue
			const tick = element('span', { class: 'member', title: `network ${member + 1}: ${percent(own)}` })
			tick.style.left = `${100 * own}%`
			track.append(tick)
		}
		return element(
			'li',
			{ 'data-class': index, class: probability < 0.005 ? 'low' : '' },
			element('span', { class: 'name' }, readable(classes[index]!)),
			track,
			element('span', { class: 'value' }, percent(probability)),
		)
	})
	const list = element('ol', { class: 'bars', 'aria-label': 'Probability of each place' }, ...items)
	if (!members) return list
	const spread = `Ticks are the ${members.count} networks of the ensemble, the bar is their mean.`
	return element('div', {}, list, element('p', { class: 'note' }, spread))
}

/** The probabilities on the drawn cell; all pale where no protein is selected or it was skipped. */
function drawCell(data: Data, row: number | null): void {
	const cell = document.querySelector<SVGElement>('.cell')
	if (!cell) return
	const isDrawn = row !== null && data.proteins.predicted[row]! >= 0
	const best = isDrawn ? data.proteins.predicted[row]! : -1
	for (const part of cell.querySelectorAll<SVGElement>('[data-class]')) {
		const index = Number(part.dataset['class'])
		const probability = isDrawn ? probabilityOf(data, row, index) : 0
		// A root: one of a few per cent must be seen.
		part.style.setProperty('--p', String(Math.sqrt(probability)))
		if (!part.classList.contains('label')) continue
		part.classList.toggle('best', index === best)
		part.classList.toggle('likely', probability >= 0.05)
		part.querySelector('.p')!.textContent = probability >= 0.005 ? percent(probability) : ''
	}
	const told = isDrawn ? `: ${className(data, best)} ${percent(bestProbability(data, row))}` : ''
	cell.setAttribute('aria-label', `A cell, coloured by the probability of each compartment${told}`)
}
