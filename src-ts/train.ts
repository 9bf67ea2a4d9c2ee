/** Training: a dataset and a configuration become a model. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolveConfig } from './config/resolve.js'
import type { ConfigFile, TrainingConfig } from './config/schema.js'
import { classIndices, type Dataset, type LabelledRecord } from './dataset/dataset.js'
import { formatSplit, parseSplit, readSplit } from './dataset/split/file.js'
import { columnSplit, holdOut, type Rows, rowsOf, type Split } from './dataset/split/split.js'
import { encodingTable } from './encoding/blocks.js'
import { encodeRecords } from './encoding/encode.js'
import { type ProfileSource, profileSource } from './encoding/profile/store.js'
import { requireOption, SublocError } from './errors.js'
import { loadModel, Model } from './model/model.js'
import { firstDifference, formatMetrics, RunFolder, type RunInfo } from './model/run-folder.js'
import { describeRuntime, type RuntimeOptions, resolveRuntime } from './model/runtime.js'
import {
	type NativeEpochReport,
	type NativeEvent,
	type NativeMember,
	type NativeRuntime,
	type NativeTrainingConfig,
	readTrainingHistory,
	startTraining,
} from './native/binding.js'
import { Run, type StepProgress } from './progress.js'

/** One member's epoch: losses are mean cross-entropies in nats, accuracies lie from 0 to 1. */
export interface EpochReport extends NativeEpochReport {
	/** Wall time of the epoch, all members together. */
	seconds: number
}

/** What a training needs beside its dataset. Any option of the configuration may stand here; `preset` gives the rest. */
export interface TrainOptions extends ConfigFile, RuntimeOptions {
	/** The split: a file, `column` (the TSV's own), or an assignment. Default: stratified, `testFraction` held out, seeded. */
	split?: string | Split
	/** The held-out fold of a split into numbered folds, from 1. */
	fold?: number
	/** Profiles: a folder with a packed store (docs/data.md), or a source. */
	profiles?: string | ProfileSource
	/** Trains this one of the configuration's members alone, from 1: for one job a member. */
	member?: number
	/** Run folder: a checkpoint every epoch, and the model at the end. Default: nothing is written. */
	output?: string
	/** Goes on from the run folder's checkpoint; begins anew where there is none. */
	resume?: boolean
	/** Ends the training within a second; with a run folder its state is saved first. */
	signal?: AbortSignal
	/** Called now and then within an epoch. */
	onProgress?: (progress: StepProgress) => void
	/** Called with what was decided without being asked; default: nothing. The model's training record keeps it too. */
	onWarning?: (warning: string) => void
}

/** A training in progress. */
export type TrainingRun = Run<EpochReport, Model>

/**
 * Trains a model, or an ensemble with `members`. The result can be awaited; iterating gives every epoch of every member.
 *
 * The same seed and data give the same weights to the bit on one CPU instruction set: for any number of threads, alone or beside other members, whole or
 * resumed.
 *
 * Errors: `INVALID_OPTION`, `INVALID_CONFIG`, `INVALID_SPLIT`, `INVALID_PROFILE`, `BACKEND_UNAVAILABLE`, `IO`, `TRAINING_DIVERGED` (the state before is in
 * the checkpoint). Rejects with the signal's reason once it is aborted.
 */
export function train(dataset: Dataset, options: TrainOptions = {}): TrainingRun {
	return new Run((emit, signal) => trainOne(dataset, options, emit, signal), options.signal)
}

const NOT_CONFIGURATION = [
	...['backend', 'threads', 'cpuIsa', 'split', 'fold', 'profiles', 'member'],
	...['output', 'resume', 'signal', 'onProgress', 'onWarning'],
] as const

/** The part of the options that is configuration. */
export function configurationOf(options: TrainOptions): ConfigFile {
	const own: TrainOptions = { ...options }
	for (const name of NOT_CONFIGURATION) delete own[name]
	const given = Object.entries(own).filter(([, value]) => value !== undefined)
	return Object.fromEntries(given) as ConfigFile
}

/** The split that the options ask for. */
export async function splitOf(dataset: Dataset, split: TrainOptions['split'], config: TrainingConfig): Promise<Split> {
	if (split === undefined) return holdOut(dataset, config)
	if (split === 'column') return columnSplit(dataset)
	if (typeof split === 'string') return readSplit(split, dataset)
	requireOption(Array.isArray(split?.parts), 'split', split, "a file's path, column, or an assignment with parts")
	return split
}

/** One group of members that share their rows. */
export interface MemberGroup {
	rows: Rows
	seeds: number[]
}

