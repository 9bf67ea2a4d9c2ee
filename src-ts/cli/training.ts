/** What `train`, `cross-validate` and `demo` do alike: tell how it goes, and score what was held out. */
import { basename, join, resolve } from 'node:path'
import {
	type ConfigFile,
	type CrossValidation,
	clusteredRecords,
	confusionFigure,
	type Dataset,
	type EpochReport,
	type Evaluation,
	evaluateLabels,
	evaluatePredictions,
	foldedMethionineEffects,
	hasSignals,
	heldOutRecords,
	heldOutTemperatures,
	type Model,
	makeFolder,
	methionineEffects,
	type Prediction,
	partFromEnvironment,
	predictAll,
	predictionFormatter,
	type ReportOptions,
	RUN_FILES,
	RunFolder,
	readDataset,
	report,
	type StepProgress,
	type TrainingConfig,
	writeWhole,
} from 'subloc-native'
import type { Log } from './log.js'
import { printLabelEvaluation, writeLabelEvaluation } from './multi-label.js'
import { type CommonOptions, type PartOrAuto, runtimeOf, type TrialFlags } from './options.js'
import {
	baselinesFor,
	calibrate,
	calibrateJoined,
	foldedBaselines,
	foldTemperatures,
	importanceOf,
	warnOfSingleLabelFlags,
} from './scoring.js'
import { captionOf, duration, evaluationText, percent } from './text.js'
import type { TrainingFlags } from './training-options.js'

/**
 * The member or fold, from 1, of this process. For `auto` the scheduler's environment tells, and the task gets a run folder of its own inside `-o`, which
 * `flags.output` names from then on. Errors: `INVALID_OPTION`.
 */
export async function taskOf(flags: { output: string }, part: PartOrAuto, kind: 'member' | 'fold'): Promise<number> {
	const { count } = part
	if (part.index !== null) return part.index
	const index = await partFromEnvironment(count, flags.output)
	const padded = String(index).padStart(String(count).length, '0')
	flags.output = join(flags.output, `${kind}-${padded}-of-${count}`)
	return index
}

/** The configuration of the run that `--resume` goes on with; null where there is none or it is not asked for. */
export async function resumedConfig(output: string, resume: boolean | undefined): Promise<ConfigFile | null> {
	return resume ? new RunFolder(output).readConfig() : null
}

/** Labelled proteins, with a word on what was read and what was not. */
export async function readLabelled(data: string, log: Log, { loss }: Pick<ConfigFile, 'loss'> = {}): Promise<Dataset> {
	const dataset = await readDataset(data, { multiLabel: loss === 'multi-label' })
	const { records, classes, ignored } = dataset
	log.event('dataset', `${data}: ${records.length} proteins, ${classes.length} classes`, {
		records: records.length,
		classes,
	})
	const joined = loss === 'multi-label' ? undefined : classes.find((name) => name.includes(';'))
	if (joined !== undefined)
		log.warning(
			`class '${joined}' has a ; and is read as one class: --set loss=multi-label reads the labels of a protein`,
		)
	if (ignored.length > 0) log.warning(`not read, since their names are not <class>.fasta: ${ignored.join(', ')}`)
	return dataset
}

