import { Command } from 'commander'
import {
	evaluatePredictions,
	type Model,
	predictAll,
	RunFolder,
	readDataset,
	readSplit,
	SublocError,
	train,
} from 'subloc-native'
import { openLog, type PartOf, partOf, runtimeOf, wholeNumber } from './options.js'
import { untilStopped } from './process.js'
import { printEvaluation, resumedConfig, SPLIT_NOTE, TrainingLog, writeEvaluation } from './training.js'
import { configOf, type TrainingFlags, withTraining } from './training-options.js'

interface TrainFlags extends TrainingFlags {
	fold?: number
	member?: PartOf
}

export function trainCommand(): Command {
	return withTraining(new Command('train'))
		.summary('train a model on your own classes')
		.description(
			'Trains a network, or an ensemble with --members, holds out a part of every class, and scores the model on it.\n' +
				'DATA is a folder with one <class>.fasta a class (.gz too), or a TSV with the columns id, sequence, class.',
		)
		.argument('<data>', 'folder of <class>.fasta, or a TSV')
		.option('--fold <i>', 'the held-out fold of a split with numbered folds', wholeNumber(1))
		.option('--member <i/m>', 'train member I of M alone: one job a member', partOf)
		.addHelpText(
			'after',
			`
Examples:
  subloc train multiloc/ -o runs/first --preset quick
  subloc train multiloc/ -o runs/ensemble --members 10 --model a-lstm --set dropout.lstmInput=0.3
  subloc train multiloc/ -o runs/first --resume                   after Ctrl-C, a time limit or a crash: same weights as in one go

The accuracy that is printed is of the held-out part and names its split.`,
		)
		.action((data: string, flags: TrainFlags) => untilStopped((signal) => run(data, flags, signal)))
}

async function run(data: string, flags: TrainFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	const config = await configOf(flags, await resumedConfig(flags.output, flags.resume))
	const dataset = await readDataset(data)
	log.event('dataset', `${data}: ${dataset.records.length} proteins, ${dataset.classes.length} classes`, {
		...{ records: dataset.records.length, classes: dataset.classes },
	})
	const members = flags.member?.count ?? config.members
	const training = new TrainingLog(log, flags.member ? 1 : (members ?? 1))
	let epochs = config.epochs ?? 0
	const job = train(dataset, {
		...config,
		...(members !== undefined && { members }),
		...{ split: flags.split, fold: flags.fold, member: flags.member?.index },
		...{ profiles: flags.profiles, output: flags.output, resume: flags.resume, signal },
		...runtimeOf(flags),
		onProgress: (progress) => {
			epochs = progress.epochs
			training.step(progress)
		},
		onWarning: (warning) => log.warning(warning),
	})
	for await (const report of job) training.epoch(report, epochs)
	using model = await job
	training.finished()
	await scoreHeldOut(model, dataset, flags, signal)
}

/** Predicts and scores the test part of a trained model, and writes both into its run folder. */
async function scoreHeldOut(
	model: Model,
	dataset: Awaited<ReturnType<typeof readDataset>>,
	flags: TrainFlags,
	signal: AbortSignal,
): Promise<void> {
	const log = openLog(flags)
	const { info, config } = model.training!
	const split = await readSplit(new RunFolder(flags.output).file('split'), dataset)
	const held = info.split.fold ?? 'test'
	const records = dataset.records.filter((_, row) => split.parts[row] === held)
	log.event('saved', `model: ${flags.output} (subloc predict IN --model ${flags.output})`, { folder: flags.output })
	if (records.length === 0) return log.warning('nothing was held out, so there is no accuracy to tell')
	const predictions = await predictAll(model, records, {
		...{ profiles: flags.profiles, missingProfile: config.missingProfile, signal },
		...runtimeOf(flags),
	})
	const { by } = info.split
	const on = info.split.fold === null ? `the ${by} test part` : `fold ${info.split.fold} of a ${by} split`
	const evaluation = evaluatePredictions(records, predictions, model.classes, on)
	await writeEvaluation(flags.output, evaluation, predictions, log)
	if (SPLIT_NOTE[by]) log.event('note', SPLIT_NOTE[by])
	printEvaluation(evaluation)
	if (evaluation.records === 0) throw new SublocError('INTERNAL', 'nothing was scored')
}
