/** Training: a dataset and a configuration become a model. */
import { readFileSync } from 'node:fs'
import { resolveConfig } from '../config/resolve.js'
import type { ConfigFile, TrainingConfig } from '../config/schema.js'
import { classIndices, type Dataset, multiLabelDataset } from '../dataset/dataset.js'
import { labelSets } from '../dataset/label-sets.js'
import { formatSplit, readSplit } from '../dataset/split/file.js'
import { columnSplit, holdOut, type Rows, rowsOf, type Split } from '../dataset/split/split.js'
import { encodingTable } from '../encoding/blocks.js'
import { encodeRecords } from '../encoding/encode.js'
import { type ExtraSource, extraSource } from '../encoding/extra/source.js'
import { type ProfileSource, profileSource } from '../encoding/profile/store.js'
import { requireOption, SublocError } from '../errors.js'
import { Model, nativeOf } from '../model/model.js'
import { formatMetrics, RunFolder, type RunInfo } from '../model/run-folder.js'
import { describeRuntime, RUNTIME_OPTIONS, type RuntimeOptions, resolveRuntime } from '../model/runtime.js'
import {
	type NativeEpochReport,
	type NativeEvent,
	type NativeMember,
	type NativeModel,
	readTrainingHistory,
	startTraining,
} from '../native/binding.js'
import { Run, type StepProgress } from '../progress.js'
import { looksLikeDna } from '../sequence/nucleotides.js'
import { digestOf } from './digest.js'
import { withExtra } from './extra.js'
import { nativeModelConfig, nativeTrainingConfig } from './native-config.js'
import { openFolder, TrainingJournal } from './run-files.js'
import { groupThresholds, joinedThresholds } from './thresholds.js'

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
	/**
	 * Own numbers of each residue, read beside the blocks: a folder of NPY arrays, an NPZ file, or a source (docs/features.md). Each column is standardised by mean
	 * and deviation of the training part, which the model keeps.
	 */
	extra?: string | ExtraSource
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
 * Errors: `INVALID_OPTION`, `INVALID_CONFIG`, `INVALID_SPLIT`, `INVALID_PROFILE`, `INVALID_FEATURES`, `BACKEND_UNAVAILABLE`, `IO`, `TRAINING_DIVERGED` (the
 * state before is in the checkpoint). Rejects with the signal's reason once it is aborted.
 */
export function train(dataset: Dataset, options: TrainOptions = {}): TrainingRun {
	return new Run((emit, signal) => trainOne(dataset, options, emit, signal), options.signal)
}

const NOT_CONFIGURATION = [
	...RUNTIME_OPTIONS,
	...['split', 'fold', 'profiles', 'extra', 'member'],
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
	given: Dataset,
	options: TrainOptions,
	emit: (report: EpochReport) => void,
	signal: AbortSignal,
): Promise<Model> {
	const { fold = null, member = null, profiles } = options
	const { config: asked, warnings } = resolveConfig(configurationOf(options), { hasProfiles: profiles !== undefined })
	const dataset = datasetFor(given, asked)
	const config = await withExtra(asked, dataset, options)
	const split = await splitOf(dataset, options.split, config)
	const groups = [{ rows: rowsOf(split, dataset, { ...config, fold }), seeds: memberSeeds(config, member) }]
	const plan = { config, warnings, split, fold, folds: null, groups }
	return (await trainGroups(dataset, options, emit, signal, plan)).model
}

