import { statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { Command } from 'commander'
import {
	type Dataset,
	type Evaluation,
	evaluateLabels,
	evaluatePredictions,
	hasSignals,
	type Kingdom,
	loadModel,
	type Model,
	type MultiLabelEvaluation,
	makeFolder,
	methionineEffects,
	parseEvaluation,
	predictAll,
	RunFolder,
	readDataset,
	readRelatives,
	SublocError,
	unseenRecords,
} from 'subloc-native'
import { kingdomOption, tellKingdom, warnOfRuledOut } from './kingdom.js'
import type { Log } from './log.js'
import { isMultiLabel, printLabelEvaluation, writeLabelEvaluation } from './multi-label.js'
import {
	type CommonOptions,
	EXTRA_OPTION,
	IMPORTANCE_OPTION,
	METHIONINE_OPTION,
	modelPath,
	openLog,
	probability,
	refuseTrials,
	runtimeOf,
	type TrialFlags,
	withRuntime,
} from './options.js'
import { untilStopped } from './process.js'
import { Remarks } from './remarks.js'
import { baselinesFor, importanceOf, warnOfSingleLabelFlags } from './scoring.js'
import { printEvaluation, writeEvaluation, writeReport } from './training.js'

interface EvaluateFlags extends CommonOptions, TrialFlags {
	profiles?: string
	extra?: string
	kingdom?: Kingdom
	output?: string
	report: boolean
	json?: boolean
	training?: string
	/** False with `--no-audit`. */
	audit: boolean
	relatives?: string
	abstain?: number
}

export function evaluateCommand(): Command {
	return withRuntime(
		new Command('evaluate')
			.summary('score a model on labelled proteins')
			.description(
				'Scores a model on DATA (a folder of <class>.fasta, or a TSV; with a column `cluster` also a homology cluster). On the data that the model was\n' +
					'trained on, its held-out part alone is scored. Without DATA the scores that the training wrote are printed.',
			)
			.argument('<run>', 'run folder; shipped: the model that comes with the package', modelPath)
			.argument('[data]', 'labelled proteins')
			.option('--profiles <dir>', 'folder of a profile store, for a model that reads profiles')
			.option(...EXTRA_OPTION)
			.option(
				'-o, --output <dir>',
				'also write predictions.tsv, evaluation.json, the confusion matrix and report.html there',
			)
			.addOption(kingdomOption())
			.option('--no-report', 'write no report.html')
			.option('--json', 'print JSON')
			.option(
				'--training <data>',
				'what the model was trained on, for the baselines; default: where the training found it',
			)
			.option('--relatives <tsv>', 'nearest training relatives (id, relative, identity); default: they are looked for')
			.option('--no-audit', 'do not look for relatives in the training data')
			.option(...METHIONINE_OPTION)
			.option('--abstain <p>', 'tell what is right where predictions below this probability are not given', probability)
			.option(...IMPORTANCE_OPTION)
			.addHelpText(
				'after',
				`
Examples:
  subloc evaluate runs/first independent.tsv
  subloc evaluate runs/first multiloc/ --methionine --abstain 0.9
  subloc evaluate runs/first multiloc/ --json -o scores      the data it was trained on: its held-out part alone`,
			),
	).action((folder: string, data: string | undefined, flags: EvaluateFlags) =>
		untilStopped((signal) => run(folder, data, flags, signal)),
	)
}

async function run(folder: string, data: string | undefined, flags: EvaluateFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	refuseTrials(flags)
	if (flags.kingdom !== undefined && flags.importance !== undefined) {
		const message = '--importance: is of the network as it is, without --kingdom'
		throw new SublocError('INVALID_OPTION', message, { option: 'importance' })
	}
	if (data === undefined) {
		refuseWithoutData(flags)
		const written = await writtenEvaluation(folder)
		return isMultiLabel(written) ? printLabelEvaluation(written, flags.json) : printEvaluation(written, flags.json)
	}
	await refuseSwapped(folder, data)
	using model = await loadModel(folder)
	const multiLabel = model.info.loss === 'multi-label'
	const dataset = await readDataset(data, { minimumClasses: 1, classes: model.classes, multiLabel })
	const { records, on: proteins } = await scoredRecords(model, dataset, log)
	// Before the long work: a place that cannot be written to is told at once.
	if (flags.output !== undefined) await makeFolder(join(flags.output, 'figures'))
	const known = flags.relatives === undefined ? null : await readRelatives(flags.relatives)
	tellKingdom(flags.kingdom, model, log)
	const { profiles, extra, kingdom } = flags
	const on = kingdom === undefined ? proteins : `${proteins} (kingdom ${kingdom})`
	warnOfRuledOut(kingdom, records, model, log)
	const computing = { profiles, extra, signal, ...runtimeOf(flags) }
	const options = { ...computing, kingdom }
	const isTold = flags.output !== undefined && flags.report && !multiLabel
	const attention = isTold || hasSignals(model, { records })
	const predictions = await predictAll(model, records, {
		...{ ...options, attention, members: isTold },
		onWarning: (warning) => log.warning(warning),
	})
	const remarks = new Remarks()
	for (const prediction of predictions) remarks.add(prediction)
	remarks.tell(log)
	if (multiLabel) {
		warnOfSingleLabelFlags(flags, log)
		const evaluation = evaluateLabels(records, predictions, model.classes, on)
		if (flags.output !== undefined) await writeLabelEvaluation(flags.output, evaluation, predictions, log)
		return printLabelEvaluation(evaluation, flags.json)
	}
	const { importance, abstain, training, audit, threads } = flags
	const evaluation = evaluatePredictions(records, predictions, model.classes, on, {
		...{ abstain, calibration: model.calibration },
		...(await baselinesFor(model, dataset, records, { relatives: known, training, audit, threads, signal }, log)),
		methionine: flags.methionine ? await methionineEffects(model, records, predictions, options) : null,
		importance: importance === undefined ? null : await importanceOf([{ model, records }], importance, computing, log),
	})
	if (flags.output !== undefined) await writeEvaluation(flags.output, evaluation, predictions, log)
	if (flags.output !== undefined && flags.report) {
		const title = basename(resolve(folder))
		// A training's parts are told from the whole dataset; a card's model has none.
		const proteins = model.card ? { ...dataset, records } : dataset
		await writeReport(flags.output, model, { ...options, title, proteins, predictions, evaluation }, log)
	}
	printEvaluation(evaluation, flags.json)
}

/** Errors: `INVALID_OPTION` where the run stands in the place of the data. */
async function refuseSwapped(run: string, data: string): Promise<void> {
	const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
	const isRun = async (path: string) => isFolder(path) && (await new RunFolder(path).has('model'))
	const isSwapped = modelPath(data) !== data || (await isRun(data))
	if (!isSwapped || !isFolder(run) || (await isRun(run))) return
	const message = `${data} is a run and ${run} is none: first the run, then the data`
	throw new SublocError('INVALID_OPTION', message, { option: 'run' })
}

/** Flags of scoring, which nothing is without DATA. Errors: `INVALID_OPTION`. */
function refuseWithoutData(flags: EvaluateFlags): void {
	const scoring = [
		...(['kingdom', 'methionine', 'importance', 'abstain', 'relatives', 'training', 'output'] as const),
		...(['profiles', 'extra'] as const),
	]
	const option = scoring.find((name) => flags[name] !== undefined)
	if (option === undefined) return
	const message = `--${option}: without DATA the written scores are printed: name labelled proteins, subloc evaluate RUN DATA`
	throw new SublocError('INVALID_OPTION', message, { option })
}

async function writtenEvaluation(folder: string): Promise<Evaluation | MultiLabelEvaluation> {
	const run = new RunFolder(folder)
	const evaluation = await run.readJson<Evaluation | MultiLabelEvaluation>('evaluation')
	if (evaluation && isMultiLabel(evaluation)) return evaluation
	if (evaluation) return parseEvaluation(evaluation, run.file('evaluation'))
	throw new SublocError('INPUT_MISSING', 'the run has no scores; name labelled proteins: subloc evaluate RUN DATA', {
		file: folder,
	})
}

/** What a model was not trained on, with a word on what is left out. Errors: `INVALID_DATASET` where nothing is left. */
export async function scoredRecords(model: Model, dataset: Dataset, log: Log) {
	const { source } = dataset
	const { records, isOwn, seen, namesakes } = await unseenRecords(model, dataset)
	if (records.length === 0) {
		const own = model.card ? ` (its own scores: subloc evaluate shipped, or ${model.card.scores.file})` : ''
		const message = `the model was trained on all of these proteins: nothing is left to score${own}`
		throw new SublocError('INVALID_DATASET', message, { file: source })
	}
	if (isOwn) return { records, on: `the held-out part (${model.training!.info.split.by}) of ${source}` }
	const [all, left] = [dataset.records.length, records.length]
	if (seen === null) log.warning('nothing is known of the model’s training, which may have seen some of these proteins')
	else if (seen > 0) log.warning(`${seen} of ${all} proteins were training data of the model: they are left out`)
	if (namesakes > 0)
		log.warning(`${namesakes} of ${left} ids also stand in the training data, with another sequence: they are scored`)
	return { records, on: source }
}
