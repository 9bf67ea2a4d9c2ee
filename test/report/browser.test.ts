/** The page in a real Chromium, opened from a file in a folder where nothing else is. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { BrowserContextOptions, Locator } from 'playwright-core'
import { type ReportContent, reportPage } from 'subloc-native'
import { closeBrowser, open } from '../support/browser.js'
import { temporaryFolder } from '../support/folder.js'
import { CLASSES, reportContent } from '../support/report.js'

test.after.always(closeBrowser)

/** Opens the page of a content; null where there is no Chromium. */
function openReport(t: ExecutionContext, content: ReportContent, options?: BrowserContextOptions) {
	const path = join(temporaryFolder(t), 'report.html')
	writeFileSync(path, reportPage(content))
	return open(t, path, options)
}

/** The text of an element, also of one in an SVG; white space as it is read. */
async function textOf(locator: Locator): Promise<string> {
	return ((await locator.textContent()) ?? '').replace(/[\t\n\r ]+/g, ' ').trim()
}

const IDS = '#table-space .cell-id'
const SELECTED = '#table-space [aria-selected="true"] .cell-id'

test.serial('it opens from a file, asks for nothing, and nothing goes wrong', async (t) => {
	const opened = await openReport(t, reportContent({ count: 60 }))
	if (!opened) return
	const { page, problems } = opened
	t.is(await page.title(), 'first run · subloc report')
	t.is(await textOf(page.locator('.big')), '86.7 %')
	t.regex(await textOf(page.locator('#summary')), /52 of 60 proteins in the right place/)
	t.regex(await textOf(page.locator('.meaning')), /What this number means/)
	t.is(await page.locator('.matrix tbody tr').count(), 11)
	t.is(await page.locator('.per-class tbody tr').count(), 11)
	t.is(await textOf(page.locator('#table-count')), '60 proteins')
	t.is(await textOf(page.locator('#panel-id')), 'P00000')
	// A protein that was looked at leaves no trace that fails later.
	await page.mouse.wheel(0, 4000)
	t.deepEqual(await problems(), [])
})

test.serial('its policy stops a request and a script that someone puts into it', async (t) => {
	const opened = await openReport(t, reportContent({ count: 5 }))
	if (!opened) return
	const { page, problems } = opened
	await page.evaluate(`new Promise((done) => {
		addEventListener('securitypolicyviolation', () => window.violations.length >= 3 && done())
		const image = new Image()
		image.src = 'http://127.0.0.1:9/pixel.png'
		document.body.insertAdjacentHTML('beforeend', '<i onclick="window.hit = 1">x</i>')
		document.querySelector('i').click()
		const script = document.createElement('script')
		script.textContent = 'window.hit = 2'
		document.body.append(script)
		const style = document.createElement('style')
		style.textContent = 'body { background: url(http://127.0.0.1:9/x) }'
		document.body.append(style)
	})`)
	const found = (await problems()).join('\n')
	t.regex(found, /policy: img-src http:\/\/127\.0\.0\.1:9/)
	t.regex(found, /policy: script-src/)
	t.regex(found, /policy: style-src/)
	t.is(await page.evaluate('window.hit'), undefined)
})

test.serial('search finds words of id, description and place, all of them', async (t) => {
	const opened = await openReport(t, reportContent({ count: 60 }))
	if (!opened) return
	const { page, problems } = opened
	await page.locator('#search').fill('plasma PROTEIN 20')
	t.deepEqual(await page.locator(IDS).allInnerTexts(), ['P00020'])
	t.is(await textOf(page.locator('#table-count')), '1 of 60 proteins')
	await page.locator('#search').fill('nowhere')
	t.is(await page.locator(IDS).count(), 0)
	t.true(await page.locator('#table-empty').isVisible())
	await page.locator('#clear').click()
	t.is(await page.locator('#search').inputValue(), '')
	t.is(await textOf(page.locator('#table-count')), '60 proteins')
	await page.locator('#outcome').selectOption('wrong')
	t.deepEqual(
		await page.locator(IDS).allInnerTexts(),
		[6, 13, 20, 27, 34, 41, 48, 55].map((row) => `P${String(row).padStart(5, '0')}`),
	)
	await page.locator('#truth').selectOption({ label: 'nuclear' })
	// Nuclear are 7, 18, 29, 40 and 51.
	t.deepEqual(await page.locator(IDS).allInnerTexts(), [])
	t.deepEqual(await problems(), [])
})