/** Predicts and scores what a trained model's training held out, and writes both into its run folder. */
export async function scoreHeldOut(
	model: Model,
	dataset: Dataset,
	flags: Pick<TrainingFlags, 'output' | 'profiles' | 'extra' | 'report' | 'audit'> & CommonOptions & TrialFlags,
	log: Log,
	signal: AbortSignal,
): Promise<void> {
	const { info, config } = model.training!
	log.event('saved', `model: ${flags.output} (subloc predict IN --model ${flags.output})`, { folder: flags.output })
	const records = await heldOutRecords(model, dataset)
	if (records.length === 0) return log.warning('nothing was held out, so there is no accuracy to tell')
	const options = {
		...{ profiles: flags.profiles, extra: flags.extra, missingProfile: config.missingProfile, signal },
		...runtimeOf(flags),
	}
	const isMultiLabel = model.info.loss === 'multi-label'
	if (!isMultiLabel) await calibrate(model, dataset, flags.output, options, log)
	const told = {
		attention: (flags.report && !isMultiLabel) || hasSignals(model, { records }),
		members: flags.report && !isMultiLabel,
	}
	const predictions = await predictAll(model, records, {
		...{ ...options, ...told },
		onWarning: (warning) => log.warning(warning),
	})
	const { by, fold } = info.split
	const on = fold === null ? `the ${by} test part` : `fold ${fold} of a ${by} split`
	if (isMultiLabel) {
		warnOfSingleLabelFlags(flags, log)
		const evaluation = evaluateLabels(records, predictions, model.classes, on)
		await writeLabelEvaluation(flags.output, evaluation, predictions, log)
		tellSplit(by, log)
		return printLabelEvaluation(evaluation)
	}
	const { audit, threads, methionine, importance } = flags
	const evaluation = evaluatePredictions(records, predictions, model.classes, on, {
		calibration: model.calibration,
		...(await baselinesFor(model, dataset, records, { audit, threads, signal }, log)),
		methionine: methionine ? await methionineEffects(model, records, predictions, options) : null,
		importance: importance === undefined ? null : await importanceOf([{ model, records }], importance, options, log),
	})
	await writeEvaluation(flags.output, evaluation, predictions, log)
	if (flags.report)
		await writeReport(flags.output, model, { ...options, proteins: dataset, predictions, evaluation }, log)
	tellSplit(by, log)
	if (evaluation.accuracy <= evaluation.majorityAccuracy) {
		log.warning(
			'the model does no better than always naming the largest class: more epochs (--epochs) or proteins are needed',
		)
	}
	printEvaluation(evaluation)
}

/** Scores a cross-validation and writes that into its run folder. Closes the models. */
export async function scoreFolds(
	{ dataset, split, models, predictions, config }: CrossValidation & { dataset: Dataset; config: TrainingConfig },
	flags: Pick<TrainingFlags, 'output' | 'profiles' | 'extra' | 'report' | 'audit'> & CommonOptions & TrialFlags,
	log: Log,
	signal: AbortSignal,
): Promise<void> {
	const { output, profiles, extra } = flags
	const on = `${split.folds} folds of a ${split.by} split`
	const { classes } = models[0]!
	if (dataset.multiLabel) {
		for (const model of models) model.close()
		warnOfSingleLabelFlags(flags, log)
		const evaluation = evaluateLabels(clusteredRecords(dataset, split), predictions, classes, on)
		await writeLabelEvaluation(output, evaluation, predictions, log)
		tellSplit(split.by, log)
		return printLabelEvaluation(evaluation)
	}
	const predicting = { profiles, extra, missingProfile: config.missingProfile, signal, ...runtimeOf(flags) }
	const temperatures =
		(await foldTemperatures(models, dataset, split, config, predicting)) ??
		heldOutTemperatures(dataset, split, predictions, classes)
	const { audit, threads, methionine, importance } = flags
	const records = clusteredRecords(dataset, split)
	const parts = models.map((model, at) => ({ model, records: records.filter((_, row) => split.parts[row] === at + 1) }))
	const evaluation = evaluatePredictions(records, predictions, classes, on, {
		calibration: split.parts.map((part) => temperatures[Number(part) - 1]!),
		...(await foldedBaselines(dataset, split, { audit, threads, signal }, log)),
		methionine: methionine ? await foldedMethionineEffects(dataset, split, models, predictions, predicting) : null,
		importance: importance === undefined ? null : await importanceOf(parts, importance, predicting, log),
	})
	for (const model of models) model.close()
	await calibrateJoined(dataset, predictions, classes, output, log)
	await writeEvaluation(output, evaluation, predictions, log)
	if (flags.report) await writeReport(output, output, { proteins: dataset, signal }, log)
	tellSplit(split.by, log)
	printEvaluation(evaluation)
}

