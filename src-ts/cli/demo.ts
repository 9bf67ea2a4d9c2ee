import { existsSync, readdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Command } from 'commander'
import {
	type Dataset,
	evaluatePredictions,
	heldOutRecords,
	predict,
	predictAll,
	RunFolder,
	readDataset,
	SublocError,
	syntheticDataset,
	train,
	writeWhole,
} from 'subloc-native'
import type { Log } from './log.js'
import { type CommonOptions, openLog, runtimeOf, withRuntime } from './options.js'
import { untilStopped } from './process.js'
import { baselinesFor } from './scoring.js'
import { percent, table } from './text.js'
import { printEvaluation, TrainingLog, writeEvaluation, writeReport } from './training.js'

interface DemoFlags extends CommonOptions {
	output: string
}

const EPOCHS = 24

export function demoCommand(): Command {
	return withRuntime(
		new Command('demo')
			.summary('train on synthetic proteins and look at the result, in a minute or two')
			.description(
				'Makes proteins with planted sorting signals, trains a small network on them, scores it on held-out ones and predicts three new ones.\n' +
					'The proteins are synthetic: the accuracy says that everything works, nothing about real proteins.',
			)
			.option('-o, --output <dir>', 'where everything is written', 'demo-output'),
	).action((flags: DemoFlags) => untilStopped((signal) => run(flags, signal)))
}

async function run(flags: DemoFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	await clear(flags.output)
	const data = join(flags.output, 'proteins')
	const output = join(flags.output, 'run')
	await writeDataset(syntheticDataset({ seed: 1, perClass: 100, length: [60, 200] }), data)
	// Read again: so the run knows where its proteins lie, as that of any training.
	const dataset = await readDataset(data)
	log.event('dataset', `${dataset.records.length} synthetic proteins of ${dataset.classes.length} classes: ${data}`)

	const training = new TrainingLog(log, 1)
	const job = train(dataset, {
		...{
			preset: 'quick',
			hidden: 24,
			filtersPerWidth: 8,
			epochs: EPOCHS,
			batchSize: 32,
			output,
			signal,
			...runtimeOf(flags),
		},
		...{ optimizer: { learningRate: 4e-3 }, schedule: { kind: 'cosine', warmupEpochs: 1, finalFraction: 0.02 } },
		dropout: { lstmInput: 0.2, denseInput: 0.3, softmaxInput: 0.3 },
		...training.listeners,
	})
	for await (const report of job) training.epoch(report)
	using model = await job
	training.finished()

	const test = await heldOutRecords(model, dataset)
	const predictions = await predictAll(model, test, { signal, attention: true, members: true, ...runtimeOf(flags) })
	const beside = await baselinesFor(model, dataset, test, { threads: flags.threads, signal }, log)
	const on = 'held-out synthetic proteins'
	const evaluation = evaluatePredictions(test, predictions, model.classes, on, beside)
	await writeEvaluation(output, evaluation, predictions, log)
	const title = 'Demo: synthetic proteins'
	await writeReport(
		output,
		model,
		{ title, proteins: dataset, predictions, evaluation, signal, ...runtimeOf(flags) },
		log,
	)
	process.stdout.write('\n')
	printEvaluation(evaluation)

	const fresh = syntheticDataset({ seed: 2, perClass: 1, withoutSignal: 0 })
	const names = ['mitochondrial', 'peroxisomal', 'plasma_membrane']
	const three = fresh.records.filter((record) => names.includes(record.class))
	const newOnes = join(flags.output, 'new.fasta')
	await writeWhole(newOnes, three.map(({ class: own, sequence }) => `>new_${own}\n${sequence}\n`).join(''))
	const rows: string[][] = []
	for await (const { id, compartment, probability } of predict(model, newOnes, { signal, ...runtimeOf(flags) })) {
		rows.push([id, compartment!, percent(probability)])
	}
	process.stdout.write(`\n${table(['three new proteins', 'predicted', 'probability'], rows)}\n`)
	tellFiles(flags.output, log)
}

/** Stands in a folder that a demo made. */
const MARKER = '.subloc-demo'

/** A former demo is replaced; anything else in that place is not. */
async function clear(output: string): Promise<void> {
	const isDemo = existsSync(join(output, MARKER))
	if (!isDemo && existsSync(output) && statSync(output).isDirectory() && readdirSync(output).length > 0) {
		const facts = { option: 'output', value: output }
		throw new SublocError('INVALID_OPTION', `${output} holds something else: name another folder with -o`, facts)
	}
	for (const own of isDemo ? ['proteins', 'run', 'new.fasta'] : [])
		await rm(join(output, own), { recursive: true, force: true })
	await new RunFolder(output).create()
	await writeWhole(join(output, MARKER), '')
}

async function writeDataset({ records, classes }: Dataset, folder: string): Promise<void> {
	await new RunFolder(folder).create()
	for (const own of classes) {
		const lines = records
			.filter((record) => record.class === own)
			.map(({ id, sequence, annotations }) => {
				// Signals at the start, as MultiLoc's headers tell them.
				const tags = annotations.map(({ kind, end }) => ` ${kind} ${end}`).join('')
				return `>${id} synthetic${tags}\n${sequence}\n`
			})
		await writeWhole(join(folder, `${own}.fasta`), lines.join(''))
	}
}

function tellFiles(output: string, log: Log): void {
	const script = relative('', process.argv[1]!)
	const self = script.startsWith('dist') ? 'npx subloc' : 'subloc'
	log.event(
		'done',
		[
			'',
			'Written:',
			`  ${join(output, 'proteins')}/               the synthetic proteins, a FASTA file a class`,
			`  ${join(output, 'run')}/                    model.safetensors, config.json, metrics.jsonl, predictions.tsv, figures/confusion.svg`,
			`  ${join(output, 'run', 'report.html')}          all of it on one page: open it in a browser`,
			`  ${join(output, 'new.fasta')}               three new proteins`,
			'',
			'Go on with your own:',
			`  ${self} train FOLDER_OF_CLASS_FASTA -o my-run --preset quick`,
			`  ${self} predict ${join(output, 'new.fasta')} --model ${join(output, 'run')}`,
		].join('\n'),
		{ output },
	)
}
