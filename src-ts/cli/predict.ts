import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { Command, Option } from 'commander'
import {
	type Kingdom,
	loadModel,
	type Model,
	PREDICTION_FORMATS,
	type Prediction,
	type PredictionFormat,
	predict,
	readDataset,
	readFasta,
	report,
	type SequenceRecord,
	SublocError,
	type TrainingProtein,
	writePredictions,
	writeWhole,
} from 'subloc-native'
import { kingdomOption, tellKingdom } from './kingdom.js'
import type { Log } from './log.js'
import { refuseLabelSets } from './multi-label.js'
import {
	type CommonOptions,
	EXTRA_OPTION,
	MODEL_OPTION,
	openLog,
	partOrAuto,
	runtimeOf,
	wholeNumber,
	withRuntime,
} from './options.js'
import { isJob, type JobFlags, rate, runJob } from './predict-job.js'
import { untilStopped } from './process.js'
import { Remarks } from './remarks.js'

interface PredictFlags extends CommonOptions, JobFlags {
	model?: string
	training?: string
	profiles?: string
	extra?: string
	missingProfile?: 'blosum' | 'onehot' | 'fail'
	kingdom?: Kingdom
	format?: PredictionFormat
	strict?: boolean
	report?: string
}

export function predictCommand(): Command {
	return withRuntime(
		new Command('predict')
			.summary('predict where proteins live')
			.description(
				'Predicts every protein of a FASTA file, in its order and in bounded memory. A record that cannot be used (no residues, a character that\n' +
					'is no letter) keeps its row: its status says why, its other cells are empty.',
			)
			.argument('<in>', 'FASTA, plain or gzip, or - for stdin')
			.option(...MODEL_OPTION)
			.option('-o, --output <file>', 'where to write; - is stdout', '-')
			.option('--profiles <dir>', 'folder of a profile store, for a model that reads profiles')
			.option(...EXTRA_OPTION)
			.addOption(
				new Option('--missing-profile <policy>', 'what stands in for a missing profile').choices([
					'blosum',
					'onehot',
					'fail',
				]),
			)
			.option(
				'--trust',
				'also the columns calibrated, relative, relative_class, identity: how far each prediction can be trusted',
			)
			.option('--training <data>', 'labelled proteins that the model was trained on: names the nearest (gives --trust)')
			.addOption(kingdomOption())
			.addOption(new Option('--format <format>', 'default: by the ending of -o, else tsv').choices(PREDICTION_FORMATS))
			.option('--strict', 'end with an error at the first record that cannot be used')
			.option('--report <file>', 'also write a page to look at (HTML); holds all proteins in memory')
			.option(
				'--shard <i/n>',
				'one of N parts, balanced by residues, into the folder -o; auto/N: the task of the array',
				partOrAuto,
			)
			.option('--resume', 'go on where a run of the same was stopped or killed; begin anew where there is none')
			.option('--journal <dir>', 'folder of the journal that --resume reads (default: beside the output)')
			.option(
				'--cache <dir>',
				'compute each different protein once: answers are kept in this folder, which many runs may share',
			)
			.option('--cache-size <mib>', 'what the cache may grow to (default: 1024)', wholeNumber(0, 1 << 30))
			.option('--gff', 'also write where an A-LSTM looked, as GFF3 beside the output')
			.option('--requeue', 'under Slurm: after SIGUSR1, SIGUSR2 or SIGHUP queue the job again'),
	)
		.addHelpText(
			'after',
			`
Examples:
  subloc predict proteome.faa.gz -o places.tsv                                   with the model that comes with the package
  subloc predict proteome.faa.gz --model runs/first -o places.tsv --report places.html
  subloc predict proteome.faa.gz -o places.tsv --kingdom plant --training multiloc/
  subloc predict proteome.faa.gz --model runs/first -o parts --shard 3/16       part 3 of 16; subloc merge parts -o places.tsv
  zcat *.faa.gz | subloc predict - --model runs/first --format jsonl | jq .compartment

Columns: id, status, compartment, its probability, spread (standard deviation over the ensemble), and the probability of each class.`,
		)
		.action((input: string, flags: PredictFlags) =>
			untilStopped(
				(signal) => run(input, flags, signal),
				'the rows so far are kept (--resume goes on), or were printed',
				flags,
			),
		)
}

