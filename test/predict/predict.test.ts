import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import {
	listDevices,
	loadModel,
	type Model,
	type Prediction,
	parsePredictions,
	predict,
	predictAll,
	predictionFormatter,
	RUN_FILES,
	SublocError,
	sequenceRecord,
	syntheticDataset,
	train,
	writePredictions,
} from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'

const dataset = smallDataset()
let model: Model
let attending: Model
test.before(async () => {
	model = await train(dataset, SMALL)
	attending = await train(dataset, { ...SMALL, model: 'a-lstm', members: 2, maxResidues: 30 })
})

const probabilities = (predictions: Prediction[]) => predictions.map((prediction) => prediction.probabilities)

test('rows out are records in, in order; a bad record has a status and no numbers', async (t) => {
	const text = '>a\nMKVLA\n>b\n>c\nMK7\n>d\nW\n'
	const found = await predictAll(model, Readable.from([Buffer.from(text)]))
	t.deepEqual(
		found.map(({ id, status, problem }) => [id, status, problem?.code]),
		[
			['a', 'ok', undefined],
			['b', 'skipped', 'INVALID_FASTA'],
			['c', 'skipped', 'UNKNOWN_RESIDUE'],
			['d', 'ok', undefined],
		],
	)
	t.like(found[1], { compartment: null, probability: null, spread: null, relative: null, probabilities: null })
	for (const { probabilities, compartment, probability } of [found[0]!, found[3]!]) {
		const values = Object.values(probabilities!)
		t.true(Math.abs(values.reduce((a, b) => a + b, 0) - 1) < 1e-5)
		t.is(probability, Math.max(...values))
		t.is(probabilities![compartment!], probability!)
	}
	await t.throwsAsync(predictAll(model, Readable.from([Buffer.from(text)]), { onProblem: 'fail' }), {
		code: 'INVALID_FASTA',
	})
})

test('bf16 gives nearly the same answers, and says when it is no precision', async (t) => {
	for (const own of [model, attending]) {
		const [exact, rounded] = [
			await predictAll(own, dataset.records),
			await predictAll(own, dataset.records, { precision: 'bf16' }),
		]
		t.notDeepEqual(probabilities(rounded), probabilities(exact))
		for (const [at, { probabilities }] of rounded.entries()) {
			for (const name of own.classes)
				t.true(Math.abs(probabilities![name]! - exact[at]!.probabilities![name]!) < 0.02, name)
		}
	}
	const wrong = 'f16' as 'bf16'
	await t.throwsAsync(predictAll(model, dataset.records, { precision: wrong }), { code: 'INVALID_OPTION' })
	await t.throwsAsync(predictAll(model, dataset.records, { precision: 'bf16', backend: 'wgpu' }), {
		...{ code: 'INVALID_OPTION', message: /bf16 needs backend cuda or cpu: wgpu computes in f32/ },
	})
	for (const backend of ['cpu', 'wgpu'] as const) {
		await t.throwsAsync(predictAll(model, dataset.records, { precision: 'tf32', backend }), {
			...{
				code: 'INVALID_OPTION',
				message: /tf32 needs backend cuda: (cpu computes in f32 or bf16|wgpu computes in f32)$/,
			},
		})
	}
})

const cards = listDevices().filter(({ backend, available }) => backend === 'cuda' && available)

test('tf32 without a card is refused with the words of the probe', async (t) => {
	if (cards.length > 0) return t.pass('there is a card')
	for (const backend of ['auto', 'cuda'] as const) {
		await t.throwsAsync(predictAll(model, dataset.records, { precision: 'tf32', backend }), {
			...{ code: 'BACKEND_UNAVAILABLE', message: /cuda/ },
		})
	}
})

test('a protein’s probabilities do not depend on those around it', async (t) => {
	const lengths = [1, 2, 20, 21, 22, 400, 1000, 1001, 1500]
	const records = lengths.map((length) =>
		sequenceRecord(`p${length}`, 'MKVLAGESTDRNHPWYFICQ'.repeat(75).slice(0, length)),
	)
	for (const own of [model, attending]) {
		const together = probabilities(await predictAll(own, records))
		t.deepEqual(probabilities(await predictAll(own, [...records].reverse())), [...together].reverse())
		for (const [at, record] of records.entries())
			t.deepEqual(probabilities(await predictAll(own, [record]))[0], together[at])
	}
})

