import { Command } from 'commander'
import { crossValidate, readSplit, resolveConfig, SublocError, stratifiedFolds, train } from 'subloc-native'
import { openLog, type PartOrAuto, partOrAuto, runtimeOf, wholeNumber } from './options.js'
import { savedIn, untilStopped } from './process.js'
import { readLabelled, resumedConfig, scoreFolds, scoreHeldOut, TrainingLog, taskOf } from './training.js'
import { configOf, type TrainingFlags, withTraining } from './training-options.js'

interface CrossValidateFlags extends TrainingFlags {
	folds: number
	fold?: PartOrAuto
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
		.option(
			'--fold <i/k>',
			'train and score the models of fold I alone; auto/K: the task of the array, in a folder of its own inside -o',
			partOrAuto,
		)
		.addHelpText(
			'after',
			`
Examples:
  subloc cross-validate multiloc/ -o runs/five --preset quick
  subloc cross-validate multiloc/ -o runs/five-3 --fold 3/5       fold 3 alone: one job a fold
  subloc cross-validate multiloc/ -o folds --fold auto/5 --resume  a task of an array; subloc merge folds -o runs/five`,
		)
		.action((data: string, flags: CrossValidateFlags) =>
			untilStopped(
				(signal) => run(data, flags, signal),
				() => savedIn(flags.output),
				flags,
			),
		)
}

async function run(data: string, flags: CrossValidateFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	const fold = flags.fold && (await taskOf(flags, flags.fold, 'fold'))
	const config = await configOf(flags, await resumedConfig(flags.output, flags.resume))
	const dataset = await readLabelled(data, log, config)
	const training = new TrainingLog(log, config.members ?? 1)
	const { output, resume, profiles, extra } = flags
	const options = { ...config, output, resume, profiles, extra, signal, ...runtimeOf(flags), ...training.listeners }
	if (flags.fold && fold) {
		const { count } = flags.fold
		const split = flags.split
			? await readSplit(flags.split, dataset)
			: stratifiedFolds(dataset, { folds: count, seed: config.seed ?? 1 })
		if (split.folds !== count) {
			const message = `--fold ${fold}/${count}: the split has ${split.folds} folds`
			throw new SublocError('INVALID_OPTION', message, { option: 'fold' })
		}
		const job = train(dataset, { ...options, split, fold })
		for await (const report of job) training.epoch(report)
		using model = await job
		training.finished()
		return await scoreHeldOut(model, dataset, flags, log, signal)
	}
	const job = crossValidate(dataset, { ...options, split: flags.split, folds: flags.folds })
	for await (const report of job) training.epoch(report)
	const { predictions, split, models } = await job
	training.finished()
	const { config: full } = resolveConfig(config, { hasProfiles: profiles !== undefined })
	await scoreFolds({ dataset, split, models, predictions, config: full }, flags, log, signal)
}