/** @internal The dataset as the loss reads it. Errors: `INVALID_OPTION` where label sets meet a loss of one class a protein; `INVALID_DATASET`. */
export function datasetFor(dataset: Dataset, { loss }: TrainingConfig): Dataset {
	if (loss === 'multi-label') return multiLabelDataset(dataset)
	const message = 'the dataset was read with several labels a protein: set loss to multi-label'
	if (dataset.multiLabel) throw new SublocError('INVALID_OPTION', `loss: ${message}`, { option: 'loss', value: loss })
	return dataset
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

/** What {@link trainGroups} gives: a model of all members, and of a multi-label loss each group's thresholds. */
export interface TrainedGroups {
	model: Model
	thresholds: number[][] | null
}

/** @internal The job behind `train` and `crossValidate`. */
export async function trainGroups(
	dataset: Dataset,
	options: TrainOptions,
	emit: (report: EpochReport) => void,
	signal: AbortSignal,
	plan: TrainingPlan,
): Promise<TrainedGroups> {
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
		standIns: config.profileDropout > 0,
		extra:
			options.extra === undefined ? null : { source: await extraSource(options.extra), columns: config.extraFeatures },
	})
	signal.throwIfAborted()
	const members: NativeMember[] = groups.flatMap(({ rows, seeds }) =>
		seeds.map((seed) => ({ seed: BigInt(seed), ...rows })),
	)
	const table = encodingTable(config.blocks)
	const warnings = [
		...plan.warnings,
		...nucleotidesWarning(dataset),
		...missingProfileWarning(encoded.missingProfiles, dataset, config),
		...(config.loss === 'multi-label' && groups.some(({ rows }) => rows.validation.length === 0)
			? ['there are no validation records to choose by (validationFraction): each label’s threshold is 0.5']
			: []),
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
		profileDigest: digestOf(encoded.native.profiles),
		extraDigest: digestOf(encoded.native.extra ?? null),
		warnings,
		started: new Date().toISOString(),
		finished: null,
		epochSeconds: [],
	}
	const splitText = formatSplit(plan.split, dataset, { fingerprints: true })
	const warn = (warning: string) => {
		info.warnings.push(warning)
		options.onWarning?.(warning)
	}
	const model = nativeModelConfig(config, dataset.classes, table.shape[1], readsProfiles)
	const training = nativeTrainingConfig(config, dataset, runtime, members.length)
	const history: NativeEpochReport[] = []
	const sets = config.loss === 'multi-label' ? labelSets(dataset) : null
	const thresholds = (native: NativeModel) =>
		sets && groupThresholds(native, groups, encoded.native, sets, { ...runtime, signal })
	// From here on something is written: what can be wrong with the options has been found.
	if (folder) {
		const finished = await openFolder(folder, options.resume ?? false, config, info, splitText, warn)
		if (finished) return { model: finished, thresholds: await thresholds(nativeOf(finished)) }
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
		} else if (event.kind === 'warning') {
			log.guard(() => warn(event.message), job.cancel)
		}
	}
	const job = startTraining(
		{
			model,
			training,
			table: table.data,
			records: encoded.native,
			labels: sets ? new Uint32Array() : classIndices(dataset),
			labelSets: sets,
			members,
			checkpoint: folder?.file('checkpoint') ?? null,
			resume: options.resume ?? false,
			...runtime,
		},
		onEvent,
	)
	const weights = await unlessAborted(job, signal).finally(async () => {
		await log.close()
		await folder?.writeJson('run', info)
	})
	const chosen = await thresholds(weights)
	const native = chosen ? weights.withThresholds(joinedThresholds(chosen, groups)) : weights
	if (chosen) weights.close()
	info.finished = new Date().toISOString()
	const trained = new Model(native, { config, info, history, split: splitText })
	if (folder) {
		await folder.writeJson('run', info)
		await native.save(folder.file('model'))
		await folder.write('done', '')
	}
	return { model: trained, thresholds: chosen }
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

function nucleotidesWarning({ records }: Dataset): string[] {
	const found = records.filter(({ sequence }) => looksLikeDna(sequence))
	if (found.length === 0) return []
	const told = `${found.length} of ${records.length} sequences look like DNA or RNA (first: ${found[0]!.id})`
	return [`${told} and are read as amino acids: translate them first`]
}

function missingProfileWarning(missing: number, { records }: Dataset, { missingProfile }: TrainingConfig): string[] {
	if (missing === 0) return []
	return [`${missing} of ${records.length} records have no profile: ${missingProfile} stands in`]
}

/** The package's version. */
export function packageVersion(): string {
	return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}
