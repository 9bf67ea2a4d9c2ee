import { existsSync } from 'node:fs'
import { Command } from 'commander'
import {
	crossValidationOf,
	holdsRuns,
	type MergedRuns,
	mergeRuns,
	mergeShards,
	readDataset,
	SublocError,
} from 'subloc-native'
import type { Log } from './log.js'
import {
	type CommonOptions,
	EXTRA_OPTION,
	IMPORTANCE_OPTION,
	METHIONINE_OPTION,
	openLog,
	refuseTrials,
	runtimeOf,
	type TrialFlags,
	withRuntime,
} from './options.js'
import { untilStopped } from './process.js'
import { scoreFolds, scoreHeldOut } from './training.js'

interface MergeFlags extends CommonOptions, TrialFlags {
	output: string
	allowMixed?: boolean
	data?: string
	profiles?: string
	extra?: string
	report: boolean
	audit: boolean
}

export function mergeCommand(): Command {
	return withRuntime(
		new Command('merge')
			.summary('join what the tasks of an array have made')
			.description(
				'Joins shards of a prediction into one file, members into an ensemble, or folds into a cross-validation with its evaluation: the bytes of\n' +
					'the job in one piece. What is missing, unfinished or of another job is named, and nothing is written then.',
			)
			.argument('<dir>', 'folder of the shards, or of the run folders')
			.requiredOption('-o, --output <out>', 'file, or - for stdout; run folder')
			.option(
				'--allow-mixed',
				'join parts of different devices, instruction sets or versions, which agree to rounding alone',
			)
			.option('--data <data>', 'the training data, to score what was held out (default: where the runs read them)')
			.option('--profiles <dir>', 'folder of a profile store, for models that read profiles')
			.option(...EXTRA_OPTION)
			.option('--no-report', 'write no report.html into the run folder')
			.option('--no-audit', 'do not look for the relatives that what was held out has in the training data')
			.option(...METHIONINE_OPTION)
			.option(...IMPORTANCE_OPTION),
	)
		.addHelpText(
			'after',
			`
Examples:
  subloc merge parts -o places.tsv         after predict --shard auto/16 -o parts
  subloc merge members -o runs/ensemble    after train --member auto/10 -o members, or cross-validate --fold auto/5`,
		)
		.action((folder: string, flags: MergeFlags) => untilStopped((signal) => run(folder, flags, signal)))
}

async function run(folder: string, flags: MergeFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	refuseTrials(flags)
	const { allowMixed, output } = flags
	if (await holdsRuns(folder)) return await joinRuns(folder, flags, log, signal)
	const to = output === '-' ? process.stdout : output
	if (flags.methionine || flags.importance !== undefined) {
		const option = flags.methionine ? 'methionine' : 'importance'
		throw new SublocError('INVALID_OPTION', `--${option}: shards of a prediction are not scored`, { option })
	}
	const { shards, records, problems, outputs } = await mergeShards(folder, to, { allowMixed, signal })
	const where = outputs.length > 0 ? `: ${outputs.join(', ')}` : ''
	const text = `${shards} shards joined, ${records} rows, ${problems} of them skipped${where}`
	log.event('merged', text, { shards, records, skipped: problems, outputs })
}

async function joinRuns(folder: string, flags: MergeFlags, log: Log, signal: AbortSignal): Promise<void> {
	const { output, allowMixed } = flags
	if (output === '-') throw new SublocError('INVALID_OPTION', '-o: a run folder is needed', { option: 'output' })
	const merged = await mergeRuns(folder, { allowMixed, signal })
	try {
		await merged.model.save(output)
		const { info } = merged.model.training!
		log.event('merged', `${merged.kind} of ${merged.model.info.members} members: ${output}`, {
			kind: merged.kind,
			output,
		})
		const data = flags.data ?? info.dataset.source
		if (flags.data === undefined && !existsSync(data)) {
			return log.warning(`the training data are not at ${data}, so nothing is scored (--data DATA)`)
		}
		await score(merged, data, flags, log, signal)
	} finally {
		for (const model of [merged.model, ...merged.folds]) model.close()
	}
}

async function score(
	merged: MergedRuns,
	data: string,
	flags: MergeFlags,
	log: Log,
	signal: AbortSignal,
): Promise<void> {
	const { model } = merged
	const { info, config } = model.training!
	const dataset = await readDataset(data, { multiLabel: config.loss === 'multi-label' })
	if (dataset.digest !== info.dataset.digest) {
		const message = `${data} is not what the models were trained on`
		throw new SublocError('INVALID_DATASET', message, { file: data })
	}
	if (merged.kind === 'ensemble') return scoreHeldOut(model, dataset, flags, log, signal)
	const options = { profiles: flags.profiles, extra: flags.extra, signal, ...runtimeOf(flags) }
	const { split, predictions } = await crossValidationOf(merged, dataset, options)
	await scoreFolds({ dataset, split, predictions, models: merged.folds, config }, flags, log, signal)
}
