/** Jobs: events, results, cancelling, two at once; and the model's handle. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import test, { type ExecutionContext } from 'ava'
import { type NativeEvent, NativeModel, startTraining } from '../../src-ts/native/binding.js'
import { endlessProblem, problem } from './problem.js'

test('every epoch of every member arrives in order and before the result', async (t) => {
	const events: NativeEvent[] = []
	const job = startTraining(problem({ members: 2, epochs: 40 }), (event) => events.push(event))
	// A busy JavaScript thread takes no events; none may be lost.
	const until = Date.now() + 300
	while (Date.now() < until);
	await job.result
	const epochs = events.filter((event) => event.kind === 'epoch')
	for (const member of [1, 2]) {
		const own = epochs.filter((event) => event.member === member).map((event) => event.epoch)
		t.deepEqual(
			own,
			Array.from({ length: 40 }, (_, index) => index + 1),
		)
	}
	const [first] = epochs
	t.true(first!.trainingLoss > 0 && first!.gradientNorm > 0 && first!.seconds >= 0)
	t.is(first!.validationLoss, null)
	t.is(typeof first!.testLoss, 'number')
})

test('a cancelled job rejects with CANCELLED within a second, in the middle of a batch', async (t) => {
	const options = endlessProblem()
	options.training.batchSize = 64
	const job = startTraining(options, () => {})
	await new Promise((done) => setTimeout(done, 300))
	const cancelled = performance.now()
	job.cancel()
	await t.throwsAsync(job.result, { code: 'CANCELLED' })
	t.true(performance.now() - cancelled < 1000)
	job.cancel()
})

test('a job may be cancelled before it has begun', async (t) => {
	const job = startTraining(endlessProblem(), () => {})
	job.cancel()
	await t.throwsAsync(job.result, { code: 'CANCELLED' })
})

test('two jobs at once give what each gives alone', async (t) => {
	const options = problem({ epochs: 6 })
	const other = { ...options, members: [{ ...options.members[0]!, seed: 99n }] }
	const together = await Promise.all([losses(options), losses(other)])
	t.deepEqual(together, [await losses(options), await losses(other)])
	t.notDeepEqual(together[0], together[1])
})

test('a job that has ended keeps neither its arrays nor its listener', async (t) => {
	setFlagsFromString('--expose-gc')
	const collect = runInNewContext('gc') as () => void
	const options = problem({ epochs: 1 })
	// In a function of its own: what this test's frame holds is not collected.
	const used = async () => {
		const records = { ...options.records, codes: options.records.codes.slice() }
		const model = await startTraining(options, () => {}).result
		const { signal } = new AbortController()
		await model.predict(records, options, signal)
		const listener = () => void records
		const training = startTraining({ ...options, records }, listener)
		await training.result
		return [new WeakRef(records.codes), new WeakRef(listener), new WeakRef(training)]
	}
	const held = await used()
	// The native side lets go of a listener in a later turn of the loop.
	for (let turn = 0; turn < 200 && held.some((one) => one.deref()); turn++) {
		await new Promise((done) => setTimeout(done, 10))
		collect()
	}
	t.deepEqual(
		held.map((one) => one.deref() === undefined),
		[true, true, true],
	)
})

test('a model predicts, is saved, loaded, merged and closed', async (t) => {
	const folder = temporaryFolder(t)
	const options = problem({ kind: 'a-lstm', members: 2 })
	const model = await startTraining(options, () => {}).result
	t.like(model.config, { kind: 'a-lstm', members: 2, hidden: 6, classes: ['other', 'tryptophan'] })
	t.deepEqual(model.config.seeds, [1n, 2n])
	t.true(model.parameterCount > 0)
	const records = options.labels.length
	const { probabilities, attention, states } = await model.predict(options.records, {
		...options,
		attention: true,
		states: true,
	})
	t.is(probabilities.length, 2 * records * 2)
	t.is(attention!.length, 2 * options.records.codes.length)
	t.is(states!.length, 2 * records * 2 * 6)
	for (let row = 0; row < 2 * records; row++)
		t.true(Math.abs(probabilities[2 * row]! + probabilities[2 * row + 1]! - 1) < 1e-6)

	const path = join(folder, 'model.safetensors')
	await model.save(path)
	const loaded = await NativeModel.load(path)
	t.deepEqual(loaded.config, model.config)
	t.deepEqual((await loaded.predict(options.records, options)).probabilities, probabilities)
	const merged = NativeModel.merge([model, loaded])
	t.is(merged.config.members, 4)
	t.deepEqual(merged.config.seeds, [1n, 2n, 1n, 2n])

	model.close()
	model.close()
	t.throws(() => model.parameterCount, { code: 'INVALID_OPTION', message: /closed/ })
	await t.throwsAsync(model.predict(options.records, options), { code: 'INVALID_OPTION', message: /closed/ })
	t.is((await merged.predict(options.records, options)).attention, null)
})

test('a signal stops a prediction with its reason', async (t) => {
	const options = problem({ records: 2000, residues: 400, hidden: 32, epochs: 1 })
	const model = await startTraining(
		{ ...options, training: { ...options.training, evaluateTest: false }, members: few(options) },
		() => {},
	).result
	const reason = new Error('enough')
	await t.throwsAsync(model.predict(options.records, options, AbortSignal.abort(reason)), { is: reason })
	const controller = new AbortController()
	const prediction = model.predict(options.records, options, controller.signal)
	setTimeout(() => controller.abort(reason), 50)
	await t.throwsAsync(prediction, { is: reason })
})

async function losses(options: ReturnType<typeof problem>): Promise<number[]> {
	const seen: number[] = []
	await startTraining(options, (event) => event.kind === 'epoch' && seen.push(event.trainingLoss)).result
	return seen
}

function few(options: ReturnType<typeof problem>) {
	return options.members.map((member) => ({ ...member, train: member.train.slice(0, 8) }))
}

function temporaryFolder(t: ExecutionContext): string {
	const folder = mkdtempSync(join(tmpdir(), 'subloc-native-'))
	t.teardown(() => rmSync(folder, { recursive: true }))
	return folder
}
