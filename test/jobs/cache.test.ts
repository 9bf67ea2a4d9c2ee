/** The prediction cache: the same answers, each protein once, many writers, and no more than it may hold. */
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import type { ExtraSource } from '../../src-ts/encoding/extra/source.js'
import { PredictionCache } from '../../src-ts/jobs/cache.js'
import { cachedPredict } from '../../src-ts/jobs/cached-predict.js'
import { predictFile } from '../../src-ts/jobs/predict-file.js'
import type { Model } from '../../src-ts/model/model.js'
import { predictAll } from '../../src-ts/predict/predict.js'
import { train } from '../../src-ts/train/train.js'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'

const THREADS = { threads: 1, backend: 'cpu' } as const
const key = (n: number) => n.toString(16).padStart(8, '0').repeat(8)
let model: Model
test.before(async () => {
	model = await train(smallDataset(), { ...SMALL, members: 2 })
})

test('answers from the cache are the answers, to the bit; twins are computed once', async (t) => {
	const folder = temporaryFolder(t)
	const { records } = smallDataset()
	const twins = records.map(({ sequence }, at) => ({ id: `twin${at}`, sequence: ` ${sequence.toLowerCase()}*` }))
	const proteins = [...records, { id: 'odd', sequence: 'M1' }, { id: 'none', sequence: '' }, ...twins]
	const wanted = await predictAll(model, proteins, THREADS)
	for (const round of ['filled', 'read']) {
		const cache = await PredictionCache.open(join(folder, 'cache'), 2 ** 20)
		let computed = 0
		const counting = new Proxy(cache, {
			get: (target, name) => {
				if (name === 'set') computed += 1
				const value = Reflect.get(target, name, target)
				return typeof value === 'function' ? value.bind(target) : value
			},
		})
		const found = []
		for await (const prediction of cachedPredict(model, proteins, THREADS, counting)) found.push(prediction)
		await cache.close()
		t.deepEqual(found, wanted, round)
		t.is(computed, round === 'filled' ? records.length : 0)
	}
})

test('what an answer depends on is told apart: model, options, and the device', async (t) => {
	const folder = temporaryFolder(t)
	const input = join(folder, 'in.fa')
	writeFileSync(input, '>a\nMKVLAGESTD\n>b\nMKV\n')
	const other = await train(smallDataset(), { ...SMALL, members: 2, seed: 9 })
	const run = async (own: Model, name: string, options = {}) => {
		await predictFile(own, input, join(folder, name), { ...THREADS, cache: join(folder, 'cache'), ...options })
		return readFileSync(join(folder, name), 'utf8')
	}
	const first = await run(model, 'a.tsv')
	t.is(await run(model, 'b.tsv'), first)
	const segments = () => readdirSync(join(folder, 'cache')).length
	t.is(segments(), 1, 'the second run had nothing to add')
	t.not(await run(other, 'c.tsv'), first)
	t.is(segments(), 2)
	await run(model, 'd.tsv', { cpuIsa: 'portable' })
	t.is(segments(), 3)
	await t.throwsAsync(run(model, 'e.tsv', { cacheBytes: -1 }), { code: 'INVALID_OPTION' })
})

test('own numbers are read one protein at a time, and no more are looked up together than are predicted together', async (t) => {
	// With 10,000 columns 4,000 residues reach the bound of a chunk. One array of zeros stands in for all.
	const [columns, residues] = [10_000, 4000]
	const zeros = new Float32Array(columns * residues)
	const asked: string[] = []
	let [reading, most] = [0, 0]
	const extra: ExtraSource = {
		async rows(id, { length }) {
			asked.push(id)
			reading += 1
			most = Math.max(most, reading)
			await new Promise((done) => setImmediate(done))
			reading -= 1
			return { data: zeros.subarray(0, length * columns), shape: [length, columns] }
		},
	}
	using own = await train(smallDataset(), { ...SMALL, epochs: 1, maxResidues: 20, extra })
	asked.length = 0
	most = 0
	const proteins = [
		{ id: 'A', sequence: 'A'.repeat(residues) },
		{ id: 'C', sequence: 'CC' },
		{ id: 'D', sequence: 'DD' },
	]
	const cache = await PredictionCache.open(join(temporaryFolder(t), 'cache'), 2 ** 20)
	const found = []
	for await (const { status } of cachedPredict(own, proteins, { ...THREADS, extra }, cache)) found.push(status)
	await cache.close()
	t.deepEqual(found, ['ok', 'ok', 'ok'])
	t.is(most, 1)
	t.deepEqual(asked, ['A', 'A', 'C', 'D', 'C', 'D'])
})