async function run(input: string, flags: PredictFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	requireDifferentFiles({ in: input, output: flags.output, report: flags.report })
	const isInFile = await isJob(flags)
	using model = await loadModel(flags.model)
	const training = flags.training === undefined ? undefined : await trainingProteins(flags.training, model, log)
	const trust = flags.trust === true || training !== undefined
	const format = flags.format ?? formatOf(flags.output)
	if (format === null)
		log.warning(`${flags.output}: the ending is none of ${PREDICTION_FORMATS.join(', ')}; TSV is written`)
	const multiLabel = model.info.loss === 'multi-label'
	if (flags.report !== undefined) refuseLabelSets(model.info, 'report', 'for which the page has no place')
	tellKingdom(flags.kingdom, model, log)
	if (flags.trust) tellEmptyTrust(model, training !== undefined, log)
	const started = Date.now()
	const shown: string[] = []
	const told: Prediction[] = []
	const remarks = new Remarks()
	let [count, skipped] = [0, 0]
	async function* watched(predictions: AsyncIterable<Prediction>): AsyncGenerator<Prediction> {
		for await (const prediction of predictions) {
			count += 1
			remarks.add(prediction)
			if (prediction.problem && skipped++ < 5) shown.push(`${prediction.id} (${prediction.problem.message})`)
			if (count % 100 === 0) log.progress(`${count} proteins, ${rate(count, started)} a second`)
			if (flags.report !== undefined) told.push(prediction)
			yield prediction
		}
	}
	const options = {
		...{ profiles: flags.profiles, extra: flags.extra, missingProfile: flags.missingProfile, kingdom: flags.kingdom },
		...{ signal, ...runtimeOf(flags) },
	}
	const predicting = { ...options, training }
	const onProblem = flags.strict ? 'fail' : 'skip'
	if (isInFile) {
		warnUnused(model, flags, log)
		return await runJob(model, input, {
			flags: { ...flags, trust },
			options: { ...predicting, onProblem },
			format: format ?? 'tsv',
			log,
		})
	}
	const isTold = flags.report !== undefined
	const proteins: SequenceRecord[] = []
	const source = isTold
		? kept(readFasta(input, { onProblem: flags.strict ? 'fail' : 'report', signal }), proteins)
		: input
	const predictions = predict(model, source, {
		...{ ...predicting, onProblem, attention: isTold, members: isTold },
		onWarning: (warning) => log.warning(warning),
	})
	await writePredictions(watched(predictions), flags.output === '-' ? process.stdout : flags.output, {
		...{ classes: model.classes, multiLabel, trust, format: format ?? 'tsv' },
	})
	if (flags.report !== undefined) {
		const title = input === '-' ? 'stdin' : basename(input)
		const { html } = await report(model, { ...options, title, source: title, proteins, predictions: told })
		await writeWhole(flags.report, html)
		log.event('report', `report: ${flags.report} (open it in a browser)`, { output: flags.report })
	}
	for (const one of shown) log.warning(`skipped ${one}`)
	if (skipped > 5) log.warning(`… and ${skipped - 5} more, see their status`)
	remarks.tell(log)
	warnUnused(model, flags, log)
	const where = flags.output === '-' ? '' : `: ${flags.output}`
	const predicted = `${count - skipped} ${count - skipped === 1 ? 'protein' : 'proteins'} predicted`
	log.event('predicted', `${predicted}, ${skipped} skipped, ${rate(count, started)} a second${where}`, {
		...{ records: count, skipped: skipped, output: flags.output },
	})
}

/** Says which columns of `--trust` stay empty, and what would fill them. */
function tellEmptyTrust({ calibration, info }: Model, hasTraining: boolean, log: Log): void {
	const isTempered = calibration !== null || info.loss === 'multi-label'
	const told = [
		...(isTempered ? [] : ['calibrated is empty, no temperature was fitted (train with --validation-fraction)']),
		...(hasTraining ? [] : ['relative, relative_class and identity are empty (--training DATA)']),
	]
	if (told.length > 0) log.event('trust', `--trust: ${told.join('; ')}`)
}

/** What is needed of the training data to name the nearest of them. */
async function trainingProteins(path: string, { training, card }: Model, log: Log): Promise<TrainingProtein[]> {
	const { records, digest } = await readDataset(path, { minimumClasses: 1 })
	const own = training?.info.dataset.digest ?? card?.data.digest
	if (own !== undefined && own !== digest)
		log.warning(
			`--training ${path}: these are not the proteins that the model was trained on; the nearest of them are told all the same`,
		)
	return records.map(({ id, sequence, class: name }) => ({ id, sequence, class: name }))
}

/** The same records, which are kept on their way. */
async function* kept(records: AsyncIterable<SequenceRecord>, all: SequenceRecord[]): AsyncGenerator<SequenceRecord> {
	for await (const record of records) {
		all.push(record)
		yield record
	}
}

/** A file that is written must be neither the input nor the other output, under another name neither. */
function requireDifferentFiles(paths: Record<string, string | undefined>): void {
	const seen = new Map<string, string>()
	for (const [option, path] of Object.entries(paths)) {
		if (path === undefined || path === '-') continue
		if (existsSync(path) && !statSync(path).isFile()) continue // a device or a pipe
		const file = existsSync(path) ? realpathSync(path) : resolve(path)
		const other = seen.get(file)
		if (other !== undefined) {
			const message = `${option}: ${path} is the same file as ${other}; it would be overwritten`
			throw new SublocError('INVALID_OPTION', message, { option, value: path })
		}
		seen.set(file, option)
	}
}

function warnUnused(model: Model, { profiles, extra }: PredictFlags, log: Log): void {
	if (profiles !== undefined && !model.readsProfiles)
		log.warning('the model reads no profiles: --profiles is without effect')
	if (extra !== undefined && model.info.extraFeatures === 0)
		log.warning('the model reads no own numbers: --extra is without effect')
}

/** By the ending; null for an unknown one. */
function formatOf(output: string): PredictionFormat | null {
	const ending = extname(output).slice(1)
	return ending === '' ? 'tsv' : (PREDICTION_FORMATS.find((format) => format === ending) ?? null)
}
