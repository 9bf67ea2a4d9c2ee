/** The run folder: where a training keeps what it did. */
import { access, appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrainingConfig } from '../config/schema.js'
import { fileError, SublocError } from '../errors.js'
import type { NativeEpochReport } from '../native/binding.js'
import { makeFolder, writeWhole } from './files.js'

/** Names of the files in a run folder. */
export const RUN_FILES = {
	/** Resolved configuration; gives the same run again with `--config`. */
	config: 'config.json',
	/** Versions, device, seeds, input digest, times: everything that may differ between two equal runs. */
	run: 'run.json',
	/** A line an epoch and member. */
	metrics: 'metrics.jsonl',
	/** Part of each record. */
	split: 'splits.tsv',
	model: 'model.safetensors',
	checkpoint: join('checkpoint', 'state.safetensors'),
	predictions: 'predictions.tsv',
	evaluation: 'evaluation.json',
	done: 'DONE',
} as const

/** What a run says about itself in run.json. */
export interface RunInfo {
	/** Versions of the package and of Node. */
	versions: { sublocNative: string; node: string }
	/** What it ran on. */
	device: { backend: string; cpuIsa: string; threads: number }
	/** The training data. */
	dataset: { source: string; digest: string; records: number; classes: readonly string[] }
	/** How the records were split: `stratified`, `column`, … and the held-out fold, null without numbered folds. */
	split: { by: string; fold: number | null }
	/** Records of each part. */
	rows: { train: number; validation: number; test: number }
	/** Which of the configuration's members this run trains, from 1; null: all. */
	member: number | null
	/** Folds of a cross-validation; null for a plain training. */
	folds: number | null
	seeds: string[]
	/** Records whose profile was missing; null where the model reads none. */
	missingProfiles: number | null
	/** SHA-256 of all profile rows; null where the model reads none. */
	profileDigest: string | null
	warnings: string[]
	/** ISO 8601, UTC. */
	started: string
	finished: string | null
	/** Wall time of each epoch, all members together. */
	epochSeconds: number[]
}

/** A run folder under a path. */
export class RunFolder {
	readonly path: string

	constructor(path: string) {
		this.path = path
	}

	file(name: keyof typeof RUN_FILES): string {
		return join(this.path, RUN_FILES[name])
	}

	/** Makes the folder. Errors: `IO`. */
	async create(): Promise<void> {
		await makeFolder(this.path)
	}

	async has(name: keyof typeof RUN_FILES): Promise<boolean> {
		return access(this.file(name)).then(
			() => true,
			() => false,
		)
	}

	/** Whether a run has left something that must not be written over. */
	async holdsRun(): Promise<boolean> {
		return (await this.has('done')) || (await this.has('checkpoint')) || (await this.has('model'))
	}

	/** Text of a text file, or null where it is missing. Errors: `IO`. */
	async read(name: Exclude<keyof typeof RUN_FILES, 'model' | 'checkpoint'>): Promise<string | null> {
		try {
			return await readFile(this.file(name), 'utf8')
		} catch (error) {
			const failed = fileError(error, this.file(name), 'read')
			if (failed instanceof SublocError && failed.code === 'INPUT_MISSING') return null
			throw failed
		}
	}

	/** A JSON file. Errors: `INVALID_CONFIG` where it is no JSON. */
	async readJson<T>(name: 'config' | 'run' | 'evaluation'): Promise<T | null> {
		const text = await this.read(name)
		if (text === null) return null
		try {
			return JSON.parse(text)
		} catch (error) {
			throw new SublocError('INVALID_CONFIG', 'the file is no JSON', { file: this.file(name) }, { cause: error })
		}
	}

	async write(name: keyof typeof RUN_FILES, text: string): Promise<void> {
		await writeWhole(this.file(name), text)
	}

	async writeJson(name: 'config' | 'run' | 'evaluation', value: unknown): Promise<void> {
		await this.write(name, `${JSON.stringify(value, null, 2)}\n`)
	}

	/** Adds lines to metrics.jsonl. Errors: `IO`. */
	async appendMetrics(reports: readonly NativeEpochReport[]): Promise<void> {
		try {
			await appendFile(this.file('metrics'), formatMetrics(reports))
		} catch (error) {
			throw fileError(error, this.file('metrics'), 'write')
		}
	}
}

/** Epochs as lines of metrics.jsonl. */
export function formatMetrics(reports: readonly NativeEpochReport[]): string {
	return reports.map((report) => `${JSON.stringify(report)}\n`).join('')
}

/** Lines of metrics.jsonl. */
export function parseMetrics(text: string): NativeEpochReport[] {
	// A crash may leave half a line at the end; the checkpoint knows it, a resume writes it again.
	const lines = text.split('\n').slice(0, -1)
	return lines.map((line) => JSON.parse(line))
}

/** First option in which two configurations differ, as a path; null where they are equal. */
export function firstDifference(a: TrainingConfig, b: TrainingConfig): string | null {
	return differing(a, b, '')
}

function differing(a: unknown, b: unknown, path: string): string | null {
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b) ? null : path
	for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
		const at = path ? `${path}.${key}` : key
		const found = differing((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], at)
		if (found) return found
	}
	return null
}