test('many chunks give what one gives', async (t) => {
	const many = Array.from({ length: 2500 }, (_, at) => ({
		...dataset.records[at % dataset.records.length]!,
		id: `r${at}`,
	}))
	const found = await predictAll(model, many)
	t.deepEqual(
		found.map(({ id }) => id),
		many.map(({ id }) => id),
	)
	const once = probabilities(await predictAll(model, dataset.records))
	t.deepEqual(
		probabilities(found),
		found.map((_, at) => once[at % once.length]!),
	)
})

test('titin’s 35,000 residues are predicted by their ends', async (t) => {
	const titin = 'MKVLAGESTDRNHPWYFICQ'.repeat(1750)
	const [whole, ends] = await predictAll(model, [
		sequenceRecord('titin', titin),
		sequenceRecord('ends', titin.slice(0, 500) + titin.slice(-500)),
	])
	t.is(whole!.length, 35_000)
	t.deepEqual(whole!.probabilities, ends!.probabilities)
})

test('attention weights sum to 1 and name original positions', async (t) => {
	const record = sequenceRecord('p', 'MKVLAGESTDRNHPWYFICQ'.repeat(2))
	const [found] = await predictAll(attending, [record], { attention: true })
	const { weights, positions } = found!.attention!
	t.deepEqual(
		[...positions],
		[...Array(15).keys()].map((at) => at + 1).concat([...Array(15).keys()].map((at) => at + 26)),
	)
	t.true(Math.abs(weights.reduce((a, b) => a + b, 0) - 1) < 1e-5)
	t.is((await predictAll(model, [record], { attention: true }))[0]!.attention, null)
})

test('a gap stands in a cut protein: it predicts as its ends with X between, and its share of the attention is nobody’s', async (t) => {
	const gapped = await train(dataset, {
		...SMALL,
		model: 'a-lstm',
		pooling: 'attention+last',
		maxResidues: 30,
		cutGap: 5,
	})
	t.like(gapped.info, { cutGap: 5, pooling: 'attention+last', secondConv: null })
	const sequence = 'MKVLAGESTDRNHPWYFICQ'.repeat(2)
	const [found] = await predictAll(gapped, [sequenceRecord('p', sequence)], { attention: true })
	const folder = temporaryFolder(t)
	await gapped.save(folder)
	// The same network under a wider limit, which leaves the ends with the X between whole.
	const file = join(folder, RUN_FILES.model)
	const text = readFileSync(file, 'latin1').replace('\\"maxResidues\\":30', '\\"maxResidues\\":35')
	writeFileSync(join(folder, 'wider.safetensors'), text, 'latin1')
	const wider = await loadModel(join(folder, 'wider.safetensors'))
	t.is(wider.info.maxResidues, 35)
	const ends = sequenceRecord('e', `${sequence.slice(0, 15)}XXXXX${sequence.slice(-15)}`)
	const [expected] = await predictAll(wider, [ends], { attention: true })
	t.deepEqual(found!.probabilities, expected!.probabilities)
	const attention = expected!.attention!.weights
	const { weights, positions } = found!.attention!
	t.deepEqual([...weights], [...attention.slice(0, 15), ...attention.slice(20)])
	t.deepEqual(
		[...positions],
		[...Array(15).keys()].map((at) => at + 1).concat([...Array(15).keys()].map((at) => at + 26)),
	)
	// What is not cut has no gap.
	const [whole] = await predictAll(gapped, [sequenceRecord('q', sequence.slice(0, 30))], { attention: true })
	t.true(Math.abs(whole!.attention!.weights.reduce((a, b) => a + b, 0) - 1) < 1e-5)
	const loaded = await loadModel(folder)
	t.deepEqual(loaded.info, gapped.info)
	t.deepEqual(await predictAll(loaded, [sequenceRecord('p', sequence)], { attention: true }), [found!])
})

test('a gzip file that breaks off gives what came before, then the error with its line', async (t) => {
	const path = join(temporaryFolder(t), 'x.fa.gz')
	const { records } = syntheticDataset({ perClass: 300, length: [100, 200] })
	const packed = gzipSync(records.map(({ id, sequence }) => `>${id}\n${sequence}\n`).join(''))
	writeFileSync(path, packed.subarray(0, packed.length - 2000))
	let count = 0
	const error = await t.throwsAsync<SublocError>(
		async () => {
			for await (const _ of predict(model, path)) count += 1
		},
		{ code: 'INVALID_FASTA', message: /too early/ },
	)
	t.true(count > 1000 && count < records.length, `${count}`)
	t.true(error!.line! > 2 * count - 10)
	t.is(error!.file, path)
})

