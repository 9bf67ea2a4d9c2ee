/** Predictions in a file or in shards: the bytes of a run in one piece, whatever happened on the way. */
import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import {
	type Model,
	mergeShards,
	type PredictFileOptions,
	predict,
	predictFile,
	syntheticDataset,
	train,
	writePredictions,
} from 'subloc-native'
import { parseJournal } from '../../src-ts/jobs/former-attempts.js'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'

const THREADS = { threads: 1, backend: 'cpu' } as const
let model: Model
let other: Model
let text: string
test.before(async () => {
	model = await train(smallDataset(), { ...SMALL, model: 'a-lstm' })
	other = await train(smallDataset(), { ...SMALL, model: 'a-lstm', seed: 9 })
	const { records } = syntheticDataset({ seed: 5, perClass: 5, length: [20, 30] })
	const lines = records.map(({ id, sequence }, at) => `>${id}\n${at % 9 === 4 ? 'M1' : sequence}\n`)
	text = lines.join('')
})

/** The two differ at a line that is told, not as two walls of bytes. */
function sameBytes(t: ExecutionContext, path: string, whole: Buffer, when = '') {
	const [found, wanted] = [readFileSync(path, 'utf8').split('\n'), whole.toString().split('\n')]
	const at = wanted.findIndex((line, index) => line !== found[index])
	t.is(found[at], wanted[at], `${when}: line ${at + 1} of ${found.length}, ${wanted.length}`)
	t.is(found.length, wanted.length, when)
}

/** A folder with the input, and what a run in one piece makes of it. */
async function prepared(t: ExecutionContext, options: PredictFileOptions = {}, fasta = text) {
	const folder = temporaryFolder(t)
	const input = join(folder, 'in.fa')
	writeFileSync(input, fasta)
	const whole = join(folder, `whole.${options.format ?? 'tsv'}`)
	await writePredictions(predict(model, input, THREADS), whole, { classes: model.classes, format: options.format })
	return { folder, input, whole: readFileSync(whole) }
}

for (const format of ['tsv', 'csv', 'jsonl'] as const) {
	test(`shards joined are the bytes of one run: ${format}`, async (t) => {
		const { folder, input, whole } = await prepared(t, { format })
		for (const count of format === 'tsv' ? [1, 3, 45] : [3]) {
			const parts = join(folder, `parts${count}`)
			// In any order.
			for (let index = count; index >= 1; index--) {
				const done = await predictFile(model, input, parts, { ...THREADS, format, shard: { index, count } })
				t.false(done.wasFinished)
			}
			const output = join(folder, `joined${count}.${format}`)
			const merged = await mergeShards(parts, output)
			t.like(merged, { shards: count, records: 40, problems: 4 })
			sameBytes(t, output, whole)
			t.is(readdirSync(parts).length, 2 * count, 'a table and a record each, and nothing else')
		}
	})
}

test('attention spans are joined like the table', async (t) => {
	const { folder, input, whole } = await prepared(t)
	await predictFile(model, input, join(folder, 'one.tsv'), { ...THREADS, spans: true })
	for (const index of [1, 2, 3])
		await predictFile(model, input, join(folder, 'parts'), { ...THREADS, spans: true, shard: { index, count: 3 } })
	await mergeShards(join(folder, 'parts'), join(folder, 'all.tsv'))
	sameBytes(t, join(folder, 'all.tsv'), whole)
	t.deepEqual(readFileSync(join(folder, 'all.gff3')), readFileSync(join(folder, 'one.gff3')))
	const lines = readFileSync(join(folder, 'one.gff3'), 'utf8').trim().split('\n')
	t.is(lines[0], '##gff-version 3')
	for (const line of lines.slice(1))
		t.regex(line, /^synthetic_\w+\tsubloc-native\tpolypeptide_region\t\d+\t\d+\t[01]\.\d{6}\t\.\t\.\tcompartment=/)
})

