/** What a report holds, without a browser: the same bytes, nothing from outside, every name escaped. */
import { createHash } from 'node:crypto'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import {
	crossValidate,
	evaluatePredictions,
	heldOutRecords,
	loadModel,
	type Model,
	predictAll,
	predictionFormatter,
	type ReportContent,
	type ReportSubject,
	RunFolder,
	report,
	reportPage,
	type SublocError,
	train,
	wasMadeWithSequences,
} from 'subloc-native'
import { cellFigure, drawnCompartment } from '../../src-ts/report/cell.js'
import { escapeText, html, raw, scriptJson } from '../../src-ts/report/markup.js'
import { meaningOf } from '../../src-ts/report/meaning.js'
import { pageData } from '../../src-ts/report/pack.js'
import { isPredictionsFile, parsePredictions } from '../../src-ts/report/predictions-file.js'
import { grouped, percent } from '../../src-ts/report/sections/words.js'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'
import { CLASSES, reportContent } from '../support/report.js'

// ---- markup

test('a value in a template is text, unless it is markup', (t) => {
	t.is(
		html`<p title="${'"><b>'}">${'<i>&'}${raw('<br>')}${null}${false}${[1, html`<u>${"'"}</u>`]}</p>`.text,
		'<p title="&#34;&#62;&#60;b&#62;">&#60;i&#62;&#38;<br>1<u>&#39;</u></p>',
	)
	t.is(escapeText('a & b'), 'a &#38; b')
})

test('JSON in a script block cannot end it, and is the same JSON', (t) => {
	const value = { a: '</script><!--', b: ['\u2028', '&amp;'] }
	const { text } = scriptJson(value)
	t.notRegex(text, /[<>&\u2028]/)
	t.deepEqual(JSON.parse(text), value)
})

test('numbers as people read them', (t) => {
	t.deepEqual([grouped(9999), grouped(20_000), grouped(1_234_567)], ['9999', '20\u202f000', '1\u202f234\u202f567'])
	t.deepEqual([percent(0.8671), percent(null)], ['86.7 %', '–'])
})

// ---- page

test('the same content gives the same bytes, and nothing in them points outside', (t) => {
	const page = reportPage(reportContent({ count: 40 }))
	t.is(page, reportPage(reportContent({ count: 40 })))
	const without = page.replace(/http:\/\/www\.w3\.org\/(2000\/svg|1999\/xlink)/g, '')
	t.notRegex(without, /https?:\/\//)
	t.notRegex(page, /<(link|iframe|object|embed|base|form)\b|\son\w+=|\sstyle=|@import|url\(/)
	for (const [, source] of page.matchAll(/\ssrc="([^"]{0,20})/g)) t.true(source!.startsWith('data:image/'), source)
})

test('style and script are those that the policy names, and it allows nothing else', (t) => {
	const page = reportPage(reportContent({ count: 4 }))
	const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)![1]!
	const digest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
	const [, style] = /<style>([\s\S]*?)<\/style>/.exec(page)!
	const [, script] = /<script type="module">([\s\S]*?)<\/script>/.exec(page)!
	t.is(
		policy,
		`default-src 'none'; script-src ${digest(script!)}; style-src ${digest(style!)}; img-src data:; base-uri 'none'; form-action 'none'`,
	)
	t.is(page.match(/<script/g)!.length, 2, 'the data, and the script')
	t.true(page.indexOf('Content-Security-Policy') < page.indexOf('<style>'))
})

test('hostile names are escaped wherever they stand', (t) => {
	const evil = '<script>alert(1)</script>'
	const content = reportContent({ count: 3, classes: [evil, 'ER'], title: evil, id: (row) => `${evil}${row}` })
	const figure = {
		section: 'filters',
		title: evil,
		caption: `"${evil}`,
		light: `<svg>${evil}</svg>`,
		dark: '',
	} as const
	const page = reportPage({ ...content, source: evil, figures: [figure] })
	t.false(page.includes(evil))
	t.is(page.match(/<script/g)!.length, 2)
})