async function trainOne(
	dataset: Dataset,
	options: TrainOptions,
	emit: (report: EpochReport) => void,
	signal: AbortSignal,
): Promise<Model> {
	const { fold = null, member = null, profiles } = options
	const { config, warnings } = resolveConfig(configurationOf(options), { hasProfiles: profiles !== undefined })
	const split = await splitOf(dataset, options.split, config)
	const groups = [{ rows: rowsOf(split, dataset, { ...config, fold }), seeds: memberSeeds(config, member) }]
	return trainGroups(dataset, options, emit, signal, { config, warnings, split, fold, folds: null, groups })
}

/**
 * The records that a model's training held out, in the order of its dataset; none for the joined models of a cross-validation.
 * Errors: `INVALID_SPLIT` where the dataset is not the one it was trained on; `INVALID_MODEL` where nothing is known of the training.
 */
export async function heldOutRecords(model: Model, dataset: Dataset): Promise<LabelledRecord[]> {
	if (!model.training) throw new SublocError('INVALID_MODEL', 'nothing is known of the model’s training')
	const { info, split } = model.training
	const { parts } = await parseSplit(split, dataset)
	// Each record was training data of all folds' models but one.
	if (info.folds !== null) return []
	return dataset.records.filter((_, row) => parts[row] === (info.split.fold ?? 'test'))
}

/** Seeds of a configuration's members: all, or one of them. */
export function memberSeeds({ seed, members }: TrainingConfig, member: number | null): number[] {
	if (member === null) return Array.from({ length: members }, (_, index) => seed + index)
	if (Number.isInteger(member) && member >= 1 && member <= members) return [seed + member - 1]
	const message = `member: ${member} is not a whole number from 1 to ${members}`
	throw new SublocError('INVALID_OPTION', message, { option: 'member', value: member })
}

/** What {@link trainGroups} trains: everything is decided. */
export interface TrainingPlan {
	config: TrainingConfig
	warnings: string[]
	split: Split
	fold: number | null
	folds: number | null
	/** Members in order; a plain training has one group, a cross-validation one a fold. */
	groups: MemberGroup[]
}

/** @internal The job behind `train` and `crossValidate`. */
export async function trainGroups(
	dataset: Dataset,
	options: TrainOptions,
	emit: (report: EpochReport) => void,
	signal: AbortSignal,
	plan: TrainingPlan,
): Promise<Model> {
	signal.throwIfAborted()
	for (const [name, type] of [
		['onProgress', 'function'],
		['onWarning', 'function'],
		['output', 'string'],
	] as const) {
		const value = options[name]
		requireOption(value === undefined || typeof value === type, name, value, `a ${type}`)
	}
	const { config, groups } = plan
	for (const warning of plan.warnings) options.onWarning?.(warning)
	const runtime = resolveRuntime(options)
	const folder = options.output === undefined ? null : new RunFolder(options.output)
	const readsProfiles = config.blocks.includes('profile')
	const encoded = await encodeRecords(dataset.records, {
		...config,
		profile: readsProfiles,
		profiles: readsProfiles ? await profileSource(options.profiles) : null,
	})
	signal.throwIfAborted()
	const members: NativeMember[] = groups.flatMap(({ rows, seeds }) =>
		seeds.map((seed) => ({ seed: BigInt(seed), ...rows })),
	)
	const table = encodingTable(config.blocks)
	const warnings = [
		...plan.warnings,
		...missingProfileWarning(encoded.missingProfiles, dataset, config),
		...(options.profiles !== undefined && !readsProfiles
			? ['the profiles are not used: the block profile is not among the blocks']
			: []),
	]
	for (const warning of warnings.slice(plan.warnings.length)) options.onWarning?.(warning)
	const [first] = groups as [MemberGroup]
	const info: RunInfo = {
		versions: { sublocNative: packageVersion(), node: process.versions.node },
		device: describeRuntime(runtime),
		dataset: {
			source: dataset.source,
			digest: dataset.digest,
			records: dataset.records.length,
			classes: dataset.classes,
		},
		split: { by: plan.split.by, fold: plan.fold },
		rows: { train: first.rows.train.length, validation: first.rows.validation.length, test: first.rows.test.length },
		member: options.member ?? null,
		folds: plan.folds,
		seeds: members.map(({ seed }) => String(seed)),
		missingProfiles: readsProfiles ? encoded.missingProfiles : null,
		profileDigest: encoded.native.profiles && createHash('sha256').update(encoded.native.profiles).digest('hex'),
		warnings,
		started: new Date().toISOString(),
		finished: null,
		epochSeconds: [],
	}
	const splitText = formatSplit(plan.split, dataset)
	const warn = (warning: string) => {
		info.warnings.push(warning)
		options.onWarning?.(warning)
	}
	const model = nativeModelConfig(config, dataset.classes, table.shape[1], readsProfiles)
	const training = nativeTrainingConfig(config, dataset, runtime, members.length)
	const history: NativeEpochReport[] = []
	// From here on something is written: what can be wrong with the options has been found.
	if (folder) {
		const finished = await openFolder(folder, options.resume ?? false, config, info, splitText, warn)
		if (finished) return finished
		if (options.resume && (await folder.has('checkpoint'))) {
			history.push(...readTrainingHistory(folder.file('checkpoint')))
		}
		await folder.write('metrics', formatMetrics(history))
	}

	const log = new TrainingJournal(folder)
	const onEvent = (event: NativeEvent) => {
		if (event.kind === 'step') {
			const { epoch, step, steps, loss } = event
			log.guard(() => options.onProgress?.({ epoch, epochs: config.epochs, step, steps, loss }), job.cancel)
		} else if (event.kind === 'epoch') {
			const { kind: _, seconds, ...report } = event
			history.push(report)
			info.epochSeconds[event.epoch - 1] = seconds
			log.add(report, info, job.cancel)
			emit({ ...report, seconds })
		}
	}
	const job = startTraining(
		{
			model,
			training,
			table: table.data,
			records: encoded.native,
			labels: classIndices(dataset),
			members,
			checkpoint: folder?.file('checkpoint') ?? null,
			resume: options.resume ?? false,
			...runtime,
		},
		onEvent,
	)
	const native = await unlessAborted(job, signal).finally(async () => {
		await log.close()
		await folder?.writeJson('run', info)
	})
	info.finished = new Date().toISOString()
	const trained = new Model(native, { config, info, history, split: splitText })
	if (folder) {
		await folder.writeJson('run', info)
		await native.save(folder.file('model'))
		await folder.write('done', '')
	}
	return trained
}

