import { Command, InvalidArgumentError } from 'commander'
import { loadModel, type PredictionPlan, planPrediction } from 'subloc-native'
import { type CommonOptions, MODEL_OPTION, openLog, runtimeOf, withRuntime } from './options.js'
import { untilStopped } from './process.js'
import { duration } from './text.js'

interface PlanFlags extends CommonOptions {
	model?: string
	hours?: number
	json?: boolean
}

export function planCommand(): Command {
	return withRuntime(
		new Command('plan')
			.summary('what a prediction will take: time, memory, shards')
			.description(
				'Reads the whole input, predicts some of it for a few seconds, and tells what the whole will take on this machine.',
			)
			.argument('<in>', 'FASTA, plain or gzip')
			.option(...MODEL_OPTION)
			.option('--hours <h>', 'how long one shard should take (default: 1)', positive)
			.option('--json', 'print JSON'),
	)
		.addHelpText(
			'after',
			'\nExamples:\n  subloc plan proteome.faa.gz --model runs/first\n  subloc plan proteome.faa.gz --model runs/first --hours 0.5 --json',
		)
		.action((input: string, flags: PlanFlags) => untilStopped((signal) => run(input, flags, signal)))
}

async function run(input: string, flags: PlanFlags, signal: AbortSignal): Promise<void> {
	openLog(flags)
	using model = await loadModel(flags.model)
	const plan = await planPrediction(model, input, { ...runtimeOf(flags), hours: flags.hours, signal })
	process.stdout.write(flags.json ? `${JSON.stringify(plan, null, 2)}\n` : planText(plan))
}

/** A plan for a person. */
function planText({
	records,
	residues,
	longest,
	residuesPerSecond,
	seconds,
	memoryBytes,
	shards,
	threads,
	backend,
}: PredictionPlan): string {
	return [
		`${records} records, ${residues} residues, the longest ${longest}`,
		`${Math.round(residuesPerSecond)} residues a second here (${backend}, ${threads} threads)`,
		`all of it: about ${duration(seconds)}, ${Math.round(memoryBytes / 2 ** 20)} MiB of memory a process`,
		`advised: ${shards} ${shards === 1 ? 'shard' : 'shards'} of about ${duration(seconds / shards)}`,
		'',
	].join('\n')
}

/** Parser of a number above 0. */
export function positive(text: string): number {
	const value = Number(text)
	if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value
	throw new InvalidArgumentError('a number above 0 is needed.')
}