test('aborting ends a prediction with the signal’s reason', async (t) => {
	const reason = new Error('enough')
	const controller = new AbortController()
	const endless = (function* () {
		for (let at = 0; ; at++) yield sequenceRecord(`r${at}`, 'MKVLAGESTDRNHPWYFICQ'.repeat(20))
	})()
	const error = await t.throwsAsync(async () => {
		let seen = 0
		for await (const _ of predict(model, endless, { signal: controller.signal }))
			if (++seen === 10) controller.abort(reason)
	})
	t.is(error, reason)
})

test('leaving the loop closes the input', async (t) => {
	let closed = false
	async function* input() {
		try {
			for (let at = 0; ; at++) yield sequenceRecord(`r${at}`, 'MKV')
		} finally {
			closed = true
		}
	}
	for await (const _ of predict(model, input())) break
	t.true(closed)
	// Far more than is read ahead, so that the loop is left in the middle of the file.
	const path = join(temporaryFolder(t), 'long.fa')
	writeFileSync(path, Array.from({ length: 50_000 }, (_, at) => `>r${at}\nMKVLAGESTDRNHPWYFICQ\n`).join(''))
	const file = createReadStream(path)
	for await (const _ of predict(model, file)) break
	if (!file.closed) await new Promise<void>((done) => file.once('close', () => done()))
	t.true(file.bytesRead < statSync(path).size)
})

test('leaving the loop, or an error, does not wait for an input that does not answer; it closes when it does', async (t) => {
	for (const end of ['break', 'error'] as const) {
		let asked = false
		let close = () => {}
		const closed = new Promise<void>((done) => {
			close = done
		})
		let answer = () => {}
		const answered = new Promise<void>((done) => {
			answer = done
		})
		async function* live() {
			try {
				// A chunk; the next is asked for while this one is computed.
				for (let at = 0; at < 1024; at++) yield sequenceRecord(`r${at}`, end === 'error' && at === 9 ? 'M1' : 'MKV')
				asked = true
				await answered
				yield sequenceRecord('late', 'MKV')
			} finally {
				close()
			}
		}
		const started = Date.now()
		const leave = async () => {
			for await (const _ of predict(model, live(), { onProblem: end === 'error' ? 'fail' : 'skip' })) break
		}
		if (end === 'error') await t.throwsAsync(leave(), { code: 'UNKNOWN_RESIDUE' })
		else await leave()
		t.true(asked)
		t.true(Date.now() - started < 5000)
		answer()
		await closed
	}
})

test('reading runs ahead of the rows by two chunks at most, however long the input is', async (t) => {
	// What CHUNK in predict.ts bounds: 1024 records, or 400,000 residues.
	for (const { residues, records, chunk } of [
		{ residues: 5, records: 12_000, chunk: 1024 },
		{ residues: 20_000, records: 300, chunk: 20 },
	]) {
		const sequence = 'MKVLA'.repeat(residues / 5)
		let [read, given, ahead] = [0, 0, 0]
		async function* input() {
			for (; read < records; read++) {
				ahead = Math.max(ahead, read + 1 - given)
				yield sequenceRecord(`r${read}`, sequence)
			}
		}
		for await (const _ of predict(model, input())) given += 1
		t.deepEqual([read, given], [records, records])
		t.true(ahead > chunk && ahead <= 2 * chunk, `${ahead}`)
	}
})

test('values of a wrong type are refused as the option that they are', async (t) => {
	const records = [sequenceRecord('a', 'MKV')]
	const refuses = async (option: string, run: () => PromiseLike<unknown>) => {
		const error = await t.throwsAsync<SublocError>(async () => run(), { code: 'INVALID_OPTION' }, option)
		t.is(error!.facts.option, option)
		t.true(error!.message.includes(option))
	}
	const wrong = <T>(value: unknown) => value as T
	for (const input of [5, null, {}, [{ id: 'a' }], [{ sequence: 'MK' }], [null], [{ id: 'a', sequence: 7 }]]) {
		await refuses('input', () => predictAll(model, wrong(input)))
	}
	await refuses('signal', () => predictAll(model, records, wrong({ signal: 5 })))
	await refuses('attentoin', () => predictAll(model, records, wrong({ attentoin: true })))
	await refuses('missingProfile', () => predictAll(model, records, wrong({ missingProfile: 'blosum80' })))
	for (const option of ['split', 'signal', 'onProgress', 'onWarning', 'output']) {
		await refuses(option, () => train(dataset, wrong({ ...SMALL, [option]: 5 })))
	}
	for (const profiles of [5, {}]) {
		await refuses('profiles', () => train(dataset, wrong({ ...SMALL, blocks: ['onehot', 'profile'], profiles })))
	}
})

