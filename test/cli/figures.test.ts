/** `subloc figures` and `subloc explain` as a person types them. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { syntheticDataset } from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { labelledTable, TINY_TRAINING } from '../support/models.js'
import { subloc } from '../support/subloc.js'

const home = mkdtempSync(join(tmpdir(), 'subloc-figures-'))
const data = join(home, 'data.tsv')
const fasta = join(home, 'two.fasta')
const [rnn, attending] = [join(home, 'r'), join(home, 'a')]
const SMALL = [...TINY_TRAINING, '--epochs', '2', '--batch-size', '16']

test.before(async (t) => {
	const { records } = syntheticDataset({ seed: 3, perClass: 8, length: [20, 60] })
	writeFileSync(data, labelledTable(records))
	writeFileSync(fasta, '>sp|P1|A SP 5\nMKVLAGESTDRN\n>sp/P1/A\nMKW\n')
	for (const [run, flags] of [
		[rnn, []],
		[attending, ['--model', 'a-lstm', '--set', 'filtersPerWidth=2']],
	] as const) {
		const { code, stderr } = await subloc(['train', data, '-o', run, ...SMALL, ...flags])
		t.is(code, 0, stderr)
	}
})
test.after.always(() => rmSync(home, { recursive: true, force: true }))

/** Every file under a folder, with its bytes. */
function contents(folder: string): Record<string, string> {
	const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
	return Object.fromEntries(
		files.map((entry) => [
			join(entry.parentPath, entry.name).slice(folder.length + 1),
			readFileSync(join(entry.parentPath, entry.name), 'base64'),
		]),
	)
}

test('all figures of an A-LSTM, and the same bytes again with another number of threads', async (t) => {
	const [once, again] = [temporaryFolder(t), temporaryFolder(t)]
	const first = await subloc(['figures', attending, data, '-o', once, '--threads', '1', '--perplexity', '5'])
	t.is(first.code, 0, first.stderr)
	t.is(first.stdout, '')
	const found = contents(once)
	for (const name of [
		...[
			'confusion.svg',
			'classes.svg',
			'curves.svg',
			'reliability.svg',
			'reliability.tsv',
			'filters.svg',
			'filters.tsv',
			'filters.meme',
		],
		...[
			'filter-hits.tsv',
			'filter-importance.tsv',
			'attention-map.svg',
			'attention-map.npz',
			'attention-tracks.svg',
			'attention-tracks.tsv',
		],
		...['tsne.svg', 'tsne.tsv', 'logos/w1.1.svg', 'logos/w21.2.svg'],
	]) {
		t.true(name in found, name)
	}
	t.is(Object.keys(found).filter((name) => name.startsWith('logos/')).length, 12)
	t.regex(readFileSync(join(once, 'tsne.tsv'), 'utf8'), /^id\tclass\tA-LSTM: forward last state x\t.*context c y\n/)
	const second = await subloc(['figures', attending, data, '-o', again, '--threads', '2', '--perplexity', '5'])
	t.is(second.code, 0, second.stderr)
	t.deepEqual(contents(again), found)
})

test('what cannot be drawn is told, and the rest is drawn', async (t) => {
	const folder = temporaryFolder(t)
	const alone = await subloc(['figures', rnn, '-o', folder])
	t.is(alone.code, 0, alone.stderr)
	t.true(
		existsSync(join(folder, 'confusion.svg')) &&
			existsSync(join(folder, 'curves.svg')) &&
			existsSync(join(folder, 'logos/w3.10.svg')),
	)
	t.regex(alone.stderr, /not drawn: tsne: it needs labelled proteins/)
	t.regex(alone.stderr, /not drawn: attention-map: an R-LSTM has no attention/)
	// A lone model file knows nothing of its training.
	const bare = await subloc([
		'figures',
		join(rnn, 'model.safetensors'),
		data,
		'-o',
		folder,
		'--only',
		'curves,reliability',
	])
	t.is(bare.code, 0, bare.stderr)
	t.regex(bare.stderr, /not drawn: curves: nothing is known of the training/)
})

