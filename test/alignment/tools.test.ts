/** Tools that are missing, too old, fail or are stopped: what is told, and that nothing is lost. PSI-BLAST is played. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { type MakeProfilesOptions, makeProfiles } from '../../src-ts/alignment/make-profiles.js'
import { countHomologues } from '../../src-ts/alignment/psiblast.js'
import { openProfileStore } from '../../src-ts/encoding/profile/store.js'
import { exitCode, type SublocError } from '../../src-ts/errors.js'
import { runTool } from '../../src-ts/programs.js'
import { playedPsiblast, scripts, withPath } from '../support/aligners.js'
import { temporaryFolder } from '../support/folder.js'

const RECORDS = [
	...[1, 2, 3, 4, 5, 6].map((n) => ({ id: `p${n}`, sequence: `MKVA${'L'.repeat(n)}` })),
	{ id: 'none', sequence: 'MKVL' },
	{ id: 'x', sequence: 'XXBX' },
]

/** With a TMPDIR of its own, whose contents are given back. */
async function inTemporary<T>(t: ExecutionContext, work: () => Promise<T>): Promise<{ result: T; left: string[] }> {
	const before = process.env['TMPDIR']
	const folder = temporaryFolder(t)
	process.env['TMPDIR'] = folder
	try {
		const result = await work()
		return { result, left: readdirSync(folder) }
	} finally {
		if (before === undefined) delete process.env['TMPDIR']
		else process.env['TMPDIR'] = before
	}
}

const made = (output: string, database: string, records = RECORDS, more: Partial<MakeProfilesOptions> = {}) =>
	makeProfiles(records, { output, database, tool: 'psiblast', threads: 2, ...more })

const idsOf = (output: string) =>
	readFileSync(join(output, 'profiles_index.tsv'), 'utf8')
		.split('\n')
		.slice(1, -1)
		.map((line) => line.split('\t')[0]!)
		.sort()

const info = (output: string) => JSON.parse(readFileSync(join(output, 'profiles.json'), 'utf8'))

