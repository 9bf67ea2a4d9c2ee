import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import {
	crossValidate,
	evaluateLabels,
	explain,
	filterReports,
	heldOutRecords,
	loadModel,
	predictAll,
	predictionFormatter,
	report,
	sequenceRecord,
	syntheticDataset,
	syntheticMultiLabel,
	train,
} from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { SMALL } from '../support/models.js'
import { subloc } from '../support/subloc.js'

const dataset = syntheticMultiLabel({ perClass: 40, length: [20, 50], withoutSignal: 0 })
const OPTIONS = { ...SMALL, loss: 'multi-label', hidden: 12, epochs: 12, validationFraction: 0.2 } as const

test('a model learns several labels, chooses thresholds on the validation part, and its files keep them', async (t) => {
	const folder = join(temporaryFolder(t), 'run')
	using model = await train(dataset, { ...OPTIONS, output: folder })
	t.deepEqual([...model.classes], ['cytoplasmic', 'mitochondrial', 'nuclear'])
	t.is(model.info.loss, 'multi-label')
	t.is(model.info.thresholds!.length, 3)
	const held = await heldOutRecords(model, dataset)
	const predictions = await predictAll(model, held, { threads: 1 })
	const found = evaluateLabels(held, predictions, model.classes, 'test')
	// Always both signals' labels would have 0.5.
	t.true(found.jaccard > 0.55, `Jaccard ${found.jaccard}`)
	t.true(predictions.some(({ labels }) => labels!.length === 2))
	for (const { labels, probabilities, compartment } of predictions) {
		const above = model.classes.filter((name, label) => probabilities![name]! >= model.info.thresholds![label]!)
		t.deepEqual(labels, above.length > 0 ? above : [compartment!])
	}
	using loaded = await loadModel(folder)
	t.deepEqual(loaded.info, model.info)
	using lone = await loadModel(join(folder, 'model.safetensors'))
	t.deepEqual(await predictAll(lone, held, { threads: 1 }), predictions)
	const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))
	t.is(config.loss, 'multi-label')
	using again = await train(dataset, { ...OPTIONS, output: folder, resume: true })
	t.deepEqual(again.info, model.info)
})

test('without validation records the thresholds are 0.5, with a warning; records of one class are sets of one', async (t) => {
	const warnings: string[] = []
	const onWarning = (warning: string) => warnings.push(warning)
	const single = syntheticDataset({ perClass: 4, length: [20, 30] })
	using model = await train(single, { ...OPTIONS, epochs: 1, validationFraction: 0, onWarning })
	t.deepEqual(model.info.thresholds, new Array(8).fill(0.5))
	t.true(warnings.some((warning) => /validationFraction/.test(warning)))
	const [found] = await predictAll(model, [sequenceRecord('p', 'MKVLA')], { threads: 1 })
	t.true(found!.labels!.length >= 1)
	await t.throwsAsync(
		train(dataset, { ...SMALL, epochs: 1 }),
		{ code: 'INVALID_OPTION', message: /multi-label/ },
		'label sets need their loss',
	)
})

test('tables have the labels, and what has no meaning for sets is refused', async (t) => {
	using model = await train(dataset, { ...OPTIONS, epochs: 1 })
	const prediction = {
		...(await predictAll(model, [sequenceRecord('p', 'MKVLA')], { threads: 1 }))[0]!,
		labels: ['cytoplasmic', 'nuclear'],
	}
	const { header, row } = predictionFormatter('tsv', model.classes, { multiLabel: true })
	t.is(header, 'id\tstatus\tlabels\tcompartment\tprobability\tspread\tcytoplasmic\tmitochondrial\tnuclear\n')
	t.true(row(prediction).startsWith('p\tok\tcytoplasmic;nuclear\t'))
	const json = JSON.parse(predictionFormatter('jsonl', model.classes).row(prediction))
	t.deepEqual(json.labels, ['cytoplasmic', 'nuclear'])
	await t.throwsAsync(filterReports(model, dataset.records), { code: 'INVALID_OPTION' })
	await t.throwsAsync(report(model, { proteins: dataset }), { code: 'INVALID_OPTION' })
	for await (const { logProbability } of explain(model, [sequenceRecord('p', 'MKVLA')], { threads: 1 }))
		t.true(logProbability < 0)
})

