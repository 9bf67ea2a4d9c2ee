/** `subloc report`, and the page that the other commands leave. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { syntheticDataset } from 'subloc-native'
import { subloc } from '../support/subloc.js'

const FLAGS = ['--preset', 'quick', '--hidden', '6', '--epochs', '2', '--blocks', 'onehot', '--threads', '1']
const home = mkdtempSync(join(tmpdir(), 'subloc-cli-report-'))
const data = join(home, 'data')
const run = join(home, 'run')
const page = (path: string) => readFileSync(path, 'utf8')

test.before(async (t) => {
	mkdirSync(data)
	const { records, classes } = syntheticDataset({ seed: 3, perClass: 6, length: [20, 60] })
	for (const own of classes) {
		const lines = records.filter((record) => record.class === own).map(({ id, sequence }) => `>${id}\n${sequence}\n`)
		writeFileSync(join(data, `${own}.fasta`), lines.join(''))
	}
	const { code, stderr } = await subloc(['train', data, '-o', run, ...FLAGS, '--model', 'a-lstm', '--members', '2'])
	t.is(code, 0, stderr)
	t.regex(stderr, /report: .*run\/report\.html/)
})
test.after.always(() => rmSync(home, { recursive: true, force: true }))

test('train leaves a report, and `subloc report RUN` writes the same one again', async (t) => {
	const first = page(join(run, 'report.html'))
	const again = join(home, 'again.html')
	const { code, stdout, stderr } = await subloc(['report', run, '-o', again])
	t.is(code, 0, stderr)
	t.is(stdout, '')
	t.is(page(again), first)
	const named = await subloc(['report', run, data, '--threads', '2'])
	t.is(named.code, 0, named.stderr)
	t.is(page(join(run, 'report.html')), first)
})

test('without the data of the training the page is made of the run folder alone, which is told', async (t) => {
	const moved = join(home, 'moved')
	mkdirSync(moved)
	const { code, stderr } = await subloc(['report', run, '-o', join(moved, 'r.html')], { cwd: moved })
	t.is(code, 0, stderr)
	const info = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'))
	const lost = join(home, 'lost')
	mkdirSync(lost)
	for (const name of [
		'config.json',
		'metrics.jsonl',
		'splits.tsv',
		'model.safetensors',
		'predictions.tsv',
		'evaluation.json',
	])
		writeFileSync(join(lost, name), readFileSync(join(run, name)))
	info.dataset.source = 'nowhere'
	writeFileSync(join(lost, 'run.json'), JSON.stringify(info))
	const alone = await subloc(['report', lost])
	t.is(alone.code, 0, alone.stderr)
	// Its page is of the folder alone: another like it may take its place.
	t.is((await subloc(['report', lost])).code, 0)
	t.regex(alone.stderr, /the data of the training is not at nowhere: the page is made of the run folder alone/)
	t.false(page(join(lost, 'report.html')).includes('"letters":"M'))
	writeFileSync(join(lost, 'report.html'), page(join(run, 'report.html')))
	const kept = await subloc(['report', lost])
	t.is(kept.code, 66, kept.stderr)
	t.regex(kept.stderr, /INPUT_MISSING: .*report\.html was made with the data of the training, and stays: name DATA/)
	t.is(page(join(lost, 'report.html')), page(join(run, 'report.html')), 'the better page stays')
	info.dataset.source = join(data, 'ER.fasta')
	writeFileSync(join(lost, 'run.json'), JSON.stringify({ ...info, dataset: { ...info.dataset, digest: 'x' } }))
	const other = await subloc(['report', lost, data])
	t.is(other.code, 0, other.stderr)
	t.true(existsSync(join(lost, 'report-data.html')), 'labelled proteins of another source')
})

test('FASTA is told of without truth, under a name of its own; a header with markup stays text', async (t) => {
	const fasta = join(home, 'new.fasta')
	writeFileSync(fasta, '>a <script>alert(1)</script>\nMKVLAGESTD\n>b\n>c"><img src=x onerror=alert(1)>\nMKSKL\n')
	const before = page(join(run, 'report.html'))
	const { code, stderr } = await subloc(['report', run, fasta])
	t.is(code, 0, stderr)
	t.is(page(join(run, 'report.html')), before)
	const text = page(join(run, 'report-new.html'))
	t.regex(text, /true places of these proteins are not known/)
	t.false(text.includes('<script>alert'))
	t.false(text.includes('<img src=x'))
	const places = join(home, 'places.tsv')
	const predicted = await subloc(['predict', fasta, '--model', run, '-o', places, '--report', join(home, 'p.html')])
	t.is(predicted.code, 0, predicted.stderr)
	t.is(page(join(home, 'p.html')), text)
	t.true(predicted.stderr.includes(`report: ${join(home, 'p.html')} (open it in a browser)`), predicted.stderr)
	const plain = await subloc(['predict', fasta, '--model', run])
	t.is(readFileSync(places, 'utf8'), plain.stdout, 'the table is the one without a report')
	const piped = await subloc(['predict', '-', '--model', run, '--report', join(home, 'q.html')], {
		input: readFileSync(fasta),
	})
	t.is(piped.code, 0, piped.stderr)
	t.is(piped.stdout, plain.stdout)
	t.regex(page(join(home, 'q.html')), /<title>stdin · /)
})

test('evaluate -o leaves a report beside the scores; --no-report leaves none', async (t) => {
	const table = join(home, 'other.tsv')
	writeFileSync(table, 'id\tsequence\tclass\nx\tMKVLAGE\tER\ny\tMKSKL\tnuclear\n')
	const scores = join(home, 'scores')
	t.is((await subloc(['evaluate', run, table, '-o', scores])).code, 0)
	t.regex(page(join(scores, 'report.html')), /These proteins come from another source/)
	const none = join(home, 'none')
	t.is((await subloc(['evaluate', run, table, '-o', none, '--no-report'])).code, 0)
	t.true(existsSync(join(none, 'evaluation.json')))
	t.false(existsSync(join(none, 'report.html')))
	const bare = join(home, 'bare')
	t.is((await subloc(['train', data, '-o', bare, ...FLAGS, '--no-report'])).code, 0)
	t.false(existsSync(join(bare, 'report.html')))
})

test('cross-validate leaves a report of all proteins', async (t) => {
	const output = join(home, 'cv')
	const { code, stderr } = await subloc(['cross-validate', data, '-o', output, ...FLAGS, '--folds', '2'])
	t.is(code, 0, stderr)
	t.regex(page(join(output, 'report.html')), /all folds of a stratified split/)
})

test('a mistake of the user is told with its exit code', async (t) => {
	for (const [code, ...args] of [
		[69, 'report', join(home, 'nowhere')],
		[66, 'report', run, join(home, 'nowhere.tsv')],
		[73, 'report', run, '-o', join(home, 'nowhere/x.html')],
		[2, 'report'],
	] as const) {
		const found = await subloc(args)
		t.is(found.code, code, found.stderr)
	}
})

test('predict writes neither over its input nor two files into one', async (t) => {
	const fasta = join(home, 'own.fasta')
	const text = '>a\nMKVLAGESTD\n'
	writeFileSync(fasta, text)
	symlinkSync(fasta, join(home, 'link.fasta'))
	const table = join(home, 'own.tsv')
	for (const [output, report] of [
		[table, table],
		[table, fasta],
		[table, join(home, 'link.fasta')],
		[fasta, join(home, 'own.html')],
	] as const) {
		const { code, stderr } = await subloc(['predict', fasta, '--model', run, '-o', output, '--report', report])
		t.is(code, 2, stderr)
		t.regex(stderr, /INVALID_OPTION.*is the same file as/)
	}
	t.is(readFileSync(fasta, 'utf8'), text)
	t.false(existsSync(table))
})
