/** The proteins: maps, table and panel. The page's script fills them; what stands here is their frame. */
import { readable } from '../../figures/style.js'
import { cellFigure } from '../cell.js'
import type { ReportContent } from '../content.js'
import { html, type Markup } from '../markup.js'
import { hasTooManyResidues, MOST_RESIDUES } from '../pack.js'

export function proteinsSection(content: ReportContent): Markup {
	const { classes, evaluation, maps, proteins } = content
	const hasTruth = proteins.some((protein) => protein.class !== null)
	const options = classes.map((name, index) => html`<option value="${index}">${readable(name)}</option>`)
	const select = (id: string, label: string) =>
		html`<label><span>${label}</span><select id="${id}"><option value="">any</option>${options}</select></label>`
	const hasSkipped = proteins.some(({ prediction }) => prediction.status === 'skipped')
	return html`<section id="proteins"><h2>Proteins</h2>
${maps.length > 0 && mapsFigure(content)}
<div class="controls" role="search"><label class="wide"><span>Search</span><input id="search" type="search" placeholder="id, description, place" autocomplete="off" spellcheck="false"></label>
${hasTruth && select('truth', 'True place')}${select('predicted', 'Predicted')}
<label><span>Show</span><select id="outcome"><option value="all">all</option>${evaluation && html`<option value="right">right</option><option value="wrong">wrong</option>`}${hasSkipped && html`<option value="skipped">skipped</option>`}</select></label>
<button type="button" id="clear" hidden>Show all</button><p id="table-count" role="status"></p></div>
<div class="explore"><div class="table-side"><div id="table" class="table" role="grid" tabindex="0" aria-label="Predictions; the arrow keys move from protein to protein" aria-multiselectable="false">
<div id="table-head" role="rowgroup"></div><div id="table-body" role="rowgroup"><div id="table-space" role="presentation"></div><p id="table-empty" hidden>No protein fits.</p></div></div><p id="table-printed"></p></div>
<div class="panel" role="region" aria-label="Selected protein"><p id="panel-hint" class="quiet">Choose a protein in the table${maps.length > 0 && ' or on the map'}.</p>
${cellFigure(classes)}
<div id="panel-content"></div></div></div>
<div id="residues" role="region" aria-label="Residues of the selected protein"></div>
${hasTooManyResidues(content) && html`<p class="note" id="left-out">These proteins have more than ${MOST_RESIDUES / 1e6} million residues together, too many for one page: sequences and attention along them are left out.</p>`}</section>`
}

function mapsFigure({ classes, maps, proteins }: ReportContent): Markup {
	const isTrue = proteins.some((protein) => protein.class !== null)
	const legend = classes.map(
		(name, index) =>
			html`<button type="button" data-legend="${index}" aria-pressed="false"><span class="swatch" data-class="${index}"></span>${readable(name)}</button>`,
	)
	const panels = maps.map(
		({ title }, index) =>
			html`<div class="map"><h3>${title}</h3><canvas id="map-${index}" role="img" aria-label="${title}: a point a protein, near where the network sees them alike. The table holds the same proteins."></canvas></div>`,
	)
	const caption = `A point is a protein, coloured by its ${isTrue ? 'true' : 'predicted'} place; t-SNE puts proteins near each other that the network sees alike. Distances between groups mean little.`
	return html`<figure class="maps"><div class="panels">${panels}</div><div class="legend" role="group" aria-label="Show one class">${legend}</div><figcaption>${caption}</figcaption></figure>`
}