test.serial('a header sorts, turns round, and gives the order of the input back', async (t) => {
	const opened = await openReport(t, reportContent({ count: 60 }))
	if (!opened) return
	const { page, problems } = opened
	const header = page.locator('#table-head .cell-probability')
	const first = () => textOf(page.locator('#row-0 .cell-id'))
	await header.locator('button').click()
	t.is(await header.getAttribute('aria-sort'), 'descending')
	t.is(await first(), 'P00049')
	await header.locator('button').click()
	t.is(await header.getAttribute('aria-sort'), 'ascending')
	t.is(await first(), 'P00000')
	t.is(await textOf(page.locator('#row-1 .cell-id')), 'P00050', 'equal ones keep the order of the input')
	await header.locator('button').click()
	t.is(await header.getAttribute('aria-sort'), 'none')
	t.is(await textOf(page.locator('#row-1 .cell-id')), 'P00001')
	await page.locator('#table-head .cell-id button').click()
	await page.locator('#table-head .cell-id button').click()
	t.is(await first(), 'P00059')
	t.deepEqual(await problems(), [])
})

test.serial('a chosen protein stands in the panel: cell, probabilities, members, attention, sequence', async (t) => {
	const opened = await openReport(t, reportContent({ count: 60 }))
	if (!opened) return
	const { page, problems } = opened
	await page.locator('[data-row="20"]').click()
	t.is(await textOf(page.locator('#panel-id')), 'P00020')
	t.regex(await textOf(page.locator('.verdict')), /vacuolar 70 % ± 1\.0 %\s*✗ is\s+plasma membrane/)
	t.is(await page.locator('.bars li').count(), 11)
	t.is(await page.locator('.bars li').first().locator('.member').count(), 3)
	t.is(await textOf(page.locator('.cell .label.best')), 'vacuole70 %')
	t.is(
		await page.locator('.cell').getAttribute('aria-label'),
		'A cell, coloured by the probability of each compartment: vacuolar 70 %',
	)
	t.is(await page.locator('.sequence [data-at]').count(), 40, 'the model reads 40 residues of 50')
	t.regex(await textOf(page.locator('.sequence')), /10 residues were not read/)
	await page.locator('.sequence [data-at="2"]').hover()
	t.is(await textOf(page.locator('.readout')), 'V 3 · α 0.50')
	await page.locator('.sequence [data-at="39"]').hover()
	// 0.5 / 39, where the largest is 0.5.
	t.is(await textOf(page.locator('.readout')), 'D 50 · α 0.013')
	t.is(await textOf(page.locator('.track-plot .signal-name')), 'SP 1–12')
	const box = (await page.locator('.track-box').boundingBox())!
	await page.mouse.move(box.x + box.width - 8, box.y + 60)
	t.regex(await textOf(page.locator('.readout')), /^D 50/)
	t.deepEqual(await problems(), [])
})

test.serial('without attention the panel says so, and signals and sequence are there', async (t) => {
	const opened = await openReport(t, reportContent({ count: 8, attention: false }))
	if (!opened) return
	const { page, problems } = opened
	t.regex(
		await textOf(page.locator('#residues .note')),
		/no attention weights here.* subloc explain protein\.fasta --model RUN/,
	)
	t.is(await textOf(page.locator('.track-plot .signal-name')), 'SP 1–12')
	t.is(await page.locator('.track-plot .attention').count(), 0)
	await page.locator('.sequence [data-at="1"]').hover()
	t.is(await textOf(page.locator('.readout')), 'K 2')
	t.deepEqual(await problems(), [])
})