test('both kinds of model on one t-SNE figure', async (t) => {
	const folder = temporaryFolder(t)
	const flags = ['--only', 'tsne', '--perplexity', '5', '--theme', 'dark', '--png']
	const found = await subloc(['figures', attending, data, '-o', folder, '--beside', rnn, ...flags])
	t.is(found.code, 0, found.stderr)
	const svg = readFileSync(join(folder, 'tsne.svg'), 'utf8')
	t.deepEqual(
		[...svg.matchAll(/>([RA]-LSTM: [^<]+)</g)].map(([, title]) => title),
		['R-LSTM: forward last state', 'R-LSTM: backward last state', 'A-LSTM: context c'],
	)
	t.is(readFileSync(join(folder, 'tsne.png')).subarray(1, 4).toString(), 'PNG')
})

test('scores are of the data that are named, and stand beside their picture', async (t) => {
	const folder = temporaryFolder(t)
	const other = join(folder, 'other.tsv')
	const { records } = syntheticDataset({ seed: 9, perClass: 3, length: [20, 60] })
	const rows = records.map(({ sequence, class: name }, at) => `new${at}\t${sequence}\t${name}\n`)
	writeFileSync(other, `id\tsequence\tclass\n${rows.join('')}`)
	const found = await subloc(['figures', rnn, other, '-o', folder, '--only', 'confusion,classes,curves'])
	t.is(found.code, 0, found.stderr)
	const svg = readFileSync(join(folder, 'confusion.svg'), 'utf8')
	t.true(svg.includes(`on other.tsv (${records.length} proteins)`))
	const table = (name: string) =>
		readFileSync(join(folder, name), 'utf8')
			.trim()
			.split('\n')
			.map((line) => line.split('\t'))
	const counts = table('confusion.tsv').slice(1)
	for (const [, ...row] of counts)
		t.is(
			row.reduce((sum, cell) => sum + Number(cell), 0),
			3,
		)
	const classes = table('classes.tsv')
	t.deepEqual(classes[0], ['class', 'n', 'right', 'sensitivity', 'low', 'high'])
	t.deepEqual(
		classes.slice(1).map(([, n]) => n),
		counts.map(() => '3'),
	)
	t.deepEqual(
		table('curves.tsv')
			.slice(1)
			.map(([, epoch]) => epoch),
		['1', '2'],
	)
})

test('a map of two models shows what neither was trained on', async (t) => {
	const folder = temporaryFolder(t)
	const flags = ['--only', 'tsne', '--perplexity', '30']
	const other = join(folder, 'run')
	const trained = await subloc(['train', data, '-o', other, ...SMALL, '--seed', '7', '--no-report'])
	t.is(trained.code, 0, trained.stderr)
	const found = await subloc(['figures', attending, data, '-o', folder, '--beside', other, ...flags])
	t.regex(
		found.stderr,
		/beside: \d+ of \d+ proteins are left out of the map|beside: the other model was trained on all/,
	)
	const same = await subloc(['figures', attending, data, '-o', folder, '--beside', rnn, ...flags])
	t.is(same.code, 0, same.stderr)
	// Few points: fewer neighbours than asked.
	const subtitle = /perplexity ([\d.]+), of (\d+) proteins[^<]*KL [\d.]+, /.exec(
		readFileSync(join(folder, 'tsne.svg'), 'utf8'),
	)!
	t.is(Number(subtitle[1]), Number(Math.max(1, (Number(subtitle[2]) - 1) / 3).toFixed(1)))
})

test('figures: mistakes have their codes', async (t) => {
	const folder = temporaryFolder(t)
	for (const [args, code, words] of [
		[['figures', rnn, '--only', 'moon'], 2, /INVALID_OPTION: only: 'moon' is not one of confusion,/],
		[['figures', join(home, 'none')], 69, /INVALID_MODEL/],
		[['figures', rnn, join(home, 'none.tsv')], 66, /INPUT_MISSING/],
		[
			['figures', rnn, '--only', 'tsne,attention-map'],
			2,
			/INVALID_OPTION: only: nothing could be drawn: attention-map: an R-LSTM has no attention .*; tsne: it needs labelled/,
		],
		[
			['figures', rnn, data, '--only', 'attention-map'],
			2,
			/INVALID_OPTION: only: nothing could be drawn: attention-map: an R-LSTM has no attention/,
		],
		[['figures', rnn, data, '--only', 'filters', '--member', '2'], 2, /INVALID_OPTION: member: needs 1 to 1, not '2'/],
		[['figures', attending, data, '--track', 'moon'], 2, /INVALID_OPTION: track: there is no protein moon/],
		[['figures', rnn, data, '--track', 'moon'], 2, /INVALID_OPTION: track: there is no protein moon/],
		[['figures', rnn, '--track', 'moon'], 2, /INVALID_OPTION: track: it names proteins of DATA/],
		[['figures', rnn, data, '--beside', rnn], 2, /INVALID_OPTION: beside: needs a model of the other kind/],
		[['figures', rnn, '--theme', 'pink'], 2, /Allowed choices are light, dark/],
	] as const) {
		const found = await subloc([...args, '-o', folder])
		t.is(found.code, code, found.stderr)
		t.regex(found.stderr, words)
	}
})