test('the page’s numbers are packed: probabilities to 1 in 65535, attention to 1 in 65535 of the largest', (t) => {
	const content = reportContent({ count: 12 })
	const { proteins, members, residues, marks, maps } = pageData(content)
	const bytes = (packed: string) => Buffer.from(packed, 'base64')
	const probability = bytes(proteins.probabilities).readUInt16LE(0) / 65535
	t.true(Math.abs(probability - content.proteins[0]!.prediction.probabilities!['ER']!) < 1e-5)
	t.is(bytes(proteins.truth!).readInt16LE(2 * 11), 0)
	t.is(bytes(members!.values).length, 12 * 3 * 11)
	t.is(bytes(residues!.attention!).readUInt16LE(2 * 2), 65535)
	t.is(bytes(residues!.largest!).readFloatLE(0), 0.5)
	// Protein 11 has 41 residues, of which the model reads 40: one is taken out after the 20th.
	t.is(bytes(residues!.removed).readUInt32LE(4 * 11), 1)
	t.is(bytes(residues!.first).readUInt32LE(4 * 11), 20)
	t.is(residues!.letters.length, bytes(residues!.offsets).readUInt32LE(4 * 12))
	t.is(marks.length, 11)
	// y of the page grows downward: (0, 0) is the lower left corner.
	const points = bytes(maps[0]!.points)
	t.deepEqual([points.readUInt16LE(0), points.readUInt16LE(2)], [0, 65535])
})

test('beyond 12 million residues sequences and attention are left out, and the page says so', (t) => {
	const content = reportContent({ count: 3, attention: false })
	t.false(reportPage(content).includes('id="left-out"'))
	const [first, ...rest] = content.proteins
	const long = { ...content, model: null, proteins: [{ ...first!, sequence: 'M'.repeat(12_000_001) }, ...rest] }
	t.is(pageData(long).residues, null)
	t.regex(reportPage(long), /id="left-out">These proteins have more than 12 million residues together/)
})

test('a cell of the matrix has its share of the row; the interval of the accuracy is called what it is', (t) => {
	const page = reportPage(reportContent({ count: 60 }))
	t.regex(page, />5<small>83 %<\/small><\/button>/)
	t.regex(page, /95 % confidence interval of the accuracy is from \d+ % to \d+ % if the proteins are independent/)
})

test('a cell has a place for each of the eleven, for other names of them, and none for what is not drawn', (t) => {
	t.is(new Set(CLASSES.map(drawnCompartment)).size, 11)
	t.deepEqual(
		[
			'Cytoplasm',
			'Cell membrane',
			'Endoplasmic reticulum',
			'Secreted',
			'Nucleus',
			'plastid',
			'cytoskeleton',
			'bud neck',
		].map(drawnCompartment),
		['cytoplasmic', 'plasma_membrane', 'ER', 'extracellular', 'nuclear', 'chloroplast', null, null],
	)
	t.is(cellFigure(['bud neck', 'spindle']), null)
	const { text } = cellFigure(['nuclear', 'other'])!
	t.is(text.match(/class="place" data-class="0"/g)!.length, 1)
	t.is(text.match(/class="place absent"/g)!.length, 10)
	t.is(text.match(/<text/g)!.length, 1)
})

// ---- meaning

const meaning = test.macro<[subject: ReportSubject, by: string, first: RegExp, caution: boolean]>({
	exec(t, subject, by, first, caution) {
		const info = { split: { by, fold: null }, dataset: { digest: '' } }
		const { proteins } = reportContent({ count: 2 })
		const found = meaningOf({ subject, source: 'x.tsv', training: { config: {}, info } as never, proteins })
		t.regex(found.sentences[0]!, first)
		t.is(found.caution, caution)
	},
	title: (_, subject, by) => `what the number means: ${JSON.stringify(subject)}, ${by}`,
})

test(meaning, { kind: 'held-out' }, 'stratified', /relatives of them stand in the training data: expect less/, true)
test(meaning, { kind: 'held-out' }, 'homology', /no held-out protein has a relative/, false)
test(meaning, { kind: 'held-out' }, 'column', /The parts were given \(column\)/, true)
test(meaning, { kind: 'cross-validation' }, 'stratified', /expect less/, true)
test(meaning, { kind: 'independent', seen: 0 }, 'stratified', /another source/, false)
test(meaning, { kind: 'independent', seen: 3 }, 'stratified', /another source/, false)
test(meaning, { kind: 'unknown' }, 'stratified', /true places of these proteins are not known/, false)

test('an accuracy on the MultiLoc set stands beside what copying the best hit reaches', (t) => {
	const digest = '5af3cff08c07984c6779ee8e5d0df87b07f1e46a71e32d09a1888131cad335db'
	const told = (by: string) => {
		const info = { split: { by, fold: null }, dataset: { digest } }
		return meaningOf({
			subject: { kind: 'held-out' },
			source: 'x',
			training: { config: {}, info } as never,
			proteins: [],
		}).sentences.at(-1)!
	}
	// docs/data.md
	t.regex(told('stratified'), /copying .* 84\.8 % ± 0\.9/)
	t.regex(told('homology'), /copying .* 58\.4 %/)
	t.notRegex(told('column'), /MultiLoc/)
})