test('a cross-validation chooses thresholds in each fold', async (t) => {
	const small = syntheticMultiLabel({ perClass: 10, length: [20, 40] })
	const { predictions, models, split } = await crossValidate(small, { ...OPTIONS, epochs: 2, folds: 2 })
	t.is(split.folds, 2)
	t.true(predictions.every(({ labels }) => labels!.length > 0))
	// Each equals the training of the fold alone.
	using alone = await train(small, { ...OPTIONS, epochs: 2, split, fold: 2 })
	t.deepEqual(models[1]!.info.thresholds, alone.info.thresholds)
	for (const model of models) model.close()
})

test('the commands train, evaluate, predict and split', async (t) => {
	const folder = temporaryFolder(t)
	const { records } = syntheticMultiLabel({ perClass: 10, length: [20, 40] })
	const { writeFileSync } = await import('node:fs')
	const data = join(folder, 'data.tsv')
	writeFileSync(
		data,
		`id\tsequence\tclass\n${records.map((own) => `${own.id}\t${own.sequence}\t${own.class}\n`).join('')}`,
	)
	const run = join(folder, 'run')
	const sets = ['loss=multi-label', 'filtersPerWidth=3'].flatMap((set) => ['--set', set])
	const rest = ['--preset', 'quick', '--hidden', '6', '--epochs', '2', '--validation-fraction', '0.2', '--threads', '1']
	const trained = await subloc(['train', data, '-o', run, ...rest, ...sets])
	t.is(trained.code, 0, trained.stderr)
	t.regex(trained.stdout, /^Jaccard 0\.\d+, all labels right .*micro F1/s)
	t.regex(readFileSync(join(run, 'figures/labels.svg'), 'utf8'), /mitochondrial/)
	const evaluated = await subloc(['evaluate', run, data])
	t.is(evaluated.stdout.replace(/on the .*\(/, ''), trained.stdout.replace(/on the .*\(/, ''), evaluated.stderr)
	t.is((await subloc(['evaluate', run])).stdout, trained.stdout)
	t.regex(trained.stdout, /always the most frequent set \(/)
	const flags = await subloc(['evaluate', run, data, '--abstain', '0.9', '--no-audit', '--methionine'])
	t.regex(flags.stderr, /--methionine, --abstain, --no-audit: only for models of one class a protein, left out/)
	for (const more of [[], [data]]) {
		const compared = await subloc(['compare', run, run, ...more])
		t.is(compared.code, 2)
		t.regex(
			compared.stderr,
			/INVALID_OPTION: .*several labels a protein, and only models of one class a protein are compared/,
		)
	}
	const fasta = join(folder, 'p.fasta')
	writeFileSync(fasta, '>p\nMKVLA\n')
	const predicted = await subloc(['predict', fasta, '--model', run])
	t.regex(predicted.stdout, /^id\tstatus\tlabels\t/)
	const ruled = await subloc(['predict', fasta, '--model', run, '--kingdom', 'plant'])
	t.is(ruled.code, 2)
	t.regex(ruled.stderr, /^error INVALID_OPTION: kingdom: the model gives several labels a protein/)
	const page = await subloc(['report', run])
	t.is(page.code, 2)
	t.regex(page.stderr, /INVALID_OPTION: report: the model gives several labels a protein/)
	const plain = await subloc(['train', data, '-o', join(folder, 'plain'), ...rest, '--set', 'filtersPerWidth=3'])
	t.regex(plain.stderr, /class '.*;.*' has a ; and is read as one class: --set loss=multi-label/)
	// The order of labels is none.
	const turned = join(folder, 'turned.tsv')
	writeFileSync(
		turned,
		`id\tsequence\tclass\n${records.map((own) => `${own.id}\t${own.sequence}\t${own.class.split(';').reverse().join(';')}\n`).join('')}`,
	)
	const copying = (await subloc(['audit', data, turned, '--multi-label', '--json'])).stdout
	t.is(JSON.parse(copying).copyAccuracy, 1)
	t.true(JSON.parse((await subloc(['audit', data, turned, '--json'])).stdout).copyAccuracy < 1)
	t.is((await subloc(['audit', run, turned])).code, 0)
	t.is((await subloc(['figures', run, data])).code, 2)
	const split = await subloc(['split', data, '-o', '-', '--folds', '3', '--multi-label'])
	t.regex(split.stdout, /\tmitochondrial;nuclear\t[123]\n/)
})
