/**
 * What crosses to the native side, in TypeScript's words. Axes: **M** members · **N** records · **T** residues · **K** classes · **H** LSTM
 * units a direction · **Ft** features of the encoding table. The values are complete: defaults live in `config/`.
 */

/** The architecture; `crates/subloc-model/src/config.rs` reads it. */
export interface NativeModelConfig {
	kind: 'r-lstm' | 'a-lstm'
	/** LSTM units a direction. */
	hidden: number
	/** Attention units; A-LSTM only. */
	attention: number
	/** Units of the dense layer. */
	dense: number
	/** Class names in the order of the class indices. */
	classes: string[]
	/** Encoding blocks in the order of the features. */
	blocks: string[]
	/** Residues that each filter bank spans. */
	filterWidths: number[]
	filtersPerWidth: number
	/** Whether records carry profile rows. */
	profile: boolean
	/** Records are cut to this many residues before they come here. */
	maxResidues: number
	/** Ft: columns of the encoding table. */
	tableFeatures: number
	/** What the head of an A-LSTM sees: the context, or the context and the last states. */
	pooling: 'attention' | 'attention+last'
	/** X residues at the junction of a record that was cut; the records come with them. */
	cutGap: number
	/** A second bank of filters, over the channels of the first; null: none. */
	secondConv: { widths: number[]; filtersPerWidth: number } | null
	/** One class a record (softmax), or any number of labels (a sigmoid each). */
	loss: 'softmax' | 'multi-label'
	/** d: own numbers a residue, after the blocks; 0 without any. */
	extraFeatures: number
	/** Probability that a protein's profile gives way to its stand-in in a step of training. */
	profileDropout: number
}

/** How to train; `crates/subloc-model/src/config.rs` reads it. */
export interface NativeTrainingConfig {
	epochs: number
	/** Records a step. */
	batchSize: number
	optimizer: { learningRate: number; beta1: number; beta2: number; epsilon: number; weightDecay: number }
	/** Largest global norm of a member's gradient; null never clips. */
	clipNorm: number | null
	schedule:
		| { kind: 'constant' }
		| { kind: 'cosine'; warmupEpochs: number; finalFraction: number }
		| { kind: 'step'; everyEpochs: number; factor: number }
	dropout: { residues: number; lstmInput: number; denseInput: number; softmaxInput: number }
	initialWeights: { kind: 'uniform'; range: number } | { kind: 'framework' } | { kind: 'orthogonal' }
	/** Added to the forget gate's bias. */
	forgetBias: number
	labelSmoothing: number
	/** [K], or null for equal weights. */
	classWeights: number[] | null
	/** Epochs without a better validation loss before a member stops. */
	earlyStopping: { patience: number } | null
	/** Exponential average of the weights. */
	weightAveraging: { decay: number } | null
	/** Length-sorted windows of this many batches; 1 draws plain random batches. */
	bucketBatches: number
	membersPerStep: number
	/** Whether each epoch measures the test rows. */
	evaluateTest: boolean
}

/** Encoded proteins, one after the other. */
export interface NativeRecords {
	/** [ΣT] residue codes, 0 to 23. */
	codes: Uint8Array
	/** [N + 1], rising from 0; record n has the codes offsets[n] … offsets[n + 1] − 1, at least one. */
	offsets: BigUint64Array | Float64Array
	/** [ΣT, 20] profile rows on any scale; an all-zero row stays zero. */
	profiles: Uint8Array | null
	/** [ΣT, 20] likewise: the rows that stand in where a profile is dropped in training. */
	standIns?: Uint8Array | null
	/** [ΣT, d] own numbers; a row of NaN has none. */
	extra?: Float32Array | null
	/** d; 0 without any. */
	extraColumns?: number
}

/** One member: its seed and its rows of the records. */
export interface NativeMember {
	/** 0 to 2⁶⁴ − 1. */
	seed: bigint
	train: Uint32Array
	validation: Uint32Array
	test: Uint32Array
}

/** Where and how a job runs. */
export interface NativeRuntime {
	/** `auto`, `cpu`, `wgpu` or `cuda`. */
	backend: string
	/** Threads of the job, from 1. */
	threads: number
	/** `auto`, `avx512`, `avx2` or `portable`. */
	cpuIsa: string
	precision: string
}

/** All that a training job needs. */
export interface NativeTrainingOptions extends NativeRuntime {
	model: NativeModelConfig
	training: NativeTrainingConfig
	/** [25, Ft] features of each residue code. */
	table: Float32Array
	records: NativeRecords
	/** [N] class indices; empty with label sets. */
	labels: Uint32Array
	/** [N, K], not 0 where a record has a label: of a multi-label model; null otherwise. */
	labelSets: Uint8Array | null
	members: NativeMember[]
	/** File that keeps the state; null keeps none. */
	checkpoint: string | null
	/** Go on from the checkpoint. */
	resume: boolean
}

