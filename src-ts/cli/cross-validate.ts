import { Command } from 'commander'
import { crossValidate, evaluatePredictions, readDataset, stratifiedFolds, train } from 'subloc-native'
import { openLog, type PartOf, partOf, runtimeOf, wholeNumber } from './options.js'
import { untilStopped } from './process.js'
import { printEvaluation, resumedConfig, SPLIT_NOTE, TrainingLog, writeEvaluation } from './training.js'
import { configOf, type TrainingFlags, withTraining } from './training-options.js'

interface CrossValidateFlags extends TrainingFlags {
	folds: number
	fold?: PartOf
}

export function crossValidateCommand(): Command {
	return withTraining(new Command('cross-validate'))
		.summary('score a configuration on every protein, each predicted by models that never saw it')
		.description(
			'Trains the members of every fold side by side and scores each protein with those that did not see it.\n' +
				'DATA is a folder of <class>.fasta, or a TSV.',
		)
		.argument('<data>', 'folder of <class>.fasta, or a TSV')
		.option('--folds <k>', 'stratified folds', wholeNumber(2, 1000), 5)
		.option('--fold <i/k>', 'train the models of fold I alone, as `train` would: one job a fold', partOf)
		.action((data: string, flags: CrossValidateFlags) => untilStopped((signal) => run(data, flags, signal)))
}

async function run(data: string, flags: CrossValidateFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	const config = await configOf(flags, await resumedConfig(flags.output, flags.resume))
	const dataset = await readDataset(data)
	const { output, resume, profiles } = flags
	const training = new TrainingLog(log, 2)
	let epochs = config.epochs ?? 0
	const options = {
		...config,
		...{ output, resume, profiles, signal, ...runtimeOf(flags) },
		onProgress: (progress: Parameters<TrainingLog['step']>[0]) => {
			epochs = progress.epochs
			training.step(progress)
		},
		onWarning: (warning: string) => log.warning(warning),
	}
	if (flags.fold) {
		const { index, count } = flags.fold
		const split = flags.split ?? stratifiedFolds(dataset, { folds: count, seed: config.seed ?? 1 })
		const job = train(dataset, { ...options, split, fold: index })
		for await (const report of job) training.epoch(report, epochs)
		using _model = await job
		log.event('saved', `models of fold ${index} of ${count}: ${output}`, { folder: output })
		return
	}
	const job = crossValidate(dataset, { ...options, split: flags.split, folds: flags.folds })
	for await (const report of job) training.epoch(report, epochs)
	const { predictions, split, models } = await job
	training.finished()
	const on = `${split.folds} folds of a ${split.by} split`
	const evaluation = evaluatePredictions(dataset.records, predictions, models[0]!.classes, on)
	for (const model of models) model.close()
	await writeEvaluation(output, evaluation, predictions, log)
	if (SPLIT_NOTE[split.by]) log.event('note', SPLIT_NOTE[split.by]!)
	printEvaluation(evaluation)
}