test('proteins that are all synthetic are called so before anything else, and a mixture is not', (t) => {
	const id = (row: number) => `synthetic_ER_${row}`
	const told = (content: ReportContent) => meaningOf(content).sentences[0]!
	const content = reportContent({ count: 3, id, unknown: true })
	t.regex(told(content), /These proteins are synthetic: .* this page says nothing about real proteins/)
	t.true(meaningOf(content).caution)
	t.regex(reportPage(content), /These proteins are synthetic/)
	t.notRegex(told(reportContent({ count: 3, id: (row) => (row === 1 ? 'P1' : id(row)), unknown: true })), /synthetic/)
	t.notRegex(told({ ...content, proteins: [] }), /synthetic/)
})

test('a page says whether it was made with sequences', (t) => {
	const content = reportContent({ count: 3 })
	t.true(wasMadeWithSequences(reportPage(content).slice(0, 2000)))
	const bare = { ...content, proteins: content.proteins.map((own) => ({ ...own, sequence: null })) }
	t.false(wasMadeWithSequences(reportPage(bare)))
	// A title is text: it cannot pass for the mark.
	const title = '<meta name="generator" content="subloc-native, with sequences">'
	t.false(wasMadeWithSequences(reportPage({ ...bare, title })))
})

// ---- table of predictions

test('a table of predictions is read back as it was written', (t) => {
	const content = reportContent({ count: 9, skipped: [2] })
	const predictions = content.proteins.map(({ prediction }) => prediction)
	const { header, row } = predictionFormatter('tsv', content.classes)
	const text = header + predictions.map(row).join('')
	t.true(isPredictionsFile(text))
	const read = parsePredictions(text, 'p.tsv')
	t.deepEqual(read.classes, CLASSES)
	t.is(header + read.predictions.map(row).join(''), text.replace('UNKNOWN_RESIDUE', 'INVALID_FASTA'))
	t.is(read.predictions[2]!.problem!.message, 'UNKNOWN_RESIDUE')
})

test('what is no table of predictions is refused with its line', (t) => {
	const header = 'id\tstatus\tcompartment\tprobability\tspread\tER\tGolgi\n'
	for (const [text, line] of [
		['id\tsequence\tclass\n', 1],
		[`${header}a\tok\tER\t0.9\t0\t0.9\n`, 2],
		[`${header}a\tok\tER\t0.9\t0\t0.9\t0.1\nb\tok\tMoon\t0.9\t0\t0.9\t0.1\n`, 3],
		[`${header}a\tok\tER\tx\t0\t0.9\t0.1\n`, 2],
	] as const) {
		const error = t.throws<SublocError>(() => parsePredictions(text, 'p.tsv'))!
		t.is(error.code, 'INVALID_DATASET')
		t.is(error.line, line)
	}
})

// ---- from a model

const options = { ...SMALL, model: 'a-lstm', members: 2 } as const
const dataset = smallDataset()

/** The data block of a page. */
function dataOf(page: string): ReturnType<typeof pageData> {
	return JSON.parse(/<script type="application\/json" id="report-data">([\s\S]*?)<\/script>/.exec(page)![1]!)
}

async function trained(folder: string): Promise<Model> {
	const model = await train(dataset, { ...options, output: folder })
	const records = await heldOutRecords(model, dataset)
	const predictions = await predictAll(model, records)
	const run = new RunFolder(folder)
	const { header, row } = predictionFormatter('tsv', model.classes)
	await run.write('predictions', header + predictions.map(row).join(''))
	await run.writeJson('evaluation', evaluatePredictions(records, predictions, model.classes, 'the held-out part'))
	return model
}

test('a run and its dataset: the held-out part with attention, members, sequences and pictures; the same bytes each time', async (t) => {
	const folder = join(temporaryFolder(t), 'my run')
	using model = await trained(folder)
	const { html: page, subject } = await report(folder, { proteins: dataset })
	t.is(subject.kind, 'held-out')
	const held = await heldOutRecords(model, dataset)
	const data = dataOf(page)
	t.deepEqual(
		data.proteins.ids,
		held.map(({ id }) => id),
	)
	t.is(data.members!.count, 2)
	t.is(data.residues!.letters, held.map(({ sequence }) => sequence).join(''))
	t.not(data.residues!.attention, null)
	t.true(Object.keys(data.annotations).length > 0)
	t.regex(page, /<title>my run · subloc report<\/title>/)
	for (const title of ['Learning curves', 'Reliability', 'Attention map']) t.true(page.includes(title), title)
	t.regex(
		page,
		/Training values are means over the epoch, with dropout and while the weights change; the others are measured after it, without dropout, of each network/,
	)
	t.regex(page, /These proteins are synthetic: their signals were planted by a rule/)
	const pictures = [...page.matchAll(/src="data:image\/svg\+xml;base64,([^"]+)"/g)].map(([, svg]) =>
		Buffer.from(svg!, 'base64').toString(),
	)
	const sheets = pictures.filter((svg) => svg.includes('silenced: loss'))
	t.is(sheets.length, 2)
	for (const svg of sheets) t.notRegex(svg, /points</)
	t.false(page.includes(folder), 'no path of the machine')
	// Copied elsewhere it is the same run.
	const copy = join(temporaryFolder(t), 'my run')
	cpSync(folder, copy, { recursive: true })
	t.is((await report(copy, { proteins: dataset, threads: 2 })).html, page)
	const given = await predictAll(model, held, { attention: true, members: true })
	t.is((await report(model, { title: 'my run', proteins: dataset, predictions: given })).html, page)
})