/** What else a run that is resumed must share with the one before. */
function comparisons(before: RunInfo, now: RunInfo): [name: string, before: unknown, now: unknown][] {
	return [
		['fold', before.split.fold, now.split.fold],
		['folds', before.folds, now.folds],
		['member', before.member, now.member],
		['seeds', before.seeds.join(', '), now.seeds.join(', ')],
		['profiles', before.profileDigest, now.profileDigest],
	]
}

async function unlessAborted<T>(job: { result: Promise<T>; cancel(): void }, signal: AbortSignal): Promise<T> {
	const cancel = () => job.cancel()
	signal.addEventListener('abort', cancel, { once: true })
	if (signal.aborted) cancel()
	try {
		return await job.result
	} catch (error) {
		if (error instanceof SublocError && error.code === 'CANCELLED') signal.throwIfAborted()
		throw error
	} finally {
		signal.removeEventListener('abort', cancel)
	}
}

/** What is written while a training runs. A disk that is full, or a listener that throws, ends the training, whose checkpoint stays. */
class TrainingJournal {
	readonly #folder: RunFolder | null
	#queue: Promise<void> = Promise.resolve()
	#failure: { reason: unknown } | undefined

	constructor(folder: RunFolder | null) {
		this.#folder = folder
	}

	/** A line of metrics.jsonl, and the epoch's time in run.json. */
	add(report: NativeEpochReport, info: RunInfo, cancel: () => void): void {
		const folder = this.#folder
		if (!folder) return
		this.#queue = this.#queue
			.then(() => folder.appendMetrics([report]))
			.then(() => folder.writeJson('run', info))
			.catch((reason) => this.#fail(reason, cancel))
	}

	/** Runs a listener of the user's. */
	guard(listener: () => void, cancel: () => void): void {
		try {
			listener()
		} catch (reason) {
			this.#fail(reason, cancel)
		}
	}

	/** Throws what went wrong first. */
	async close(): Promise<void> {
		await this.#queue
		if (this.#failure) throw this.#failure.reason
	}

	#fail(reason: unknown, cancel: () => void): void {
		this.#failure ??= { reason }
		cancel()
	}
}

/** Prepares the run folder; the finished model where a resumed run is done already. */
async function openFolder(
	folder: RunFolder,
	resume: boolean,
	config: TrainingConfig,
	info: RunInfo,
	split: string,
	warn: (warning: string) => void,
): Promise<Model | null> {
	await folder.create()
	const holds = await folder.holdsRun()
	if (holds && !resume) {
		const message = `${folder.path} holds a run already: resume it, or name another folder`
		throw new SublocError('INVALID_OPTION', message, { option: 'output', value: folder.path })
	}
	if (resume && !holds) warn(`${folder.path} holds no run that could be resumed: the training begins anew`)
	if (holds) {
		const different = (why: string, facts: object) =>
			new SublocError('INVALID_CONFIG', `${why}; it cannot be resumed`, { file: folder.file('config'), ...facts })
		const former = (await folder.readConfig()) ?? missing(folder, 'config')
		const run = (await folder.readRun()) ?? missing(folder, 'run')
		const formerSplit = (await folder.read('split')) ?? missing(folder, 'split')
		const option = firstDifference(former, config)
		if (option) throw different(`the run in ${folder.path} has another value of ${option}`, { option })
		if (run.dataset.digest !== info.dataset.digest) {
			throw different(`the run in ${folder.path} was trained on other records`, { option: 'dataset' })
		}
		for (const [name, before, now] of comparisons(run, info)) {
			if (before === now) continue
			throw different(`the run in ${folder.path} has ${name} ${before ?? 'none'}, not ${now ?? 'none'}`, {
				option: name,
			})
		}
		if (formerSplit !== split) throw different(`the run in ${folder.path} has another split`, { option: 'split' })
		if (await folder.has('done')) return loadModel(folder.path)
		Object.assign(info, { started: run.started, epochSeconds: run.epochSeconds })
		for (const what of ['backend', 'cpuIsa'] as const) {
			const [before, now] = [run.device[what], info.device[what]]
			if (before !== now) warn(`resumed with ${what} ${now} after ${before}: the same to rounding, not to the bit`)
		}
	}
	await folder.writeJson('config', config)
	await folder.writeJson('run', info)
	await folder.write('split', split)
	return null
}

function missing(folder: RunFolder, name: 'config' | 'run' | 'split'): never {
	const message = 'the file is missing; without it the run cannot be resumed'
	throw new SublocError('INVALID_CONFIG', message, { file: folder.file(name) })
}

function nativeModelConfig(
	config: TrainingConfig,
	classes: readonly string[],
	tableFeatures: number,
	profile: boolean,
) {
	const { model: kind, hidden, blocks, filterWidths, filtersPerWidth, maxResidues } = config
	const attention = config.attention ?? 2 * hidden
	const dense = config.dense ?? 2 * hidden
	const sizes = { hidden, attention, dense, filterWidths, filtersPerWidth, maxResidues, tableFeatures }
	return { kind, classes: [...classes], blocks, profile, ...sizes }
}

function nativeTrainingConfig(
	config: TrainingConfig,
	dataset: Dataset,
	runtime: NativeRuntime,
	members: number,
): NativeTrainingConfig {
	const { epochs, batchSize, bucketBatches, optimizer, clipNorm, schedule, dropout } = config
	const { initialWeights, forgetBias, labelSmoothing, earlyStopping, weightAveraging } = config
	return {
		...{ epochs, batchSize, bucketBatches, optimizer, clipNorm, schedule, dropout },
		...{ initialWeights, forgetBias, labelSmoothing, earlyStopping, weightAveraging },
		classWeights: classWeights(config.classWeights, dataset),
		// One after the other on the CPU, where each has the caches for itself; together on a GPU.
		membersPerStep: runtime.backend === 'cpu' || runtime.backend === 'auto' ? 1 : members,
		evaluateTest: true,
	}
}

/** Weight of each class; `balanced` is inverse to its frequency in the dataset, mean 1 over the records. */
function classWeights(option: TrainingConfig['classWeights'], dataset: Dataset): number[] | null {
	if (option === null) return null
	if (option !== 'balanced') {
		const unknown = Object.keys(option).find((name) => !dataset.classes.includes(name))
		if (unknown !== undefined) {
			const facts = { option: `classWeights.${unknown}`, value: unknown, allowed: dataset.classes }
			throw new SublocError('INVALID_OPTION', `classWeights: there is no class '${unknown}'`, facts)
		}
		return dataset.classes.map((name) => option[name] ?? 1)
	}
	const counts = new Array<number>(dataset.classes.length).fill(0)
	for (const label of classIndices(dataset)) counts[label]! += 1
	const present = counts.filter((count) => count > 0).length
	return counts.map((count) => (count > 0 ? dataset.records.length / (present * count) : 0))
}

function missingProfileWarning(missing: number, { records }: Dataset, { missingProfile }: TrainingConfig): string[] {
	if (missing === 0) return []
	return [`${missing} of ${records.length} records have no profile: ${missingProfile} stands in`]
}

/** The package's version. */
export function packageVersion(): string {
	return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}
