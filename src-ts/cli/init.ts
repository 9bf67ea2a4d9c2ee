import { access } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import { Argument, Command } from 'commander'
import {
	jobTemplates,
	loadModel,
	makeFolder,
	planPrediction,
	SHIPPED_MODEL,
	SublocError,
	TEMPLATE_KINDS,
	type TemplateKind,
	writeWhole,
} from 'subloc-native'
import { type CommonOptions, modelPath, openLog, runtimeOf, wholeNumber, withRuntime } from './options.js'
import { positive } from './plan.js'
import { untilStopped } from './process.js'

interface InitFlags extends CommonOptions {
	model: string
	output: string
	shards?: number
	hours?: number
}

export function initCommand(): Command {
	return withRuntime(
		new Command('init')
			.summary('write ready files for a cluster')
			.description(
				'Writes batch scripts (slurm), a Snakefile (snakemake) or a pipeline (nextflow) that predict an input in shards and join them. Cores are those of\n' +
					'this process (--threads), memory and time come from `subloc plan`. Relative paths in them are seen from -o. Nothing is written over.',
			)
			.addArgument(new Argument('<kind>', 'what runs the tasks').choices(TEMPLATE_KINDS))
			.argument('<in>', 'FASTA, plain or gzip')
			.option(
				'--model <run>',
				'run folder or model.safetensors; shipped: the model that comes with the package',
				'shipped',
			)
			.option('-o, --output <dir>', 'where to write', '.')
			.option('--shards <n>', 'number of shards (default: as subloc plan advises)', wholeNumber(1, 9999))
			.option('--hours <h>', 'how long one shard should take (default: 1)', positive),
	)
		.addHelpText(
			'after',
			'\nExamples:\n  subloc init slurm proteome.faa.gz --model runs/first --threads 4\n  subloc init snakemake proteome.faa.gz --model runs/first --shards 16 -o work',
		)
		.action((kind: TemplateKind, input: string, flags: InitFlags) =>
			untilStopped((signal) => run(kind, input, flags, signal)),
		)
}

/** Minutes that a task may take beyond twice what is expected. */
const SPARE_MINUTES = 10

async function run(kind: TemplateKind, input: string, flags: InitFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	const modelFile = modelPath(flags.model)
	using model = await loadModel(modelFile)
	const plan = await planPrediction(model, input, { ...runtimeOf(flags), hours: flags.hours, signal })
	const shards = flags.shards ?? plan.shards
	// The files are run where they are written.
	const fromThere = (path: string) => (isAbsolute(path) ? path : relative(flags.output, path) || '.')
	// Nextflow stages the model as a file; the others hand its name to `subloc predict`.
	const named = modelFile === SHIPPED_MODEL && kind !== 'nextflow' ? 'shipped' : fromThere(modelFile)
	const files = jobTemplates(kind, {
		...{ input: fromThere(input), model: named, shards, cpus: plan.threads },
		memoryMiB: Math.ceil(plan.memoryBytes / 2 ** 20),
		minutes: SPARE_MINUTES + Math.ceil((2 * plan.seconds) / shards / 60),
	})
	await makeFolder(flags.output)
	for (const name of Object.keys(files)) {
		const path = join(flags.output, name)
		const isThere = await access(path).then(
			() => true,
			() => false,
		)
		if (isThere)
			throw new SublocError('INVALID_OPTION', `${path} is there already: remove it, or name another folder with -o`, {
				option: 'output',
				file: path,
			})
	}
	for (const [name, text] of Object.entries(files)) await writeWhole(join(flags.output, name), text)
	const names = Object.keys(files).map((name) => join(flags.output, name))
	log.event('written', `written: ${names.join(', ')}`, { files: names, shards })
}
