/** How good the model is on each class: the confusion matrix, and a table with intervals. */

import type { Evaluation } from '../../evaluate/evaluate.js'
import { type Interval, wilson } from '../../evaluate/share.js'
import { readable } from '../../figures/style.js'
import type { ReportContent } from '../content.js'
import { html, type Markup } from '../markup.js'
import { percent, wholePercent } from './words.js'

/** Shades of the matrix: style.css is given a rule for each. */
export const SHADES = 40

export function classesSection({ evaluation }: ReportContent): Markup | null {
	if (!evaluation) return null
	return html`<section id="classes"><h2>Classes</h2>
<div class="pair">${matrix(evaluation)}
${classTable(evaluation)}</div></section>`
}

/** Rows are true places. A cell's shade is its share of the row, so that small classes are as visible as large ones; it shows its proteins in the table. */
function matrix({ classes, confusion }: Evaluation): Markup {
	const heads = classes.map((name) => html`<th scope="col"><span>${readable(name)}</span></th>`)
	const rows = confusion.map((counts, truth) => {
		const total = counts.reduce((a, b) => a + b, 0)
		const cells = counts.map((count, predicted) => {
			if (count === 0) return html`<td class="zero"><span class="unseen">0</span></td>`
			const share = count / total
			// A root: a share of 5 % must be seen.
			const shade = Math.max(1, Math.round(SHADES * Math.sqrt(share)))
			const told = `${count} of ${total} ${readable(classes[truth]!)} predicted as ${readable(classes[predicted]!)}, ${rowShare(share)}`
			return html`<td class="${truth === predicted ? 'right' : 'wrong'} shade-${shade}"><button type="button" data-truth="${truth}" data-predicted="${predicted}" title="${told}" aria-label="${told}">${count}<small>${rowShare(share)}</small></button></td>`
		})
		return html`<tr><th scope="row"><span class="swatch" data-class="${truth}"></span>${readable(classes[truth]!)}</th>${cells}</tr>\n`
	})
	return html`<figure class="matrix"><div class="scroll" tabindex="0" role="group" aria-label="Confusion matrix"><table><caption class="unseen">Confusion matrix: rows are true places, columns predicted ones</caption><thead><tr><th class="corner">true ↓<br>predicted →</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div>
<figcaption>Number of proteins, below it its share of the row, which the shade is too. A cell shows its proteins in the table below.</figcaption></figure>`
}

/** A share of a row that is not nothing. */
function rowShare(share: number): string {
	return share < 0.005 ? '< 1 %' : wholePercent(share)
}

function classTable({ perClass, confusion, clusters, intervals }: Evaluation): Markup {
	const rows = perClass.map((own, index) => {
		const right = confusion[index]![index]!
		const known = intervals?.perClass[index]
		return html`<tr><th scope="row"><span class="swatch" data-class="${index}"></span>${readable(own.class)}</th><td class="numeric">${own.support}</td>
<td>${range(index, own.sensitivity, known?.sensitivity ?? wilson(right, own.support))}</td><td>${range(index, own.precision, known?.precision ?? wilson(right, own.predicted))}</td>
<td class="numeric">${own.f1?.toFixed(2) ?? '–'}</td><td class="numeric">${own.mcc.toFixed(2).replace('-0.00', '0.00')}</td>${clusters && html`<td class="numeric">${percent(clusters.perClass[index]!.accuracy)}</td>`}</tr>\n`
	})
	return html`<figure class="per-class"><div class="scroll" tabindex="0" role="group" aria-label="Scores of each class"><table><caption class="unseen">Scores of each class</caption><thead><tr><th scope="col">Class</th><th scope="col" class="numeric">Proteins</th><th scope="col">Sensitivity</th><th scope="col">Precision</th><th scope="col" class="numeric">F1</th><th scope="col" class="numeric">MCC</th>${clusters && html`<th scope="col" class="numeric">A cluster</th>`}</tr></thead><tbody>${rows}</tbody></table></div>
<figcaption>Sensitivity: share of a class that is found. Precision: share of what is called so that is. Lines are 95 % intervals (Wilson’s${intervals?.resampled === 'clusters' && ', of as many proteins as relatives among them leave'}).</figcaption></figure>`
}

/** A share with its interval on a line from 0 to 1. */
function range(index: number, value: number | null, { low, high }: Interval): Markup {
	if (value === null) return html`<span class="quiet">–</span>`
	const x = (share: number) => (3 + 64 * share).toFixed(1)
	const told = `${wholePercent(low)} to ${wholePercent(high)}`
	return html`<span class="range" data-class="${index}" title="95 % interval: ${told}"><svg viewBox="0 0 70 12" aria-hidden="true"><line class="rail" x1="3" x2="67" y1="6" y2="6"/><line class="own-line" x1="${x(low)}" x2="${x(high)}" y1="6" y2="6"/><circle class="own" cx="${x(value)}" cy="6" r="3.4"/></svg> ${wholePercent(value)} <span class="unseen">(95 % interval ${told})</span></span>`
}