test('a finished shard is skipped; a folder of another job is refused', async (t) => {
	const { folder, input } = await prepared(t)
	const parts = join(folder, 'parts')
	const shard = { index: 2, count: 3 }
	const first = await predictFile(model, input, parts, { ...THREADS, shard })
	const before = readFileSync(first.output)
	// What a process that was killed while it wrote the record has left.
	writeFileSync(join(parts, '.shard-0002-of-0003.json.123.tmp'), '{')
	const again = await predictFile(model, input, parts, { ...THREADS, shard, resume: true })
	t.like(again, { wasFinished: true, records: first.records, problems: first.problems, output: first.output })
	t.deepEqual(readdirSync(parts), ['shard-0002-of-0003.json', 'shard-0002-of-0003.tsv'])
	for (const [why, run] of [
		[/of another model/, () => predictFile(other, input, parts, { ...THREADS, shard })],
		[/of another options/, () => predictFile(model, input, parts, { ...THREADS, shard, onProblem: 'fail' })],
		[
			/of another number of shards/,
			() => predictFile(model, input, parts, { ...THREADS, shard: { index: 1, count: 4 } }),
		],
	] as const) {
		await t.throwsAsync(run, { code: 'INVALID_SHARD', message: why })
	}
	writeFileSync(input, `${text}>more\nMKV\n`)
	await t.throwsAsync(predictFile(model, input, parts, { ...THREADS, shard }), {
		code: 'INVALID_SHARD',
		message: /another input/,
	})
	t.deepEqual(readFileSync(first.output), before)
	await t.throwsAsync(predictFile(model, '-', parts, { ...THREADS, shard }), {
		code: 'INVALID_OPTION',
		message: /must be a file/,
	})
})