/** Tells epochs and steps of a training. */
export class TrainingLog {
	readonly #log: Log
	readonly #members: number
	readonly #started = Date.now()
	#epochs = 0

	constructor(log: Log, members: number) {
		this.#log = log
		this.#members = members
	}

	/** Options of `train` that bring progress and warnings here. */
	get listeners() {
		return {
			onProgress: (progress: StepProgress) => this.#step(progress),
			onWarning: (warning: string) => this.#log.warning(warning),
		}
	}

	#step({ epoch, epochs, step, steps, loss }: StepProgress): void {
		this.#epochs = epochs
		const done = Math.round((20 * step) / steps)
		const bar = '█'.repeat(done) + '░'.repeat(20 - done)
		this.#log.progress(`epoch ${epoch}/${epochs}  ${bar}  step ${step}/${steps}  loss ${loss.toFixed(3)}`)
	}

	epoch(report: EpochReport & { fold?: number }): void {
		const { fold, member, epoch, trainingLoss, trainingAccuracy, validationAccuracy, testAccuracy, seconds } = report
		const who = `${fold === undefined ? '' : `fold ${fold}  `}${this.#members > 1 ? `member ${member}  ` : ''}`
		const parts = [
			`${who}epoch ${String(epoch).padStart(String(this.#epochs).length)}/${this.#epochs || '?'}`,
			`training loss ${trainingLoss.toFixed(3)}, accuracy ${percent(trainingAccuracy)}`,
			...(validationAccuracy === null ? [] : [`validation ${percent(validationAccuracy)}`]),
			...(testAccuracy === null ? [] : [`held out ${percent(testAccuracy)}`]),
			duration(seconds),
		]
		this.#log.event('epoch', parts.join('  '), report)
	}

	finished(): void {
		const seconds = (Date.now() - this.#started) / 1000
		this.#log.event('trained', `trained in ${duration(seconds)}`, { seconds })
	}
}

/** Writes predictions, scores and the confusion matrix's picture into a folder; tells where. */
export async function writeEvaluation(
	folder: string,
	evaluation: Evaluation,
	predictions: readonly Prediction[],
	log: Log,
): Promise<void> {
	const figures = join(folder, 'figures')
	await makeFolder(figures)
	const { header, row } = predictionFormatter('tsv', evaluation.classes)
	await writeWhole(join(folder, RUN_FILES.predictions), header + predictions.map(row).join(''))
	await writeWhole(join(folder, RUN_FILES.evaluation), `${JSON.stringify(evaluation, null, 2)}\n`)
	const subtitle = `accuracy ${percent(evaluation.accuracy)} on ${captionOf(evaluation.on)}`
	const picture = confusionFigure(evaluation, { title: 'Where proteins were predicted', subtitle })
	await writeWhole(join(figures, 'confusion.svg'), picture)
	log.event('written', `written: ${folder} (predictions.tsv, evaluation.json, figures/confusion.svg)`, { folder })
}

/** Writes the page of a run, or of scores, into their folder. */
export async function writeReport(
	folder: string,
	run: Model | string,
	options: ReportOptions,
	log: Log,
): Promise<void> {
	const output = join(folder, RUN_FILES.report)
	const onProgress = (part: string) => log.progress(`report: ${part}`)
	const { html } = await report(run, { title: basename(resolve(folder)), onProgress, ...options })
	await writeWhole(output, html)
	log.event('report', `report: ${output} (open it in a browser)`, { output })
}

/** Prints an evaluation: on stdout, since it is what was asked for. */
export function printEvaluation(evaluation: Evaluation, json = false): void {
	process.stdout.write(json ? `${JSON.stringify(evaluation, null, 2)}\n` : `${evaluationText(evaluation)}\n`)
}

/** What a random split hides, told beside its accuracy. */
export function tellSplit(by: string, log: Log): void {
	if (by !== 'stratified') return
	const note =
		'a stratified split leaves relatives of the held-out proteins in the training data: expect less on proteins without known relatives'
	log.event('note', note)
}
