/** A trained model: one network or an ensemble, and what is known of its training. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrainingConfig } from '../config/schema.js'
import { ENCODING_BLOCKS, type EncodingBlock } from '../encoding/blocks.js'
import { SublocError } from '../errors.js'
import { type NativeEpochReport, NativeModel } from '../native/binding.js'
import { formatMetrics, RUN_FILES, RunFolder, type RunInfo } from './run-folder.js'
import { type ModelCard, readCard, SHIPPED_MODEL } from './shipped.js'
import type { TemperatureScaling } from './temperature.js'

/** What a training knows beside the weights; a model that was loaded from a lone file has none of it. */
export interface TrainingRecord {
	config: TrainingConfig
	info: RunInfo
	/** Every epoch of every member. */
	history: NativeEpochReport[]
	/** Text of splits.tsv. */
	split: string
}

/** What a model is, as `subloc info` prints it. */
export interface ModelInfo {
	kind: 'r-lstm' | 'a-lstm'
	/** In byte order; probabilities have this order. */
	classes: string[]
	blocks: EncodingBlock[]
	/** M: networks whose probabilities are averaged. */
	members: number
	/** Seed of each member. */
	seeds: string[]
	/** Trainable numbers of one member. */
	parameters: number
	/** H, LSTM units a direction. */
	hidden: number
	/** A, attention units; of an A-LSTM. */
	attention: number
	/** D, dense units. */
	dense: number
	filterWidths: number[]
	filtersPerWidth: number
	/** Longer sequences lose their middle. */
	maxResidues: number
	/** X residues that stand at the junction of a sequence that lost its middle. */
	cutGap: number
	/** A second bank of filters, over the channels of the first; null: none. */
	secondConv: { widths: number[]; filtersPerWidth: number } | null
	/** What the head of an A-LSTM sees; `attention` of an R-LSTM, without effect. */
	pooling: 'attention' | 'attention+last'
	/** `softmax`: one class a protein; `multi-label`: any number of labels. */
	loss: 'softmax' | 'multi-label'
	/** d: own numbers a residue that it reads (`extra` of the options) after its blocks; 0: none. */
	extraFeatures: number
	/** Probability with which a protein's profile was dropped in a step of its training; 0: never, or it reads none. */
	profileDropout: number
	/** [K] the probability from which on a label is given; null where they were not chosen: 0.5. */
	thresholds: number[] | null
}

const natives = new WeakMap<Model, NativeModel>()

/**
 * A trained model. Its weights live outside JavaScript's heap: `close()` (or `using`) frees them at once, the garbage collector some time later.
 */
export class Model {
	readonly info: Readonly<ModelInfo>
	/** How it was trained; null where only the weights are known. */
	readonly training: Readonly<TrainingRecord> | null

	/**
	 * How its probabilities are calibrated: predictions carry `calibrated` where this is set, and nothing else changes. `loadModel` reads it from a run folder's
	 * calibration.json, `calibrateModel` fits it; null where nothing is known.
	 */
	calibration: Readonly<TemperatureScaling> | null = null

	/** What it says about itself: of the model that comes with the package, and of folders with a card.json; else null. */
	card: Readonly<ModelCard> | null = null

	/** @internal */
	constructor(native: NativeModel, training: TrainingRecord | null) {
		natives.set(this, native)
		const { members, seeds, kind, classes, blocks, ...sizes } = native.config
		const { hidden, attention, dense, filterWidths, filtersPerWidth, maxResidues } = sizes
		const { cutGap, secondConv, pooling, loss, thresholds, extraFeatures, profileDropout } = sizes
		this.info = {
			...{ kind, classes, blocks: blocks as EncodingBlock[], members, seeds: seeds.map(String) },
			...{ parameters: native.parameterCount, hidden, attention, dense, filterWidths, filtersPerWidth, maxResidues },
			...{ cutGap, secondConv, pooling, loss, extraFeatures, profileDropout, thresholds },
		}
		this.training = training
	}

	/** Class names in the order of the probabilities. */
	get classes(): readonly string[] {
		return this.info.classes
	}

	/** Whether it reads profiles. */
	get readsProfiles(): boolean {
		return this.info.blocks.includes('profile')
	}