test('a run alone: what its folder holds; without scores that is said', async (t) => {
	const folder = join(temporaryFolder(t), 'run')
	using model = await trained(folder)
	const { html: page, subject } = await report(folder)
	t.is(subject.kind, 'held-out')
	const data = dataOf(page)
	const whole = dataOf((await report(folder, { proteins: dataset })).html)
	t.deepEqual(data.proteins.ids, whole.proteins.ids)
	t.is(data.proteins.truth, whole.proteins.truth)
	t.is(data.residues, null)
	rmSync(join(folder, 'evaluation.json'))
	await t.throwsAsync(report(folder), { code: 'INPUT_MISSING' })
	await t.throwsAsync(report(model), { code: 'INPUT_MISSING' })
})

test('labelled proteins of another source, and proteins without labels', async (t) => {
	using model = await train(dataset, options)
	const other = { ...smallDataset(2), digest: 'another' }
	const independent = await report(model, { proteins: other })
	t.deepEqual(independent.subject, { kind: 'independent', seen: 9 })
	t.regex(independent.html, /None of them was training data: 9 more of the source were, and are left out\./)
	const records = [
		{ id: 'a', description: 'tag SP 5', sequence: 'MKVLAGE' },
		{ id: 'b', sequence: 'MK1' },
	]
	const unknown = await report(model, { proteins: records, source: 'new.fasta' })
	t.is(unknown.subject.kind, 'unknown')
	const data = dataOf(unknown.html)
	t.is(data.proteins.truth, null)
	t.deepEqual(data.annotations, { 0: [{ kind: 'SP', start: 1, end: 5 }] })
	t.regex(data.proteins.problems['1']!, /1/)
	t.regex(unknown.html, /new\.fasta/)
	const predictions = await predictAll(model, records)
	await t.throwsAsync(report(model, { proteins: records.toReversed(), predictions }), { code: 'INVALID_OPTION' })
	await t.throwsAsync(report(model, { protein: records } as never), { code: 'INVALID_OPTION' })
	await t.throwsAsync(report(model, { proteins: records, signal: AbortSignal.abort(new Error('enough')) }), {
		message: 'enough',
	})
})

test('a cross-validation’s report has every protein, by the models that did not see it', async (t) => {
	const folder = join(temporaryFolder(t), 'cv')
	const { predictions, models } = await crossValidate(dataset, { ...SMALL, folds: 2, output: folder })
	const run = new RunFolder(folder)
	const { header, row } = predictionFormatter('tsv', models[0]!.classes)
	await run.write('predictions', header + predictions.map(row).join(''))
	await run.writeJson('evaluation', evaluatePredictions(dataset.records, predictions, models[0]!.classes, 'folds'))
	for (const model of models) model.close()
	const { html: page, subject } = await report(folder, { proteins: dataset })
	t.is(subject.kind, 'cross-validation')
	t.is(dataOf(page).proteins.count, dataset.records.length)
	t.is(dataOf(page).residues!.letters, dataset.records.map(({ sequence }) => sequence).join(''))
	t.regex(page, /all folds of a stratified split/)
})

test('a damaged table of predictions in the run folder is told by its file', async (t) => {
	const folder = join(temporaryFolder(t), 'run')
	using _model = await trained(folder)
	writeFileSync(join(folder, 'predictions.tsv'), `${readFileSync(join(folder, 'predictions.tsv'), 'utf8')}half a li`)
	const error = await t.throwsAsync<SublocError>(report(folder))
	t.is(error!.code, 'INVALID_DATASET')
	t.is(error!.file, join(folder, 'predictions.tsv'))
	const model = await loadModel(folder)
	model.close()
})
