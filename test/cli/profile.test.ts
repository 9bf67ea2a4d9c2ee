/** `subloc profile` from outside: made, imported, killed, gone on with, trained with. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { playedPsiblast, withPath } from '../support/aligners.js'
import { fixture } from '../support/fixtures.js'
import { temporaryFolder } from '../support/folder.js'
import { subloc } from '../support/subloc.js'

const PROTEINS = ['MKVAL', 'MKVALL', 'MKVALLL', 'MAHHHH', 'MKVALLLL', 'MKVL']

function fasta(t: ExecutionContext, sequences = PROTEINS): string {
	const path = join(temporaryFolder(t), 'in.fasta')
	writeFileSync(path, sequences.map((sequence, at) => `>p${at} x\n${sequence}\n`).join(''))
	return path
}

const stored = (output: string) =>
	existsSync(join(output, 'profiles_index.tsv'))
		? readFileSync(join(output, 'profiles_index.tsv'), 'utf8').split('\n').slice(1, -1)
		: []

test.serial('killed without warning, it goes on with what was stored', async (t) => {
	const { path, folder, database } = playedPsiblast(t)
	const output = join(temporaryFolder(t), 'store')
	const args = ['profile', fasta(t), '-o', output, '--db', database, '--tool', 'psiblast', '--threads', '1']
	const killed = await withPath(path, () =>
		subloc(args, {
			onStart: async (child) => {
				while (!existsSync(join(folder, 'begun'))) await setTimeout(20)
				while (readFileSync(join(folder, 'begun'), 'utf8') === '') await setTimeout(20)
				child.kill('SIGKILL')
				process.kill(Number(readFileSync(join(folder, 'begun'), 'utf8')), 'SIGKILL')
			},
		}),
	)
	t.is(killed.code, null)
	t.deepEqual(
		stored(output).map((line) => line.split('\t')[0]),
		['p0', 'p1', 'p2'],
	)
	// The slow protein is another one now: it was not stored, so nothing contradicts.
	const rest = ['profile', fasta(t, PROTEINS.with(3, 'MALL')), ...args.slice(2)]
	const refused = await withPath(path, () => subloc(rest))
	t.is(refused.code, 2)
	t.regex(refused.stderr, /^error INVALID_OPTION: .*holds profiles already.*--resume/m)
	const resumed = await withPath(path, () => subloc([...rest, '--resume']))
	t.is(resumed.code, 0, resumed.stderr)
	t.is(stored(output).length, 6)
	t.regex(resumed.stderr, /^warning 1 of 6 proteins \(16\.7 %\) have no profile/m)
	t.regex(resumed.stderr, /^5 profiles of 6 proteins, 3 of them from before, by psiblast 2\.99\.0\+/m)
})

test.serial('a signal ends it with its code, and a tool that fails with 69', async (t) => {
	const { path, folder, database } = playedPsiblast(t)
	const output = temporaryFolder(t)
	const args = (input: string) => [
		'profile',
		input,
		'-o',
		output,
		'--db',
		database,
		'--tool',
		'psiblast',
		'--threads',
		'1',
	]
	const stopped = await withPath(path, () =>
		subloc(args(fasta(t)), {
			onStart: async (child) => {
				while (!existsSync(join(folder, 'begun'))) await setTimeout(20)
				child.kill('SIGTERM')
			},
		}),
	)
	t.is(stopped.code, 143)
	t.regex(stopped.stderr, /the profiles so far are stored \(--resume goes on\)/)
	const failed = await withPath(path, () => subloc([...args(fasta(t, PROTEINS.with(3, 'MAWWW'))), '--resume']))
	t.is(failed.code, 69)
	t.regex(
		failed.stderr,
		/^error TOOL_UNAVAILABLE: p3: psiblast ended with exit code 2; its last lines:\n.*\n +BLAST Database error/m,
	)
	const missing = await withPath('/nowhere', () => subloc([...args(fasta(t)), '--resume', '--log-format', 'json']))
	t.is(missing.code, 69)
	t.like(JSON.parse(missing.stderr.trim().split('\n').at(-1)!), { code: 'TOOL_UNAVAILABLE', tool: 'psiblast' })
})

test.serial('imported profiles are trained with and predicted with, and missing ones are counted', async (t) => {
	const folder = temporaryFolder(t)
	const [P1, TWO, THREE] = readFileSync(fixture('profiles/queries.fasta'), 'utf8')
		.split('>')
		.slice(1)
		.map((record) => record.split('\n').slice(1).join(''))
	const rows = [...Array(12).keys()].flatMap((at) => [`P1_${at}\t${P1}\ta`, `two_${at}\t${TWO}\tb`])
	const data = join(folder, 'data.tsv')
	writeFileSync(data, `id\tsequence\tclass\nP1\t${P1}\ta\nthree\t${THREE}\tb\n${rows.join('\n')}\n`)
	const output = join(folder, 'store')
	const files = ['P1.pssm', 'three.a3m'].map((name) => fixture(`profiles/${name}`))
	const made = await subloc(['profile', data, '-o', output, '--import', ...files])
	t.is(made.code, 0, made.stderr)
	t.regex(made.stderr, /^warning 24 of 26 proteins .*have no profile/m)
	t.regex(made.stderr, /^2 profiles imported, 2 in the store/m)
	const settings = [
		'--preset',
		'quick',
		'--epochs',
		'1',
		'--hidden',
		'4',
		'--set',
		'filtersPerWidth=2',
		'--threads',
		'1',
	]
	const run = join(folder, 'run')
	const trained = await subloc([
		'train',
		data,
		'-o',
		run,
		...settings,
		'--blocks',
		'onehot,profile',
		'--profiles',
		output,
		'--backend',
		'cpu',
	])
	t.is(trained.code, 0, trained.stderr)
	t.regex(trained.stderr, /24 of 26 records have no profile: blosum stands in/)
	t.is(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')).missingProfiles, 24)
	const input = fixture('profiles/queries.fasta')
	const predicted = await subloc(['predict', input, '--model', run, '--profiles', output, '--backend', 'cpu'])
	t.is(predicted.code, 0, predicted.stderr)
	t.regex(predicted.stderr, /2 of 3 proteins have no profile/)
	const strict = await subloc([
		...['predict', input, '--model', run, '--profiles', output, '--backend', 'cpu'],
		'--missing-profile',
		'fail',
		'--strict',
	])
	t.is(strict.code, 65)
	t.regex(strict.stderr, /INVALID_PROFILE/)
})

test.serial('imports that do not fit, and options that do not go together', async (t) => {
	const output = temporaryFolder(t)
	const input = fixture('profiles/queries.fasta')
	const wrong = await subloc(['profile', fasta(t, ['MKVAL']), '-o', output, '--import', fixture('profiles/P1.pssm')])
	t.is(wrong.code, 0)
	t.regex(wrong.stderr, /P1\.pssm:2: P1\.pssm is none of the proteins/)
	const other = join(temporaryFolder(t), 'in.fasta')
	writeFileSync(other, readFileSync(input, 'utf8').replace('>sp|P1|ONE first one\nMKVL', '>P1\nMKVG'))
	const refused = await subloc(['profile', other, '-o', output, '--import', fixture('profiles/P1.pssm'), '--resume'])
	t.is(refused.code, 65)
	t.regex(
		refused.stderr,
		/^error INVALID_PROFILE: .*P1\.pssm:7: P1: residue 4 is L in the profile and G in the sequence/m,
	)
	for (const [args, message] of [
		[[], /name a database \(--db\), or profiles to read/],
		[['--db', 'x', '--lookup', 'y'], /--lookup goes with --import/],
		[['--tool', 'mmseqs', '--import', 'x'], /--tool is of a search/],
		[['--db', 'x', '--evalue', '0'], /above 0/],
	] as const) {
		const { code, stderr } = await subloc(['profile', input, '-o', output, ...args])
		t.is(code, 2, stderr)
		t.regex(stderr, message)
	}
})
