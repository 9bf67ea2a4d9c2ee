import test from 'ava'
import { type Model, mapStates, proteinStates, train } from 'subloc-native'
import { SMALL, smallDataset } from '../support/models.js'

const dataset = smallDataset(8)
let [model, attending] = [] as unknown as [Model, Model]
test.before(async () => {
	model = await train(dataset, { ...SMALL, epochs: 1 })
	attending = await train(dataset, { ...SMALL, epochs: 1, model: 'a-lstm', members: 2 })
})

test('states have a row a protein, whoever stands beside it', async (t) => {
	for (const [own, width] of [
		[model, null],
		[attending, 12],
	] as const) {
		const all = await proteinStates(own, dataset.records, { threads: 1 })
		t.is(all.hidden, 6)
		t.deepEqual(
			all.ids,
			dataset.records.map(({ id }) => id),
		)
		t.is(all.forward.length, 6 * dataset.records.length)
		t.is(all.context?.length ?? null, width && width * dataset.records.length)
		const one = await proteinStates(own, [dataset.records[5]!], { threads: 2 })
		t.deepEqual(one.forward, all.forward.slice(30, 36))
		t.deepEqual(one.backward, all.backward.slice(30, 36))
		if (width) t.deepEqual(one.context, all.context!.slice(60, 72))
	}
})

test('where the head sees the last states too, the context is the context alone', async (t) => {
	using own = await train(dataset, { ...SMALL, epochs: 1, model: 'a-lstm', pooling: 'attention+last' })
	const { forward, backward, context } = await proteinStates(own, [
		{ id: 'w', sequence: 'W' },
		{ id: 'p', sequence: 'MKVL' },
	])
	t.is(context!.length, 24)
	t.deepEqual([...forward.slice(0, 6), ...backward.slice(0, 6)], [...context!.slice(0, 12)])
	t.notDeepEqual([...forward.slice(6), ...backward.slice(6)], [...context!.slice(12)])
})

test('the context of a protein of one residue is its only state', async (t) => {
	const { forward, backward, context } = await proteinStates(attending, [{ id: 'w', sequence: 'W' }])
	t.deepEqual([...forward, ...backward], [...context!])
})

test('the forward state hangs on the end, the backward state on the start most', async (t) => {
	const sequence = 'MKVLAGESTDRNHPWYFICQ'.repeat(10)
	const of = (text: string) => proteinStates(model, [{ id: 'p', sequence: text }])
	const [own, ahead, behind] = [
		await of(sequence),
		await of(`WWWWW${sequence.slice(5)}`),
		await of(`${sequence.slice(0, -5)}WWWWW`),
	]
	const distance = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((value, at) => value - b[at]!))
	t.true(distance(own.forward, behind.forward) > 10 * distance(own.forward, ahead.forward))
	t.true(distance(own.backward, ahead.backward) > 10 * distance(own.backward, behind.backward))
})

test('members have states of their own', async (t) => {
	const [one, two] = [
		await proteinStates(attending, dataset.records),
		await proteinStates(attending, dataset.records, { member: 2 }),
	]
	t.notDeepEqual(one.forward, two.forward)
	await t.throwsAsync(proteinStates(attending, dataset.records, { member: 3 }), { code: 'INVALID_OPTION' })
	await t.throwsAsync(proteinStates(attending, []), { code: 'INVALID_OPTION' })
})

test('a map is the same for any number of threads and another for another seed', async (t) => {
	const { forward, hidden } = await proteinStates(model, dataset.records)
	const options = { iterations: 300, perplexity: 8 }
	const one = await mapStates(forward, hidden, { ...options, threads: 1 })
	t.is(one.coordinates.length, 2 * dataset.records.length)
	t.true(one.divergence > 0)
	t.deepEqual(await mapStates(forward, hidden, { ...options, threads: 2 }), one)
	t.notDeepEqual(await mapStates(forward, hidden, { ...options, seed: 2 }), one)
})

test('refused: options out of range, points that are none, a stop', async (t) => {
	const points = Float32Array.from({ length: 40 }, (_, at) => (at * 7) % 11)
	for (const [dims, options] of [
		[3, {}],
		[0, {}],
		[4, { perplexity: 0.5 }],
		[4, { iterations: 0 }],
		[4, { theta: 2 }],
		[4, { seed: -1 }],
		[4, { threads: 0 }],
	] as const) {
		await t.throwsAsync(mapStates(points, dims, options), { code: 'INVALID_OPTION' }, JSON.stringify(options))
	}
	await t.throwsAsync(mapStates(Float32Array.of(1, Number.NaN), 1), { code: 'INVALID_OPTION' })
	const reason = new Error('stop')
	await t.throwsAsync(mapStates(points, 4, { signal: AbortSignal.abort(reason) }), { is: reason })
	const many = Float32Array.from({ length: 8000 }, (_, at) => Math.sin(at))
	const controller = new AbortController()
	setTimeout(() => controller.abort(reason), 300)
	const started = performance.now()
	await t.throwsAsync(mapStates(many, 4, { iterations: 100_000, signal: controller.signal }), { is: reason })
	t.true(performance.now() - started < 5000)
})