test('a file that breaks off has not cost what came before, with a cache either', async (t) => {
	const broken = async function* () {
		yield { id: 'a', sequence: 'MKV' }
		throw new Error('broken off')
	}
	const cache = await PredictionCache.open(join(temporaryFolder(t), 'cache'), 2 ** 20)
	const found: string[] = []
	await t.throwsAsync(
		async () => {
			for await (const { id } of cachedPredict(model, broken(), THREADS, cache)) found.push(id)
		},
		{ message: 'broken off' },
	)
	await cache.close()
	t.deepEqual(found, ['a'])
})

test('many writers at once lose nothing that they agree on', async (t) => {
	const folder = temporaryFolder(t)
	const caches = await Promise.all([0, 1, 2, 3].map(() => PredictionCache.open(folder, 2 ** 24)))
	await Promise.all(
		caches.map(async (cache, writer) => {
			for (let n = 0; n < 2000; n++) await cache.set(key(n), `${n} ${writer === 0 ? 'x'.repeat(400) : ''}`)
			await cache.close()
		}),
	)
	const reader = await PredictionCache.open(folder, 2 ** 24)
	for (let n = 0; n < 2000; n++) t.regex(reader.get(key(n))!, new RegExp(`^${n} x*$`))
	t.is(reader.get(key(2001)), null)
	await reader.close()
	t.true(readdirSync(folder).every((name) => name.endsWith('.seg')))
})

test('many small segments are joined, and the cache stays as small as it must be', async (t) => {
	const folder = temporaryFolder(t)
	for (let n = 0; n < 70; n++) {
		const cache = await PredictionCache.open(folder, 2 ** 24)
		await cache.set(key(n), `${n}`)
		await cache.close()
	}
	t.true(readdirSync(folder).length < 66)
	const reader = await PredictionCache.open(folder, 2 ** 24)
	for (let n = 0; n < 70; n++) t.is(reader.get(key(n)), `${n}`)
	await reader.close()
	const size = () => readdirSync(folder).reduce((all, name) => all + statSync(join(folder, name)).size, 0)
	for (let n = 100; n < 104; n++) {
		const cache = await PredictionCache.open(folder, 3000)
		await cache.set(key(n), 'y'.repeat(1000))
		await cache.close()
		t.true(size() <= 3000)
	}
	const last = await PredictionCache.open(folder, 3000)
	t.is(last.get(key(103)), 'y'.repeat(1000), 'what came last is there')
	t.is(last.get(key(3)), null)
	await last.close()
})

test('a damaged segment, or one that another process removes, is a miss', async (t) => {
	const folder = temporaryFolder(t)
	const cache = await PredictionCache.open(folder, 2 ** 20)
	await cache.set(key(1), 'one')
	await cache.set(key(2), 'two')
	await cache.close()
	const [name] = readdirSync(folder)
	const reader = await PredictionCache.open(folder, 2 ** 20)
	truncateSync(join(folder, name!), 90)
	t.is(reader.get(key(1)), 'one')
	t.is(reader.get(key(2)), null)
	await reader.close()
	const again = await PredictionCache.open(folder, 2 ** 20)
	t.is(again.get(key(2)), null)
	await again.close()
})
