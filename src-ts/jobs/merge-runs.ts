/** Trainings that were tasks of a cluster → the ensemble, or the cross-validation, of the job in one piece. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrainingConfig } from '../config/schema.js'
import { type CrossValidation, hasSignals, predictHeldOut } from '../cross-validate.js'
import type { Dataset } from '../dataset/dataset.js'
import { parseSplit, splitRows } from '../dataset/split/file.js'
import { fileError, SublocError } from '../errors.js'
import { loadModel, Model, nativeOf, type TrainingRecord } from '../model/model.js'
import { firstDifference, RunFolder, type RunInfo } from '../model/run-folder.js'
import { type NativeEpochReport, NativeModel } from '../native/binding.js'
import type { PredictOptions } from '../predict/predict.js'
import type { MergeOptions } from './merge-shards.js'

/** Trainings that belong together. */
export interface MergedRuns {
	kind: 'ensemble' | 'cross-validation'
	/** All members, in order, with the training's record as of one run; close it when done. */
	model: Model
	/** Of a cross-validation: the ensemble of each fold, in order; close them when done. Else empty. */
	folds: Model[]
}

/** A run folder that was read. */
interface Part {
	name: string
	config: TrainingConfig
	info: RunInfo
	split: string
	history: NativeEpochReport[]
}

/**
 * Joins the run folders inside a folder: the members that `train` made with `member`, or the folds that it made with `fold`. On the CPU the model is that
 * of the job in one piece, to the bit. Looks first whether all members or folds are there and finished, and of one dataset, configuration and split.
 *
 * Errors: `INVALID_SHARD`, which names what is missing, unfinished or a stranger; `INVALID_MODEL`, `INVALID_CONFIG`, `INPUT_MISSING`, `IO`.
 */
export async function mergeRuns(
	folder: string,
	{ allowMixed = false, signal }: MergeOptions = {},
): Promise<MergedRuns> {
	const parts = await partsOf(folder)
	const kind = parts.every(({ info }) => info.member !== null) ? 'ensemble' : 'cross-validation'
	const ordered = checked(folder, parts, kind, allowMixed)
	signal?.throwIfAborted()
	const models: Model[] = []
	for (const { name } of ordered) models.push(await loadModel(join(folder, name)))
	const model = new Model(NativeModel.merge(models.map(nativeOf)), recordOf(ordered, models, kind))
	if (kind === 'cross-validation') return { kind, model, folds: models }
	for (const one of models) one.close()
	return { kind, model, folds: [] }
}

/**
 * What the cross-validation in one piece would have answered: each record predicted by the fold that held it out. The models are those of `merged`.
 * Errors: `INVALID_SPLIT` for another dataset; those of `predict`.
 */
export async function crossValidationOf(
	{ model, folds }: MergedRuns,
	dataset: Dataset,
	options: PredictOptions = {},
): Promise<CrossValidation> {
	const { split: text, config } = model.training!
	const split = await parseSplit(text, dataset)
	const { missingProfile } = config
	return {
		predictions: await predictHeldOut(dataset, split, folds, {
			missingProfile,
			attention: hasSignals(model, dataset),
			...options,
		}),
		split,
		models: folds,
	}
}

/** Whether a folder holds runs: it decides what `subloc merge` joins. Errors: `INPUT_MISSING`, `IO`. */
export async function holdsRuns(folder: string): Promise<boolean> {
	return (await runNames(folder)).length > 0
}

async function runNames(folder: string): Promise<string[]> {
	try {
		const entries = await readdir(folder, { withFileTypes: true })
		const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
		const isRun = await Promise.all(names.map((name) => new RunFolder(join(folder, name)).has('run')))
		return names.filter((_, at) => isRun[at]).sort()
	} catch (error) {
		throw fileError(error, folder, 'read')
	}
}

async function partsOf(folder: string): Promise<Part[]> {
	const names = await runNames(folder)
	if (names.length === 0) throw new SublocError('INVALID_SHARD', 'there is no run folder in it', { file: folder })
	const unfinished: string[] = []
	const parts: Part[] = []
	for (const name of names) {
		const run = new RunFolder(join(folder, name))
		if (!(await run.has('done'))) unfinished.push(name)
		const [config, info, split] = [await run.readConfig(), await run.readRun(), await run.read('split')]
		if (config && info && split !== null)
			parts.push({ name, config, info, split, history: (await run.readMetrics()) ?? [] })
	}
	if (unfinished.length > 0) {
		const message = `not finished: ${unfinished.join(', ')} (--resume goes on)`
		throw new SublocError('INVALID_SHARD', message, { file: folder, unfinished })
	}
	return parts
}

