/** What `train`, `cross-validate` and `demo` do alike: tell how it goes, and score what was held out. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
	type ConfigFile,
	confusionFigure,
	type EpochReport,
	type Evaluation,
	type Prediction,
	predictionFormatter,
	RunFolder,
	type StepProgress,
	writeWhole,
} from 'subloc-native'
import type { Log } from './log.js'
import { duration, evaluationText, percent } from './text.js'

/** The configuration of the run that `--resume` goes on with; null where there is none or it is not asked for. */
export async function resumedConfig(output: string, resume: boolean | undefined): Promise<ConfigFile | null> {
	return resume ? new RunFolder(output).readJson<ConfigFile>('config') : null
}

/** Tells epochs and steps of a training. */
export class TrainingLog {
	readonly #log: Log
	readonly #members: number
	readonly #started = Date.now()

	constructor(log: Log, members: number) {
		this.#log = log
		this.#members = members
	}

	step({ epoch, epochs, step, steps, loss }: StepProgress): void {
		const done = Math.round((20 * step) / steps)
		const bar = '█'.repeat(done) + '░'.repeat(20 - done)
		this.#log.progress(`epoch ${epoch}/${epochs}  ${bar}  step ${step}/${steps}  loss ${loss.toFixed(3)}`)
	}

	epoch(report: EpochReport & { fold?: number }, epochs: number): void {
		const { member, epoch, trainingLoss, trainingAccuracy, validationAccuracy, testAccuracy, seconds } = report
		const who = this.#members > 1 ? `member ${member}  ` : ''
		const parts = [
			`${who}epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
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
	await mkdir(figures, { recursive: true })
	const { header, row } = predictionFormatter('tsv', evaluation.classes)
	await writeWhole(join(folder, 'predictions.tsv'), header + predictions.map(row).join(''))
	await writeWhole(join(folder, 'evaluation.json'), `${JSON.stringify(evaluation, null, 2)}\n`)
	const subtitle = `accuracy ${percent(evaluation.accuracy)} on ${evaluation.on}`
	const picture = confusionFigure(evaluation, { title: 'Where proteins were predicted', subtitle })
	await writeWhole(join(figures, 'confusion.svg'), picture)
	log.event('written', `written: ${folder} (predictions.tsv, evaluation.json, figures/confusion.svg)`, { folder })
}

/** Prints an evaluation: on stdout, since it is what was asked for. */
export function printEvaluation(evaluation: Evaluation, json = false): void {
	process.stdout.write(json ? `${JSON.stringify(evaluation, null, 2)}\n` : `${evaluationText(evaluation)}\n`)
}

/** What a random split hides, told beside its accuracy. */
export const SPLIT_NOTE: Readonly<Record<string, string>> = {
	stratified:
		'a stratified split leaves relatives of the held-out proteins in the training data: expect less on proteins without known relatives',
}
