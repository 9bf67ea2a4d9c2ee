/** What the commands do with a model of any number of labels a protein. */
import { join } from 'node:path'
import pc from 'picocolors'
import {
	type Interval,
	labelsFigure,
	type MultiLabelEvaluation,
	makeFolder,
	type Prediction,
	predictionFormatter,
	RUN_FILES,
	SublocError,
	type TrainingConfig,
	writeWhole,
} from 'subloc-native'
import type { Log } from './log.js'
import { captionOf, percent, percentRange, table } from './text.js'

/** Whether an evaluation, as JSON gives it back, is of label sets. */
export function isMultiLabel(evaluation: object): evaluation is MultiLabelEvaluation {
	return 'loss' in evaluation && evaluation.loss === 'multi-label'
}

/** Errors: `INVALID_OPTION` where a model of several labels a protein (its run's configuration, or what is known of it) is asked for what it cannot have. */
export function refuseLabelSets({ loss }: Pick<TrainingConfig, 'loss'>, option: string, why: string): void {
	if (loss !== 'multi-label') return
	throw new SublocError('INVALID_OPTION', `${option}: the model gives several labels a protein, ${why}`, { option })
}

/** Writes predictions, scores and the picture of each label's scores into a folder; tells where. */
export async function writeLabelEvaluation(
	folder: string,
	evaluation: MultiLabelEvaluation,
	predictions: readonly Prediction[],
	log: Log,
): Promise<void> {
	const figures = join(folder, 'figures')
	await makeFolder(figures)
	const { header, row } = predictionFormatter('tsv', evaluation.classes, { multiLabel: true })
	await writeWhole(join(folder, RUN_FILES.predictions), header + predictions.map(row).join(''))
	await writeWhole(join(folder, RUN_FILES.evaluation), `${JSON.stringify(evaluation, null, 2)}\n`)
	const subtitle = `on ${captionOf(evaluation.on)}`
	await writeWhole(
		join(figures, 'labels.svg'),
		await labelsFigure(evaluation, { title: 'How good each label is', subtitle }),
	)
	log.event('written', `written: ${folder} (predictions.tsv, evaluation.json, figures/labels.svg)`, { folder })
}

/** Prints an evaluation: on stdout, since it is what was asked for. */
export function printLabelEvaluation(evaluation: MultiLabelEvaluation, json = false): void {
	process.stdout.write(json ? `${JSON.stringify(evaluation, null, 2)}\n` : `${labelEvaluationText(evaluation)}\n`)
}

/** Scores of all labels, and a line a label. */
function labelEvaluationText(evaluation: MultiLabelEvaluation): string {
	const { on, records, subsetAccuracy, jaccard, microF1, macroF1, logLoss, labelsPerRecord } = evaluation
	const { intervals, majority } = evaluation
	const skipped = evaluation.skipped > 0 ? `, ${evaluation.skipped} more could not be predicted` : ''
	const number = (value: number | null) => value?.toFixed(3) ?? '–'
	const range = (interval: Interval | null) =>
		interval ? `${interval.low.toFixed(3)}–${interval.high.toFixed(3)}` : '–'
	const drawn = intervals && [
		`95 % intervals, ${intervals.resampled} drawn: Jaccard ${range(intervals.jaccard)} · all labels right ${percentRange(intervals.subsetAccuracy)} % · micro F1 ${range(intervals.microF1)} · macro F1 ${range(intervals.macroF1)}`,
	]
	const without = majority && [
		`always the most frequent set (${majority.labels.join(';')}): Jaccard ${number(majority.jaccard)}, all labels right ${percent(majority.subsetAccuracy)}`,
	]
	return [
		`${pc.bold(`Jaccard ${number(jaccard)}, all labels right ${percent(subsetAccuracy)}`)} on ${on} (${records} proteins${skipped})`,
		`micro F1 ${number(microF1)} · macro F1 ${number(macroF1)} · log loss ${number(logLoss)} nats a label · labels a protein ${labelsPerRecord.true.toFixed(2)}, predicted ${labelsPerRecord.predicted.toFixed(2)}`,
		...(drawn ?? []),
		...(without ?? []),
		'',
		table(
			['label', 'proteins', 'predicted', 'sensitivity', 'precision', 'F1', 'MCC'],
			evaluation.perLabel.map((own) => [
				...[own.class, String(own.support), String(own.predicted), percent(own.sensitivity), percent(own.precision)],
				...[number(own.f1), number(own.mcc)],
			]),
		),
	].join('\n')
}