/** One member's epoch. */
export interface NativeEpochEvent {
	kind: 'epoch'
	/** From 1. */
	member: number
	/** From 1. */
	epoch: number
	/** Steps of the epoch. */
	steps: number
	learningRate: number
	/** Mean cross-entropy in nats. */
	trainingLoss: number
	trainingAccuracy: number
	/** Mean global norm of the gradient before clipping. */
	gradientNorm: number
	validationLoss: number | null
	validationAccuracy: number | null
	testLoss: number | null
	testAccuracy: number | null
	/** Wall time. */
	seconds: number
}

/** An epoch as a checkpoint remembers it: without the time it took. */
export type NativeEpochReport = Omit<NativeEpochEvent, 'kind' | 'seconds'>

/** What happens while a job runs. Epochs always arrive; a step may be skipped. */
export type NativeEvent =
	| NativeEpochEvent
	| { kind: 'step'; epoch: number; step: number; steps: number; loss: number }
	| { kind: 'diverged'; member: number; epoch: number; step: number }
	| { kind: 'warning'; epoch: number; message: string }
	| { kind: 'checkpoint'; epoch: number; step: number }

/** A running training. */
export interface NativeTrainingJob {
	/** Settles after the last event. Rejects with a SublocError; `CANCELLED` after `cancel()`. A result that nobody awaits ends nothing. */
	readonly result: Promise<import('./binding.js').NativeModel>
	/** Asks the job to stop; it does so within a second. Idempotent. */
	cancel(): void
}

/** What to predict. */
export interface NativePredictionOptions extends NativeRuntime {
	/** Attention weights α; A-LSTM only. */
	attention?: boolean
	/** The pooled states that the head sees. */
	states?: boolean
	/** The last state of each direction. */
	lastStates?: boolean
}

/** Predictions in the order of the records. */
export interface NativePredictions {
	/** [M, N, K] class probabilities. */
	probabilities: Float32Array
	/** [M, ΣT] attention weights; they sum to 1 over a record. */
	attention: Float32Array | null
	/** [M, N, 2H] */
	states: Float32Array | null
	/** [M, N, 2H]: forward after residue T, then backward after residue 1 */
	lastStates: Float32Array | null
}

/** A convolution filter of one member. */
export interface NativeFilter {
	/** Residues that it spans. */
	width: number
	/** [width, 25]: what each residue code at each tap adds. */
	codes: Float64Array
	/** [width, 20]: what a profile row that is certain of a residue adds; null without a profile block. */
	profile: Float64Array | null
	/** Added before ReLU. */
	bias: number
}

/** Where filters peak. */
export interface NativePeaks {
	/** [N, C] the largest activation. */
	activations: Float32Array
	/** [N, C] residue of the middle tap, from 0. */
	residues: Uint32Array
}

/** How a map is made. */
export interface NativeMapOptions {
	perplexity: number
	iterations: number
	theta: number
	/** 0 to 2⁶⁴ − 1. */
	seed: bigint
}

/** A device, or the reason why it is not there. */
export interface DeviceReport {
	/** `cpu`, `wgpu` or `cuda`. */
	backend: string
	/** The adapter's own name. */
	name: string
	/** Whether a job can run on it. */
	available: boolean
	/** Why not. */
	reason: string | null
	/** What it is: the processor, a GPU with memory of its own, one that shares the processor's, an interface that computes on the CPU; null where unavailable. */
	kind: 'cpu' | 'discrete' | 'integrated' | 'software' | 'other' | null
	/** A GPU interface that computes on the CPU; `auto` never picks it. */
	software: boolean
	/** Whether `auto` computes on it; one device in the list has it. */
	auto: boolean
	/** The device's memory, where it tells. */
	memoryBytes: number | null
}

/** The addon itself. */
export interface NativeInfo {
	/** Version of the crates. */
	version: string
	/** `full` has the GPU backends. */
	build: 'cpu' | 'full'
	/** How `auto` chooses a device, in words. */
	autoRule: string
}

/** What a trained model is. */
export type NativeModelInfo = NativeModelConfig & { members: number; seeds: bigint[]; thresholds: number[] | null }

/** Which alignments count as homologs, and how. */
export interface NativeHomologyOptions {
	/** Largest E, above 0. */
	expect: number
	/** Least identity, 0 to 1. */
	identity: number
	/** Least coverage of both proteins, 0 to 1. */
	coverage: number
	/** What identical columns are divided by. */
	identityOver: 'alignment' | 'shorter' | 'longer'
	/** Align every pair, without the seed filter. */
	exhaustive: boolean
}

/** H pairs; hit h is the h-th of every array. */
export interface NativeHits {
	query: Uint32Array
	target: Uint32Array
	/** 0 to 1. */
	identity: Float64Array
	queryCoverage: Float64Array
	targetCoverage: Float64Array
	bits: Float64Array
	/** E. */
	expect: Float64Array
}