test('merge names a gap, what is begun, strangers, damage and a mix', async (t) => {
	const { folder, input } = await prepared(t)
	const make = async (name: string) => {
		const parts = join(folder, name)
		for (const index of [1, 2, 3, 4]) await predictFile(model, input, parts, { ...THREADS, shard: { index, count: 4 } })
		return parts
	}
	const whole = await make('whole')
	const refused = async (name: string, message: RegExp, spoil: (parts: string) => void) => {
		const parts = join(folder, name)
		cpSync(whole, parts, { recursive: true })
		spoil(parts)
		const output = join(folder, `${name}.tsv`)
		await t.throwsAsync(mergeShards(parts, output), { code: 'INVALID_SHARD', message })
		t.false(existsSync(output))
		t.deepEqual(
			readdirSync(folder).filter((file) => file.startsWith(`${name}.tsv`)),
			[],
		)
		return parts
	}
	const edit = (path: string, from: RegExp, to: string) =>
		writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
	await refused('gap', /shards 2-3 of 4 are missing$/, (parts) => {
		for (const name of [
			'shard-0002-of-0004.json',
			'shard-0002-of-0004.tsv',
			'shard-0003-of-0004.json',
			'shard-0003-of-0004.tsv',
		])
			rmSync(join(parts, name))
	})
	await refused('begun', /shard 4 of 4 is missing \(begun: 4; --resume goes on\)/, (parts) => {
		rmSync(join(parts, 'shard-0004-of-0004.json'))
		renameSync(join(parts, 'shard-0004-of-0004.tsv'), join(parts, 'shard-0004-of-0004.tsv.0a0a0a0a.partial'))
	})
	await refused('stranger', /strangers.*: shard-0001-of-0009\.tsv/, (parts) =>
		writeFileSync(join(parts, 'shard-0001-of-0009.tsv'), ''),
	)
	await refused('other-model', /shard-0003-of-0004\.json is a stranger: it is of another model/, (parts) =>
		edit(join(parts, 'shard-0003-of-0004.json'), /"model": "\w{8}/, '"model": "00000000'),
	)
	await refused('cut', /shard 1 of 4 is missing/, (parts) => truncateSync(join(parts, 'shard-0001-of-0004.tsv'), 90))
	await refused('damaged', /is not what was written/, (parts) =>
		edit(join(parts, 'shard-0002-of-0004.tsv'), /\tok\t/, '\tKO\t'),
	)
	await refused('overlap', /record 1 stands in two shards, before shard-0002/, (parts) =>
		edit(join(parts, 'shard-0002-of-0004.json'), /"first": \d+/, '"first": 0'),
	)
	await refused('no-record', /it is no record of a shard/, (parts) =>
		writeFileSync(join(parts, 'shard-0002-of-0004.json'), '{'),
	)
	const mixed = await refused('mixed', /cpuIsa .*--allow-mixed/, (parts) =>
		edit(join(parts, 'shard-0002-of-0004.json'), /"cpuIsa": "\w+"/, '"cpuIsa": "sse"'),
	)
	await mergeShards(mixed, join(folder, 'mixed.tsv'), { allowMixed: true })
	await t.throwsAsync(mergeShards(whole, join(folder, 'out.csv')), {
		code: 'INVALID_OPTION',
		message: /the shards are tsv/,
	})
	await t.throwsAsync(mergeShards(join(folder, 'nowhere'), join(folder, 'x.tsv')), { code: 'INPUT_MISSING' })
})

/** Stops a prediction at a row; those before it are kept. */
async function stopped(
	t: ExecutionContext,
	input: string,
	output: string,
	row: number,
	options: PredictFileOptions = {},
) {
	let count = 0
	const onPrediction = () => {
		if (++count === row) throw new Error('enough')
	}
	const run = predictFile(model, input, output, { ...THREADS, ...options, onPrediction })
	await t.throwsAsync(run, { message: 'enough' })
}

test('a journal that breaks off at any byte, and rows that break off anywhere, are gone on with to the same bytes', async (t) => {
	// Three chunks of 1024 records, so that the journal has several lines.
	const copies = Array.from({ length: 65 }, (_, copy) => text.replaceAll('>', `>${copy}.`))
	const { folder, input, whole } = await prepared(t, {}, copies.join(''))
	const output = join(folder, 'out.tsv')
	const begun = join(folder, 'begun')
	mkdirSync(begun)
	await stopped(t, input, join(begun, 'out.tsv'), 2100)
	const journal = readdirSync(begun).find((name) => name.endsWith('.journal'))!
	const partial = readdirSync(begun).find((name) => name.endsWith('.partial'))!
	const [lines, rows] = [readFileSync(join(begun, journal)), readFileSync(join(begun, partial))]
	const { entries } = parseJournal(lines.toString(), 1)
	t.deepEqual(entries.map(({ records }) => records).slice(0, 2), [1024, 2048])
	const resumed = new Set<number>()
	for (const share of [0, 0.3, 0.6, 0.99, 1]) {
		for (const which of ['journal', 'rows', 'both']) {
			const cut = (all: Buffer, does: boolean) => (does ? all.subarray(0, Math.floor(share * all.length)) : all)
			writeFileSync(join(folder, journal), cut(lines, which !== 'rows'))
			writeFileSync(join(folder, partial), cut(rows, which !== 'journal'))
			resumed.add((await predictFile(model, input, output, { ...THREADS, resume: true })).resumed)
			sameBytes(t, output, whole, `${which} at ${share}`)
			t.deepEqual(
				readdirSync(folder).filter((name) => name.startsWith('out.tsv.')),
				[],
			)
			rmSync(output)
		}
	}
	t.true(resumed.has(0) && resumed.has(1024) && resumed.has(2048), `${[...resumed]}`)
})

test('a journal whose rows are gone or damaged hides no attempt that has them', async (t) => {
	const { folder, input, whole } = await prepared(t)
	const output = join(folder, 'out.tsv')
	const begun = join(folder, 'begun')
	mkdirSync(begun)
	await stopped(t, input, join(begun, 'out.tsv'), 20)
	const [lines, rows] = ['journal', 'partial'].map((ending) =>
		readFileSync(join(begun, readdirSync(begun).find((name) => name.endsWith(`.${ending}`))!)),
	) as [Buffer, Buffer]
	// Before and behind the good one in the folder; without rows it is what a kill leaves that came while an adopted attempt was removed.
	for (const token of ['00000000', 'ffffffff']) {
		for (const spoilt of [null, rows.subarray(0, 90), Buffer.from(rows).fill(0, 90, 95)]) {
			for (const [own, kept] of [
				[token, spoilt],
				['77777777', rows],
			] as const) {
				writeFileSync(join(folder, `out.tsv.${own}.journal`), lines)
				if (kept) writeFileSync(join(folder, `out.tsv.${own}.partial`), kept)
			}
			const { resumed } = await predictFile(model, input, output, { ...THREADS, resume: true })
			t.is(resumed, 19, `${token}, ${spoilt?.length ?? 'no'} bytes`)
			sameBytes(t, output, whole)
			t.deepEqual(
				readdirSync(folder).filter((name) => name.startsWith('out.tsv.')),
				[],
			)
			rmSync(output)
		}
	}
})

test('going on takes over the rows that are there, and refuses an input that has changed', async (t) => {
	const { folder, input, whole } = await prepared(t)
	const output = join(folder, 'out.tsv')
	const journal = join(folder, 'journal')
	await stopped(t, input, output, 20, { journal })
	t.deepEqual(
		readdirSync(journal).map((name) => name.replace(/\w{8}/, '…')),
		['out.tsv.….journal'],
	)
	const before = readFileSync(input)
	writeFileSync(input, text.replace('\nM', '\nMKVL'))
	await t.throwsAsync(predictFile(model, input, output, { ...THREADS, resume: true, journal }), {
		code: 'INVALID_SHARD',
		message: /the input is not what it was/,
	})
	writeFileSync(input, before)
	const warnings: string[] = []
	const onWarning = (warning: string) => warnings.push(warning)
	const done = await predictFile(model, input, output, { ...THREADS, resume: true, journal, onWarning })
	t.is(done.resumed, 19)
	sameBytes(t, output, whole)
	t.deepEqual(readdirSync(journal), [])
	await stopped(t, input, output, 20)
	const anew = await predictFile(other, input, output, { ...THREADS, resume: true, onWarning })
	t.is(anew.resumed, 0)
	t.regex(warnings.join(), /of another input, model, option or device: it begins anew/)
})

test('two runs of the same output at once give its bytes, or an error that tells of the other', async (t) => {
	const { folder, input, whole } = await prepared(t)
	const output = join(folder, 'out.tsv')
	const runs = await Promise.allSettled(
		[1, 2, 3].map(() => predictFile(model, input, output, { ...THREADS, resume: true })),
	)
	for (const run of runs) {
		if (run.status === 'rejected') t.regex(String(run.reason), /another process has taken it over/)
	}
	t.true(runs.some(({ status }) => status === 'fulfilled'))
	sameBytes(t, output, whole)
})

test('what cannot begin leaves nothing', async (t) => {
	const { folder, input } = await prepared(t)
	await t.throwsAsync(predictFile(model, join(folder, 'nowhere.fa'), join(folder, 'out.tsv'), THREADS), {
		code: 'INPUT_MISSING',
	})
	await t.throwsAsync(predictFile(model, input, join(folder, 'no/out.tsv'), THREADS), { code: 'IO' })
	await t.throwsAsync(predictFile(model, input, folder, THREADS), { code: 'IO', message: /it is a folder/ })
	await t.throwsAsync(predictFile(model, input, join(folder, 'a.tsv'), { ...THREADS, shard: { index: 0, count: 2 } }), {
		code: 'INVALID_OPTION',
	})
	await t.throwsAsync(predictFile(model, input, join(folder, 'a.tsv'), { ...THREADS, sard: 1 } as PredictFileOptions), {
		code: 'INVALID_OPTION',
	})
	t.deepEqual(readdirSync(folder).sort(), ['in.fa', 'whole.tsv'])
})