test.serial(
	'a signal is drawn as far as it was read: not its part in the removed middle or beyond the end',
	async (t) => {
		const content = reportContent({ count: 40 })
		// Of 50 residues the model reads 40: 21 to 30 are taken out.
		const annotations = [
			{ kind: 'SP' as const, start: 1, end: 25 },
			{ kind: 'SA' as const, start: 22, end: 29 },
			{ kind: 'SA' as const, start: 26, end: 31 },
			{ kind: 'SA' as const, start: 60, end: 70 },
		]
		const proteins = content.proteins.map((own, row) => (row === 20 ? { ...own, annotations } : own))
		const opened = await openReport(t, { ...content, proteins })
		if (!opened) return
		const { page, problems } = opened
		await page.locator('[data-row="20"]').click()
		t.deepEqual(await page.locator('.track-plot .signal-name').allTextContents(), ['SP 1–25', 'SA 26–31'])
		const end = async (place: number) => {
			const { x, width } = (await page.locator('.track-plot .signal').nth(place).boundingBox())!
			return [x, x + width] as const
		}
		const gap = (await page.locator('.track-plot .removed').boundingBox())!
		t.true(Math.abs((await end(0))[1] - gap.x) < 0.5)
		t.true(Math.abs((await end(1))[0] - gap.x - gap.width) < 0.5)
		t.deepEqual(await problems(), [])
	},
)

test.serial('on a desktop no place and no probability of the table is cut short', async (t) => {
	const classes = [...CLASSES]
	const content = reportContent({ count: 110 })
	const proteins = content.proteins.map((own) => {
		const probabilities = Object.fromEntries(classes.map((name) => [name, 0.0005]))
		probabilities[own.prediction.compartment!] = 0.995
		return { ...own, prediction: { ...own.prediction, probability: 0.995, spread: 0.12, probabilities } }
	})
	const opened = await openReport(t, { ...content, proteins })
	if (!opened) return
	const { page, problems } = opened
	t.is(await textOf(page.locator('#row-0 .cell-probability')), '99.5 %')
	const cut = () =>
		page.evaluate<string[]>(
			`[...document.querySelectorAll('#table .row > div')].filter((own) => own.scrollWidth > own.clientWidth).map((own) => own.textContent)`,
		)
	for (const width of [1600, 1280, 1261, 1260, 1001, 1000, 761]) {
		await page.setViewportSize({ width, height: 900 })
		t.deepEqual(await cut(), [], `${width} pixels`)
	}
	// A phone has no room for the longest: a pointer tells it, and the panel.
	await page.setViewportSize({ width: 390, height: 900 })
	t.true((await cut()).includes('plasma membrane'))
	const cell = page.locator('#table-space .cell-truth', { hasText: 'plasma' }).first()
	t.is(await cell.getAttribute('title'), 'plasma membrane')
	t.deepEqual(await problems(), [])
})

test.serial('a point under the pointer is told of and marked in the table; a click chooses it', async (t) => {
	const opened = await openReport(t, reportContent({ count: 400 }))
	if (!opened) return
	const { page, problems } = opened
	const canvas = page.locator('#map-0')
	await canvas.scrollIntoViewIfNeeded()
	const { x, y, width, height } = (await canvas.boundingBox())!
	// Protein 1 lies in the lower right corner, 4 % from the edges; the table stands at its end before.
	await page.evaluate(`document.getElementById('table-body').scrollTop = 1e6`)
	await page.locator('#row-399').waitFor()
	await page.mouse.move(x + 0.96 * width, y + 0.96 * height)
	t.regex(await textOf(page.locator('#tooltip')), /^P00001Golgi 51 %$/)
	t.is(await textOf(page.locator('#table-space .hovered .cell-id')), 'P00001')
	await page.mouse.click(x + 0.04 * width, y + 0.04 * height)
	t.is(await textOf(page.locator('#panel-id')), 'P00002')
	t.is(await textOf(page.locator(SELECTED)), 'P00002')
	await page.mouse.move(5, 5)
	t.true(await page.locator('#tooltip').isHidden())
	t.is(await page.locator('#table-space .hovered').count(), 0)
	t.deepEqual(await problems(), [])
})

