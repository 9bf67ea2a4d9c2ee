/** Every figure, drawn from the numbers of fixtures.ts, is the picture that docs/gallery.md shows. `UPDATE_GALLERY=1 npx ava test/figures/gallery.test.ts` draws them anew. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { inflateSync } from 'node:zlib'
import test from 'ava'
import { calibration } from '../../src-ts/evaluate/calibration.js'
import { attentionMap, attentionMapFigure } from '../../src-ts/figures/attention-map.js'
import { attentionTrackFigure } from '../../src-ts/figures/attention-track.js'
import { classesFigure } from '../../src-ts/figures/classes.js'
import { confusionFigure } from '../../src-ts/figures/confusion.js'
import { curvesFigure } from '../../src-ts/figures/curves.js'
import { logoFigure, logoSheetFigure } from '../../src-ts/figures/logo.js'
import { mutagenesisFigure } from '../../src-ts/figures/mutagenesis.js'
import { reliabilityFigure } from '../../src-ts/figures/reliability.js'
import type { Theme } from '../../src-ts/figures/style.js'
import { tsneFigure } from '../../src-ts/figures/tsne.js'
import * as numbers from './fixtures.js'

const GALLERY = resolve(import.meta.dirname, '../../docs/gallery')
const { CLASSES, confusion } = numbers
const scores = { classes: CLASSES, confusion }

/** name → the picture in a theme */
const PICTURES: Record<string, (theme: Theme) => string | Promise<string>> = {
	confusion: (theme) =>
		confusionFigure(scores, { theme, title: 'Where proteins were predicted', subtitle: 'made-up numbers' }),
	classes: (theme) =>
		classesFigure(scores, { theme, title: 'Each class', subtitle: 'bars: share; lines: 95 % Wilson interval' }),
	curves: (theme) =>
		curvesFigure(numbers.history, { theme, title: 'Learning curves', subtitle: 'two members, made-up numbers' }),
	reliability: (theme) => {
		const { confidence, right } = numbers.outcomes
		return reliabilityFigure(calibration(confidence, right), { theme, title: 'Reliability' })
	},
	logo: (theme) => logoFigure(numbers.filters[2]!, { theme, title: 'Filter w15.4' }),
	'logo-colour-blind': (theme) => logoFigure(numbers.filters[0]!, { theme, colours: 'colour-blind' }),
	'logo-sheet': (theme) => logoSheetFigure(numbers.reports, CLASSES, { theme, title: 'Filters' }),
	'attention-map': (theme) =>
		attentionMapFigure(attentionMap(numbers.attentionRows, CLASSES, 200), { theme, title: 'Attention' }),
	'attention-track': (theme) => attentionTrackFigure(numbers.tracks, { theme, title: 'Attention along proteins' }),
	tsne: (theme) => tsneFigure(numbers.panels, CLASSES, { theme, title: 'States of proteins' }),
	mutagenesis: (theme) => mutagenesisFigure(numbers.explanation, { theme, title: 'What a prediction hangs on' }),
}

const isGallery = test.macro({
	async exec(t, name: string, theme: Theme) {
		const file = join(GALLERY, `${name}${theme === 'dark' ? '-dark' : ''}.svg`)
		const drawn = await PICTURES[name]!(theme)
		if (process.env['UPDATE_GALLERY'] === '1') writeFileSync(file, drawn)
		t.true(existsSync(file), `${file} is missing: UPDATE_GALLERY=1 draws it`)
		t.true(opened(drawn) === opened(readFileSync(file, 'utf8')), `${file} differs from what is drawn`)
		t.is(await PICTURES[name]!(theme), drawn, 'drawn twice, the same')
	},
	title: (_, name, theme) => `${name} on ${theme} paper is the gallery's`,
})

for (const name of Object.keys(PICTURES)) {
	test.serial(isGallery, name, 'light')
	test.serial(isGallery, name, 'dark')
}

/** A picture with the pixels of its PNGs written out: how they are packed does not matter. */
function opened(svg: string): string {
	return svg.replace(/data:image\/png;base64,([\w+/=]+)/g, (_, packed: string) => {
		const png = Buffer.from(packed, 'base64')
		const at = png.indexOf('IDAT')
		const pixels = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)))
		return `${png.subarray(0, at).toString('hex')} ${pixels.toString('hex')}`
	})
}
