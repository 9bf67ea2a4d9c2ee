/** What a picture says: read back from its SVG. */
import { inflateSync } from 'node:zlib'
import test from 'ava'
import { unzipSync } from 'fflate'
import { calibration } from '../../src-ts/evaluate/calibration.js'
import { attentionMap, attentionMapFigure, attentionNpz } from '../../src-ts/figures/attention-map.js'
import { attentionTrackFigure } from '../../src-ts/figures/attention-track.js'
import { classesFigure } from '../../src-ts/figures/classes.js'
import { confusionFigure } from '../../src-ts/figures/confusion.js'
import { curvesFigure } from '../../src-ts/figures/curves.js'
import { filterHitsTsv, filterMeme, filterTsv } from '../../src-ts/figures/filter-text.js'
import { logoFigure, logoLayout, logoSheetFigure } from '../../src-ts/figures/logo.js'
import { mutagenesisFigure } from '../../src-ts/figures/mutagenesis.js'
import { figurePng } from '../../src-ts/figures/png.js'
import { reliabilityFigure } from '../../src-ts/figures/reliability.js'
import { escapeText } from '../../src-ts/figures/style.js'
import { tsneFigure, tsneTsv } from '../../src-ts/figures/tsne.js'
import { ALPHABET } from '../../src-ts/sequence/alphabet.js'
import { CLASSES, confusion, explanation, filters, history, panels, reports, tracks } from './fixtures.js'

function matrix(width: number, cells: [position: number, letter: string, score: number][]) {
	const scores = new Float64Array(20 * width)
	for (const [position, letter, score] of cells) scores[20 * position + ALPHABET.indexOf(letter)] = score
	return { name: `w${width}.1`, width, index: 1, scores, bias: 0 }
}

test('letters stack outward from the line, the largest outermost, and the tallest column is 1', (t) => {
	// By hand: column 1 has 3 + 1 above and 2 below, column 2 has 1 below; the tallest is 4.
	const { letters, above, below } = logoLayout(
		matrix(2, [
			[0, 'A', 3],
			[0, 'R', 1],
			[0, 'D', -2],
			[1, 'K', -1],
		]),
	)
	const found = Object.fromEntries(
		letters.map(({ name, position, bottom, height }) => [name, [position, bottom, height]]),
	)
	t.deepEqual(found, { R: [0, 0, 0.25], A: [0, 0.25, 0.75], D: [0, -0.5, 0.5], K: [1, -0.25, 0.25] })
	t.deepEqual([above, below], [1, 0.5])
})

test('a filter of zeros is an empty logo', (t) => {
	t.notThrows(() => logoFigure(matrix(3, [])))
	t.false(logoFigure(matrix(3, [])).includes('<use'))
	t.throws(() => logoFigure({ ...matrix(3, []), width: 2 }), { code: 'INVALID_OPTION' })
})

test('a logo has no letter that needs a font, and I is no bar', (t) => {
	const svg = logoFigure(matrix(1, [[0, 'I', 1]]))
	t.is(svg.match(/<use href="#aa-I"/g)?.length, 1)
	t.false(/<text[^>]*>I</.test(svg))
	// Serifs: at least four corners more than a box.
	t.true(/id="aa-I"[^>]*d="M[^"]*"/.exec(svg)![0].match(/[MHVL]/g)!.length >= 12)
})

test('filters as TSV and MEME are the scores', (t) => {
	const own = matrix(2, [
		[0, 'A', 3],
		[1, 'Y', -1],
	])
	const rows = filterTsv([own])
		.trim()
		.split('\n')
		.map((line) => line.split('\t'))
	t.deepEqual(rows[0], ['filter', 'position', ...ALPHABET])
	t.deepEqual([rows[1]![2], rows[2]![2 + ALPHABET.indexOf('Y')]], ['3', '-1'])
	const meme = filterMeme([own])
	const probabilities = meme.split('letter-probability')[1]!.split('\n')
	// e³ / (e³ + 19) and 1 / (e³ + 19): hand arithmetic.
	t.is(probabilities[1]!.split(' ')[0], (Math.exp(3) / (Math.exp(3) + 19)).toFixed(6))
	t.is(probabilities[1]!.split(' ').length, 20)
	t.regex(meme, /MOTIF w2\.1\n\nlog-odds matrix: alength= 20 w= 2\n3\.000000 0\.000000/)
	t.regex(filterHitsTsv(reports), /\n1\tw5\.2\t0\.31\t0\.05\t1\tprotein1\tER\t7\t11\tMKKLL\t2\.5\n/)
})

