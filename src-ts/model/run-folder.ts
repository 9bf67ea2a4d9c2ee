/** The run folder: where a training keeps what it did. */
import { access, appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ADDED_LATER } from '../config/presets.js'
import { issues } from '../config/resolve.js'
import { type TrainingConfig, trainingConfigSchema } from '../config/schema.js'
import { fileError, SublocError } from '../errors.js'
import type { NativeEpochReport } from '../native/binding.js'
import { makeFolder, writeWhole } from './files.js'
import { type TemperatureScaling, temperatureSchema } from './temperature.js'

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
	/** Temperature of the probabilities, fitted on the validation part, or on what the folds of a cross-validation held out; absent where there was neither. */
	calibration: 'calibration.json',
	/** The offline report, one file. */
	report: 'report.html',
	done: 'DONE',
} as const

/** The JSON files of a run folder. */
type JsonFile = 'config' | 'run' | 'evaluation' | 'calibration'

/** What a run says about itself in run.json. */
export interface RunInfo {
	/** Versions of the package and of Node. */
	versions: { sublocNative: string; node: string }
	/** What it ran on. */
	device: { backend: string; cpuIsa: string; precision: string; threads: number }
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
	/** SHA-256 of all own numbers; null where the model reads none, absent in a file of an earlier version. */
	extraDigest?: string | null
	warnings: string[]
	/** ISO 8601, UTC. */
	started: string
	finished: string | null
	/** Wall time of each epoch, all members together. */
	epochSeconds: number[]
}

const count = z.int().min(0)

/** What is relied on in a run.json that was read: all of {@link RunInfo}. */
const runInfoSchema = z.looseObject({
	versions: z.looseObject({ sublocNative: z.string(), node: z.string() }),
	device: z.looseObject({
		backend: z.string(),
		cpuIsa: z.string(),
		precision: z.string().default('f32'),
		threads: count,
	}),
	dataset: z.looseObject({ source: z.string(), digest: z.string(), records: count, classes: z.array(z.string()) }),
	split: z.looseObject({ by: z.string(), fold: count.nullable() }),
	rows: z.looseObject({ train: count, validation: count, test: count }),
	member: count.nullable(),
	folds: count.nullable(),
	seeds: z.array(z.string()),
	missingProfiles: count.nullable(),
	profileDigest: z.string().nullable(),
	extraDigest: z.string().nullable().optional(),
	warnings: z.array(z.string()),
	started: z.string(),
	finished: z.string().nullable(),
	// An epoch whose time a crash has lost is null.
	epochSeconds: z.array(z.number().nullable()),
})

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
	async readJson<T>(name: JsonFile): Promise<T | null> {
		const text = await this.read(name)
		if (text === null) return null
		try {
			return JSON.parse(text)
		} catch (error) {
			throw new SublocError('INVALID_CONFIG', 'the file is no JSON', { file: this.file(name) }, { cause: error })
		}
	}

	/** The resolved configuration, or null where it is missing. Errors: `IO`; `INVALID_CONFIG` where it is not a complete configuration. */
	async readConfig(): Promise<TrainingConfig | null> {
		return this.#readChecked<TrainingConfig>('config', trainingConfigSchema, ADDED_LATER)
	}

	/** What the run says about itself, or null where that is missing. Errors: `IO`; `INVALID_CONFIG` where something of it is missing or wrong. */
	async readRun(): Promise<RunInfo | null> {
		return this.#readChecked<RunInfo>('run', runInfoSchema)
	}

	/** The temperature of the probabilities, or null where there is none. Errors: `IO`; `INVALID_CONFIG` where something of it is missing or wrong. */
	async readCalibration(): Promise<TemperatureScaling | null> {
		return this.#readChecked<TemperatureScaling>('calibration', temperatureSchema)
	}

	/** `added`: values of options that files of an earlier version do not have. */
	async #readChecked<T>(name: JsonFile, schema: z.ZodType, added: Partial<T> = {}): Promise<T | null> {
		const read = await this.readJson<T>(name)
		if (read === null && !(await this.has(name))) return null
		// What the file has comes first, in its order: written again, it has the same bytes.
		const lacking = (name: string) => typeof read === 'object' && read !== null && !(name in read)
		const later = Object.fromEntries(Object.entries(added).filter(([name]) => lacking(name)))
		const value = typeof read === 'object' && read !== null ? { ...read, ...later } : read
		const { error } = schema.safeParse(value)
		if (!error) return value
		const [{ option, message }] = issues(error) as [ReturnType<typeof issues>[number]]
		const why = `the file is damaged, or of another version: ${option}: ${message}`
		throw new SublocError('INVALID_CONFIG', why, { file: this.file(name), option })
	}

	/** Every epoch in metrics.jsonl, or null where it is missing. Errors: `IO`; `INVALID_CONFIG` with the line that is none of ours. */
	async readMetrics(): Promise<NativeEpochReport[] | null> {
		const text = await this.read('metrics')
		return text === null ? null : parseMetrics(text, this.file('metrics'))
	}

	async write(name: keyof typeof RUN_FILES, text: string): Promise<void> {
		await writeWhole(this.file(name), text)
	}

	async writeJson(name: JsonFile, value: unknown): Promise<void> {
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

/** Lines of metrics.jsonl; `file` is its name in messages. */
function parseMetrics(text: string, file: string): NativeEpochReport[] {
	// A crash may leave half a line at the end; the checkpoint knows it, a resume writes it again.
	const lines = text.split('\n').slice(0, -1)
	return lines.map((line, at) => {
		const report = parsed(line)
		if (typeof report === 'object' && report !== null && 'epoch' in report) return report as NativeEpochReport
		throw new SublocError('INVALID_CONFIG', 'the line is no epoch', { file, line: at + 1 })
	})
}

/** undefined where the text is no JSON. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		return undefined
	}
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