test.serial('a cell of the matrix and a name of the legend show their proteins', async (t) => {
	const opened = await openReport(t, reportContent({ count: 120 }))
	if (!opened) return
	const { page, problems } = opened
	// Every seventh is wrong: of class 6 mod 11 are 6 (right after: 7) and 83.
	await page.getByLabel(/^\d+ of \d+ mitochondrial predicted as nuclear/).click()
	t.deepEqual(await page.locator(IDS).allInnerTexts(), ['P00006', 'P00083'])
	t.is(await page.locator('#truth').inputValue(), '6')
	t.is(await page.evaluate('document.activeElement.id'), 'table')
	await page.locator('#clear').click()
	const legend = page.getByRole('button', { name: 'Golgi', exact: true })
	await legend.click()
	t.is(await legend.getAttribute('aria-pressed'), 'true')
	t.is(await textOf(page.locator('#table-count')), '11 of 120 proteins')
	await legend.click()
	t.is(await textOf(page.locator('#table-count')), '120 proteins')
	t.deepEqual(await problems(), [])
})

test.serial('dark follows the system, and the switch goes against it', async (t) => {
	const opened = await openReport(t, reportContent({ count: 20 }), { colorScheme: 'dark' })
	if (!opened) return
	const { page, problems } = opened
	const paper = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
	const shown = (theme: string) => page.locator(`.picture .for-${theme}`).isVisible()
	t.is(await paper(), 'rgb(13, 17, 23)')
	t.deepEqual([await shown('light'), await shown('dark')], [false, true])
	const point = () => page.evaluate<string>(`document.getElementById('map-0').toDataURL()`)
	const before = await point()
	t.is(await page.locator('#theme').getAttribute('aria-pressed'), 'true')
	await page.locator('#theme').click()
	t.is(await paper(), 'rgb(255, 255, 255)')
	t.deepEqual([await shown('light'), await shown('dark')], [true, false])
	t.not(await point(), before, 'the map is drawn anew')
	t.is(await page.locator('#theme').getAttribute('aria-pressed'), 'false')
	t.deepEqual(await problems(), [])
})

test.serial('the keyboard reaches everything: from the skip link to the table, and through it', async (t) => {
	const opened = await openReport(t, reportContent({ count: 300 }))
	if (!opened) return
	const { page, problems } = opened
	const focused = () => page.evaluate<string>('document.activeElement.id || document.activeElement.textContent.trim()')
	await page.keyboard.press('Tab')
	t.is(await focused(), 'To the table of proteins')
	await page.keyboard.press('Tab')
	t.is(await focused(), 'Summary')
	const seen: string[] = []
	for (let at = 0; at < 200 && seen.at(-1) !== 'table'; at++) {
		await page.keyboard.press('Tab')
		seen.push(await focused())
	}
	for (const id of ['theme', 'search', 'truth', 'predicted', 'outcome', 'table']) t.true(seen.includes(id), id)
	const order = ['theme', 'search', 'table'].map((id) => seen.indexOf(id))
	t.deepEqual(
		order,
		[...order].sort((a, b) => a - b),
	)
	const panel = () => textOf(page.locator('#panel-id'))
	const step = async (key: string, id: string) => {
		await page.keyboard.press(key)
		t.is(await panel(), id, key)
		const active = await page.locator('#table').getAttribute('aria-activedescendant')
		t.is(await textOf(page.locator(`#${active} .cell-id`)), id)
		t.true(await page.locator(`#${active}`).isVisible())
	}
	await step('ArrowDown', 'P00001')
	await step('ArrowDown', 'P00002')
	await step('ArrowUp', 'P00001')
	await step('End', 'P00299')
	await step('ArrowDown', 'P00299')
	// 714 pixels show 21 rows of 34; a page is one less.
	await step('PageUp', 'P00279')
	await step('Home', 'P00000')
	await step('ArrowUp', 'P00000')
	t.is(await page.locator('#table').getAttribute('aria-rowcount'), '301')
	await page.keyboard.press('Tab')
	t.is(await focused(), 'Protein', 'the headers are buttons')
	await page.keyboard.press('Enter')
	t.is(await page.locator('#table-head .cell-id').getAttribute('aria-sort'), 'ascending')
	t.deepEqual(await problems(), [])
})

