/** What the glue refuses: arrays that do not fit, numbers out of range, hostile sizes. Always a coded error, never a crash. */
import test from 'ava'
import {
	NativeModel,
	type NativeTrainingOptions,
	shuffledIndices,
	startTraining,
	uniforms,
} from '../../src-ts/native/binding.js'
import { problem } from './problem.js'

type Spoil = (options: NativeTrainingOptions) => void

const refuses = test.macro<[title: string, spoil: Spoil, code?: string]>({
	async exec(t, _, spoil, code = 'INVALID_OPTION') {
		const options = problem()
		spoil(options)
		const job = startTraining(options, () => {})
		const error = await t.throwsAsync(job.result, { name: 'SublocError' })
		t.is((error as Error & { code: string }).code, code, error!.message)
	},
	title: (_, title) => `refused: ${title}`,
})

test(refuses, 'fewer labels than records', (o) => (o.labels = o.labels.slice(1)))
test(refuses, 'a label that no class has', (o) => (o.labels[3] = 2))
test(
	refuses,
	'offsets that end before the codes',
	(o) => (o.records.codes = new Uint8Array(o.records.codes.length + 1)),
)
test(refuses, 'offsets that end after the codes', (o) => (o.records.codes = o.records.codes.slice(1)))
test(refuses, 'offsets that fall', (o) => (o.records.offsets as BigUint64Array).subarray(1, 3).reverse())
test(refuses, 'offsets that do not begin at 0', (o) => (o.records.offsets[0] = 1n as never))
test(refuses, 'no offsets', (o) => (o.records.offsets = new BigUint64Array()))
test(refuses, 'a record without residues', (o) => (o.records.offsets[1] = 0n as never))
test(refuses, 'an unknown residue code', (o) => (o.records.codes[5] = 24))
test(refuses, 'profiles of a wrong size', (o) => (o.records.profiles = new Uint8Array(19)))
test(refuses, 'a profile model without profiles', (o) => (o.model.profile = true))
test(refuses, 'a table of a wrong size', (o) => (o.table = o.table.slice(1)))
test(refuses, 'a training row that is not there', (o) => (o.members[0]!.train[0] = 24))
test(refuses, 'a test row that is not there', (o) => (o.members[0]!.test[0] = 4_000_000_000))
test(refuses, 'no members', (o) => (o.members = []))
test(refuses, 'a member without training rows', (o) => (o.members[0]!.train = new Uint32Array()))
test(refuses, 'a negative seed', (o) => (o.members[0]!.seed = -1n))
test(refuses, 'a seed of 65 bits', (o) => (o.members[0]!.seed = 1n << 64n))
test(refuses, 'an array of another kind', (o) => (o.table = new Float64Array(o.table.length) as never))
test(refuses, 'a seed that is a number', (o) => (o.members[0]!.seed = 1 as never))
test(refuses, 'no thread', (o) => (o.threads = 0))
test(refuses, 'a million threads', (o) => (o.threads = 1_000_000))
test(refuses, 'half a thread', (o) => (o.threads = 0.5))
test(refuses, 'an unknown backend', (o) => (o.backend = 'abacus'))
test(refuses, 'an unknown instruction set', (o) => (o.cpuIsa = 'mmx'))
test(refuses, 'an unknown precision', (o) => (o.precision = 'f8'))
test(refuses, 'an unknown field of the configuration', (o) => Object.assign(o.training, { momentum: 1 }))
test(refuses, 'a configuration without a field', (o) => delete (o.training as Partial<typeof o.training>).epochs)
test(refuses, 'no hidden units', (o) => (o.model.hidden = 0))
test(refuses, 'more hidden units than any memory holds', (o) => (o.model.hidden = 2 ** 40))
test(refuses, 'an endless filter', (o) => (o.model.filterWidths = [2 ** 50]))
test(refuses, 'no filters', (o) => (o.model.filterWidths = []))
test(refuses, 'an empty batch', (o) => (o.training.batchSize = 0))
test(refuses, 'a detached array', (o) => void structuredClone(o.labels, { transfer: [o.labels.buffer as ArrayBuffer] }))

test('a model file that is not there is INVALID_MODEL', async (t) => {
	await t.throwsAsync(NativeModel.load('nowhere/model.safetensors'), { name: 'SublocError', code: 'INVALID_MODEL' })
})

test('random numbers need whole numbers in range', (t) => {
	t.is(shuffledIndices(1n, 1n, 0).length, 0)
	t.deepEqual([...shuffledIndices(1n, 1n, 9)].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8])
	t.deepEqual(uniforms(2n ** 64n - 1n, 0n, 3), uniforms(2n ** 64n - 1n, 0n, 5).slice(0, 3))
	t.throws(() => uniforms(-1n, 0n, 3), { code: 'INVALID_OPTION' })
	t.throws(() => uniforms(1n, 2n ** 64n, 3), { code: 'INVALID_OPTION' })
	t.throws(() => uniforms(1n, 1n, -1), { code: 'INVALID_OPTION' })
	t.throws(() => uniforms(1n, 1n, 1.5), { code: 'INVALID_OPTION' })
	t.throws(() => uniforms(1 as never, 1n, 3), { code: 'INVALID_OPTION' })
})