test('the attention map lines up both ends, groups by class, and its PNG holds the levels', (t) => {
	const rows = [
		{ id: 'long', class: 'b', weights: Float32Array.of(0.1, 0.2, 0.3, 0.2, 0.2) },
		{ id: 'short', class: 'b', weights: Float32Array.of(0.6, 0.4) },
		{ id: 'x', class: 'a', weights: Float32Array.of(1) },
	]
	const map = attentionMap(rows, ['a', 'b', 'c'], 6)
	t.deepEqual(
		map.rows.map(({ id }) => id),
		['x', 'short', 'long'],
	)
	t.deepEqual(map.classes, ['a', 'b'])
	const nan = Number.NaN
	const expected = [1, nan, nan, nan, nan, nan, 0.6, nan, nan, nan, nan, 0.4, 0.1, 0.2, 0.3, nan, 0.2, 0.2]
	t.deepEqual([...map.weights], [...Float32Array.from(expected)])
	t.is(map.maximum, 1)
	t.deepEqual(
		[...map.levels.subarray(0, 12)],
		[255, 0, 0, 0, 0, 0, 1 + Math.round(254 * 0.6), 0, 0, 0, 0, 1 + Math.round(254 * 0.4)],
	)
	const png = Buffer.from(/base64,([^"]+)/.exec(attentionMapFigure(map))![1]!, 'base64')
	t.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [6, 3])
	const at = png.indexOf('IDAT')
	const lines = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)))
	for (let row = 0; row < 3; row++)
		t.deepEqual([...lines.subarray(7 * row, 7 * row + 7)], [0, ...map.levels.subarray(6 * row, 6 * row + 6)])
	t.throws(() => attentionMap(rows, ['a', 'b'], 4), { code: 'INVALID_OPTION' })
	t.throws(() => attentionMap(rows, ['b'], 6), { code: 'INVALID_OPTION' })
	t.throws(() => attentionMap([], ['b'], 6), { code: 'INVALID_OPTION' })
})

test('the map as NPZ is what numpy reads', (t) => {
	const map = attentionMap([{ id: 'é1', class: 'b', weights: Float32Array.of(0.25, 0.75) }], ['b'], 3)
	const bytes = attentionNpz(map)
	t.deepEqual(attentionNpz(map), bytes)
	const files = unzipSync(bytes)
	t.deepEqual(Object.keys(files), ['weights.npy', 'levels.npy', 'maximum.npy', 'ids.npy', 'classes.npy'])
	const npy = Buffer.from(files['weights.npy']!)
	t.is(npy.subarray(1, 6).toString(), 'NUMPY')
	const start = 10 + npy.readUInt16LE(8)
	t.is(start % 64, 0)
	t.regex(npy.subarray(10, start).toString(), /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(1, 3\), \} *\n$/)
	t.deepEqual([npy.readFloatLE(start), npy.readFloatLE(start + 8)], [0.25, 0.75])
	const ids = Buffer.from(files['ids.npy']!)
	t.regex(ids.toString('latin1'), /'descr': '<U2', .*'shape': \(1,\)/)
	t.is(ids.readUInt32LE(ids.length - 8), 0xe9)
})

test('a track marks what was cut out and the known signal', (t) => {
	const svg = attentionTrackFigure(tracks)
	t.true(svg.includes('120 residues cut out'))
	t.true(svg.includes('signal peptide 1–22') && svg.includes('signal anchor 30–50'))
	t.throws(() => attentionTrackFigure([]), { code: 'INVALID_OPTION' })
	t.throws(() => attentionTrackFigure([{ ...tracks[0]!, length: 10 }]), { code: 'INVALID_OPTION' })
})

