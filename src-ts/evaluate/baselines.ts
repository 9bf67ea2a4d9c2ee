/** What is reached without a network. Everything is fitted on the training records alone. */
import type { Dataset, LabelledRecord } from '../dataset/dataset.js'
import type { Split } from '../dataset/split/split.js'
import { ALPHABET } from '../sequence/alphabet.js'
import { composition, fitLogistic, type LogisticRegression, logisticAnswers } from './composition.js'
import { motifRules } from './motifs.js'
import type { Relative } from './relative.js'

/** The names of the baselines. */
export type BaselineName = 'majority' | 'composition' | 'best hit' | 'motif rules'

/** What a baseline says of some records, in their order. */
export interface BaselineAnswers {
	name: BaselineName
	/** What it is, in a few words. */
	what: string
	/** A class for each record. */
	answers: string[]
}

const WHAT: Record<BaselineName, string> = {
	majority: 'the largest class of the training proteins',
	composition: 'logistic regression on the shares of the 20 residues',
	'best hit': 'the class of the nearest training protein; the largest class where there is none',
	'motif rules': 'known sorting signals as rules; the largest class where none holds',
}

/**
 * What the baselines say of `records` after seeing `training`: majority, composition, motif rules, and best hit where `relatives` are given (one entry for each
 * of the records that has a training relative). Training records are needed, one at least.
 */
export function baselineAnswers(
	training: readonly LabelledRecord[],
	records: readonly Pick<LabelledRecord, 'id' | 'sequence'>[],
	classes: readonly string[],
	relatives: readonly Relative[] | null = null,
): BaselineAnswers[] {
	const learned = learnBaselines(training, classes)
	const found = learnedBaselineAnswers(learned, records, classes)
	if (relatives) {
		const classOf = new Map(training.map((record) => [record.id, record.class]))
		const nearest = new Map(
			relatives.map(({ id, relative }) => [id, relative === null ? undefined : classOf.get(relative)]),
		)
		found.splice(
			2,
			0,
			told('best hit', (record) => nearest.get(record.id) ?? learned.majority, records),
		)
	}
	return found
}

/** What the baselines that copy nothing keep of the training records: plain JSON, which a model's card can hold. */
export interface LearnedBaselines {
	/** The largest class. */
	majority: string
	/** {@link LogisticRegression} on the shares of the residues, and its classes. */
	composition: { classes: string[]; weights: number[]; bias: number[]; mean: number[]; deviation: number[] }
}

/** Fits majority and composition. Training records are needed, one at least. */
export function learnBaselines(training: readonly LabelledRecord[], classes: readonly string[]): LearnedBaselines {
	const present = classes.filter((name) => training.some((record) => record.class === name))
	const labels = training.map((record) => present.indexOf(record.class))
	const { weights, bias, mean, deviation } = fitLogistic(featuresOf(training), labels, present.length)
	const plain = { weights: [...weights], bias: [...bias], mean: [...mean], deviation: [...deviation] }
	return { majority: largestClass(training, classes), composition: { classes: present, ...plain } }
}

/** {@link baselineAnswers} without the training records: majority, composition and motif rules. */
export function learnedBaselineAnswers(
	{ majority, composition: { classes: present, ...fitted } }: LearnedBaselines,
	records: readonly Pick<LabelledRecord, 'id' | 'sequence'>[],
	classes: readonly string[],
): BaselineAnswers[] {
	const [weights, bias] = [Float64Array.from(fitted.weights), Float64Array.from(fitted.bias)]
	const [mean, deviation] = [Float64Array.from(fitted.mean), Float64Array.from(fitted.deviation)]
	const answers = logisticAnswers({ weights, bias, mean, deviation }, featuresOf(records))
	const rules = motifRules(classes)
	return [
		told('majority', () => majority, records),
		told('composition', (_, row) => present[answers[row]!]!, records),
		told('motif rules', ({ sequence }) => rules(sequence) ?? majority, records),
	]
}

function told<T>(
	name: BaselineName,
	answer: (record: T, row: number) => string,
	records: readonly T[],
): BaselineAnswers {
	return { name, what: WHAT[name], answers: records.map(answer) }
}

/**
 * {@link baselineAnswers} of a whole dataset, each fold by what the others teach. `relatives` name the nearest protein of the other folds.
 */
export function foldedBaselineAnswers(
	dataset: Dataset,
	split: Split,
	relatives: readonly Relative[] | null = null,
): BaselineAnswers[] {
	const all = new Map<BaselineName, BaselineAnswers>()
	for (let fold = 1; fold <= split.folds; fold++) {
		const rows = [...split.parts.keys()].filter((row) => split.parts[row] === fold)
		const training = dataset.records.filter((_, row) => split.parts[row] !== fold)
		const own = rows.map((row) => dataset.records[row]!)
		for (const { name, what, answers } of baselineAnswers(training, own, dataset.classes, relatives)) {
			const known = all.get(name) ?? { name, what, answers: new Array<string>(dataset.records.length) }
			for (const [at, row] of rows.entries()) known.answers[row] = answers[at]!
			all.set(name, known)
		}
	}
	return [...all.values()]
}

/** The most frequent class; of equals the first in the order of `classes`. */
export function largestClass(records: readonly Pick<LabelledRecord, 'class'>[], classes: readonly string[]): string {
	const counts = classes.map((name) => records.filter((record) => record.class === name).length)
	return classes[counts.indexOf(Math.max(...counts))]!
}

/** [N, 20] */
function featuresOf(records: readonly Pick<LabelledRecord, 'sequence'>[]): Float64Array {
	const features = new Float64Array(records.length * ALPHABET.length)
	for (const [row, { sequence }] of records.entries()) features.set(composition(sequence), row * ALPHABET.length)
	return features
}
