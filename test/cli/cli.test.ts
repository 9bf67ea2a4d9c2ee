/** The commands as a person types them: what they print, where it goes, and the exit codes of docs/errors.md. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { loadModel, mergeModels, packageVersion, syntheticDataset } from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { TINY_TRAINING } from '../support/models.js'
import { ROOT, subloc } from '../support/subloc.js'

const FLAGS = [...TINY_TRAINING, '--epochs', '2', '--batch-size', '16']
const { mkdtempSync, rmSync } = await import('node:fs')
const home = mkdtempSync(join(tmpdir(), 'subloc-cli-'))
const data = join(home, 'data')
const run = join(home, 'run')

test.before(async (t) => {
	mkdirSync(data)
	const { records, classes } = syntheticDataset({ seed: 3, perClass: 6, length: [20, 60] })
	for (const own of classes) {
		const lines = records.filter((record) => record.class === own).map(({ id, sequence }) => `>${id}\n${sequence}\n`)
		writeFileSync(join(data, `${own}.fasta`), lines.join(''))
	}
	const { code, stdout, stderr } = await subloc(['train', data, '-o', run, ...FLAGS])
	t.is(code, 0, stderr)
	t.regex(stdout, /^accuracy \d+\.\d % on the stratified test part \(\d+ proteins\); 95 % interval \d+\.\d–\d+\.\d %\n/)
	t.regex(
		stdout,
		/\nwithout a network: largest class \d+\.\d % · composition \d+\.\d % · best hit \d+\.\d % · motif rules \d+\.\d %\n/,
	)
	t.regex(
		stdout,
		/\nrelatives in the training data: \d+\.\d % of the proteins have one; by identity, model and copying its class:\n/,
	)
	t.regex(stdout, /cytoplasmic +c /)
	t.regex(stderr, /epoch 2\/2 {2}training loss/)
	t.regex(stderr, /relatives of the held-out proteins/)
	writeFileSync(join(home, 'moon.tsv'), 'id\tsequence\tclass\na\tMK\tMoon\n')
})
test.after.always(() => rmSync(home, { recursive: true, force: true }))

test('a precision that a backend has not is refused, and nothing is said before', async (t) => {
	const ask = (...flags: string[]) => subloc(['predict', '-', '--model', run, ...flags], { input: '>a\nMK\n' })
	const wgpu = await ask('--precision', 'bf16', '--backend', 'wgpu')
	t.is(wgpu.code, 2)
	t.regex(wgpu.stderr, /^error INVALID_OPTION: precision bf16 needs backend cuda or cpu: wgpu computes in f32/)
	const cpu = await ask('--precision', 'tf32', '--backend', 'cpu')
	t.is(cpu.code, 2)
	t.regex(cpu.stderr, /^error INVALID_OPTION: precision tf32 needs backend cuda: cpu computes in f32 or bf16/)
})

test('train leaves a whole run folder', (t) => {
	for (const name of [
		'config.json',
		'run.json',
		'metrics.jsonl',
		'splits.tsv',
		'model.safetensors',
		'predictions.tsv',
		'evaluation.json',
		'figures/confusion.svg',
		'DONE',
	]) {
		t.true(existsSync(join(run, name)), name)
	}
	const rows = readFileSync(join(run, 'predictions.tsv'), 'utf8').trim().split('\n')
	const { records } = JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8'))
	t.is(rows.length, records + 1)
})

test('predict from a file, gzip and stdin gives the same rows; data alone is on stdout', async (t) => {
	const text = '>a x\nMKVLAGESTD\n>b\n>c\nMK\n'
	writeFileSync(join(home, 'in.fa.gz'), gzipSync(text))
	const piped = await subloc(['predict', '-', '--model', run], { input: text })
	t.is(piped.code, 0, piped.stderr)
	const lines = piped.stdout.split('\n')
	t.regex(lines[0]!, /^id\tstatus\tcompartment\tprobability\tspread\tER\t/)
	t.regex(lines[1]!, /^a\tok\t\w+\t0\.\d{6}\t0\.000000\t/)
	t.regex(lines[2]!, /^b\tskipped:INVALID_FASTA\t\t/)
	t.is(lines.length, 5)
	t.regex(piped.stderr, /2 proteins predicted, 1 skipped/)
	t.regex(piped.stderr, /skipped b/)
	const file = join(home, 'out.csv')
	const written = await subloc([
		'predict',
		join(home, 'in.fa.gz'),
		'--model',
		join(run, 'model.safetensors'),
		'-o',
		file,
		'--quiet',
	])
	t.is(written.code, 0)
	t.is(written.stdout, '')
	t.is(readFileSync(file, 'utf8'), piped.stdout.replaceAll('\t', ','))
	const strict = await subloc(['predict', '-', '--model', run, '--strict'], { input: text })
	t.is(strict.code, 65)
	t.regex(strict.stderr, /error INVALID_FASTA: stdin:3: b: the record has no residues/)
})

test('one protein and none are counted as such', async (t) => {
	const one = await subloc(['predict', '-', '--model', run], { input: '>a\nMK\n' })
	t.regex(one.stderr, /1 protein predicted, 0 skipped/)
	const none = await subloc(['predict', '-', '--model', run], { input: '>b\nM1\n' })
	t.regex(none.stderr, /0 proteins predicted, 1 skipped/)
})

test('predict refuses an output at the start, and leaves nothing where it could not begin', async (t) => {
	const folder = temporaryFolder(t)
	const text = '>a\nMK\n'
	const onFolder = await subloc(['predict', '-', '--model', run, '-o', folder], { input: text })
	t.is(onFolder.code, 73)
	t.regex(onFolder.stderr, /IO: .*it is a folder/)
	t.false(existsSync(`${folder}.partial`))
	const output = join(folder, 'out.tsv')
	const cuda = await subloc(['predict', '-', '--model', run, '-o', output, '--backend', 'cuda'], { input: text })
	t.is(cuda.code, 69, cuda.stderr)
	t.deepEqual(readdirSync(folder), [])
})

test('a gzip that ends too early is wrong data, as DATA and on stdin', async (t) => {
	const folder = temporaryFolder(t)
	const rows = Array.from({ length: 200 }, (_, at) => `p${at}\t${'MKVLAGESTD'.repeat(9)}\t${at % 2 ? 'ER' : 'Golgi'}\n`)
	const cut = (text: string) => {
		const packed = gzipSync(text)
		return packed.subarray(0, packed.length - 12)
	}
	const table = join(folder, 'data.tsv.gz')
	writeFileSync(table, cut(`id\tsequence\tclass\n${rows.join('')}`))
	mkdirSync(join(folder, 'classes'))
	writeFileSync(join(folder, 'classes/ER.fasta.gz'), cut('>a\nMKV\n'))
	for (const [data, code] of [
		[table, 'INVALID_DATASET'],
		[join(folder, 'classes'), 'INVALID_FASTA'],
	] as const) {
		const found = await subloc(['train', data, '-o', join(folder, 'run'), ...FLAGS])
		t.is(found.code, 65, found.stderr)
		t.regex(found.stderr, new RegExp(`error ${code}: .*gz:\\d+: the gzip file ends too early`))
	}
	const piped = await subloc(['predict', '-', '--model', run], { input: cut('>a\nMKV\n>b\nMKL\n') })
	t.is(piped.code, 65, piped.stderr)
	t.regex(piped.stderr, /error INVALID_FASTA: stdin:\d+: the gzip file ends too early/)
})

test('a protein of one residue trains, and is predicted', async (t) => {
	const folder = temporaryFolder(t)
	const lines = ['a\tM\tER', 'b\tMKDEL\tER', 'c\tW\tGolgi', 'd\tMKV\tGolgi']
	writeFileSync(join(folder, 'data.tsv'), `id\tsequence\tclass\n${lines.join('\n')}\n`)
	const output = join(folder, 'run')
	const trained = await subloc([
		...['train', join(folder, 'data.tsv'), '-o', output, ...FLAGS],
		...['--test-fraction', '0', '--validation-fraction', '0'],
	])
	t.is(trained.code, 0, trained.stderr)
	t.is(JSON.parse(readFileSync(join(output, 'run.json'), 'utf8')).rows.train, 4)
	const losses = readFileSync(join(output, 'metrics.jsonl'), 'utf8').trim().split('\n')
	t.true(losses.every((line) => Number.isFinite(JSON.parse(line).trainingLoss)))
	const found = await subloc(['predict', '-', '--model', output], { input: '>x\nM\n' })
	t.regex(found.stdout, /\nx\tok\t(ER|Golgi)\t0\.\d{6}\t/)
})

test('evaluate makes the folder of -o before it predicts', async (t) => {
	const folder = temporaryFolder(t)
	const file = join(folder, 'file')
	writeFileSync(file, '')
	const path = join(folder, 'other.tsv')
	// Predicting would fail for want of cuda, and say so.
	writeFileSync(path, 'id\tsequence\tclass\nnew\tMKSKL\tER\n')
	const { code, stderr } = await subloc(['evaluate', run, path, '-o', file, '--backend', 'cuda'])
	t.is(code, 73, stderr)
	t.regex(stderr, /IO: /)
})

test('a pipe that closes early is no failure', (t) => {
	const records = Array.from({ length: 4000 }, (_, at) => `>r${at}\nMKVLAGESTD\n`).join('')
	writeFileSync(join(home, 'many.fa'), records)
	const { status, stdout, stderr } = spawnSync(
		'bash',
		[
			'-o',
			'pipefail',
			'-c',
			`'${process.execPath}' dist/cli/main.js predict '${join(home, 'many.fa')}' --model '${run}' --quiet | head -n 1`,
		],
		{ cwd: ROOT, encoding: 'utf8' },
	)
	t.is(status, 0, stderr)
	t.regex(stdout, /^id\t/)
	t.is(stderr, '')
})

test('evaluate scores the held-out part alone of the data that the model was trained on', async (t) => {
	const own = await subloc(['evaluate', run, data])
	t.is(own.code, 0, own.stderr)
	t.regex(own.stdout, /on the held-out part \(stratified\)/)
	const written = await subloc(['evaluate', run, '--json'])
	const again = await subloc(['evaluate', run, data, '--json', '-o', join(home, 'scores')])
	t.deepEqual(JSON.parse(again.stdout).confusion, JSON.parse(written.stdout).confusion)
	t.true(existsSync(join(home, 'scores/predictions.tsv')))
})

test('evaluate with relatives, without first M, abstaining; scores of an older version are still read', async (t) => {
	const rows = readFileSync(join(run, 'splits.tsv'), 'utf8')
		.trim()
		.split('\n')
		.slice(2)
		.map((line) => line.split('\t'))
	const hit = rows.find(([, , part]) => part === 'train')!
	const tested = rows.find(([, own, part]) => part === 'test' && own === hit[1])!
	const relatives = join(home, 'relatives.tsv')
	writeFileSync(relatives, `id\trelative\tidentity\n${tested[0]}\t${hit[0]}\t0.42\n`)
	const own = await subloc(['evaluate', run, data, '--relatives', relatives, '--methionine', '--abstain', '0.2'])
	t.is(own.code, 0, own.stderr)
	t.regex(own.stdout, /composition .* · best hit \d+\.\d % · motif rules/)
	t.regex(own.stdout, /\n {2}none found: .* · 30–50 %: \d+\.\d % of 1, copying 100\.0 %\n/)
	t.regex(own.stdout, /\nfirst M removed \(\d+ proteins\): accuracy/)
	t.regex(own.stdout, /\nabstaining below 0\.2: /)
	writeFileSync(relatives, 'id\trelative\tidentity\na\tb\t42\n')
	const wrong = await subloc(['evaluate', run, data, '--relatives', relatives])
	t.is(wrong.code, 65)
	t.regex(wrong.stderr, /INVALID_DATASET: .*relatives\.tsv:2: a: the identity '42'/)
	const older = join(home, 'older')
	mkdirSync(older)
	const {
		intervals: _1,
		baselines: _2,
		probabilities: _3,
		strata: _4,
		selective: _5,
		...scores
	} = JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8'))
	writeFileSync(join(older, 'evaluation.json'), JSON.stringify(scores))
	const read = await subloc(['evaluate', older])
	t.is(read.code, 0, read.stderr)
	t.regex(read.stdout, /^accuracy [^;]+\nwithout a network: always the largest class /)
	writeFileSync(join(older, 'evaluation.json'), '{}')
	t.is((await subloc(['evaluate', older])).code, 2)
})

test('compare: a run with itself, with the joined data, and with another set of classes', async (t) => {
	const same = await subloc(['compare', run, run])
	t.is(same.code, 0, same.stderr)
	t.regex(same.stdout, /\d+ proteins \(the proteins that both held out\)/)
	t.regex(same.stdout, /accuracy +\d+\.\d % +\d+\.\d % +0\.0 points +–/)
	t.regex(same.stdout, /A alone is right for 0, B alone for 0; p = 1\.000 \(exact binomial\)/)
	const predicted = JSON.parse((await subloc(['compare', run, run, data, '--json'])).stdout)
	const { records, logLoss } = JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8'))
	t.like(predicted, { on: data, records })
	// What was written as 0 is no more than half of the last decimal: the loss stays that of the probabilities themselves.
	const copy = join(home, 'copy')
	cpSync(run, copy, { recursive: true })
	const cells = (line: string) => line.split('\t')
	const rounded = (text: string, change: (cells: string[], header: string[]) => void) => {
		const [header, ...lines] = text.trimEnd().split('\n')
		for (const [at, line] of lines.entries()) {
			const own = cells(line)
			change(own, cells(header!))
			lines[at] = own.join('\t')
		}
		return `${[header, ...lines].join('\n')}\n`
	}
	const splits = new Map(
		readFileSync(join(run, 'splits.tsv'), 'utf8')
			.split('\n')
			.map((line) => [cells(line)[0]!, cells(line)[1]!]),
	)
	const predictions = readFileSync(join(run, 'predictions.tsv'), 'utf8')
	const zeros = rounded(predictions, (own, header) => {
		own[header.indexOf(splits.get(own[0]!)!)] = '0.000000'
	})
	writeFileSync(join(copy, 'predictions.tsv'), zeros)
	const floored = JSON.parse((await subloc(['compare', run, copy, '--json'])).stdout).logLoss
	t.true(Math.abs(floored.first - logLoss) < 1e-3)
	t.true(Math.abs(floored.second + Math.log(5e-7)) < 1e-9)
	// One id, two proteins.
	const split = readFileSync(join(run, 'splits.tsv'), 'utf8')
	writeFileSync(join(copy, 'splits.tsv'), split.replace(/[0-9a-f]{16}$/gm, '0123456789abcdef'))
	const other = await subloc(['compare', run, copy])
	t.is(other.code, 65)
	t.regex(other.stderr, /INVALID_DATASET: .*the runs have different sequences of this id/)
	for (const [flag, value] of [
		['--precision', 'bf16'],
		['--backend', 'cpu'],
		['--threads', '2'],
		['--profiles', home],
	] as const) {
		const refused = await subloc(['compare', run, run, flag, value])
		t.is(refused.code, 2)
		t.regex(refused.stderr, new RegExp(`${flag}: without DATA nothing is computed`))
	}
	const none = await subloc(['compare', run, home])
	t.is(none.code, 66)
	t.regex(none.stderr, /INPUT_MISSING: .*name labelled proteins/)
})

test('a validation part gives a temperature, in the run folder and beside the scores', async (t) => {
	const output = join(temporaryFolder(t), 'run')
	const calibrated = await subloc([
		'train',
		data,
		'-o',
		output,
		...FLAGS,
		'--validation-fraction',
		'0.3',
		'--no-report',
	])
	t.is(calibrated.code, 0, calibrated.stderr)
	t.regex(calibrated.stderr, /temperature \d+\.\d{3} fitted on the validation part \(\d+ proteins\)/)
	t.regex(calibrated.stdout, /\nwith temperature \d+\.\d\d \(the validation part, \d+ proteins\): calibration error/)
	t.true(JSON.parse(readFileSync(join(output, 'calibration.json'), 'utf8')).temperature > 0)
	t.false(existsSync(join(run, 'calibration.json')))
	const folds = await subloc([
		...['cross-validate', data, '-o', join(output, 'folds'), ...FLAGS, '--epochs', '1', '--folds', '2'],
		...['--validation-fraction', '0.3', '--no-report'],
	])
	t.is(folds.code, 0, folds.stderr)
	t.regex(
		folds.stdout,
		/\nwith temperature \d+\.\d\d, \d+\.\d\d \(the validation part of each fold, each on up to \d+ proteins\)/,
	)
	t.regex(folds.stdout, /without a network: largest class .* composition/)
})

test('evaluate on other data counts clusters and tells of known ids', async (t) => {
	const path = join(home, 'other.tsv')
	writeFileSync(path, 'id\tsequence\tclass\tcluster\nsynthetic_ER_0001\tMKVL\tER\tx\nnew\tMKSKL\tER\tx\n')
	const { code, stdout, stderr } = await subloc(['evaluate', run, path])
	t.is(code, 0, stderr)
	t.regex(stdout, /accuracy a homology cluster .* \(1 clusters\)/)
	t.regex(stderr, /1 of 2 ids also stand in the training data, with another sequence: they are scored/)
	const animal = await subloc(['evaluate', run, data, '--kingdom', 'animal', '--no-audit', '--json'])
	t.is(animal.code, 0, animal.stderr)
	t.regex(animal.stderr, /animal: chloroplast ruled out/)
	const scores = JSON.parse(animal.stdout)
	t.regex(scores.on, /held-out part .* \(kingdom animal\)$/)
	t.regex(animal.stderr, /warning animal rules out the class of 1 of 8 proteins: they count as wrong/)
	// A chloroplast protein, which the kingdom rules out, has no probability left.
	t.true(scores.logLoss > JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8')).logLoss)
	const swapped = await subloc(['evaluate', data, run])
	t.is(swapped.code, 2)
	t.regex(swapped.stderr, /INVALID_OPTION: .*first the run, then the data/)
	const nothing = await subloc(['evaluate', run, '--kingdom', 'animal'])
	t.is(nothing.code, 2)
	t.regex(nothing.stderr, /--kingdom: without DATA the written scores are printed/)
	t.is((await subloc(['evaluate', run, '-o', join(home, 'nowhere')])).code, 2)
	const refused = await subloc(['evaluate', run, data, '--importance', '2', '--extra', home])
	t.is(refused.code, 2)
	t.regex(refused.stderr, /--importance: nobody knows the own numbers \(--extra\) of a changed protein/)
	writeFileSync(path, 'id\tsequence\tclass\na\tMK\tMoon\n')
	const unknown = await subloc(['evaluate', run, path])
	t.is(unknown.code, 65)
	t.regex(unknown.stderr, /UNKNOWN_CLASS: .*other\.tsv:2: a: class 'Moon' is none of ER, /)
})

test('split, then train and cross-validate on its folds', async (t) => {
	const file = join(home, 'folds.tsv')
	t.is((await subloc(['split', data, '-o', file, '--folds', '3'])).code, 0)
	const one = await subloc(['train', data, '-o', join(home, 'fold2'), ...FLAGS, '--split', file, '--fold', '2'])
	t.is(one.code, 0, one.stderr)
	t.regex(one.stdout, /on fold 2 of a stratified split/)
	const all = await subloc(['cross-validate', data, '-o', join(home, 'cv'), ...FLAGS, '--split', file])
	t.is(all.code, 0, all.stderr)
	t.regex(all.stdout, /on 3 folds of a stratified split \(48 proteins\)/)
	t.is(readFileSync(join(home, 'cv/predictions.tsv'), 'utf8').trim().split('\n').length, 49)
	const part = await subloc(['cross-validate', data, '-o', join(home, 'cv2'), ...FLAGS, '--fold', '2/3'])
	t.is(part.code, 0, part.stderr)
	t.deepEqual(readFileSync(join(home, 'cv2/model.safetensors')), readFileSync(join(home, 'fold2/model.safetensors')))
})

test('a configuration file, --set and flags come together in config.json', async (t) => {
	const file = join(home, 'my.yaml')
	writeFileSync(file, 'preset: quick\nhidden: 6\nepochs: 9\nblocks: [onehot]\noptimizer:\n  learningRate: 0.01\n')
	const output = join(home, 'configured')
	const { code, stderr } = await subloc([
		'train',
		data,
		'-o',
		output,
		'--config',
		file,
		'--set',
		'optimizer.beta1=0.8',
		'--set',
		'forgetBias=1',
		'--epochs',
		'1',
	])
	t.is(code, 0, stderr)
	const config = JSON.parse(readFileSync(join(output, 'config.json'), 'utf8'))
	t.like(config, { hidden: 6, epochs: 1, forgetBias: 1 })
	t.like(config.optimizer, { learningRate: 0.01, beta1: 0.8, beta2: 0.999 })
	const again = await subloc(['train', data, '-o', join(home, 'again'), '--config', join(output, 'config.json')])
	t.is(again.code, 0, again.stderr)
	t.deepEqual(readFileSync(join(home, 'again/model.safetensors')), readFileSync(join(output, 'model.safetensors')))
})

test('a stopped training exits with its code, and --resume ends it with the same bytes', async (t) => {
	const long = [...FLAGS, '--epochs', '200']
	t.is((await subloc(['train', data, '-o', join(home, 'whole'), ...long])).code, 0)
	for (const [signal, code] of [
		['SIGTERM', 143],
		['SIGUSR1', 75],
		['SIGINT', 130],
	] as const) {
		const stopped = await subloc(['train', data, '-o', join(home, 'stopped'), ...long, '--resume'], {
			// At its first epoch: on a busy machine a time would be too early.
			onStart: (child) => {
				const stopOnce = (text: Buffer) => {
					if (!/epoch +\d/.test(String(text))) return
					child.stderr!.off('data', stopOnce)
					child.kill(signal)
				}
				child.stderr!.on('data', stopOnce)
			},
		})
		t.is(stopped.code, code, stopped.stderr)
		t.regex(stopped.stderr, /--resume goes on/)
	}
	const resumed = await subloc(['train', data, '-o', join(home, 'stopped'), '--resume'])
	t.is(resumed.code, 0, resumed.stderr)
	for (const name of ['model.safetensors', 'metrics.jsonl', 'predictions.tsv']) {
		t.deepEqual(readFileSync(join(home, 'stopped', name)), readFileSync(join(home, 'whole', name)), name)
	}
})

test('a stopped cross-validation that is resumed gives the bytes of one that was not stopped', async (t) => {
	const flags = [...FLAGS, '--epochs', '100', '--folds', '3']
	t.is((await subloc(['cross-validate', data, '-o', join(home, 'cv-whole'), ...flags])).code, 0)
	const output = join(home, 'cv-stopped')
	const stopped = await subloc(['cross-validate', data, '-o', output, ...flags], {
		onStart: (child) => {
			const stopOnce = (text: Buffer) => {
				if (!/epoch +2\//.test(String(text))) return
				child.stderr!.off('data', stopOnce)
				child.kill('SIGTERM')
			}
			child.stderr!.on('data', stopOnce)
		},
	})
	t.is(stopped.code, 143, stopped.stderr)
	t.regex(stopped.stderr, /the state is saved \(--resume goes on\)/)
	t.false(existsSync(join(output, 'DONE')))
	const resumed = await subloc(['cross-validate', data, '-o', output, '--folds', '3', '--resume'])
	t.is(resumed.code, 0, resumed.stderr)
	t.regex(resumed.stdout, /on 3 folds of a stratified split \(48 proteins\)/)
	for (const name of ['model.safetensors', 'metrics.jsonl', 'predictions.tsv', 'evaluation.json']) {
		t.deepEqual(readFileSync(join(output, name)), readFileSync(join(home, 'cv-whole', name)), name)
	}
})

test('--member I/M trains what is member I of the joint run, to the byte', async (t) => {
	const train = async (name: string, ...flags: string[]) => {
		const { code, stderr } = await subloc(['train', data, '-o', join(home, name), ...FLAGS, ...flags])
		t.is(code, 0, stderr)
	}
	await train('joint', '--members', '2')
	await train('member1', '--member', '1/2')
	await train('member2', '--member', '2/2', '--members', '2')
	const part = (name: string) => join(home, name, 'model.safetensors')
	t.notDeepEqual(readFileSync(part('member1')), readFileSync(part('member2')))
	const members = await Promise.all(['member1', 'member2'].map((name) => loadModel(part(name))))
	using merged = mergeModels(members)
	await merged.save(join(home, 'merged'))
	t.deepEqual(readFileSync(part('merged')), readFileSync(part('joint')))
	t.deepEqual(readFileSync(join(home, 'member2/splits.tsv')), readFileSync(join(home, 'joint/splits.tsv')))
	const other = await subloc(['train', data, '-o', join(home, 'x'), ...FLAGS, '--member', '1/3', '--members', '2'])
	t.is(other.code, 2)
	t.regex(other.stderr, /INVALID_OPTION: --member 1\/3 is of another ensemble than --members 2/)
	for (const model of members) model.close()
})

test('what a stop tells is what it leaves: nothing is saved where no epoch had begun', async (t) => {
	const folder = temporaryFolder(t)
	const fifo = join(folder, 'data.tsv')
	t.is(spawnSync('mkfifo', [fifo]).status, 0)
	const stopped = subloc(['train', fifo, '-o', join(folder, 'run'), ...FLAGS], {
		onStart: async (child) => {
			// Opening waits for the reader: then the data is being read.
			const writer = await open(fifo, 'w')
			child.kill('SIGINT')
			await setTimeout(200)
			await writer.write('id\tsequence\tclass\na\tMKV\tx\nb\tMKL\tx\nc\tMKV\ty\nd\tMKL\ty\n')
			await writer.close()
		},
	})
	const { code, stderr } = await stopped
	t.is(code, 130, stderr)
	t.regex(stderr, /stopped by SIGINT; no epoch had begun, so nothing is saved/)
	t.notRegex(stderr, /resume/)
	t.false(existsSync(join(folder, 'run/checkpoint')))
})

test('check reports, and exits with 65 where a record cannot be used', async (t) => {
	const good = await subloc(['check', '-'], { input: '>a\nMKV\n>b\nKXV\n' })
	t.is(good.code, 0)
	t.regex(good.stdout, /2 records, 2 can be predicted, 6 residues/)
	t.regex(good.stdout, /outside the 20: X 1/)
	const bad = await subloc(['check', '-', '--json'], { input: '>a\nMKV\n>b\nK1\n' })
	t.is(bad.code, 65)
	t.is(JSON.parse(bad.stdout).problems[0].line, 4)
})

const GENE = 'ATGGCTAAAGTTCTGGCTGGTGAAAGCACCGATTAA'

test('sequences that look like DNA are warned of by check, predict, evaluate and train', async (t) => {
	const input = `>gene\n${GENE}\n>protein\nMKVLAGESTD\n`
	const checked = await subloc(['check', '-'], { input })
	t.is(checked.code, 0, checked.stderr)
	t.regex(checked.stdout, /1 look like DNA or RNA \(first: gene\): translate them/)
	const warning = /warning.*1 of 2 sequences look like DNA or RNA \(first: gene\)/
	const predicted = await subloc(['predict', '-', '--model', run], { input })
	t.is(predicted.code, 0, predicted.stderr)
	t.regex(predicted.stdout, /\ngene\tok\t/)
	t.regex(predicted.stderr, warning)
	const folder = temporaryFolder(t)
	const table = join(folder, 'genes.tsv')
	writeFileSync(table, `id\tsequence\tclass\ngene\t${GENE}\tER\nprotein\tMKV\tnuclear\n`)
	t.regex((await subloc(['evaluate', run, table])).stderr, warning)
	const trained = await subloc([
		...['train', table, '-o', join(folder, 'run'), ...FLAGS, '--epochs', '1'],
		...['--test-fraction', '0', '--validation-fraction', '0'],
	])
	t.is(trained.code, 0, trained.stderr)
	t.regex(trained.stderr, warning)
	const plain = await subloc(['predict', '-', '--model', run], { input: '>a\nMKVLAGESTD\n' })
	t.notRegex(plain.stderr, /DNA/)
})

test('an ending of -o that is no format is warned of, and TSV written', async (t) => {
	const folder = temporaryFolder(t)
	const input = '>a\nMK\n'
	const predicted = async (name: string, ...flags: string[]) => {
		const { code, stderr } = await subloc(['predict', '-', '--model', run, '-o', join(folder, name), ...flags], {
			input,
		})
		t.is(code, 0, stderr)
		return stderr
	}
	t.regex(await predicted('out.xlsx'), /warning.*out\.xlsx: the ending is none of tsv, .*TSV is written/)
	t.regex(readFileSync(join(folder, 'out.xlsx'), 'utf8'), /^id\tstatus\t/)
	for (const [name, ...flags] of [['out.csv'], ['out'], ['out.txt', '--format', 'csv']] as const)
		t.notRegex(await predicted(name, ...flags), /ending/)
})

test('info and devices tell, as text and as JSON', async (t) => {
	const text = await subloc(['info', run])
	t.regex(text.stdout, /r-lstm, 1 network of \d+ weights \(seeds 1\)/)
	const json = JSON.parse((await subloc(['info', run, '--json'])).stdout)
	t.is(json.config.hidden, 6)
	t.is(json.model.classes.length, 8)
	const devices = JSON.parse((await subloc(['devices', '--json'])).stdout)
	t.is(devices.devices[0].backend, 'cpu')
	t.true(devices.devices[0].available)
	t.regex(devices.autoRule, /^auto takes cuda/)
	const told = (await subloc(['devices'])).stdout
	t.regex(told, /cpu +✔/)
	t.true(told.includes(devices.autoRule))
	t.is(told.match(/← auto/g)?.length, 1)
	t.regex(told, /; bf16 (yes|no); \d+ threads/)
	const help = (await subloc(['devices', '--help'])).stdout
	t.true(help.includes(`--backend auto: ${devices.autoRule}`), help)
})

test('--version prints the version alone; help teaches', async (t) => {
	t.is((await subloc(['--version'])).stdout, `${packageVersion()}\n`)
	const help = await subloc(['--help'])
	t.is(help.code, 0)
	for (const command of [
		'train',
		'predict',
		'evaluate',
		'cross-validate',
		'report',
		'split',
		'check',
		'info',
		'devices',
		'demo',
	]) {
		t.true(help.stdout.includes(command), command)
		const own = await subloc([command, '--help'])
		t.is(own.code, 0)
		if (!['train', 'predict', 'cross-validate', 'report', 'split'].includes(command)) continue
		const examples = own.stdout.split('Examples:')[1] ?? ''
		t.true(examples.split(`subloc ${command} `).length > 2, own.stdout)
	}
})

test('--log-format json writes one object a line on stderr', async (t) => {
	const { stderr } = await subloc(['train', data, '-o', join(home, 'json'), ...FLAGS, '--log-format', 'json'])
	const lines = stderr
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line))
	t.deepEqual(
		lines.filter(({ event }) => event === 'epoch').map(({ epoch }) => epoch),
		[1, 2],
	)
	t.true(lines.every(({ time }) => !Number.isNaN(Date.parse(time))))
	const failed = await subloc(['predict', 'nowhere.fa', '--model', run, '--log-format', 'json'])
	t.like(JSON.parse(failed.stderr), { event: 'error', code: 'INPUT_MISSING', file: 'nowhere.fa' })
})

test('a mistake in the arguments is one JSON object too, where JSON is asked for', async (t) => {
	for (const [message, ...args] of [
		[/unknown option '--hiden'/, 'train', data, '-o', join(home, 'x'), '--hiden', '3', '--log-format', 'json'],
		[/'--hidden <n>' argument '0' is invalid/, 'train', data, '-o', 'x', '--log-format=json', '--hidden', '0'],
		[/required option '-o, --output <run>'/, 'train', data, '--log-format', 'json'],
		[/missing required argument 'in'/, 'predict', '--model', run, '--log-format', 'json'],
		[/unknown option '--log-format'/, '--log-format', 'json'],
	] as const) {
		const { code, stdout, stderr } = await subloc(args)
		t.is(code, 2, stderr)
		t.is(stdout, '')
		const told = JSON.parse(stderr)
		t.like(told, { event: 'error', code: 'INVALID_OPTION' })
		t.regex(told.message, message)
		t.notRegex(told.message, /^error|explains/)
	}
})

const ends = test.macro<[title: string, code: number, message: RegExp, args: readonly string[]]>({
	async exec(t, _, code, message, args) {
		const { code: found, stderr } = await subloc(args)
		t.is(found, code, stderr)
		t.regex(stderr, message)
		t.notRegex(stderr, / at .*\.js:\d+/)
	},
	title: (_, title, code) => `exit code ${code}: ${title}`,
})
test(ends, 'an unknown command', 2, /unknown command/, ['fly'])
test(ends, 'an unknown flag', 2, /unknown option/, ['train', data, '-o', join(home, 'x'), '--hiden', '3'])
test(ends, 'a misspelt flag that must be given', 2, /unknown option '--modle'\n\(Did you mean --model\?\)/, [
	...['predict', 'in.fa', '--modle', run],
])
test(ends, 'a flag that must be given', 2, /required option '-o, --output <run>' not specified/, ['train', data])
test(ends, 'a misspelt key of --set', 2, /INVALID_CONFIG.*optimizer\.learningrate.*; did you mean learningRate\?/, [
	...['train', data, '-o', join(home, 'x'), '--set', 'optimizer.learningrate=0.1'],
])
test(ends, 'a flag out of range', 2, /whole number/, ['train', data, '-o', join(home, 'x'), '--hidden', '0'])
test(ends, 'a wrong --set', 2, /INVALID_CONFIG.*optimizer\.learningRate/, [
	'train',
	data,
	'-o',
	join(home, 'x'),
	'--set',
	'optimizer.learningRate=fast',
])
test(ends, 'a --set of nothing', 2, /path=value/, ['train', data, '-o', join(home, 'x'), '--set', 'hidden'])
test(ends, 'an existing run', 2, /holds a run/, ['train', data, '-o', run, ...FLAGS])
test(ends, 'no data', 66, /nowhere: .*no such file/, ['train', 'nowhere', '-o', join(home, 'x')])
test(ends, 'no input', 66, /nowhere\.fa: .*no such file/, ['predict', 'nowhere.fa', '--model', run])
test(ends, 'no model', 69, /INVALID_MODEL: .*nothing: there is no such file or folder/, [
	'predict',
	'-',
	'--model',
	join(home, 'nothing'),
])
test(ends, 'a backend that this machine lacks', 69, /BACKEND_UNAVAILABLE.*cuda/, [
	'train',
	data,
	'-o',
	join(home, 'cuda'),
	...FLAGS,
	'--backend',
	'cuda',
])
test(ends, 'an output below a file', 73, /IO: .*not a folder/, [
	'train',
	data,
	'-o',
	join(ROOT, 'package.json/run'),
	...FLAGS,
])
test(ends, 'predictions below a file', 73, /IO: /, [
	'predict',
	'-',
	'--model',
	run,
	'-o',
	join(ROOT, 'package.json/out.tsv'),
])
test(ends, 'a folder in place of a file', 73, /IO: .*cannot create it: it is a folder/, ['split', data, '-o', home])
test(ends, 'a class that the model lacks, before a backend is looked for', 65, /UNKNOWN_CLASS/, [
	...['evaluate', run, join(home, 'moon.tsv'), '--backend', 'cuda'],
])
test(ends, 'a full disk', 74, /no space is left/, ['split', data, '-o', '/dev/full'])

test('a full disk during a training is told, and the checkpoint before it stays readable', (t) => {
	const output = join(temporaryFolder(t), 'run')
	// A file size limit stands in for the full disk: the checkpoint grows by a line of history an epoch.
	const command = `trap '' XFSZ; ulimit -f 500; exec '${process.execPath}' dist/cli/main.js train '${data}' -o '${output}' ${FLAGS.join(' ')} --epochs 4000`
	const { status, stderr } = spawnSync('bash', ['-c', command], { cwd: ROOT, encoding: 'utf8' })
	t.is(status, 74, stderr.slice(-500))
	t.regex(stderr, /IO: /)
	const epochs = readFileSync(join(output, 'metrics.jsonl'), 'utf8')
		.split('\n')
		.slice(0, -1)
		.map((line) => JSON.parse(line).epoch)
	t.deepEqual(
		epochs,
		epochs.map((_, at) => at + 1),
	)
	t.true(epochs.length > 10)
	// safetensors: 8 bytes of header length, the header, the data; the file is whole.
	const checkpoint = readFileSync(join(output, 'checkpoint/state.safetensors'))
	const header = JSON.parse(checkpoint.subarray(8, 8 + Number(checkpoint.readBigUInt64LE())).toString())
	const ends = Object.values(header).map((entry) => (entry as { data_offsets?: number[] }).data_offsets?.[1] ?? 0)
	t.is(8 + Number(checkpoint.readBigUInt64LE()) + Math.max(...ends), checkpoint.length)
	t.true(JSON.parse(header.__metadata__.subloc).history.length >= epochs.length)
})