	/**
	 * Writes model.safetensors and what is known of the training (config.json, run.json, metrics.jsonl, splits.tsv) and of its probabilities (calibration.json)
	 * into a run folder, which is made where it is missing. Each file is whole or not there. Errors: `IO`; `INVALID_OPTION` for a folder that holds a run.
	 */
	async save(path: string): Promise<void> {
		const folder = new RunFolder(path)
		await folder.create()
		if (await folder.holdsRun()) {
			const message = `${path} holds a run already: name another folder`
			throw new SublocError('INVALID_OPTION', message, { option: 'path', value: path })
		}
		if (this.training) {
			const { config, info, history, split } = this.training
			await folder.writeJson('config', config)
			await folder.writeJson('run', info)
			await folder.write('metrics', formatMetrics(history))
			await folder.write('split', split)
		}
		if (this.calibration) await folder.writeJson('calibration', this.calibration)
		await nativeOf(this).save(folder.file('model'))
		await folder.write('done', '')
	}

	/** Frees the weights. Idempotent; work that runs on the model ends first. */
	close(): void {
		nativeOf(this).close()
	}

	[Symbol.dispose](): void {
		this.close()
	}
}

/** @internal For what changes sequences. Errors: `INVALID_OPTION` for a model that reads own numbers a residue, which nobody has for a changed sequence. */
export function refuseExtra({ info }: Model, changed: string): void {
	if (info.extraFeatures === 0) return
	const message = `the model reads ${info.extraFeatures} own numbers a residue (--extra): those of ${changed} are not known, so it cannot be computed`
	throw new SublocError('INVALID_OPTION', message, { option: 'model', extraFeatures: info.extraFeatures })
}

const files = new WeakMap<Model, string>()

/** @internal The file that a model was loaded from; null for one that was trained or joined here. */
export function fileOf(model: Model): string | null {
	return files.get(model) ?? null
}

/** @internal The native side of a model. */
export function nativeOf(model: Model): NativeModel {
	return natives.get(model)!
}

/**
 * Loads a model from a run folder, or from a lone model.safetensors; without a path the model that comes with the package (docs/model.md). Where the folder has a card,
 * the SHA-256 of the model's file must be the card's.
 *
 * Errors: `INVALID_MODEL` where it is missing, foreign, or damaged; `INVALID_CONFIG` where a file beside it is damaged: the lone
 * model.safetensors still loads.
 */
export async function loadModel(path: string = SHIPPED_MODEL): Promise<Model> {
	const isFolder = await stat(path).then(
		(found) => found.isDirectory(),
		(error) => {
			if (error.code === 'ENOENT') throw noModel(path, 'there is no such file or folder')
			return false
		},
	)
	const file = isFolder ? join(path, RUN_FILES.model) : path
	if (isFolder) await requireModel(new RunFolder(path))
	const card = isFolder ? await readCard(path) : null
	const native = await NativeModel.load(file)
	checkBlocks(native, file)
	const folder = isFolder ? new RunFolder(path) : null
	const model = new Model(native, folder && (await readTraining(folder)))
	if (folder) model.calibration = await folder.readCalibration()
	model.card = card
	files.set(model, file)
	return model
}

/** Says what a folder without a model is. */
async function requireModel(folder: RunFolder): Promise<void> {
	if (await folder.has('model')) return
	const reason = (await folder.has('checkpoint'))
		? 'its training has not finished; go on with it: subloc train DATA --resume -o, and this folder'
		: `it is no run folder: there is no ${RUN_FILES.model} in it`
	throw new SublocError('INVALID_MODEL', `${folder.path}: ${reason}`, { file: folder.file('model'), reason })
}

function noModel(file: string, reason: string): SublocError {
	return new SublocError('INVALID_MODEL', `${file}: ${reason}`, { file, reason })
}

/** The native side takes the blocks' names as they come; what they mean is known here. */
function checkBlocks(native: NativeModel, file: string): void {
	const { blocks, profile } = native.config
	const known: readonly string[] = ENCODING_BLOCKS
	const unknown = blocks.find((block) => !known.includes(block))
	const why =
		unknown !== undefined
			? `it reads an encoding block '${unknown}', which this version does not know`
			: blocks.includes('profile') !== profile
				? 'its blocks do not say whether it reads profiles'
				: null
	if (why === null) return
	native.close()
	throw noModel(file, why)
}

/** Joins the members of models of one architecture into an ensemble. Errors: `INVALID_MODEL`. */
export function mergeModels(models: readonly Model[]): Model {
	if (models.length === 0) throw new SublocError('INVALID_MODEL', 'there is no model to merge')
	return new Model(NativeModel.merge(models.map(nativeOf)), null)
}

async function readTraining(folder: RunFolder): Promise<TrainingRecord | null> {
	const [config, info] = [await folder.readConfig(), await folder.readRun()]
	const [history, split] = [await folder.readMetrics(), await folder.read('split')]
	return config && info && history && split !== null ? { config, info, history, split } : null
}
