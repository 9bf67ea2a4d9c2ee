/** Pictures that are drawn beforehand: each in both themes, of which the page shows one. */
import type { ReportContent, ReportFigure } from '../content.js'
import { html, type Markup } from '../markup.js'

const SECTIONS: Record<ReportFigure['section'], { title: string; text: string }> = {
	training: { title: 'Training', text: '' },
	probabilities: { title: 'Probabilities', text: '' },
	filters: {
		title: 'Filters',
		text: 'What the first layer looks for, as score of each amino acid at each position: letters above the line raise a filter’s answer, letters below lower it.',
	},
	attention: {
		title: 'Attention',
		text: 'Where the network looks. A weight says what was read, not what was decisive.',
	},
}

/** Sections with their pictures, side by side; null where there is none. */
export function figureSections(content: ReportContent, sections: readonly ReportFigure['section'][]): Markup | null {
	const present = sections.map((section) => figureSection(content, section)).filter((section) => section !== null)
	if (present.length === 0) return null
	return present.length === 1 ? present[0]! : html`<div class="beside">${present}</div>`
}

function figureSection({ figures }: ReportContent, section: ReportFigure['section']): Markup | null {
	const own = figures.filter((figure) => figure.section === section)
	if (own.length === 0) return null
	const { title, text } = SECTIONS[section]
	return html`<section id="${section}"><h2>${title}</h2>${text !== '' && html`<p class="lead">${text}</p>`}
${own.map(drawnFigure)}</section>`
}

/** As images, so that nothing in a picture can reach the page: its ids, its text, its styles. */
function drawnFigure({ title, caption, light, dark }: ReportFigure): Markup {
	const image = (svg: string, theme: 'light' | 'dark') =>
		html`<img class="for-${theme}" alt="${title}: ${caption}" src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}">`
	return html`<figure class="picture"><div class="scroll" tabindex="0" role="group" aria-label="${title}">${image(light, 'light')}${image(dark, 'dark')}</div><figcaption><strong>${title}.</strong> ${caption}</figcaption></figure>\n`
}