test('the nearest training protein goes along, and tables have it where they are asked to', async (t) => {
	const training = dataset.records.slice(0, 5).map(({ id, sequence, class: name }) => ({ id, sequence, class: name }))
	const asked = [
		{ id: 'same', sequence: training[2]!.sequence },
		{ id: 'bad', sequence: '7' },
		{ id: 'other', sequence: 'WPWPWPWPWPWPWPWPWPWPWP' },
	]
	const found = await predictAll(model, asked, { training })
	const { id, class: name } = training[2]!
	t.like(found[0]!.relative, { id, class: name, identity: 1, coverage: 1 })
	t.deepEqual([found[1]!.relative, found[2]!.relative], [null, null])
	t.deepEqual(probabilities(found), probabilities(await predictAll(model, asked)))
	const { header, row } = predictionFormatter('tsv', model.classes, { trust: true })
	const cells = (text: string) => text.trimEnd().split('\t').slice(-4)
	t.deepEqual(cells(header), ['calibrated', 'relative', 'relative_class', 'identity'])
	t.deepEqual(row(found[0]!).trimEnd().split('\t').slice(-3), [id, name, '1.0000'])
	t.is(row(found[2]!).split('\t').length, header.split('\t').length)
	t.like(JSON.parse(predictionFormatter('jsonl', model.classes).row(found[0]!)), { relative: { id, identity: 1 } })
	const back = parsePredictions(header + found.map(row).join(''), 'table')
	t.deepEqual(back.classes, [...model.classes])
	t.is(back.predictions[0]!.compartment, found[0]!.compartment)
})

test('rows of each format', async (t) => {
	const ok: Prediction = {
		...{
			id: 'a,"b',
			status: 'ok',
			problem: null,
			missingProfile: false,
			nucleotides: false,
			length: 3,
			compartment: 'ER',
			probability: 0.75,
			calibrated: null,
			spread: 0.0000004,
			relative: null,
		},
		...{ probabilities: { ER: 0.75, Golgi: 0.25 }, attention: null, members: null },
	}
	const [, skipped] = await predictAll(model, [sequenceRecord('x', 'MK'), sequenceRecord('b', 'M1')])
	const classes = ['ER', 'Golgi']
	const lines = (format: 'tsv' | 'csv' | 'jsonl') => {
		const { header, row } = predictionFormatter(format, classes)
		return [header, row(ok), row(skipped!)]
	}
	t.deepEqual(lines('tsv'), [
		'id\tstatus\tcompartment\tprobability\tspread\tER\tGolgi\n',
		'a,"b\tok\tER\t0.750000\t0.000000\t0.750000\t0.250000\n',
		'b\tskipped:UNKNOWN_RESIDUE\t\t\t\t\t\n',
	])
	t.deepEqual(lines('csv').slice(1), [
		'"a,""b",ok,ER,0.750000,0.000000,0.750000,0.250000\n',
		'b,skipped:UNKNOWN_RESIDUE,,,,,\n',
	])
	const { header, row } = predictionFormatter('tsv', ['E\tR', 'Golgi'])
	t.is(header.split('\t')[5], 'E R')
	t.is(row({ ...skipped!, id: 'a\tb\nc\r' }), 'a b c \tskipped:UNKNOWN_RESIDUE\t\t\t\t\t\n')
	const [none, first, second] = lines('jsonl')
	t.is(none, '')
	t.deepEqual(JSON.parse(first!).probabilities, { ER: 0.75, Golgi: 0.25 })
	t.like(JSON.parse(second!), {
		id: 'b',
		status: 'skipped',
		compartment: null,
		problem: { code: 'UNKNOWN_RESIDUE', residue: '1', position: 2 },
	})
	t.throws(() => predictionFormatter('xml' as never, classes), { code: 'INVALID_OPTION' })
})

test('an output that cannot be created or written is IO with its stage', async (t) => {
	const write = (path: string) => writePredictions(predict(model, dataset.records), path, { classes: model.classes })
	const create = await t.throwsAsync<SublocError>(write(join(import.meta.filename, 'x.tsv')), { code: 'IO' })
	t.is(create!.facts.stage, 'create')
	const full = await t.throwsAsync<SublocError>(write('/dev/full'), { code: 'IO' })
	t.is(full!.facts.stage, 'write')
})

