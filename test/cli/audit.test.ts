/** `split --by homology` and `audit`, as a person types them. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { syntheticDataset } from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { TINY_TRAINING } from '../support/models.js'
import { subloc } from '../support/subloc.js'

/** A TSV in which every protein has a twin with two residues less; twins stand in different folds. */
function twins(folder: string): string {
	const { records } = syntheticDataset({ perClass: 4, length: [80, 120], seed: 2 })
	const rows = records.flatMap(({ id, sequence, class: own }) => [
		[id, sequence, own, '1'],
		[`${id}-twin`, sequence.slice(1, -1), own, '2'],
	])
	const path = join(folder, 'twins.tsv')
	writeFileSync(path, [['id', 'sequence', 'class', 'fold'], ...rows].map((row) => `${row.join('\t')}\n`).join(''))
	return path
}

test('split by homology keeps twins together, writes clusters, and tells of its audit', async (t) => {
	const folder = temporaryFolder(t)
	const output = join(folder, 'folds.tsv')
	const { code, stderr } = await subloc(['split', twins(folder), '-o', output, '--by', 'homology', '--folds', '2'])
	t.is(code, 0, stderr)
	t.regex(stderr, /32 homology clusters, the largest with 2 proteins/)
	t.regex(stderr, /audit: 0 pairs of different folds/)
	const text = readFileSync(output, 'utf8')
	t.regex(text, /^# split: homology\n# settings: \{"identity":0\.3,.*"seed":1\}\nid\tclass\tfold\tcluster\n/)
	const foldOf = new Map(
		text
			.split('\n')
			.slice(3)
			.map((line) => line.split('\t') as [string, string, string])
			.map(([id, , fold]) => [id, fold]),
	)
	for (const [id, fold] of foldOf) if (id.endsWith('-twin')) t.is(foldOf.get(id.slice(0, -5)), fold)
})

test('folds that few clusters cannot fill evenly are told', async (t) => {
	const folder = temporaryFolder(t)
	const { records } = syntheticDataset({ perClass: 4, length: [80, 120], seed: 2 })
	const families = records.slice(0, 12).flatMap(({ id, sequence, class: own }, at) => {
		// One family of nine, of one class; the others have no relatives.
		const copies = at === 0 ? 9 : 1
		return Array.from({ length: copies }, (_, copy) => `${id}-${copy}\t${sequence.slice(copy)}\t${own}\n`)
	})
	const data = join(folder, 'families.tsv')
	writeFileSync(data, `id\tsequence\tclass\n${families.join('')}`)
	const output = join(folder, 'folds.tsv')
	const { code, stderr } = await subloc(['split', data, '-o', output, '--by', 'homology', '--folds', '4'])
	t.is(code, 0, stderr)
	t.regex(stderr, /warning the folds have from \d to \d+ proteins: relatives stay together, and clusters cannot be cut/)
	const even = await subloc(['split', twins(folder), '-o', output, '--by', 'homology', '--folds', '2'])
	t.notRegex(even.stderr, /warning/)
})

test('the audit of a fold column with leaks fails, and is overruled by --allow-leaks', async (t) => {
	const folder = temporaryFolder(t)
	const parameters = ['split', twins(folder), '-o', join(folder, 'folds.tsv'), '--by', 'column', '--audit']
	const failed = await subloc(parameters)
	t.is(failed.code, 65)
	t.regex(failed.stderr, /INVALID_SPLIT.*32 pairs of different folds have 30\.0 % identity over 80\.0 % of both/s)
	const allowed = await subloc([...parameters, '--allow-leaks'])
	t.is(allowed.code, 0, allowed.stderr)
	t.regex(allowed.stderr, /warning 32 pairs/)
})

test('audit --split looks for relatives in different folds of a written split', async (t) => {
	const folder = temporaryFolder(t)
	const data = twins(folder)
	const [leaky, clean] = [join(folder, 'leaky.tsv'), join(folder, 'clean.tsv')]
	t.is((await subloc(['split', data, '-o', leaky, '--by', 'column'])).code, 0)
	t.is((await subloc(['split', data, '-o', clean, '--by', 'homology', '--folds', '2'])).code, 0)
	const passed = await subloc(['audit', data, '--split', clean])
	t.is(passed.code, 0, passed.stderr)
	t.regex(passed.stderr, /audit: 0 pairs of different folds have 30\.0 % identity over 80\.0 % of both/)
	const failed = await subloc(['audit', data, '--split', leaky, '--json'])
	t.is(failed.code, 65)
	const told = JSON.parse(failed.stdout)
	t.like(told, { passed: false, identity: 0.3, coverage: 0.8, local: 0 })
	t.is(told.leaks.length, 32)
	t.regex(told.leaks[0].ids.join(), /-twin/)
	t.regex(failed.stderr, /INVALID_SPLIT: .*leaky\.tsv.*32 pairs of different folds have 30\.0 % identity/)
	t.notRegex(failed.stderr, /--allow-leaks/)
	const strict = await subloc(['audit', data, '--split', leaky, '--identity', '1', '--coverage', '1'])
	t.is(strict.code, 0, strict.stderr)
	const refused: [string[], RegExp][] = [
		[['audit', data, data, '--split', clean], /INVALID_OPTION: .*not with --split/],
		[
			['audit', data, '--split', clean, '--exhaustive', '--engine', 'mmseqs'],
			/INVALID_OPTION: exhaustive: needs the engine own/,
		],
		[['audit', data, '--split', clean, '-o', '-'], /INVALID_OPTION: --output: not with --split/],
		[['audit', data, data, '--engine', 'own'], /INVALID_OPTION: --engine: only with --split/],
		[['audit', data, '--split', clean, '--identity', '2'], /a number from 0 to 1 is needed/],
	]
	for (const [words, told] of refused) {
		const { code, stderr } = await subloc(words)
		t.is(code, 2)
		t.regex(stderr, told)
	}
})

test('audit tells the nearest relatives and what copying scores', async (t) => {
	const folder = temporaryFolder(t)
	const data = twins(folder)
	const lines = readFileSync(data, 'utf8').trim().split('\n')
	const [train, other] = [join(folder, 'train.tsv'), join(folder, 'test.fasta')]
	writeFileSync(train, `${[lines[0], ...lines.filter((line) => line.endsWith('\t1'))].join('\n')}\n`)
	const twin = lines[2]!.split('\t')
	writeFileSync(other, `>${twin[0]}\n${twin[1]}\n`)
	const output = join(folder, 'nearest.tsv')
	const unlabelled = await subloc(['audit', train, other, '-o', output, '--json'])
	t.is(unlabelled.code, 0, unlabelled.stderr)
	t.like(JSON.parse(unlabelled.stdout), { records: 1, withRelative: 1, copyAccuracy: null })
	t.is(readFileSync(output, 'utf8').split('\n')[1]!.split('\t')[3], twin[0]!.slice(0, -5))
	const proteome = join(folder, 'proteome.fasta')
	writeFileSync(proteome, `>odd\nMKV1LA\n>${twin[0]}\n${twin[1]}\n`)
	const odd = await subloc(['audit', train, proteome, '--json'])
	t.is(odd.code, 0, odd.stderr)
	t.is(JSON.parse(odd.stdout).records, 1)
	t.regex(odd.stderr, /1 of 2 proteins cannot be compared \(first: odd: .*'1'.*\): they are left out/)
	writeFileSync(proteome, '>odd\nMKV1LA\n')
	const none = await subloc(['audit', train, proteome])
	t.is(none.code, 65)
	t.regex(none.stderr, /INVALID_DATASET: .*1 of 1 proteins cannot be compared/)
	const labelled = await subloc(['audit', train, data])
	t.regex(labelled.stdout, /copying the nearest relative scores 100\.0 %; 64 of 64 proteins have a relative/)
	t.is((await subloc(['audit', train])).code, 2)
	const shipped = await subloc(['audit', 'shipped', other])
	t.regex(shipped.stderr, /INPUT_MISSING: .*the training proteins of the shipped model do not come with the package/)
})

test('homology folds: their clusters are drawn in every interval, of comparisons and of trials too', async (t) => {
	const folder = temporaryFolder(t)
	const data = join(folder, 'data')
	mkdirSync(data)
	for (const [line, own] of readFileSync(twins(folder), 'utf8').trim().split('\n').slice(1).entries()) {
		const [id, sequence, name] = own.split('\t')
		const tag = line % 2 === 0 ? ' SP 20' : ''
		appendFileSync(join(data, `${name}.fasta`), `>${id}${tag}\n${sequence}\n`)
	}
	const split = join(folder, 'folds.tsv')
	const made = await subloc(['split', data, '-o', split, '--by', 'homology', '--folds', '2'])
	t.is(made.code, 0, made.stderr)
	const flags = [...TINY_TRAINING, '--model', 'a-lstm', '--epochs', '1', '--no-report', '--no-audit', '--quiet']
	const fold = (at: number) => join(folder, 'folds', `${at}`)
	for (const at of [1, 2]) {
		const one = ['cross-validate', data, '--split', split, '--fold', `${at}/2`, '-o', fold(at), ...flags]
		const { code, stderr } = await subloc(at === 1 ? [...one, '--methionine'] : one)
		t.is(code, 0, stderr)
	}
	const scores = (path: string) => JSON.parse(readFileSync(join(path, 'evaluation.json'), 'utf8'))
	t.is(scores(fold(1)).methionine[0].change, 'removed')
	t.is(scores(fold(2)).methionine, null)
	const joined = join(folder, 'joined')
	const merged = await subloc([
		...['merge', join(folder, 'folds'), '-o', joined, '--no-report', '--no-audit', '--quiet'],
		...['--methionine', '--importance', '3'],
	])
	t.is(merged.code, 0, merged.stderr)
	t.like(scores(joined).intervals, { resampled: 'clusters', units: 32 })
	t.is(scores(joined).methionine[0].records + scores(joined).methionine[1].records, 64)
	t.like(scores(joined).importance[0], { kind: 'SP', records: 3 })
	t.regex(merged.stdout, /first M removed/)
	const written = await subloc(['compare', fold(1), fold(1)])
	t.regex(written.stdout, /paired bootstrap of clusters/)
	const again = await subloc(['compare', fold(1), fold(1), data, '--threads', '1'])
	t.is(again.code, 0, again.stderr)
	t.regex(again.stdout, /paired bootstrap of clusters/)
	const own = await subloc(['evaluate', fold(1), data, '--json', '--no-audit', '--threads', '1'])
	t.deepEqual(JSON.parse(own.stdout).intervals, scores(fold(1)).intervals)
})