test.serial('every protein is searched once and stored; temporary files are gone', async (t) => {
	const { path, folder, database } = playedPsiblast(t)
	const output = join(temporaryFolder(t), 'new/store')
	const { result, left } = await inTemporary(t, () => withPath(path, async () => made(output, database)))
	t.like(result, { proteins: 8, withProfile: 6, before: 0 })
	t.deepEqual(left, [])
	// One without standard residues is not searched for.
	t.is(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').length, 7)
	const rows = (await (await openProfileStore(output)).rows('p2', 'MKVALL'))!
	t.deepEqual([rows[12], rows[20 + 11], rows.reduce((a, b) => a + b, 0)], [200, 200, 6 * 200])
	t.is(await (await openProfileStore(output)).rows('none', 'MKVL'), null)
	const told = info(output)
	t.like(told, { tool: { name: 'psiblast', version: '2.99.0+' }, proteins: 8, withProfile: 6 })
	// sha256sum of a file that holds `volume`.
	t.is(told.database.sha256, '62d7a6b1211d627650e2bf0c869b69b564e2cd74290ae1dd78ae4b5e20b0cfe7')
	t.regex(told.commands[0], /^psiblast -query QUERY.fasta -db DB -num_iterations 3 .*-save_pssm_after_last_round/)
	t.like(told.runs, { length: 1 })
	t.true(told.runs[0].finished > told.runs[0].started)
})

test.serial(
	'parts are written side by side by processes of their own, and read as one store once all are finished',
	async (t) => {
		const { path, folder, database } = playedPsiblast(t)
		const output = temporaryFolder(t)
		const part = (index: number, more: Partial<MakeProfilesOptions> = {}, records: typeof RECORDS = RECORDS) =>
			made(output, database, records, { shard: { index, count: 3 }, ...more })
		await withPath(path, async () => {
			const counts = [(await part(1)).proteins, (await part(3)).proteins]
			const missing = await t.throwsAsync(openProfileStore(output), {
				code: 'INVALID_SHARD',
				message: /part 2 of 3 is missing/,
			})
			t.like(missing, { facts: { missing: [2], unfinished: [] } })
			// Of another division, input or setting.
			const stranger = { code: 'INVALID_SHARD' }
			await t.throwsAsync(async () => made(output, database), stranger)
			await t.throwsAsync(async () => made(output, database, RECORDS, { shard: { index: 2, count: 4 } }), stranger)
			await t.throwsAsync(async () => part(2, {}, RECORDS.slice(1)), {
				...stranger,
				message: /digest of the whole input/,
			})
			await t.throwsAsync(async () => part(2, { iterations: 2 }), {
				...stranger,
				message: /iterations was 3 and is 2 now/,
			})
			await t.throwsAsync(async () => part(1), { code: 'INVALID_OPTION', message: /--resume/ })
			counts.push((await part(2)).proteins)
			t.is(
				counts.reduce((a, b) => a + b),
				8,
			)
			t.true(Math.max(...counts) < 5, `${counts}`)
			t.is((await part(2, { resume: true })).before, counts[2]!)
		})
		// Each was searched once, but for the one without standard residues, which is not.
		t.is(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').length, 7)
		const whole = temporaryFolder(t)
		await withPath(path, async () => made(whole, database))
		const [parts, one] = [await openProfileStore(output), await openProfileStore(whole)]
		for (const { id, sequence } of RECORDS)
			t.deepEqual(await parts.rows(id, sequence), await one.rows(id, sequence), id)
		t.truthy(await parts.rows('p6', 'MKVALLLLLL'))
		// A part that was killed says so.
		const file = join(output, 'profiles-2-of-3.json')
		const told = JSON.parse(readFileSync(file, 'utf8'))
		told.runs.at(-1).finished = null
		writeFileSync(file, JSON.stringify(told))
		await t.throwsAsync(openProfileStore(output), { code: 'INVALID_SHARD', message: /part 2 of 3 is not finished/ })
	},
)

test.serial('a store is not written over; resumed, it passes over what it has', async (t) => {
	const { path, folder, database } = playedPsiblast(t)
	const output = temporaryFolder(t)
	await withPath(path, async () => {
		await made(output, database, RECORDS.slice(0, 3))
		await t.throwsAsync(async () => made(output, database), { code: 'INVALID_OPTION', message: /--resume/ })
		const { before, proteins } = await made(output, database, RECORDS, { resume: true })
		t.deepEqual([before, proteins], [3, 8])
	})
	t.is(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').length, 7)
	t.deepEqual(
		info(output).runs.map(({ added }: { added: number }) => added),
		[3, 5],
	)
})

test.serial('a store is not gone on with by other settings, another database or another sequence', async (t) => {
	const { path, database } = playedPsiblast(t)
	const output = temporaryFolder(t)
	await withPath(path, async () => {
		await made(output, database, RECORDS.slice(0, 3))
		const again = async (records = RECORDS, more: Partial<MakeProfilesOptions> = {}) =>
			made(output, database, records, { resume: true, ...more })
		await t.throwsAsync(again(RECORDS, { evalue: 0.1 }), {
			code: 'INVALID_CONFIG',
			message: /evalue was 0.001 and is 0.1 now/,
		})
		await t.throwsAsync(again(RECORDS, { pssm: 'score' }), { code: 'INVALID_CONFIG', message: /pssm/ })
		await t.throwsAsync(again([{ id: 'p1', sequence: 'MKVAV' }]), {
			code: 'INVALID_PROFILE',
			message: /residue 5 is L/,
		})
		writeFileSync(`${database}.pin`, 'another volume')
		await t.throwsAsync(again(), { code: 'INVALID_CONFIG', message: /SHA-256/ })
		rmSync(join(output, 'profiles.json'))
		await t.throwsAsync(again(), { code: 'INVALID_CONFIG', message: /this file is missing/ })
	})
})

test.serial('a tool that fails is named with its last lines and the protein, and what was stored stays', async (t) => {
	const { path, database } = playedPsiblast(t)
	const output = temporaryFolder(t)
	const bad = { id: 'bad', sequence: 'MAWWW' }
	const { left } = await inTemporary(t, () =>
		withPath(path, async () => {
			const records = [...RECORDS.slice(0, 3), bad, ...RECORDS.slice(3)]
			const error = await t.throwsAsync<SublocError>(async () => made(output, database, records, { threads: 1 }), {
				code: 'TOOL_UNAVAILABLE',
			})
			t.is(error!.record, 'bad')
			t.regex(error!.message, /exit code 2.*\n.*first line\n.*no such volume/)
			t.is(exitCode(error), 69)
			t.deepEqual(idsOf(output), ['p1', 'p2', 'p3'])
			t.like(info(output), { proteins: 3, runs: [{ added: 3, finished: null }] })
			await made(output, database, RECORDS, { resume: true })
		}),
	)
	t.is(idsOf(output).length, 8)
	t.deepEqual(left, [])
})

test.serial('a stopped run ends its tools, keeps what it has and can be gone on with', async (t) => {
	const { path, folder, database } = playedPsiblast(t)
	const output = temporaryFolder(t)
	const slow = { id: 'slow', sequence: 'MAHHHH' }
	const controller = new AbortController()
	await withPath(path, async () => {
		const run = made(output, database, [...RECORDS.slice(0, 2), slow], { threads: 1, signal: controller.signal })
		while (!existsSync(join(folder, 'begun'))) await setTimeout(20)
		while (readFileSync(join(folder, 'begun'), 'utf8') === '') await setTimeout(20)
		controller.abort(new Error('enough'))
		await t.throwsAsync(async () => run, { message: 'enough' })
		const pid = Number(readFileSync(join(folder, 'begun'), 'utf8'))
		t.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
		t.deepEqual(idsOf(output), ['p1', 'p2'])
		t.like(await made(output, database, RECORDS, { resume: true }), { before: 2, proteins: 8 })
	})
})

test.serial('a tool that is missing, too old, silent or not to be run', async (t) => {
	const output = temporaryFolder(t)
	const database = join(temporaryFolder(t), 'db.fasta')
	writeFileSync(database, '>a\nMKV\n')
	const error = async (texts: Record<string, string>, tool: 'mmseqs' | 'psiblast') => {
		const path = scripts(t, texts)
		const thrown = await withPath(
			`${path}:/bin:/usr/bin`
				.split(':')
				.slice(0, Object.keys(texts).length ? 3 : 1)
				.join(':'),
			() =>
				t.throwsAsync<SublocError>(async () => made(output, database, RECORDS, { tool }), { code: 'TOOL_UNAVAILABLE' }),
		)
		return thrown!.message
	}
	t.regex(await error({}, 'mmseqs'), /no mmseqs on PATH \(Debian: apt-get install mmseqs2/)
	t.regex(await error({}, 'psiblast'), /no psiblast on PATH \(Debian: apt-get install ncbi-blast\+/)
	t.regex(await error({ mmseqs: '#!/bin/sh\necho 11-e1a1c\n' }, 'mmseqs'), /is release 11-e1a1c; release 13 or newer/)
	const old = '#!/bin/sh\ncase $1 in -version) echo "psiblast: 2.2.26+";; *) echo "[-num_iterations n]";; esac\n'
	t.regex(await error({ psiblast: old }, 'psiblast'), /\(2\.2\.26\+\) does not know -save_pssm_after_last_round/)
	t.regex(
		await error({ mmseqs: '#!/bin/sh\nexit 3\n' }, 'mmseqs'),
		/mmseqs version ended with exit code 3 and said nothing/,
	)
	t.regex(await error({ mmseqs: '#!/nowhere/sh\n' }, 'mmseqs'), /cannot be started/)
	const failing =
		'#!/bin/sh\ncase $1 in version) echo 14-7e284;; *) echo "Input does not exist" >&2; kill -9 $$;; esac\n'
	t.regex(
		await error({ mmseqs: failing }, 'mmseqs'),
		/mmseqs createdb ended with the signal SIGKILL; its last lines:\n +Input does not exist/,
	)
})

test.serial('a database that is not there, and options that are wrong', async (t) => {
	const { path, database } = playedPsiblast(t)
	const output = temporaryFolder(t)
	await withPath(path, async () => {
		await t.throwsAsync(async () => made(output, 'nowhere'), { code: 'INPUT_MISSING' })
		await t.throwsAsync(async () => made(output, temporaryFolder(t)), { code: 'INPUT_MISSING', message: /folder/ })
		for (const [option, value] of Object.entries({
			...{
				iterations: 0,
				evalue: 0,
				threads: 0.5,
				batch: -1,
				pssm: 'both',
				tool: 'blastp',
				shard: { index: 3, count: 2 },
				other: 1,
				output: '',
			},
		})) {
			await t.throwsAsync(async () => made(output, database, RECORDS, { [option]: value }), {
				code: 'INVALID_OPTION',
				message: new RegExp(`^${option}:`),
			})
		}
		const twice = [
			{ id: 'a', sequence: 'MA' },
			{ id: 'a', sequence: 'MK' },
		]
		await t.throwsAsync(async () => made(output, database, twice), {
			code: 'INVALID_DATASET',
			message: /two sequences/,
		})
		const same = [twice[0]!, twice[0]!]
		t.is((await made(join(output, 'same'), database, same)).proteins, 1)
		mkdirSync(join(output, 'bad'))
		writeFileSync(join(output, 'bad/profiles.json'), '{"formatVersion": 1')
		await t.throwsAsync(async () => made(join(output, 'bad'), database), { code: 'INVALID_CONFIG' })
	})
})

test('of a progress bar the last state is told, and only the last lines', async (t) => {
	const error = await t.throwsAsync<SublocError>(
		runTool(
			'/bin/sh',
			['-c', 'for i in 1 2 3 4 5 6 7 8 9; do echo line $i; done; printf "[==>  ]\\r[=====] 5\\n"; exit 1'],
			{},
		),
		{ code: 'TOOL_UNAVAILABLE' },
	)
	t.deepEqual(
		error!.facts['lines'],
		[2, 3, 4, 5, 6, 7, 8, 9].map((n) => `line ${n}`),
	)
})

test('hits of PSI-BLAST: distinct subjects of all rounds, without the protein itself', (t) => {
	const hits =
		'self\t100.000\t52\t52\t52\na\t88.4\t52\t52\t52\na\t50\t20\t52\t52\n\nb\t100.000\t30\t52\t40\n\nSearch has CONVERGED!\n'
	t.is(countHomologues(hits), 2)
	t.is(countHomologues(''), 0)
})