test('a file appears when it is whole; what stood there stays until then', async (t) => {
	const path = join(temporaryFolder(t), 'out.tsv')
	writeFileSync(path, 'former')
	const failing = (async function* () {
		yield* predict(model, dataset.records.slice(0, 3))
		throw new Error('broke off')
	})()
	await t.throwsAsync(writePredictions(failing, path, { classes: model.classes }), { message: 'broke off' })
	t.is(readFileSync(path, 'utf8'), 'former')
	t.is(readFileSync(`${path}.partial`, 'utf8').split('\n').length, 5)
	await writePredictions(predict(model, dataset.records.slice(0, 3)), path, { classes: model.classes })
	t.is(readFileSync(path, 'utf8').split('\n').length, 5)
	t.false(existsSync(`${path}.partial`))
})

test('a folder is refused as an output before anything is predicted', async (t) => {
	const folder = temporaryFolder(t)
	let asked = false
	const predictions = (async function* () {
		asked = true
		yield* predict(model, dataset.records)
	})()
	const error = await t.throwsAsync<SublocError>(writePredictions(predictions, folder, { classes: model.classes }))
	t.like(error, { code: 'IO', file: folder, facts: { stage: 'create', reason: 'EISDIR' } })
	t.false(asked)
	t.false(existsSync(`${folder}.partial`))
})

test('a file that cannot be put in its place is named, and keeps the rows', async (t) => {
	const path = join(temporaryFolder(t), 'out.tsv')
	const predictions = (async function* () {
		yield* predict(model, dataset.records.slice(0, 3))
		mkdirSync(path)
	})()
	const error = await t.throwsAsync<SublocError>(writePredictions(predictions, path, { classes: model.classes }))
	t.like(error, { code: 'IO', facts: { stage: 'create', partial: `${path}.partial` } })
	t.regex(error!.message, /it is a folder; the rows are in out\.tsv\.partial/)
	t.is(readFileSync(`${path}.partial`, 'utf8').split('\n').length, 5)
})

test('predictions that end before their first row leave no file', async (t) => {
	const folder = temporaryFolder(t)
	const path = join(folder, 'out.tsv')
	const none = predict(model, join(folder, 'nowhere.fa'))
	await t.throwsAsync(writePredictions(none, path, { classes: model.classes }), { code: 'INPUT_MISSING' })
	t.deepEqual(readdirSync(folder), [])
})

test('a stream that is closed by the other side is IO, not a hang', async (t) => {
	const slow = new Writable({ highWaterMark: 1, write() {} })
	setTimeout(() => slow.destroy(), 50)
	const endless = Array.from({ length: 3000 }, (_, at) => sequenceRecord(`r${at}`, 'MKV'))
	await t.throwsAsync(writePredictions(predict(model, endless), slow, { classes: model.classes }), { code: 'IO' })
})

test('an input that gives nothing ends with the signal’s reason', async (t) => {
	const reason = new Error('enough')
	const silent = {
		async *[Symbol.asyncIterator]() {
			await new Promise(() => {})
		},
	} as AsyncIterable<never>
	for (const input of [new Readable({ read() {} }), silent]) {
		const controller = new AbortController()
		setTimeout(() => controller.abort(reason), 50)
		t.is(await t.throwsAsync(predictAll(model, input, { signal: controller.signal })), reason)
	}
})

test('a model that reads profiles tells which proteins had none; one that does not fit is its record’s problem', async (t) => {
	const profiles = {
		rows: async (id: string, sequence: string) => {
			if (id === 'bad') throw new SublocError('INVALID_PROFILE', 'too short', { record: id })
			if (id === 'short') return new Uint8Array(20)
			return id === 'none' ? null : new Uint8Array(20 * sequence.length).fill(10)
		},
	}
	using reading = await train(dataset, { ...SMALL, blocks: ['onehot', 'profile'], profiles, epochs: 1 })
	t.is(reading.training!.info.missingProfiles, 0)
	const records = ['a', 'none', 'bad', 'short', 'b'].map((id) => sequenceRecord(id, 'MKVLA'))
	const found = await predictAll(reading, records, { profiles })
	t.deepEqual(
		found.map(({ status, missingProfile }) => [status, missingProfile]),
		[
			['ok', false],
			['ok', true],
			['skipped', false],
			['skipped', false],
			['ok', false],
		],
	)
	for (const at of [2, 3]) t.like(found[at]!.problem, { code: 'INVALID_PROFILE', record: records[at]!.id })
	const strict = await predictAll(reading, records, { profiles, missingProfile: 'fail' })
	t.deepEqual(
		strict.map(({ status }) => status),
		['ok', 'skipped', 'skipped', 'skipped', 'ok'],
	)
})