test('a map of states can be linked: every point has its row and id, escaped', (t) => {
	const points = [
		{ id: '<b>"', class: 'ER', x: 0, y: 0 },
		{ id: 'q', class: 'new', x: 1, y: 2 },
	]
	const svg = tsneFigure([{ title: 'a', points }], ['ER', 'new'])
	t.is(svg.match(/data-row="/g)!.length, 2)
	t.true(svg.includes('data-id="&#60;b&#62;&#34;"'))
	t.throws(() => tsneFigure([{ title: 'a', points }], ['ER']), { code: 'INVALID_OPTION' })
	t.throws(() => tsneFigure([], ['ER']), { code: 'INVALID_OPTION' })
	t.is(tsneTsv([{ title: 'a', points }]), 'id\tclass\ta x\ta y\n<b>"\tER\t0\t0\nq\tnew\t1\t2\n')
	t.is(tsneFigure([{ title: 'one', points: points.slice(0, 1) }], ['ER']).match(/NaN/), null)
})

test('points of a map are drawn in a mixed order, the same each time', (t) => {
	const svg = tsneFigure(panels, CLASSES)
	t.is(tsneFigure(panels, CLASSES), svg)
	const rows = [...svg.matchAll(/data-row="(\d+)" data-id="([^"]+)"/g)].slice(0, panels[0]!.points.length)
	t.is(new Set(rows.map(([, row]) => row)).size, panels[0]!.points.length)
	for (const [, row, id] of rows) t.is(panels[0]!.points[Number(row)]?.id, id)
	const last = rows.slice(-25).map(([, row]) => panels[0]!.points[Number(row)]!.class)
	t.true(new Set(last).size > 4)
})

test('a title is taken as it is written', async (t) => {
	const title = 'a$`b$$c$&'
	const svg = await curvesFigure(history, { title })
	t.true(svg.includes(`<title>${escapeText(title)}</title>`))
})

test('a signal beyond the end of a protein is cut, or left out', (t) => {
	const annotations = [
		{ kind: 'SA' as const, start: 170, end: 500 },
		{ kind: 'SA' as const, start: 400, end: 420 },
	]
	const svg = attentionTrackFigure([{ ...tracks[0]!, annotations }])
	t.false(/width="-/.test(svg))
	t.is(svg.match(/signal anchor/g)!.length, 1)
})

test('long ids are shortened, and stay whole in the name of the picture', (t) => {
	const id = 'x'.repeat(300)
	t.true(attentionTrackFigure([{ ...tracks[0]!, id }]).includes('x…</text>'))
	const svg = mutagenesisFigure({ ...explanation, id })
	t.true(svg.includes('x…</text>') && svg.includes(`${id}</title>`))
})

test('the legend names dots only where some are drawn', (t) => {
	const kept = 400
	const long = {
		...{ ...explanation, length: kept, removed: null, occlusion: null, annotations: [] },
		...{ positions: Uint32Array.from({ length: kept }, (_, at) => at + 1), residues: 'M'.repeat(kept) },
		mutagenesis: new Float32Array(20 * kept).fill(0.5),
	}
	t.false(/<circle|that is there/.test(mutagenesisFigure(long)))
	t.true(/<circle[\s\S]*that is there/.test(mutagenesisFigure(explanation)))
})

/** A protein of which nothing matters but one substitution and one window. */
function oneChange(delta: number) {
	const [mutagenesis, hidden] = [new Float32Array(20 * 56), new Float32Array(56)]
	mutagenesis[7] = delta
	hidden[3] = delta
	return { ...explanation, mutagenesis, occlusion: { window: 9, delta: hidden } }
}

/** The colours of a picture's heat map, of 255: 127 is none. */
function levels(svg: string): number[] {
	const png = Buffer.from(/data:image\/png;base64,([^"]+)"/.exec(svg)![1]!, 'base64')
	const at = png.indexOf('IDAT')
	const bytes = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)))
	const width = png.readUInt32BE(16)
	return [...bytes].filter((_, byte) => byte % (width + 1) !== 0)
}

test('full colour is 0.5 nats at least: noise is pale, which the legend and the heading tell', (t) => {
	const noise = mutagenesisFigure({ ...oneChange(-0.001), logProbability: -0.0000123 })
	t.true(noise.includes('>−0.50</text>') && noise.includes('>+0.50 nats</text>'))
	t.regex(noise, /no change reaches 0\.1 nats: the largest is 0\.001</)
	t.true(noise.includes('ln p = −0.0000123'), 'enough digits')
	t.is(Math.max(...levels(noise).map((level) => (level === 255 ? 0 : Math.abs(level - 127)))), 0)
	// 127 × 0.25 / 0.5 = 63.5, of which a half goes up below 0: −63.
	const some = mutagenesisFigure(oneChange(-0.25))
	t.notRegex(some, /no change reaches/)
	t.is(Math.min(...levels(some)), 64)
	const large = mutagenesisFigure(oneChange(-2))
	t.true(large.includes('>−2.0</text>'))
	t.is(Math.min(...levels(large)), 0)
	// The track of hidden windows has the same floor: a bar of 0.001 of 0.5 has 1/500 of the height.
	const bars = [...mutagenesisFigure({ ...oneChange(-0.001), mutagenesis: null }).matchAll(/height="([\d.]+)"/g)]
	t.true(bars.map(([, height]) => Number(height)).some((height) => height > 0 && height < 0.2))
})

test('the axis of hidden windows has its 0, and no extreme over it', (t) => {
	const occlusion = { window: 9, delta: new Float32Array(56).fill(-1) }
	occlusion.delta[3] = 0.05
	const svg = mutagenesisFigure({ ...explanation, mutagenesis: null, occlusion })
	t.true(svg.includes('>0</text>') && svg.includes('>−1.0</text>'))
	t.false(svg.includes('>0.050</text>'))
})

test('names of classes are read without underscores, and two that read alike stay two', async (t) => {
	const scores = {
		classes: ['a_b', 'a b'],
		confusion: [
			[3, 1],
			[2, 2],
		],
	}
	t.is((await classesFigure(scores)).match(/>a b \(4\)</g)!.length, 2)
	t.false(/>[^<]*plasma_membrane/.test(logoSheetFigure(reports, CLASSES)))
	t.false(/>[^<]*plasma_membrane/.test(confusionFigure({ classes: CLASSES, confusion })))
	t.false(/>[^<]*plasma_membrane/.test(tsneFigure(panels, CLASSES)))
})

test('the importance of a range of residues alone can be drawn', (t) => {
	const svg = mutagenesisFigure(explanation, { from: 1, to: 10 })
	t.true(svg.includes('signal peptide 1–20'))
	t.false(svg.includes('residues cut out'))
	t.throws(() => mutagenesisFigure(explanation, { from: 30, to: 32 }), { code: 'INVALID_OPTION' })
	t.throws(() => mutagenesisFigure({ ...explanation, mutagenesis: null, occlusion: null }), { code: 'INVALID_OPTION' })
	t.notThrows(() => mutagenesisFigure({ ...explanation, mutagenesis: null }))
	t.notThrows(() => mutagenesisFigure({ ...explanation, occlusion: null }))
})

test('figures without data are refused', async (t) => {
	await t.throwsAsync(curvesFigure([]), { code: 'INVALID_OPTION' })
	await t.throwsAsync(reliabilityFigure(calibration([], [])), { code: 'INVALID_OPTION' })
	t.throws(() => logoSheetFigure([], CLASSES), { code: 'INVALID_OPTION' })
	await t.notThrowsAsync(curvesFigure(history.slice(0, 1)))
})

test('text cannot leave its picture, and what XML forbids is replaced', (t) => {
	t.is(escapeText(`<script>&"'\u0000\ud800`), '&#60;script&#62;&#38;&#34;&#39;\ufffd\ufffd')
	const svg = logoFigure(filters[0]!, { title: '</title><script>' })
	t.false(svg.includes('<script>'))
})

test('PNG: twice the same, of the asked size, with the shipped font; what is no SVG is refused', async (t) => {
	const svg = tsneFigure(panels, CLASSES, { title: 'States' })
	const [once, again] = [await figurePng(svg), await figurePng(svg)]
	t.deepEqual(once, again)
	const width = Number(/width="(\d+)"/.exec(svg)![1])
	t.is(Buffer.from(once).readUInt32BE(16), 2 * width)
	t.is(Buffer.from(await figurePng(svg, { scale: 1 })).readUInt32BE(16), width)
	// Without the font there would be no ink: the text changes the picture.
	t.notDeepEqual(await figurePng(svg.replaceAll('>States<', '>Other<')), once)
	await t.throwsAsync(figurePng('no svg'), { code: 'INVALID_OPTION' })
	await t.throwsAsync(figurePng(svg, { scale: 0 }), { code: 'INVALID_OPTION' })
})
