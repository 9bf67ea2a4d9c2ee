import { Command } from 'commander'
import {
	crossValidate,
	evaluateLabels,
	evaluatePredictions,
	foldedBaselineAnswers,
	readSplit,
	resolveConfig,
	SublocError,
	stratifiedFolds,
	train,
} from 'subloc-native'
import { printLabelEvaluation, writeLabelEvaluation } from './multi-label.js'
import { openLog, type PartOf, partOf, runtimeOf, wholeNumber } from './options.js'
import { savedIn, untilStopped } from './process.js'
import { foldTemperatures } from './scoring.js'
import {
	printEvaluation,
	readLabelled,
	resumedConfig,
	scoreHeldOut,
	TrainingLog,
	tellSplit,
	writeEvaluation,
	writeReport,
} from './training.js'
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
		.option('--fold <i/k>', 'train and score the models of fold I alone: one job a fold', partOf)
		.addHelpText(
			'after',
			`
Examples:
  subloc cross-validate multiloc/ -o runs/five --preset quick
  subloc cross-validate multiloc/ -o runs/five-3 --fold 3/5       fold 3 alone: one job a fold`,
		)
		.action((data: string, flags: CrossValidateFlags) =>
			untilStopped(
				(signal) => run(data, flags, signal),
				() => savedIn(flags.output),
			),
		)
}

async function run(data: string, flags: CrossValidateFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	const config = await configOf(flags, await resumedConfig(flags.output, flags.resume))
	const dataset = await readLabelled(data, log, config)
	const training = new TrainingLog(log, config.members ?? 1)
	const { output, resume, profiles } = flags
	const options = { ...config, output, resume, profiles, signal, ...runtimeOf(flags), ...training.listeners }
	if (flags.fold) {
		const { index, count } = flags.fold
		const split = flags.split
			? await readSplit(flags.split, dataset)
			: stratifiedFolds(dataset, { folds: count, seed: config.seed ?? 1 })
		if (split.folds !== count) {
			const message = `--fold ${index}/${count}: the split has ${split.folds} folds`
			throw new SublocError('INVALID_OPTION', message, { option: 'fold' })
		}
		const job = train(dataset, { ...options, split, fold: index })
		for await (const report of job) training.epoch(report)
		using model = await job
		training.finished()
		return await scoreHeldOut(model, dataset, flags, log, signal)
	}
	const job = crossValidate(dataset, { ...options, split: flags.split, folds: flags.folds })
	for await (const report of job) training.epoch(report)
	const { predictions, split, models } = await job
	training.finished()
	const on = `${split.folds} folds of a ${split.by} split`
	const { classes } = models[0]!
	if (dataset.multiLabel) {
		for (const model of models) model.close()
		const evaluation = evaluateLabels(dataset.records, predictions, classes, on)
		await writeLabelEvaluation(output, evaluation, predictions, log)
		tellSplit(split.by, log)
		return printLabelEvaluation(evaluation)
	}
	const { config: full } = resolveConfig(config, { hasProfiles: profiles !== undefined })
	const predicting = { profiles, missingProfile: full.missingProfile, signal, ...runtimeOf(flags) }
	const temperatures = await foldTemperatures(models, dataset, split, full, predicting)
	log.progress('baselines')
	const evaluation = evaluatePredictions(dataset.records, predictions, classes, on, {
		calibration: temperatures && split.parts.map((part) => temperatures[Number(part) - 1]!),
		baselines: foldedBaselineAnswers(dataset, split),
	})
	for (const model of models) model.close()
	await writeEvaluation(output, evaluation, predictions, log)
	if (flags.report) await writeReport(output, output, { proteins: dataset, signal }, log)
	tellSplit(split.by, log)
	printEvaluation(evaluation)
}