test.serial('on a phone nothing is wider than the screen, and the table keeps what matters', async (t) => {
	const opened = await openReport(t, reportContent({ count: 60 }), {
		...{ viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
	})
	if (!opened) return
	const { page, problems } = opened
	t.is(await page.evaluate('document.documentElement.scrollWidth'), 360)
	t.true(await page.locator('#row-0 .cell-predicted').isVisible())
	t.true(await page.locator('#row-0 .cell-length').isHidden())
	await page.locator('#row-3').tap()
	t.is(await textOf(page.locator('#panel-id')), 'P00003')
	const { width } = (await page.locator('.track-plot').boundingBox())!
	t.true(width > 300 && width <= 360, String(width))
	t.deepEqual(await problems(), [])
})

test.serial('on paper there are the first rows in order, light colours, and no controls', async (t) => {
	const opened = await openReport(t, reportContent({ count: 300 }), { colorScheme: 'dark' })
	if (!opened) return
	const { page, problems } = opened
	await page.evaluate(`document.getElementById('table-body').scrollTop = 4000`)
	await page.locator('#row-120').waitFor()
	await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
	await page.locator('#row-59').waitFor()
	t.deepEqual(
		await page.locator(IDS).allInnerTexts(),
		Array.from({ length: 60 }, (_, row) => `P${String(row).padStart(5, '0')}`),
	)
	t.regex(
		await textOf(page.locator('#table-printed')),
		/The first 60 of 300 proteins; predictions\.tsv in the run folder has all\./,
	)
	for (const control of ['nav', '#theme', '#search']) t.true(await page.locator(control).isHidden(), control)
	t.is(await page.evaluate('getComputedStyle(document.body).color'), 'rgb(27, 32, 38)')
	t.true(await page.locator('.picture .for-light').isVisible())
	const pdf = await page.pdf({ format: 'A4' })
	const pages = pdf.toString('latin1').match(/\/Type \/Page\b/g)!.length
	t.true(pages >= 2 && pages <= 8, `${pages} pages`)
	await page.emulateMedia({ media: 'screen' })
	await page.locator('#row-59').waitFor({ state: 'hidden' })
	t.deepEqual(await problems(), [])
})

test.serial('20,000 proteins: the document keeps a few dozen rows, however it is scrolled and sorted', async (t) => {
	const opened = await openReport(t, reportContent({ count: 20_000, members: 10 }))
	if (!opened) return
	const { page, problems } = opened
	const rows = () => page.locator('#table-space .row').count()
	const most = Math.ceil(714 / 34) + 1 + 2 * 8
	t.is(await textOf(page.locator('#table-count')), '20000 proteins')
	t.true((await rows()) <= most)
	await page.locator('#table-body').hover()
	for (let at = 0; at < 20; at++) await page.mouse.wheel(0, 900)
	await page.evaluate(`document.getElementById('table-body').scrollTop = 1e9`)
	await page.locator('#row-19999').waitFor()
	t.is(await textOf(page.locator('#row-19999 .cell-id')), 'P19999')
	t.true((await rows()) <= most, `${await rows()} rows`)
	await page.locator('#table-head .cell-probability button').click()
	t.is(await textOf(page.locator('#row-0 .cell-id')), 'P00049')
	t.is(await textOf(page.locator('#row-1 .cell-id')), 'P00099')
	await page.locator('#search').fill('19999')
	t.deepEqual(await page.locator(IDS).allInnerTexts(), ['P19999'])
	await page.locator('#search').fill('')
	await page.locator('#table').focus()
	await page.keyboard.press('End')
	t.is(await textOf(page.locator('#panel-id')), 'P19950', 'the last of the least probable')
	t.true((await rows()) <= most, `${await rows()} rows`)
	t.deepEqual(await problems(), [])
})

const HOSTILE = [
	'<script>window.hit=1</script>',
	'"><img src=x onerror=window.hit=1>',
	'</script><script>window.hit=1</script>',
	'<!--<script>',
	"'onmouseover='window.hit=1",
	'&lt;b&gt;&amp;',
	'\u2028\u2029\u202e‮abc',
	'{{constructor.constructor("window.hit=1")()}}',
]

test.serial('names are data: markup in ids, headers, places, titles and problems stays text', async (t) => {
	const classes = ['<b>bold</b>', '</style><script>window.hit=1</script>', 'ER']
	const content = reportContent({
		...{ count: HOSTILE.length, classes, title: '<script>window.hit=1</script> & "co"' },
		...{ id: (row) => HOSTILE[row]!, description: (row) => HOSTILE[(row + 1) % HOSTILE.length]! },
	})
	const opened = await openReport(t, content)
	if (!opened) return
	const { page, problems } = opened
	t.deepEqual(await page.locator(IDS).allTextContents(), HOSTILE)
	t.is(await page.title(), '<script>window.hit=1</script> & "co" · subloc report')
	for (let row = 0; row < HOSTILE.length; row++) {
		await page.locator(`#row-${row}`).click()
		t.is(await textOf(page.locator('#panel-id')), HOSTILE[row]!.trim())
		t.true(
			(await textOf(page.locator('#panel-content .quiet').first())).startsWith(
				HOSTILE[(row + 1) % HOSTILE.length]!.trim(),
			),
		)
	}
	t.regex(await textOf(page.locator('.per-class')), /<b>bold<\/b>/)
	t.is(await page.locator('b, main script, img[src="x"]').count(), 0)
	t.is(await page.evaluate('window.hit'), undefined)
	t.deepEqual(await problems(), [])
})

test.serial(
	'without truth it tells where the proteins are put; skipped ones keep their row and their reason',
	async (t) => {
		const opened = await openReport(t, reportContent({ count: 70, unknown: true, skipped: [4], members: 1 }))
		if (!opened) return
		const { page, problems } = opened
		t.is(await textOf(page.locator('.big')), '69')
		t.is(await page.locator('#table-printed').textContent(), 'The first 60 of 70 proteins.')
		t.regex(await textOf(page.locator('.meaning')), /true places of these proteins are not known/)
		t.is(await page.locator('#classes, #truth, .cell-truth, .cell-spread, .mark.right').count(), 0)
		await page.locator('#outcome').selectOption('skipped')
		await page.locator('#row-0').click()
		t.is(await textOf(page.locator('#panel-id')), 'P00004')
		t.regex(await textOf(page.locator('#panel-content')), /Not predicted: residue 3 is no letter/)
		t.is(await page.locator('.bars, .sequence').count(), 0)
		t.deepEqual(await problems(), [])
	},
)

test.serial('without JavaScript scores, matrix and pictures are there, and what is missing is said', async (t) => {
	const opened = await openReport(t, reportContent({ count: 60 }), { javaScriptEnabled: false })
	if (!opened) return
	const { page } = opened
	t.is(await textOf(page.locator('.big')), '86.7 %')
	t.true(await page.locator('.matrix').isVisible())
	t.true(await page.locator('.picture .for-light').isVisible())
	t.regex(await textOf(page.locator('noscript')), /need JavaScript/)
})
