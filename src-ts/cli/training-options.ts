/** Options of the commands that train. */
import { type Command, Option } from 'commander'
import { type ConfigFile, loadConfig, parseConfig, SublocError } from 'subloc-native'
import { type CommonOptions, fraction, list, wholeNumber, withRuntime } from './options.js'

/** As commander gives them. */
export interface TrainingFlags extends CommonOptions {
	output: string
	preset?: ConfigFile['preset']
	model?: ConfigFile['model']
	blocks?: string[]
	profiles?: string
	missingProfile?: ConfigFile['missingProfile']
	hidden?: number
	epochs?: number
	batchSize?: number
	members?: number
	seed?: number
	testFraction?: number
	validationFraction?: number
	split?: string
	config?: string
	set: string[]
	resume?: boolean
}

/** Adds the options of a training. */
export function withTraining(command: Command): Command {
	return withRuntime(
		command
			.requiredOption('-o, --output <run>', 'run folder: checkpoint, model, metrics, predictions')
			.addOption(
				new Option('--preset <name>', 'where values come from that are not given (default: modern)').choices([
					'paper',
					'modern',
					'quick',
				]),
			)
			.addOption(new Option('--model <kind>', 'r-lstm pools last states, a-lstm attends').choices(['r-lstm', 'a-lstm']))
			.option('--blocks <list>', 'encoding blocks of onehot,blosum80,hsdm,profile', list)
			.option('--profiles <dir>', 'folder of a profile store, for the block profile')
			.addOption(
				new Option('--missing-profile <policy>', 'what stands in for a missing profile').choices([
					'blosum',
					'onehot',
					'fail',
				]),
			)
			.option('--hidden <n>', 'LSTM units a direction', wholeNumber(1))
			.option('--epochs <n>', 'passes over the training records', wholeNumber(1))
			.option('--batch-size <n>', 'proteins a step', wholeNumber(1))
			.option('--members <m>', 'networks trained side by side, an ensemble', wholeNumber(1))
			.option('--seed <n>', 'of the split and of member 1; member m has seed + m − 1', wholeNumber(0))
			.option('--test-fraction <f>', 'share of every class that is held out', fraction)
			.option('--validation-fraction <f>', 'share of the training records that early stopping watches', fraction)
			.option('--split <file>', "a split from `subloc split`, or `column` for the TSV's own")
			.option('--config <file>', 'configuration in YAML or JSON; flags win over it')
			.option(
				'--set <path=value>',
				'any configuration value, as in optimizer.learningRate=0.001; may be repeated',
				collect,
				[],
			)
			.option('--resume', 'go on from the run folder’s checkpoint; begin anew where there is none'),
	)
}

function collect(value: string, former: string[]): string[] {
	return [...former, value]
}

/** The configuration of a command: file, then `--set`, then flags; a resumed run's own configuration where nothing is given. */
export async function configOf(flags: TrainingFlags, resumed: ConfigFile | null): Promise<ConfigFile> {
	const file = flags.config === undefined ? (resumed ?? {}) : await loadConfig(flags.config)
	const set = flags.set.reduce<Record<string, unknown>>(assign, structuredClone(file))
	const own = {
		...{ preset: flags.preset, model: flags.model, blocks: flags.blocks, missingProfile: flags.missingProfile },
		...{
			hidden: flags.hidden,
			epochs: flags.epochs,
			batchSize: flags.batchSize,
			members: flags.members,
			seed: flags.seed,
		},
		...{ testFraction: flags.testFraction, validationFraction: flags.validationFraction },
	}
	return { ...set, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) }
}

/** Sets `a.b=value`; the value is YAML. */
function assign(config: Record<string, unknown>, setting: string): Record<string, unknown> {
	const [, path, value] = /^([\w.]+)=(.*)$/s.exec(setting) ?? []
	if (path === undefined || value === undefined) {
		throw new SublocError('INVALID_OPTION', `--set ${setting}: write path=value, as in optimizer.learningRate=0.001`, {
			option: 'set',
		})
	}
	// The nested form in YAML's flow style is checked like a file of its own.
	const keys = path.split('.')
	const nested = `${keys.map((key) => `{ ${key}: `).join('')}${value}${' }'.repeat(keys.length)}`
	return merge(config, parseConfig(nested, `--set ${setting}`) as Record<string, unknown>)
}

function merge(under: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
	const merged = { ...under }
	for (const [key, value] of Object.entries(over)) {
		const former = merged[key]
		merged[key] = isPlain(former) && isPlain(value) && !('kind' in value) ? merge(former, value) : value
	}
	return merged
}

function isPlain(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
}
