/** A report as one HTML file: no request leaves it, and nothing in it runs but its own script. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { compartmentColours, compartmentMarks, type Mark } from '../figures/colours.js'
import type { ReportContent } from './content.js'
import { html, type Markup, raw, scriptJson } from './markup.js'
import { pageData } from './pack.js'
import { aboutSection } from './sections/about.js'
import { classesSection, SHADES } from './sections/classes.js'
import { figureSections } from './sections/figures.js'
import { proteinsSection } from './sections/proteins.js'
import { summarySection } from './sections/summary.js'

/**
 * The page of a content; the same content gives the same bytes. All text is data: ids, headers and class names are escaped wherever they stand. Styles and
 * script are allowed by their hash, pictures come from the file itself, and everything else is forbidden to the browser.
 */
export function reportPage(content: ReportContent): string {
	const style = asset('browser/style.css') + generatedStyle(content.classes)
	const script = asset('browser/script.js')
	const sections: [id: string, title: string, section: Markup | null][] = [
		['summary', 'Summary', summarySection(content)],
		['classes', 'Classes', classesSection(content)],
		['proteins', 'Proteins', proteinsSection(content)],
		['training', 'Training', figureSections(content, ['training', 'probabilities'])],
		['filters', 'Filters', figureSections(content, ['filters'])],
		['attention', 'Attention', figureSections(content, ['attention'])],
		['about', 'About', aboutSection(content)],
	]
	const present = sections.filter(([, , section]) => section !== null)
	const policy = [
		"default-src 'none'",
		`script-src '${digest(script)}'`,
		`style-src '${digest(style)}'`,
		'img-src data:',
		"base-uri 'none'",
		"form-action 'none'",
	].join('; ')
	return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${hasSequences(content) ? WITH_SEQUENCES : 'subloc-native'}">
<title>${content.title} · subloc report</title>
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#proteins">To the table of proteins</a>
<header><div><p class="mark">subloc <span>report</span></p><h1>${content.title}</h1></div>
<nav aria-label="Sections">${present.map(([id, title]) => html`<a href="#${id}">${title}</a>`)}</nav>
<button type="button" id="theme" aria-pressed="false"><span aria-hidden="true">◐</span> Dark</button></header>
<main>
<noscript><p class="note">Table, maps and the drawn cell need JavaScript; everything else is here without it.</p></noscript>
${present.map(([, , section]) => section)}
</main>
<div id="tooltip" role="tooltip" hidden></div><span id="probe" hidden></span>
<script type="application/json" id="report-data">${scriptJson(pageData(content))}</script>
<script type="module">${raw(script)}</script>
</body>
</html>
`.text
}

/** What a page calls itself that has its proteins' sequences. */
const WITH_SEQUENCES = 'subloc-native, with sequences'

function hasSequences({ proteins }: ReportContent): boolean {
	return proteins.some(({ sequence }) => sequence !== null)
}

/** Whether the beginning of a page (2000 characters do) says that it was made with its proteins' sequences: without them it lacks maps and attention. */
export function wasMadeWithSequences(page: string): boolean {
	return page.includes(`<meta name="generator" content="${WITH_SEQUENCES}">`)
}

/** A file that the build leaves beside this one (scripts/lib/page.mjs). */
function asset(name: string): string {
	return readFileSync(new URL(name, import.meta.url), 'utf8')
}

/** The marks of the maps, as a class's swatch has them too. */
const SHAPES: Record<Mark, string> = {
	circle: 'circle(50%)',
	square: 'inset(8%)',
	triangle: 'polygon(50% 2%, 100% 94%, 0 94%)',
	diamond: 'polygon(50% 0, 100% 50%, 50% 100%, 0 50%)',
	down: 'polygon(50% 98%, 100% 6%, 0 6%)',
	cross:
		'polygon(33% 0, 67% 0, 67% 33%, 100% 33%, 100% 67%, 67% 67%, 67% 100%, 33% 100%, 33% 67%, 0 67%, 0 33%, 33% 33%)',
}

/** One colour and one mark a class, in both themes, and the shades of the confusion matrix. */
function generatedStyle(classes: readonly string[]): string {
	const [light, dark] = [compartmentColours(classes, 'light'), compartmentColours(classes, 'dark')]
	const colours = classes.map((_, index) => `--class-${index}:light-dark(${light[index]},${dark[index]})`)
	const own = classes.map((_, index) => `[data-class="${index}"]{--c:var(--class-${index})}`)
	const marks = compartmentMarks(classes).map(
		(mark, index) => `.swatch[data-class="${index}"]{clip-path:${SHAPES[mark]}}`,
	)
	const shades = Array.from({ length: SHADES + 1 }, (_, shade) => shadeRule(shade))
	return `:root{${colours.join(';')}}\n${own.join('\n')}\n${marks.join('\n')}\n${shades.join('\n')}\n`
}

/** A shade of the matrix; the number on a dark one is light. */
function shadeRule(shade: number): string {
	const ink = shade > 0.72 * SHADES ? ';--on:var(--paper)' : ''
	return `.shade-${shade}{--s:${((100 * shade) / SHADES).toFixed(1)}%${ink}}`
}

function digest(text: string): string {
	return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
