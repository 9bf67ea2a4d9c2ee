import { Command } from 'commander'
import { SublocError, train } from 'subloc-native'
import { openLog, type PartOrAuto, partOrAuto, runtimeOf, wholeNumber } from './options.js'
import { savedIn, untilStopped } from './process.js'
import { readLabelled, resumedConfig, scoreHeldOut, TrainingLog, taskOf } from './training.js'
import { configOf, type TrainingFlags, withTraining } from './training-options.js'

interface TrainFlags extends TrainingFlags {
	fold?: number
	member?: PartOrAuto
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
		.option(
			'--member <i/m>',
			'train member I of M alone; auto/M: the task of the array, in a folder of its own inside -o',
			partOrAuto,
		)
		.addHelpText(
			'after',
			`
Examples:
  subloc train multiloc/ -o runs/first --preset quick
  subloc train multiloc/ -o runs/ensemble --members 10 --model a-lstm --set dropout.lstmInput=0.3
  subloc train multiloc/ -o members --member auto/10 --resume     a task of an array; subloc merge members -o runs/ensemble
  subloc train multiloc/ -o runs/first --resume                   after Ctrl-C, a time limit or a crash: same weights as in one go

The accuracy that is printed is of the held-out part and names its split.`,
		)
		.action((data: string, flags: TrainFlags) =>
			untilStopped(
				(signal) => run(data, flags, signal),
				() => savedIn(flags.output),
				flags,
			),
		)
}

async function run(data: string, flags: TrainFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	if (flags.member && flags.members !== undefined && flags.members !== flags.member.count) {
		const message = `--member ${flags.member.index ?? 'auto'}/${flags.member.count} is of another ensemble than --members ${flags.members}`
		throw new SublocError('INVALID_OPTION', message, { option: 'member' })
	}
	const member = flags.member && (await taskOf(flags, flags.member, 'member'))
	const config = await configOf(flags, await resumedConfig(flags.output, flags.resume))
	const dataset = await readLabelled(data, log, config)
	const members = flags.member?.count ?? config.members
	const training = new TrainingLog(log, flags.member ? 1 : (members ?? 1))
	const job = train(dataset, {
		...{ ...config, members, split: flags.split, fold: flags.fold, member },
		...{ profiles: flags.profiles, extra: flags.extra, output: flags.output, resume: flags.resume, signal },
		...{ ...runtimeOf(flags), ...training.listeners },
	})
	for await (const report of job) training.epoch(report)
	using model = await job
	training.finished()
	await scoreHeldOut(model, dataset, flags, log, signal)
}
