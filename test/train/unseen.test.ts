import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import {
	crossValidate,
	type Dataset,
	fingerprint,
	heldOutRecords,
	loadModel,
	syntheticDataset,
	train,
	unseenRecords,
} from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { labelledTable, SMALL, smallDataset } from '../support/models.js'
import { subloc } from '../support/subloc.js'

const dataset = smallDataset()
const settings = { ...SMALL, epochs: 1 }

/** The same proteins in other data: other ids, every second one without its first M or with one more. */
function renamed({ records, ...rest }: Dataset): Dataset {
	const toggled = (sequence: string) => (sequence.startsWith('M') ? sequence.slice(1) : `M${sequence}`)
	return {
		...{ ...rest, digest: 'another', source: 'another' },
		records: records.map((record, row) => ({
			...record,
			id: `other${row}`,
			sequence: row % 2 === 0 ? record.sequence : toggled(record.sequence),
		})),
	}
}

test('proteins of the training are known again under other ids, with and without their first M', async (t) => {
	using model = await train(dataset, settings)
	const held = await heldOutRecords(model, dataset)
	const own = await unseenRecords(model, dataset)
	t.deepEqual(own, { records: held, isOwn: true, seen: dataset.records.length - held.length, namesakes: 0 })
	const found = await unseenRecords(model, renamed(dataset))
	t.deepEqual(
		found.records.map(({ sequence }) => fingerprint(sequence)),
		held.map(({ sequence }) => fingerprint(sequence)),
	)
	t.like(found, { isOwn: false, seen: dataset.records.length - held.length, namesakes: 0 })
})

test('the same id with another sequence is scored, and told of', async (t) => {
	using model = await train(dataset, settings)
	const other = syntheticDataset({ seed: 4, perClass: 2, length: [20, 60] })
	const { records, seen, namesakes } = await unseenRecords(model, other)
	t.deepEqual([records.length, seen, namesakes], [other.records.length, 0, other.records.length])
})

test('all proteins of a cross-validation were training data of its joined models', async (t) => {
	const output = join(temporaryFolder(t), 'run')
	for (const model of (await crossValidate(dataset, { ...settings, folds: 2, output })).models) model.close()
	using model = await loadModel(output)
	t.deepEqual((await unseenRecords(model, renamed(dataset))).records, [])
})

test('the run of an earlier version kept no fingerprints: ids decide, and it can be resumed', async (t) => {
	const output = join(temporaryFolder(t), 'run')
	;(await train(dataset, { ...settings, output })).close()
	const file = join(output, 'splits.tsv')
	using now = await loadModel(output)
	const text = now.training!.split
	writeFileSync(file, text.replaceAll(/\t(fingerprint|[0-9a-f]{16})$/gm, ''))
	using before = await loadModel(output)
	t.false(before.training!.split.includes('fingerprint'))
	const held = await heldOutRecords(before, dataset)
	const other = { ...dataset, digest: 'another' }
	t.deepEqual(
		(await unseenRecords(before, other)).records.map(({ id }) => id),
		held.map(({ id }) => id),
	)
	t.is((await unseenRecords(before, renamed(dataset))).seen, 0)
	;(await train(dataset, { ...settings, output, resume: true })).close()
})

test('a lone file says nothing of its training', async (t) => {
	const output = join(temporaryFolder(t), 'run')
	;(await train(dataset, { ...settings, output })).close()
	using model = await loadModel(join(output, 'model.safetensors'))
	t.like(await unseenRecords(model, dataset), { records: dataset.records, seen: null })
})

test('evaluate leaves out what was training data, whatever its id', async (t) => {
	const folder = temporaryFolder(t)
	const output = join(folder, 'run')
	using model = await train(dataset, { ...settings, output })
	const data = join(folder, 'other.tsv')
	writeFileSync(data, labelledTable(renamed(dataset).records))
	const { code, stdout, stderr } = await subloc(['evaluate', output, data, '--json'])
	t.is(code, 0, stderr)
	const { train: learned, test: held } = model.training!.info.rows
	t.is(JSON.parse(stdout).records, held)
	t.regex(
		stderr,
		new RegExp(`${learned} of ${dataset.records.length} proteins were training data of the model: they are left out`),
	)
})