test('explain writes a picture and tables a protein, whose names are safe', async (t) => {
	const folder = temporaryFolder(t)
	const found = await subloc(['explain', fasta, '--model', attending, '-o', folder, '--occlusion', '3'])
	t.is(found.code, 0, found.stderr)
	t.deepEqual(readdirSync(folder).sort(), [
		...['sp_P1_A-2.attention.svg', 'sp_P1_A-2.mutagenesis.tsv', 'sp_P1_A-2.occlusion.tsv', 'sp_P1_A-2.svg'],
		...['sp_P1_A.attention.svg', 'sp_P1_A.mutagenesis.tsv', 'sp_P1_A.occlusion.tsv', 'sp_P1_A.svg'],
	])
	const rows = readFileSync(join(folder, 'sp_P1_A.mutagenesis.tsv'), 'utf8').trim().split('\n')
	t.is(rows.length, 13)
	t.regex(rows[1]!, /^1\tM\t/)
	t.regex(
		readFileSync(join(folder, 'sp_P1_A.occlusion.tsv'), 'utf8'),
		/^position\tresidue\tdelta_hidden_3\n1\tM\t-?[\d.e-]+\n/,
	)
	t.regex(readFileSync(join(folder, 'sp_P1_A.svg'), 'utf8'), /signal peptide 1–5/)
	t.regex(found.stderr, /2 proteins explained/)
})

test('explain: names of one protein’s files are not another’s', async (t) => {
	const folder = temporaryFolder(t)
	const input = '>P1\nMKV\n>P1.attention\nMKW\n'
	const found = await subloc(['explain', '-', '--model', attending, '-o', folder], { input })
	t.is(found.code, 0, found.stderr)
	t.is(readdirSync(folder).length, 8)
})

test('explain skips what cannot be used, and goes on; with --strict it ends there', async (t) => {
	const [folder, strict] = [temporaryFolder(t), temporaryFolder(t)]
	const input = '>a\nMKV\n>b\nMK1\n>c\n>d\nMKW\n'
	const of = (...args: string[]) => subloc(['explain', '-', '--model', rnn, '--no-mutagenesis', ...args], { input })
	const found = await of('-o', folder)
	t.is(found.code, 0, found.stderr)
	t.deepEqual(readdirSync(folder).sort(), ['a.occlusion.tsv', 'a.svg', 'd.occlusion.tsv', 'd.svg'])
	t.regex(found.stderr, /warning.*skipped b \(.*\n.*skipped c \(/)
	t.regex(found.stderr, /2 proteins explained, 2 skipped/)
	const ended = await of('-o', strict, '--strict')
	t.is(ended.code, 65)
	t.regex(ended.stderr, /UNKNOWN_RESIDUE: stdin:4: b: /)
	t.deepEqual(readdirSync(strict).sort(), ['a.occlusion.tsv', 'a.svg'])
})

test('explain: mistakes have their codes', async (t) => {
	const folder = temporaryFolder(t)
	const of = (...args: string[]) =>
		subloc(['explain', '-', '--model', rnn, '-o', folder, ...args], { input: '>a\nMK1\n' })
	const strict = await of('--strict')
	t.is(strict.code, 65)
	t.regex(strict.stderr, /UNKNOWN_RESIDUE: stdin:2: a: /)
	t.is((await of('--occlusion', '4')).code, 2)
	const nothing = await of('--occlusion', '0', '--no-mutagenesis')
	t.is(nothing.code, 2)
	t.regex(nothing.stderr, /INVALID_OPTION: .*nothing is left to compute: mutagenesis is off and occlusion is 0/)
	const moon = await of('--class', 'nucleer')
	t.is(moon.code, 65)
	t.regex(moon.stderr, /UNKNOWN_CLASS: class 'nucleer' is none of .*; did you mean nuclear\?/)
	t.is((await subloc(['explain', join(home, 'none'), '--model', rnn, '-o', folder])).code, 66)
	t.is((await subloc(['explain', fasta, '--model', rnn, '-o', fasta])).code, 73)
})