/** The parts in the order of their members or folds. Errors: `INVALID_SHARD`. */
function checked(folder: string, parts: readonly Part[], kind: MergedRuns['kind'], allowMixed: boolean): Part[] {
	const invalid = (why: string, facts: object) => new SublocError('INVALID_SHARD', why, { file: folder, ...facts })
	const [first] = parts as [Part]
	const what = kind === 'ensemble' ? 'member' : 'fold'
	const numberOf = ({ info }: Part) =>
		kind === 'ensemble' ? info.member : info.folds === null ? info.split.fold : null
	for (const part of parts) {
		const why = mismatch(first, part, kind, allowMixed)
		if (why) throw invalid(`${part.name} does not belong to ${first.name}: it has ${why}`, { stranger: part.name })
		if (numberOf(part) === null || (kind === 'cross-validation' && part.info.member !== null))
			throw invalid(`${part.name} is a stranger: it is no single ${what} of a ${kind}`, { stranger: part.name })
	}
	const count = kind === 'ensemble' ? first.config.members : foldsIn(first.split)
	const byNumber = new Map<number, Part>()
	for (const part of parts) {
		const number = numberOf(part)!
		const other = byNumber.get(number)
		if (other) throw invalid(`${what} ${number} is there twice: ${other.name}, ${part.name}`, { [what]: number })
		byNumber.set(number, part)
	}
	const numbers = Array.from({ length: count }, (_, at) => at + 1)
	const missing = numbers.filter((number) => !byNumber.has(number))
	if (missing.length > 0) throw invalid(`${what} ${missing.join(', ')} of ${count} is missing`, { missing })
	return numbers.map((number) => byNumber.get(number)!)
}

/** What two parts differ in that they must share, in words; null where nothing. */
function mismatch(a: Part, b: Part, kind: MergedRuns['kind'], allowMixed: boolean): string | null {
	const option = firstDifference(a.config, b.config)
	if (option) return `another value of ${option}`
	const pairs: [what: string, a: unknown, b: unknown][] = [
		['other training records', a.info.dataset.digest, b.info.dataset.digest],
		['another split', a.split, b.split],
		['other profiles', a.info.profileDigest, b.info.profileDigest],
		['other own numbers (extra)', a.info.extraDigest ?? null, b.info.extraDigest ?? null],
		...(kind === 'ensemble'
			? [['another fold', a.info.split.fold, b.info.split.fold] as [string, unknown, unknown]]
			: []),
	]
	const found = pairs.find(([, one, other]) => one !== other)
	if (found) return found[0]
	if (allowMixed) return null
	const mixed = (['backend', 'cpuIsa', 'precision'] as const).find((key) => a.info.device[key] !== b.info.device[key])
	const hint = 'not the same to the bit as the job in one piece (--allow-mixed joins them)'
	if (mixed) return `${mixed} ${b.info.device[mixed]}, not ${a.info.device[mixed]}: ${hint}`
	const [one, other] = [a.info.versions.sublocNative, b.info.versions.sublocNative]
	return one === other ? null : `version ${other} of the package, not ${one}: ${hint}`
}

/** Numbered folds in the text of a split. */
function foldsIn(split: string): number {
	return Math.max(
		0,
		...splitRows(split)
			.map(({ fold }) => Number(fold))
			.filter(Number.isInteger),
	)
}

/** What the job in one piece would say about itself. */
function recordOf(parts: readonly Part[], models: readonly Model[], kind: MergedRuns['kind']): TrainingRecord {
	const [first] = parts as [Part]
	const infos = parts.map(({ info }) => info)
	const before = (at: number) => models.slice(0, at).reduce((all, { info }) => all + info.members, 0)
	const history = parts.flatMap((part, at) => {
		const shift = before(at)
		return part.history.map((report) => ({ ...report, member: report.member + shift }))
	})
	const isFolds = kind === 'cross-validation'
	const epochs = Math.max(...infos.map(({ epochSeconds }) => epochSeconds.length))
	const info: RunInfo = {
		...first.info,
		...{
			member: null,
			seeds: infos.flatMap(({ seeds }) => seeds),
			warnings: [...new Set(infos.flatMap(({ warnings }) => warnings))],
		},
		...(isFolds && { folds: parts.length, split: { ...first.info.split, fold: null } }),
		started: infos.map(({ started }) => started).sort()[0]!,
		finished: infos
			.map(({ finished }) => finished ?? '')
			.sort()
			.at(-1)!,
		// As if one after the other.
		epochSeconds: Array.from({ length: epochs }, (_, at) =>
			infos.reduce((all, own) => all + (own.epochSeconds[at] ?? 0), 0),
		),
	}
	return {
		...{ config: first.config, info, split: first.split },
		// The members of a job take turns: each finishes an epoch before any begins the next.
		history: history.sort((a, b) => a.epoch - b.epoch || a.member - b.member),
	}
}
