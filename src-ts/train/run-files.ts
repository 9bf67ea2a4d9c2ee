/** What a training writes into its run folder: how it is begun or gone on with, and the lines of its epochs. */
import { basename, dirname, join } from 'node:path'
import type { TrainingConfig } from '../config/schema.js'
import { splitRows } from '../dataset/split/file.js'
import { SublocError } from '../errors.js'
import { removeLeftovers } from '../model/files.js'
import { loadModel, type Model } from '../model/model.js'
import { firstDifference, RUN_FILES, type RunFolder, type RunInfo } from '../model/run-folder.js'
import type { NativeEpochReport } from '../native/binding.js'

/** What else a run that is resumed must share with the one before. */
function comparisons(before: RunInfo, now: RunInfo): [name: string, before: unknown, now: unknown][] {
	return [
		['fold', before.split.fold, now.split.fold],
		['folds', before.folds, now.folds],
		['member', before.member, now.member],
		['seeds', before.seeds.join(', '), now.seeds.join(', ')],
		['profiles', before.profileDigest, now.profileDigest],
		['own numbers (extra)', before.extraDigest ?? null, now.extraDigest ?? null],
	]
}

/** What is written while a training runs. A disk that is full, or a listener that throws, ends the training, whose checkpoint stays. */
export class TrainingJournal {
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
export async function openFolder(
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
		const message = `${folder.path} holds a run already: resume it (--resume), or name another folder`
		throw new SublocError('INVALID_OPTION', message, { option: 'output', value: folder.path })
	}
	if (resume && !holds) warn(`${folder.path} holds no run that could be resumed: the training begins anew`)
	const before = holds ? await resumable(folder, config, info, split) : null
	// Not before: without `resume`, and in a folder of another run, nothing is ours to remove.
	if (resume) await removeOwnLeftovers(folder)
	if (before) {
		if (await folder.has('done')) return loadModel(folder.path)
		Object.assign(info, { started: before.started, epochSeconds: before.epochSeconds })
		for (const what of ['backend', 'cpuIsa', 'precision'] as const) {
			const [then, now] = [before.device[what], info.device[what]]
			if (then !== now) warn(`resumed with ${what} ${now} after ${then}: not the same to the bit as a run in one piece`)
		}
	}
	await folder.writeJson('config', config)
	await folder.writeJson('run', info)
	await folder.write('split', split)
	return null
}

/** What the run in a folder says about itself. Errors: `INVALID_CONFIG` where it is not the one that is asked for. */
async function resumable(folder: RunFolder, config: TrainingConfig, info: RunInfo, split: string): Promise<RunInfo> {
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
	if (!isSameSplit(formerSplit, split))
		throw different(`the run in ${folder.path} has another split`, { option: 'split' })
	return run
}

/** Whether two texts assign alike: the run of an earlier version has no fingerprints. */
function isSameSplit(a: string, b: string): boolean {
	const rows = (text: string) => splitRows(text).map(({ id, class: own, fold, cluster }) => [id, own, fold, cluster])
	return a === b || JSON.stringify(rows(a)) === JSON.stringify(rows(b))
}

/** Removes what a killed training has left of its own files, and of the pictures that the commands put beside them. */
async function removeOwnLeftovers(folder: RunFolder): Promise<void> {
	for (const name of [...Object.values(RUN_FILES), 'figures/confusion.svg', 'figures/labels.svg']) {
		const path = join(folder.path, name)
		await removeLeftovers(dirname(path), [basename(path)])
	}
}

function missing(folder: RunFolder, name: 'config' | 'run' | 'split'): never {
	const message = 'the file is missing; without it the run cannot be resumed'
	throw new SublocError('INVALID_CONFIG', message, { file: folder.file(name) })
}
