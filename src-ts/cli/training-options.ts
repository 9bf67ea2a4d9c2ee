/** Options of the commands that train. */
import { type Command, Option } from 'commander'
import { type ConfigFile, loadConfig, withSettings } from 'subloc-native'
import {
	type CommonOptions,
	fraction,
	IMPORTANCE_OPTION,
	list,
	METHIONINE_OPTION,
	probability,
	refuseTrials,
	type TrialFlags,
	wholeNumber,
	withRuntime,
} from './options.js'

/** As commander gives them. */
export interface TrainingFlags extends CommonOptions, TrialFlags {
	output: string
	preset?: ConfigFile['preset']
	model?: ConfigFile['model']
	blocks?: string[]
	profiles?: string
	extra?: string
	missingProfile?: ConfigFile['missingProfile']
	profileDropout?: number
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
	requeue?: boolean
	/** False with `--no-report`. */
	report: boolean
	/** False with `--no-audit`. */
	audit: boolean
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
			.option('--extra <path>', 'own numbers of each residue beside the blocks: an NPZ file, or a folder of NPY arrays')
			.addOption(
				new Option('--missing-profile <policy>', 'what stands in for a missing profile').choices([
					'blosum',
					'onehot',
					'fail',
				]),
			)
			.option(
				'--profile-dropout <p>',
				'probability that a profile is replaced by what stands in for a missing one, in training',
				probability,
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
			.option('--resume', 'go on from the run folder’s checkpoint; begin anew where there is none')
			.option('--requeue', 'under Slurm: after SIGUSR1, SIGUSR2 or SIGHUP queue the job again')
			.option('--no-report', 'write no report.html into the run folder')
			.option('--no-audit', 'do not look for the relatives that what is held out has in the training data')
			.option(...METHIONINE_OPTION)
			.option(...IMPORTANCE_OPTION),
	)
}

function collect(value: string, former: string[]): string[] {
	return [...former, value]
}

/** The configuration of a command: file, then `--set`, then flags; a resumed run's own configuration where nothing is given. */
export async function configOf(flags: TrainingFlags, resumed: ConfigFile | null): Promise<ConfigFile> {
	refuseTrials(flags)
	const file = flags.config === undefined ? (resumed ?? {}) : await loadConfig(flags.config)
	const { preset, model, blocks, missingProfile, hidden, epochs, batchSize, members, seed } = flags
	const { testFraction, validationFraction, profileDropout } = flags
	const own = {
		...{ preset, model, blocks, missingProfile, hidden, epochs, batchSize, members, seed },
		...{ testFraction, validationFraction, profileDropout },
	}
	const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
	// The flags come first too: a setting of a part of a group needs to know the preset.
	return { ...withSettings({ ...file, ...given }, flags.set), ...given }
}
