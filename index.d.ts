// Generated from src-ts/index.ts by `npm run api`; not edited by hand.

import { Readable, Writable } from 'node:stream';
import { z } from 'zod';

declare const trainingConfigSchema: z.ZodObject<{
	model: z.ZodEnum<{
		"r-lstm": "r-lstm";
		"a-lstm": "a-lstm";
	}>;
	blocks: z.ZodArray<z.ZodEnum<{
		onehot: "onehot";
		blosum80: "blosum80";
		hsdm: "hsdm";
		profile: "profile";
	}>>;
	missingProfile: z.ZodEnum<{
		onehot: "onehot";
		blosum: "blosum";
		fail: "fail";
	}>;
	maxResidues: z.ZodInt;
	filterWidths: z.ZodArray<z.ZodInt>;
	filtersPerWidth: z.ZodInt;
	hidden: z.ZodInt;
	attention: z.ZodNullable<z.ZodInt>;
	dense: z.ZodNullable<z.ZodInt>;
	members: z.ZodInt;
	seed: z.ZodInt;
	testFraction: z.ZodNumber;
	validationFraction: z.ZodNumber;
	epochs: z.ZodInt;
	batchSize: z.ZodInt;
	bucketBatches: z.ZodInt;
	optimizer: z.ZodObject<{
		learningRate: z.ZodNumber;
		beta1: z.ZodNumber;
		beta2: z.ZodNumber;
		epsilon: z.ZodNumber;
		weightDecay: z.ZodNumber;
	}, z.core.$strict>;
	clipNorm: z.ZodNullable<z.ZodNumber>;
	schedule: z.ZodDiscriminatedUnion<[
		z.ZodObject<{
			kind: z.ZodLiteral<"constant">;
		}, z.core.$strict>,
		z.ZodObject<{
			kind: z.ZodLiteral<"cosine">;
			warmupEpochs: z.ZodNumber;
			finalFraction: z.ZodNumber;
		}, z.core.$strict>,
		z.ZodObject<{
			kind: z.ZodLiteral<"step">;
			everyEpochs: z.ZodInt;
			factor: z.ZodNumber;
		}, z.core.$strict>
	], "kind">;
	dropout: z.ZodObject<{
		residues: z.ZodNumber;
		lstmInput: z.ZodNumber;
		denseInput: z.ZodNumber;
		softmaxInput: z.ZodNumber;
	}, z.core.$strict>;
	initialWeights: z.ZodDiscriminatedUnion<[
		z.ZodObject<{
			kind: z.ZodLiteral<"uniform">;
			range: z.ZodNumber;
		}, z.core.$strict>,
		z.ZodObject<{
			kind: z.ZodLiteral<"framework">;
		}, z.core.$strict>,
		z.ZodObject<{
			kind: z.ZodLiteral<"orthogonal">;
		}, z.core.$strict>
	], "kind">;
	forgetBias: z.ZodNumber;
	labelSmoothing: z.ZodNumber;
	classWeights: z.ZodNullable<z.ZodUnion<readonly [
		z.ZodLiteral<"balanced">,
		z.ZodRecord<z.ZodString, z.ZodNumber>
	]>>;
	earlyStopping: z.ZodNullable<z.ZodObject<{
		patience: z.ZodInt;
	}, z.core.$strict>>;
	weightAveraging: z.ZodNullable<z.ZodObject<{
		decay: z.ZodNumber;
	}, z.core.$strict>>;
}, z.core.$strict>;
/** The resolved configuration of a training. */
export type TrainingConfig = z.infer<typeof trainingConfigSchema>;
declare const configFileSchema: z.ZodObject<{
	model: z.ZodOptional<z.ZodEnum<{
		"r-lstm": "r-lstm";
		"a-lstm": "a-lstm";
	}>>;
	blocks: z.ZodOptional<z.ZodArray<z.ZodEnum<{
		onehot: "onehot";
		blosum80: "blosum80";
		hsdm: "hsdm";
		profile: "profile";
	}>>>;
	missingProfile: z.ZodOptional<z.ZodEnum<{
		onehot: "onehot";
		blosum: "blosum";
		fail: "fail";
	}>>;
	maxResidues: z.ZodOptional<z.ZodInt>;
	filterWidths: z.ZodOptional<z.ZodArray<z.ZodInt>>;
	filtersPerWidth: z.ZodOptional<z.ZodInt>;
	hidden: z.ZodOptional<z.ZodInt>;
	attention: z.ZodOptional<z.ZodNullable<z.ZodInt>>;
	dense: z.ZodOptional<z.ZodNullable<z.ZodInt>>;
	members: z.ZodOptional<z.ZodInt>;
	seed: z.ZodOptional<z.ZodInt>;
	testFraction: z.ZodOptional<z.ZodNumber>;
	validationFraction: z.ZodOptional<z.ZodNumber>;
	epochs: z.ZodOptional<z.ZodInt>;
	batchSize: z.ZodOptional<z.ZodInt>;
	bucketBatches: z.ZodOptional<z.ZodInt>;
	clipNorm: z.ZodOptional<z.ZodNullable<z.ZodNumber>>;
	schedule: z.ZodOptional<z.ZodDiscriminatedUnion<[
		z.ZodObject<{
			kind: z.ZodLiteral<"constant">;
		}, z.core.$strict>,
		z.ZodObject<{
			kind: z.ZodLiteral<"cosine">;
			warmupEpochs: z.ZodNumber;
			finalFraction: z.ZodNumber;
		}, z.core.$strict>,
		z.ZodObject<{
			kind: z.ZodLiteral<"step">;
			everyEpochs: z.ZodInt;
			factor: z.ZodNumber;
		}, z.core.$strict>
	], "kind">>;
	initialWeights: z.ZodOptional<z.ZodDiscriminatedUnion<[
		z.ZodObject<{
			kind: z.ZodLiteral<"uniform">;
			range: z.ZodNumber;
		}, z.core.$strict>,
		z.ZodObject<{
			kind: z.ZodLiteral<"framework">;
		}, z.core.$strict>,
		z.ZodObject<{
			kind: z.ZodLiteral<"orthogonal">;
		}, z.core.$strict>
	], "kind">>;
	forgetBias: z.ZodOptional<z.ZodNumber>;
	labelSmoothing: z.ZodOptional<z.ZodNumber>;
	classWeights: z.ZodOptional<z.ZodNullable<z.ZodUnion<readonly [
		z.ZodLiteral<"balanced">,
		z.ZodRecord<z.ZodString, z.ZodNumber>
	]>>>;
	earlyStopping: z.ZodOptional<z.ZodNullable<z.ZodObject<{
		patience: z.ZodInt;
	}, z.core.$strict>>>;
	weightAveraging: z.ZodOptional<z.ZodNullable<z.ZodObject<{
		decay: z.ZodNumber;
	}, z.core.$strict>>>;
	$schema: z.ZodOptional<z.ZodString>;
	preset: z.ZodOptional<z.ZodEnum<{
		paper: "paper";
		modern: "modern";
		quick: "quick";
	}>>;
	optimizer: z.ZodOptional<z.ZodObject<{
		learningRate: z.ZodOptional<z.ZodNumber>;
		beta1: z.ZodOptional<z.ZodNumber>;
		beta2: z.ZodOptional<z.ZodNumber>;
		epsilon: z.ZodOptional<z.ZodNumber>;
		weightDecay: z.ZodOptional<z.ZodNumber>;
	}, z.core.$strict>>;
	dropout: z.ZodOptional<z.ZodObject<{
		residues: z.ZodOptional<z.ZodNumber>;
		lstmInput: z.ZodOptional<z.ZodNumber>;
		denseInput: z.ZodOptional<z.ZodNumber>;
		softmaxInput: z.ZodOptional<z.ZodNumber>;
	}, z.core.$strict>>;
}, z.core.$strict>;
/** What a person may write. */
export type ConfigFile = z.infer<typeof configFileSchema>;
/** JSON Schema of {@link configFileSchema}, for editors. */
export declare function configJsonSchema(): Record<string, unknown>;
/**
 * Reads a configuration file: any part of the configuration, and `preset` for the rest. JSON is read as the YAML that it is.
 *
 * Errors: `INPUT_MISSING`, `IO`, `INVALID_CONFIG` with file, line and the option's path.
 */
export declare function loadConfig(path: string): Promise<ConfigFile>;
/** {@link loadConfig} for a text; `file` is its name in messages. */
export declare function parseConfig(text: string, file: string): ConfigFile;
export type Preset = "paper" | "modern" | "quick";
/** Every value of each preset. `paper` asks for profiles: without any, its blocks become onehot, blosum80 and hsdm, with one warning. */
export declare const PRESETS: Readonly<Record<Preset, TrainingConfig>>;
export interface Resolved {
	config: TrainingConfig;
	/** What was changed on the way, a sentence each. */
	warnings: string[];
}
/**
 * Fills in a configuration from its preset (default `modern`). Without a source of profiles the block `profile` is taken out, with a warning, unless it
 * was asked for by name.
 *
 * Errors: `INVALID_OPTION` that names the option's path and what would be right.
 */
export declare function resolveConfig(options: ConfigFile, { hasProfiles }: {
	hasProfiles: boolean;
}): Resolved;
/**
 * Puts settings `path=value` (the value is YAML) over a configuration, and checks what comes out. A part of a group is set in the group as it is with the
 * configuration and its preset; another `kind` begins the group anew.
 *
 * Errors: `INVALID_OPTION` for a setting without a path; `INVALID_CONFIG` that names the setting as `file`.
 */
export declare function withSettings(config: ConfigFile, settings: readonly string[]): ConfigFile;
/** The package's one error: a stable code, a sentence for a person, and the facts as fields. docs/errors.md explains each code. */
/** What went wrong. The codes are part of the interface; messages are not. */
export type ErrorCode = "INVALID_OPTION" | "INVALID_CONFIG" | "INVALID_FASTA" | "UNKNOWN_RESIDUE" | "UNKNOWN_CLASS" | "INVALID_DATASET" | "INVALID_SPLIT" | "INVALID_PROFILE" | "INVALID_SHARD" | "INPUT_MISSING" | "INVALID_MODEL" | "BACKEND_UNAVAILABLE" | "TOOL_UNAVAILABLE" | "OUT_OF_MEMORY" | "DEVICE_LOST" | "TRAINING_DIVERGED" | "INTERNAL" | "IO" | "CANCELLED";
/** Facts about an error; which are there depends on the code. */
export interface ErrorFacts {
	/** Path of the file at fault. */
	file?: string;
	/** Its line, from 1. */
	line?: number;
	/** Id of the record at fault. */
	record?: string;
	/** The character at fault. */
	residue?: string;
	/** Place of the residue in its sequence, from 1. */
	position?: number;
	/** Name of the option at fault, as in `optimizer.learningRate`. */
	option?: string;
	/** The value at fault. */
	value?: unknown;
	/** What would have been right. */
	allowed?: readonly string[];
	/** `create`, `write` or `read`: what failed, of `IO`. */
	stage?: string;
	[fact: string]: unknown;
}
/** Every error that this package throws on purpose. Cancelling is the exception: it rejects with the signal's own reason. */
export declare class SublocError extends Error {
	readonly name = "SublocError";
	/** Stable; compare this, never the message. */
	readonly code: ErrorCode;
	/** File, line, record and whatever else is known. */
	readonly facts: Readonly<ErrorFacts>;
	constructor(code: ErrorCode, message: string, facts?: ErrorFacts, options?: ErrorOptions);
	/** Path of the file at fault. */
	get file(): string | undefined;
	/** Line of the file at fault, from 1. */
	get line(): number | undefined;
	/** Id of the record at fault. */
	get record(): string | undefined;
	/** The character at fault. */
	get residue(): string | undefined;
}
/** The exit code that the command line ends with for an error: 73 where a file cannot be created, 70 for what is no {@link SublocError}. */
export declare function exitCode(error: unknown): number;
/** `file:line: record: message` with what is known of the place; a message that names the path itself is not given it twice. */
export declare function describeError({ file, line, record, message }: SublocError): string;
/** Turns what a file operation threw into `INPUT_MISSING` or `IO`; other errors stay as they are. */
export declare function fileError(error: unknown, file: string, stage: "create" | "write" | "read"): unknown;
/** One protein of a FASTA file. */
export interface SequenceRecord {
	/** First word of the header, without `>`. */
	id: string;
	/** The rest of the header; empty where there is none. */
	description: string;
	/** Residues in upper-case letters A–Z; empty where there is a problem. */
	sequence: string;
	/** Line of the header, from 1; 0 where the record comes from no file. */
	line: number;
	/** Why the record cannot be used; only from a reader that reports instead of failing. */
	problem?: SublocError;
}
/** An example of a record: made by hand, not read from a file. */
export declare function sequenceRecord(id: string, sequence: string, description?: string): SequenceRecord;
/** The tags in MultiLoc's headers: sorting signals as the set's authors knew them. Ground truth for judging attention, never input. */
/**
 * Residues of a sorting signal, positions from 1, both ends included: `SP` cleavable signal peptide, `SA` signal anchor,
 * `mTP` mitochondrial transit peptide, `cTP` chloroplast transit peptide.
 */
export interface Annotation {
	kind: "SP" | "SA" | "mTP" | "cTP";
	start: number;
	end: number;
}
/** The tags of a header's description: `SP 24`, `SA 11 31`, …; anything else is ignored. */
export declare function parseAnnotations(description: string): Annotation[];
/** A protein whose place is known. */
export interface LabelledRecord extends SequenceRecord {
	/** Its compartment. */
	class: string;
	/** Value of the TSV's `fold` column; empty where there is none. */
	fold: string;
	/** Value of the TSV's `cluster` column; empty where there is none. */
	cluster: string;
	/** The header's tags (MultiLoc): what is known of its sorting signal. Never input of a model. */
	annotations: Annotation[];
	/** The file it was read from, in which `line` counts; absent where it comes from no file. */
	file?: string;
}
/** Labelled proteins and their classes. */
export interface Dataset {
	readonly records: readonly LabelledRecord[];
	/** Class names in byte order; a record's class index is the place of its class here. */
	readonly classes: readonly string[];
	/** Where it was read from. */
	readonly source: string;
	/** SHA-256 over ids, classes and sequences in order: two datasets of one digest train the same model. */
	readonly digest: string;
	/** Files of the folder that were not read, because their names are not those of FASTA files. */
	readonly ignored: readonly string[];
}
export interface ReadDatasetOptions {
	/** The classes that may occur, in any order; `UNKNOWN_CLASS` for another. Default: those that do occur. */
	classes?: readonly string[];
	/** A dataset to learn from needs two classes with records; one to evaluate on does not. Default 2. */
	minimumClasses?: number;
}
/**
 * Reads a dataset: a folder with one `<class>.fasta` (or `.fa`, `.faa`, `.fas`, `.fsa` in any case, each also `.gz`) a class, or a TSV with the columns
 * `id`, `sequence`, `class` and optionally `fold` and `cluster` (`.gz` too). Records keep their order: files in byte order of their class, records as they
 * stand. Stray `._*` and hidden files are ignored. Residues are read as in `readFasta`.
 *
 * Errors: `INPUT_MISSING`, `INVALID_DATASET` (empty, one class only, an id twice), `UNKNOWN_CLASS`, `INVALID_FASTA`, `UNKNOWN_RESIDUE`; with file,
 * line and record.
 */
export declare function readDataset(path: string, options?: ReadDatasetOptions): Promise<Dataset>;
/**
 * A dataset from records, whose sequences are read as in `readFasta`. Ids and classes stand in tables: they have no control characters.
 * Errors: `INVALID_DATASET`, `UNKNOWN_CLASS`, `UNKNOWN_RESIDUE`; with file, line and record.
 */
export declare function makeDataset(records: readonly LabelledRecord[], { classes, minimumClasses, source }?: ReadDatasetOptions & {
	source?: string;
}): Dataset;
/**
 * A record's part: a fold from 1 of a cross-validation, or a fixed part of a single run.
 */
export type Part = number | "train" | "validation" | "test";
/** An assignment of all records of a dataset. */
export interface Split {
	/** How it was made: `stratified`, `column`, `file`, or another method's name. Printed beside every accuracy. */
	readonly by: string;
	/** Part of each record, in the order of the dataset. */
	readonly parts: readonly Part[];
	/** Number of folds, or 0 where the parts are train, validation and test. */
	readonly folds: number;
}
/** Rows of a dataset for one model. */
export interface Rows {
	train: Uint32Array;
	validation: Uint32Array;
	test: Uint32Array;
}
/**
 * Holds out `testFraction` (0 to below 1) of every class: round(n · fraction) records, at least one and never all of a class with two or more records; a
 * class with one record trains. Errors: `INVALID_OPTION`.
 */
export declare function holdOut(dataset: Dataset, { testFraction, seed }: {
	testFraction: number;
	seed: number;
}): Split;
/**
 * Deals the shuffled records of every class over `folds` (2 or more) parts of equal size, give or take one.
 * Errors: `INVALID_SPLIT` for a class with fewer records than folds.
 */
export declare function stratifiedFolds(dataset: Dataset, { folds, seed }: {
	folds: number;
	seed: number;
}): Split;
/** The TSV's own `fold` column: numbers from 1, or `train`, `validation`, `test`. Errors: `INVALID_SPLIT`. */
export declare function columnSplit(dataset: Dataset): Split;
/**
 * Rows of one model. `fold` (from 1) names the part that is held out of a split into folds, and must not be given otherwise; `validationFraction`
 * of every class's training rows becomes the validation part where the split has none.
 * Errors: `INVALID_OPTION`, `INVALID_SPLIT`.
 */
export declare function rowsOf(split: Split, dataset: Dataset, { fold, validationFraction, seed }: {
	fold: number | null;
	validationFraction: number;
	seed: number;
}): Rows;
/** Blocks in the order of their features, whatever the order they are asked for in. */
export declare const ENCODING_BLOCKS: readonly [
	"onehot",
	"blosum80",
	"hsdm",
	"profile"
];
/** A part of the features: 20 columns each. */
export type EncodingBlock = (typeof ENCODING_BLOCKS)[number];
/** The lookup table of all blocks but `profile`. */
export interface EncodingTable {
	/** [25, Ft], row-major. */
	data: Float32Array;
	shape: [
		codes: number,
		features: number
	];
	axes: [
		"code",
		"feature"
	];
}
/** The table [25, Ft] of the blocks but `profile`, in their order; rows X and DROPPED are zero. */
export declare function encodingTable(blocks: readonly EncodingBlock[]): EncodingTable;
interface BindingOutcome<T> {
	value?: T;
	error?: BindingError;
}
interface BindingSettled<T> extends BindingOutcome<T> {
	events: BindingEvent[];
}
declare class BindingJob {
	/** `onEvents` is called on the JavaScript thread with the events that wait; those left over come with the result. */
	constructor(onEvents: (events: BindingEvent[]) => void);
	/** Asks the job to stop; its result becomes a `CANCELLED` error within a second. Idempotent. */
	cancel(): void;
}
declare class BindingModel {
	/** Reads model.safetensors. */
	static load(path: string): Promise<BindingSettled<BindingModel>>;
	/** Joins the members of several models of one architecture. */
	static merge(models: Array<BindingModel>): BindingOutcome<BindingModel>;
	/** The model of some of the members, from 0. */
	select(members: Array<number>): BindingOutcome<BindingModel>;
	/** Writes model.safetensors, all of it or nothing. */
	save(path: string): Promise<BindingSettled<undefined>>;
	/** What the file says about itself, as JSON (see docs of the run folder). */
	metadata(): BindingOutcome<string>;
	/** The members' seeds; JSON cannot carry 64 bits. */
	seeds(): BindingOutcome<BigUint64Array>;
	/** Trainable numbers of one member. */
	parameterCount(): BindingOutcome<number>;
	/** Predicts; the job's handle cancels it. */
	predict(job: BindingJob, records: BindingRecords, outputs: BindingOutputs, runtime: BindingRuntime): Promise<BindingSettled<BindingPredictions>>;
	/** The filters of a member, from 0. */
	filters(member: number): BindingOutcome<BindingFilter[]>;
	/** Where a member's filters peak. `junctions` [N]: the first residue after the middle cut, 0 where nothing was cut. */
	filterPeaks(job: BindingJob, member: number, records: BindingRecords, junctions: Uint32Array, runtime: BindingRuntime): Promise<BindingSettled<BindingPeaks>>;
	/** The model with some of its C filters, from 0, giving 0 everywhere. */
	silenced(filters: Array<number>): BindingOutcome<BindingModel>;
	/** Frees the weights now instead of when the garbage collector comes by. Idempotent. */
	close(): void;
}
interface BindingError {
	/** A stable code of the table in ARCHITECTURE.md, or `CANCELLED`. */
	code: string;
	/** What to change, and where. */
	message: string;
	/** The facts as a JSON object. */
	facts: string;
}
interface BindingEvent {
	/** What happened. */
	kind: "epoch" | "step" | "diverged" | "warning" | "checkpoint";
	/** From 1; not of a checkpoint. */
	member?: number;
	/** From 1. */
	epoch: number;
	/** Steps done in this epoch: of a step, a checkpoint, a divergence. */
	step?: number;
	/** Steps an epoch: of a step and an epoch. */
	steps?: number;
	/** The batch's training loss in nats: of a step. */
	loss?: number;
	/** For a person: of a warning. */
	message?: string;
	learningRate?: number;
	trainingLoss?: number;
	trainingAccuracy?: number;
	gradientNorm?: number;
	validationLoss?: number;
	validationAccuracy?: number;
	testLoss?: number;
	testAccuracy?: number;
	/** Wall time of the epoch: of an epoch. */
	seconds?: number;
}
interface BindingFilter {
	/** Residues that it spans. */
	width: number;
	/** [width, 25], columns are residue codes. */
	codes: Float64Array;
	/** [width, 20]; absent without a profile block. */
	profile?: Float64Array;
	/** Added before ReLU. */
	bias: number;
}
interface BindingOutputs {
	/** Attention weights α; A-LSTM only. */
	attention: boolean;
	/** The pooled state that the head sees. */
	states: boolean;
	/** The last state of each direction. */
	lastStates: boolean;
}
interface BindingPeaks {
	/** [N, C] */
	activations: Float32Array;
	/** [N, C] the middle tap's residue, from 0. */
	residues: Uint32Array;
}
interface BindingPredictions {
	/** [M, N, K] */
	probabilities: Float32Array;
	/** [M, ΣT] */
	attention?: Float32Array;
	/** [M, N, 2H] */
	states?: Float32Array;
	/** [M, N, 2H]: forward, then backward */
	lastStates?: Float32Array;
}
interface BindingRecords {
	/** [ΣT] residue codes. */
	codes: Uint8Array;
	/** [N + 1]; protein n has the codes offsets[n]..offsets[n + 1]. */
	offsets: BigUint64Array;
	/** [ΣT, 20] profile rows, any scale. */
	profiles?: Uint8Array;
}
interface BindingRuntime {
	/** `auto`, `cpu`, `wgpu` or `cuda`. */
	backend: string;
	/** Threads of the job's own pool, from 1. */
	threads: number;
	/** `auto`, `avx512`, `avx2` or `portable`. */
	cpuIsa: string;
	/** `f32` or `bf16`; the latter on the CPU alone. */
	precision: string;
}
interface NativeModelConfig {
	kind: "r-lstm" | "a-lstm";
	/** LSTM units a direction. */
	hidden: number;
	/** Attention units; A-LSTM only. */
	attention: number;
	/** Units of the dense layer. */
	dense: number;
	/** Class names in the order of the class indices. */
	classes: string[];
	/** Encoding blocks in the order of the features. */
	blocks: string[];
	/** Residues that each filter bank spans. */
	filterWidths: number[];
	filtersPerWidth: number;
	/** Whether records carry profile rows. */
	profile: boolean;
	/** Records are cut to this many residues before they come here. */
	maxResidues: number;
	/** Ft: columns of the encoding table. */
	tableFeatures: number;
}
interface NativeRecords {
	/** [ΣT] residue codes, 0 to 23. */
	codes: Uint8Array;
	/** [N + 1], rising from 0; record n has the codes offsets[n] … offsets[n + 1] − 1, at least one. */
	offsets: BigUint64Array | Float64Array;
	/** [ΣT, 20] profile rows on any scale; an all-zero row stays zero. */
	profiles: Uint8Array | null;
}
interface NativeRuntime {
	/** `auto`, `cpu`, `wgpu` or `cuda`. */
	backend: string;
	/** Threads of the job, from 1. */
	threads: number;
	/** `auto`, `avx512`, `avx2` or `portable`. */
	cpuIsa: string;
	precision: string;
}
interface NativeEpochEvent {
	kind: "epoch";
	/** From 1. */
	member: number;
	/** From 1. */
	epoch: number;
	/** Steps of the epoch. */
	steps: number;
	learningRate: number;
	/** Mean cross-entropy in nats. */
	trainingLoss: number;
	trainingAccuracy: number;
	/** Mean global norm of the gradient before clipping. */
	gradientNorm: number;
	validationLoss: number | null;
	validationAccuracy: number | null;
	testLoss: number | null;
	testAccuracy: number | null;
	/** Wall time. */
	seconds: number;
}
/** An epoch as a checkpoint remembers it: without the time it took. */
export type NativeEpochReport = Omit<NativeEpochEvent, "kind" | "seconds">;
interface NativePredictionOptions extends NativeRuntime {
	/** Attention weights α; A-LSTM only. */
	attention?: boolean;
	/** The pooled states that the head sees. */
	states?: boolean;
	/** The last state of each direction. */
	lastStates?: boolean;
}
interface NativePredictions {
	/** [M, N, K] class probabilities. */
	probabilities: Float32Array;
	/** [M, ΣT] attention weights; they sum to 1 over a record. */
	attention: Float32Array | null;
	/** [M, N, 2H] */
	states: Float32Array | null;
	/** [M, N, 2H]: forward after residue T, then backward after residue 1 */
	lastStates: Float32Array | null;
}
interface NativeFilter {
	/** Residues that it spans. */
	width: number;
	/** [width, 25]: what each residue code at each tap adds. */
	codes: Float64Array;
	/** [width, 20]: what a profile row that is certain of a residue adds; null without a profile block. */
	profile: Float64Array | null;
	/** Added before ReLU. */
	bias: number;
}
interface NativePeaks {
	/** [N, C] the largest activation. */
	activations: Float32Array;
	/** [N, C] residue of the middle tap, from 0. */
	residues: Uint32Array;
}
/** A device, or the reason why it is not there. */
export interface DeviceReport {
	/** `cpu`, `wgpu` or `cuda`. */
	backend: string;
	/** The adapter's own name. */
	name: string;
	/** Whether a job can run on it. */
	available: boolean;
	/** Why not. */
	reason: string | null;
	/** What it is: the processor, a GPU with memory of its own, one that shares the processor's, an interface that computes on the CPU; null where unavailable. */
	kind: "cpu" | "discrete" | "integrated" | "software" | "other" | null;
	/** A GPU interface that computes on the CPU; `auto` never picks it. */
	software: boolean;
	/** Whether `auto` computes on it; one device in the list has it. */
	auto: boolean;
	/** The device's memory, where it tells. */
	memoryBytes: number | null;
}
interface NativeInfo {
	/** Version of the crates. */
	version: string;
	/** `full` has the GPU backends. */
	build: "cpu" | "full";
	/** How `auto` chooses a device, in words. */
	autoRule: string;
}
type NativeModelInfo = NativeModelConfig & {
	members: number;
	seeds: bigint[];
};
/** The backends in this build: `['cpu']` or `['cpu', 'wgpu', 'cuda']`. */
export declare function compiledBackends(): string[];
/** The devices of every compiled backend, those that cannot be used too. */
export declare function listDevices(): DeviceReport[];
/** The processor: its supported instruction sets, best first, and how many threads run at once. */
export declare function cpuInfo(): {
	isa: string[];
	bf16: boolean;
	threads: number;
};
/** The addon: its version and which build it is. */
export declare function nativeInfo(): NativeInfo;
declare class NativeModel {
	#private;
	/** @internal */
	constructor(model: BindingModel);
	/** Reads model.safetensors; `INVALID_MODEL` where it is missing, foreign or damaged. */
	static load(path: string): Promise<NativeModel>;
	/** Joins the members of models of one architecture, in order. */
	static merge(models: readonly NativeModel[]): NativeModel;
	/** The model of some of the members, from 0, in the given order. */
	select(members: readonly number[]): NativeModel;
	/** Writes model.safetensors, all of it or nothing. */
	save(path: string): Promise<void>;
	/** The architecture, the number of members and their seeds. */
	get config(): NativeModelInfo;
	/** Trainable numbers of one member. */
	get parameterCount(): number;
	/** Predicts; rejects with the signal's reason once it is aborted. */
	predict(records: NativeRecords, options: NativePredictionOptions, signal?: AbortSignal): Promise<NativePredictions>;
	/** The convolution filters of a member, from 0; [C], widths in their order. */
	filters(member: number): NativeFilter[];
	/**
	 * Where a member's filters peak. `junctions` [N] is the first residue after the middle cut, 0 where nothing was cut: windows across it do not count. Rejects
	 * with the signal's reason once it is aborted.
	 */
	filterPeaks(member: number, records: NativeRecords, junctions: Uint32Array, options: NativeRuntime, signal?: AbortSignal): Promise<NativePeaks>;
	/** The model with some of its C filters, from 0, giving 0 everywhere. */
	silenced(filters: readonly number[]): NativeModel;
	/** Frees the weights now. Idempotent; jobs that run on the model finish. */
	close(): void;
	[Symbol.dispose](): void;
}
/** Names of the files in a run folder. */
export declare const RUN_FILES: {
	/** Resolved configuration; gives the same run again with `--config`. */
	readonly config: "config.json";
	/** Versions, device, seeds, input digest, times: everything that may differ between two equal runs. */
	readonly run: "run.json";
	/** A line an epoch and member. */
	readonly metrics: "metrics.jsonl";
	/** Part of each record. */
	readonly split: "splits.tsv";
	readonly model: "model.safetensors";
	readonly checkpoint: string;
	readonly predictions: "predictions.tsv";
	readonly evaluation: "evaluation.json";
	/** The offline report, one file. */
	readonly report: "report.html";
	readonly done: "DONE";
};
/** What a run says about itself in run.json. */
export interface RunInfo {
	/** Versions of the package and of Node. */
	versions: {
		sublocNative: string;
		node: string;
	};
	/** What it ran on. */
	device: {
		backend: string;
		cpuIsa: string;
		precision: string;
		threads: number;
	};
	/** The training data. */
	dataset: {
		source: string;
		digest: string;
		records: number;
		classes: readonly string[];
	};
	/** How the records were split: `stratified`, `column`, … and the held-out fold, null without numbered folds. */
	split: {
		by: string;
		fold: number | null;
	};
	/** Records of each part. */
	rows: {
		train: number;
		validation: number;
		test: number;
	};
	/** Which of the configuration's members this run trains, from 1; null: all. */
	member: number | null;
	/** Folds of a cross-validation; null for a plain training. */
	folds: number | null;
	seeds: string[];
	/** Records whose profile was missing; null where the model reads none. */
	missingProfiles: number | null;
	/** SHA-256 of all profile rows; null where the model reads none. */
	profileDigest: string | null;
	warnings: string[];
	/** ISO 8601, UTC. */
	started: string;
	finished: string | null;
	/** Wall time of each epoch, all members together. */
	epochSeconds: number[];
}
/** A run folder under a path. */
export declare class RunFolder {
	#private;
	readonly path: string;
	constructor(path: string);
	file(name: keyof typeof RUN_FILES): string;
	/** Makes the folder. Errors: `IO`. */
	create(): Promise<void>;
	has(name: keyof typeof RUN_FILES): Promise<boolean>;
	/** Whether a run has left something that must not be written over. */
	holdsRun(): Promise<boolean>;
	/** Text of a text file, or null where it is missing. Errors: `IO`. */
	read(name: Exclude<keyof typeof RUN_FILES, "model" | "checkpoint">): Promise<string | null>;
	/** A JSON file. Errors: `INVALID_CONFIG` where it is no JSON. */
	readJson<T>(name: "config" | "run" | "evaluation"): Promise<T | null>;
	/** The resolved configuration, or null where it is missing. Errors: `IO`; `INVALID_CONFIG` where it is not a complete configuration. */
	readConfig(): Promise<TrainingConfig | null>;
	/** What the run says about itself, or null where that is missing. Errors: `IO`; `INVALID_CONFIG` where something of it is missing or wrong. */
	readRun(): Promise<RunInfo | null>;
	/** Every epoch in metrics.jsonl, or null where it is missing. Errors: `IO`; `INVALID_CONFIG` with the line that is none of ours. */
	readMetrics(): Promise<NativeEpochReport[] | null>;
	write(name: keyof typeof RUN_FILES, text: string): Promise<void>;
	writeJson(name: "config" | "run" | "evaluation", value: unknown): Promise<void>;
	/** Adds lines to metrics.jsonl. Errors: `IO`. */
	appendMetrics(reports: readonly NativeEpochReport[]): Promise<void>;
}
/** First option in which two configurations differ, as a path; null where they are equal. */
export declare function firstDifference(a: TrainingConfig, b: TrainingConfig): string | null;
/** What a training knows beside the weights; a model that was loaded from a lone file has none of it. */
export interface TrainingRecord {
	config: TrainingConfig;
	info: RunInfo;
	/** Every epoch of every member. */
	history: NativeEpochReport[];
	/** Text of splits.tsv. */
	split: string;
}
/** What a model is, as `subloc info` prints it. */
export interface ModelInfo {
	kind: "r-lstm" | "a-lstm";
	/** In byte order; probabilities have this order. */
	classes: string[];
	blocks: EncodingBlock[];
	/** M: networks whose probabilities are averaged. */
	members: number;
	/** Seed of each member. */
	seeds: string[];
	/** Trainable numbers of one member. */
	parameters: number;
	/** H, LSTM units a direction. */
	hidden: number;
	/** A, attention units; of an A-LSTM. */
	attention: number;
	/** D, dense units. */
	dense: number;
	filterWidths: number[];
	filtersPerWidth: number;
	/** Longer sequences lose their middle. */
	maxResidues: number;
}
/**
 * A trained model. Its weights live outside JavaScript's heap: `close()` (or `using`) frees them at once, the garbage collector some time later.
 */
export declare class Model {
	readonly info: Readonly<ModelInfo>;
	/** How it was trained; null where only the weights are known. */
	readonly training: Readonly<TrainingRecord> | null;
	/** @internal */
	constructor(native: NativeModel, training: TrainingRecord | null);
	/** Class names in the order of the probabilities. */
	get classes(): readonly string[];
	/** Whether it reads profiles. */
	get readsProfiles(): boolean;
	/**
	 * Writes model.safetensors and what is known of the training (config.json, run.json, metrics.jsonl, splits.tsv) into a run folder, which is made where
	 * it is missing. Each file is whole or not there. Errors: `IO`; `INVALID_OPTION` for a folder that holds a run.
	 */
	save(path: string): Promise<void>;
	/** Frees the weights. Idempotent; work that runs on the model ends first. */
	close(): void;
	[Symbol.dispose](): void;
}
/**
 * Loads a model from a run folder, or from a lone model.safetensors.
 *
 * Errors: `INVALID_MODEL` where it is missing, foreign, or damaged; `INVALID_CONFIG` where a file beside it is damaged: the lone
 * model.safetensors still loads.
 */
export declare function loadModel(path: string): Promise<Model>;
/** Joins the members of models of one architecture into an ensemble. Errors: `INVALID_MODEL`. */
export declare function mergeModels(models: readonly Model[]): Model;
/** Profiles are kept as round(200 · p), [T, 20]: steps of 0.005; a row is divided by its sum when it is used. */
export declare const PROFILE_SCALE = 200;
declare const MISSING_PROFILE_POLICIES: readonly [
	"blosum",
	"onehot",
	"fail"
];
export type MissingProfile = (typeof MISSING_PROFILE_POLICIES)[number];
/** Profile rows of a sequence under a policy, [T, 20]. X has the background's row with `blosum`, a zero row with `onehot`. */
export declare function impliedProfile(sequence: string, policy: "blosum" | "onehot"): Uint8Array;
/** Where profiles come from. */
export interface ProfileSource {
	/**
	 * Rows [T, 20] of the whole sequence as round(200 · p), or null where it has none.
	 * Errors: `INVALID_PROFILE` where the profile's length is not the sequence's.
	 */
	rows(id: string, sequence: string): Promise<Uint8Array | null>;
}
/**
 * Opens every `*_index.tsv` of a folder. An index has the columns `accession`, `file`, `first_row` and `length` (others are ignored); a file is the gzip
 * of `rows × 20` bytes in the order ARNDCQEGHILKMFPSTWYV. A gzip file is unpacked into memory when its first profile is asked for, and stays there.
 *
 * Errors: `INPUT_MISSING` for a folder that is not there, `INVALID_PROFILE` with file and line, `IO` for an index that cannot be read.
 */
export declare function openProfileStore(folder: string): Promise<ProfileSource>;
export interface RuntimeOptions {
	/** `auto` (default) takes the best device there is; a named backend that is missing is an error. */
	backend?: "auto" | "cpu" | "wgpu" | "cuda";
	/** CPU threads of the job; default: as many cores as the affinity mask, `SLURM_CPUS_PER_TASK` and the control group's quota leave. */
	threads?: number;
	/** Instruction set of the CPU kernels; default `auto`, the best of this processor. Results agree to rounding between sets, to the bit within one. */
	cpuIsa?: "auto" | "avx512" | "avx2" | "portable";
	/**
	 * What the LSTM multiplies on the CPU; default `f32`. With `bf16` its forward pass rounds x, h and the weights to 8 significant bits and adds in
	 * f32: faster where the processor has `avx512_bf16` (`cpuInfo().bf16`); elsewhere it rounds and gains no time. Training with it keeps weights,
	 * gradients and Adam in f32. A model does not remember it: predicting and evaluating take f32 unless told otherwise. What it does to accuracy
	 * stands in bench/RESULTS.md. Errors: `INVALID_OPTION` with another backend than `auto` and `cpu`.
	 */
	precision?: "f32" | "bf16";
}
/** Proteins to predict: a FASTA file's path (gzip too), `-` for stdin, a stream of FASTA, or records. */
export type PredictionInput = string | Readable | Iterable<ProteinRecord> | AsyncIterable<ProteinRecord>;
/** A record that was not read from a file. */
export type ProteinRecord = Pick<SequenceRecord, "id" | "sequence"> & Partial<SequenceRecord>;
export interface PredictOptions extends RuntimeOptions {
	/** Profiles for a model that reads them: a folder with a packed store, or a source. */
	profiles?: string | ProfileSource;
	/** What stands in for a missing profile; default: as the model was trained. */
	missingProfile?: MissingProfile;
	/** A record that cannot be used: `skip` (default) gives it a row without a prediction, `fail` throws. */
	onProblem?: "skip" | "fail";
	/** Also gives the attention weights of an A-LSTM; default false. */
	attention?: boolean;
	/** Also gives the probabilities of each member of an ensemble; default false. */
	members?: boolean;
	/** Ends the prediction within a second. */
	signal?: AbortSignal;
}
/** The answer for one protein. Fields of a skipped record are null. */
export interface Prediction {
	id: string;
	status: "ok" | "skipped";
	/** Why it was skipped. */
	problem: SublocError | null;
	/** Residues of the whole sequence. */
	length: number;
	/** Whether the model reads profiles and there was none, so that another row stood in (`missingProfile` of the options). */
	missingProfile: boolean;
	/** The most probable class; of equals the first. */
	compartment: string | null;
	/** Its probability: the mean over the ensemble's members. */
	probability: number | null;
	/** Standard deviation of that probability over the members; 0 for a single network. */
	spread: number | null;
	/** Probability of each class, in the order of the classes; they sum to 1. */
	probabilities: Record<string, number> | null;
	/** Where an A-LSTM looked: weights α (mean over the members, sum 1) of the kept residues and their positions, from 1, in the whole sequence. */
	attention: {
		weights: Float32Array;
		positions: Uint32Array;
	} | null;
	/** What each member says: probability of each class, [M][K] in the order of the classes. Null where it was not asked for. */
	members: Float32Array[] | null;
}
/**
 * Predicts proteins one chunk at a time: as many rows come out as records go in, in their order. On the CPU a protein's probabilities do not depend on
 * those around it. While one chunk is computed, the next is read. However it ends, the input is closed; one that does not answer is not waited for.
 *
 * Errors: those of `readFasta` for a file that is damaged as a whole (what came before has been given), `INVALID_PROFILE`, `INVALID_OPTION`,
 * `BACKEND_UNAVAILABLE`. Throws the signal's reason once it is aborted.
 */
export declare function predict(model: Model, input: PredictionInput, options?: PredictOptions): AsyncGenerator<Prediction>;
/** Predictions of a whole input at once. */
export declare function predictAll(model: Model, input: PredictionInput, options?: PredictOptions): Promise<Prediction[]>;
/** Training goes on within an epoch: for a progress line; some may be skipped. */
export interface StepProgress {
	/** From 1. */
	epoch: number;
	/** Of the whole training. */
	epochs: number;
	/** Steps done in this epoch by the members in work. */
	step: number;
	/** Steps of this epoch. */
	steps: number;
	/** Of the last step, nats. */
	loss: number;
}
/**
 * Work that has begun. `await` gives its result; `for await` gives its events, all of them from the first one, however late the loop begins, and throws
 * what the work failed with. Leaving the loop early stops the work. A run that nobody awaits ends no process.
 */
export declare class Run<Event, Result> implements PromiseLike<Result>, AsyncIterable<Event> {
	#private;
	/** @internal `work` gets a function for its events, and a signal that ends it: the user's, or a loop that was left. */
	constructor(work: (emit: (event: Event) => void, signal: AbortSignal) => Promise<Result>, signal?: AbortSignal);
	then<A = Result, B = never>(fulfilled?: ((result: Result) => A | PromiseLike<A>) | null, rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<A | B>;
	[Symbol.asyncIterator](): AsyncGenerator<Event>;
}
/** One member's epoch: losses are mean cross-entropies in nats, accuracies lie from 0 to 1. */
export interface EpochReport extends NativeEpochReport {
	/** Wall time of the epoch, all members together. */
	seconds: number;
}
/** What a training needs beside its dataset. Any option of the configuration may stand here; `preset` gives the rest. */
export interface TrainOptions extends ConfigFile, RuntimeOptions {
	/** The split: a file, `column` (the TSV's own), or an assignment. Default: stratified, `testFraction` held out, seeded. */
	split?: string | Split;
	/** The held-out fold of a split into numbered folds, from 1. */
	fold?: number;
	/** Profiles: a folder with a packed store (docs/data.md), or a source. */
	profiles?: string | ProfileSource;
	/** Trains this one of the configuration's members alone, from 1: for one job a member. */
	member?: number;
	/** Run folder: a checkpoint every epoch, and the model at the end. Default: nothing is written. */
	output?: string;
	/** Goes on from the run folder's checkpoint; begins anew where there is none. */
	resume?: boolean;
	/** Ends the training within a second; with a run folder its state is saved first. */
	signal?: AbortSignal;
	/** Called now and then within an epoch. */
	onProgress?: (progress: StepProgress) => void;
	/** Called with what was decided without being asked; default: nothing. The model's training record keeps it too. */
	onWarning?: (warning: string) => void;
}
/** A training in progress. */
export type TrainingRun = Run<EpochReport, Model>;
/**
 * Trains a model, or an ensemble with `members`. The result can be awaited; iterating gives every epoch of every member.
 *
 * The same seed and data give the same weights to the bit on one CPU instruction set: for any number of threads, alone or beside other members, whole or
 * resumed.
 *
 * Errors: `INVALID_OPTION`, `INVALID_CONFIG`, `INVALID_SPLIT`, `INVALID_PROFILE`, `BACKEND_UNAVAILABLE`, `IO`, `TRAINING_DIVERGED` (the state before is in
 * the checkpoint). Rejects with the signal's reason once it is aborted.
 */
export declare function train(dataset: Dataset, options?: TrainOptions): TrainingRun;
/**
 * The records that a model's training held out, in the order of its dataset; none for the joined models of a cross-validation.
 * Errors: `INVALID_SPLIT` where the dataset is not the one it was trained on; `INVALID_MODEL` where nothing is known of the training.
 */
export declare function heldOutRecords(model: Model, dataset: Dataset): Promise<LabelledRecord[]>;
/** The package's version. */
export declare function packageVersion(): string;
export interface CrossValidateOptions extends Omit<TrainOptions, "fold" | "member"> {
	/** Number of stratified folds, 2 or more; default 5. Without effect where `split` gives numbered folds. */
	folds?: number;
}
/** An epoch of one fold's member. */
export interface FoldEpochReport extends EpochReport {
	/** From 1. */
	fold: number;
}
/** What a cross-validation comes to. */
export interface CrossValidation {
	/** Each record predicted by the models that never saw it, in the order of the dataset. */
	predictions: Prediction[];
	split: Split;
	/** The ensemble of each fold; close them when done. */
	models: Model[];
}
export type CrossValidationRun = Run<FoldEpochReport, CrossValidation>;
/**
 * Trains `members` networks a fold side by side and predicts every record with those that did not see it. Member m of fold f equals the member that
 * `train` with `split` and `fold: f` trains, to the bit on the CPU.
 *
 * Errors: as `train`, and `INVALID_SPLIT` for a class with fewer records than folds or a split without numbered folds.
 */
export declare function crossValidate(dataset: Dataset, options?: CrossValidateOptions): CrossValidationRun;
/**
 * Each record of a dataset, predicted by the models that did not see it: those of its fold. In the order of the dataset.
 * Errors: `INVALID_SPLIT` for a split without a fold for each model; those of `predict`.
 */
export declare function predictHeldOut(dataset: Dataset, split: Split, models: readonly Model[], options?: PredictOptions): Promise<Prediction[]>;
/** A split as text: a comment line with its method, then `id`, `class` and `fold`, a line a record in the dataset's order. */
export declare function formatSplit(split: Split, dataset: Dataset): string;
/**
 * Reads a split for a dataset, and the method that made it from the comment of {@link formatSplit}: columns `id` and `fold` (others are ignored), in any
 * order of lines; every record of the dataset stands there once. Ids that the dataset lacks are an error too, since the split was then made for other data.
 *
 * Errors: `INPUT_MISSING`, `INVALID_SPLIT` with file, line and record.
 */
export declare function readSplit(path: string, dataset: Dataset): Promise<Split>;
/** {@link readSplit} for a text; `file` is its name in messages. */
export declare function parseSplit(text: string, dataset: Dataset, file?: string): Promise<Split>;
/** The classes and the signals that are planted in them. */
export declare const SYNTHETIC_CLASSES: readonly [
	"ER",
	"chloroplast",
	"cytoplasmic",
	"extracellular",
	"mitochondrial",
	"nuclear",
	"peroxisomal",
	"plasma_membrane"
];
export type SyntheticClass = (typeof SYNTHETIC_CLASSES)[number];
export interface SyntheticOptions {
	/** Default 1. */
	seed?: number;
	/** Proteins of each class, from 1; default 60. */
	perClass?: number;
	/** Length without the signals, in residues, smallest and largest; default [60, 240]. */
	length?: [
		min: number,
		max: number
	];
	/** Share of proteins whose signal is left out: what no model can get right. Default 0.03. */
	withoutSignal?: number;
}
/** A dataset of synthetic proteins; the same options give the same proteins. Its annotations say where signals at the start lie. */
export declare function syntheticDataset(options?: SyntheticOptions): Dataset;
/** How far probabilities can be believed, and how sure a share is. */
/** An interval around a share. */
export interface Interval {
	low: number;
	high: number;
}
/** Predictions whose probability lies in a range. */
export interface CalibrationBin {
	/** The range of the winning class's probability: from (exclusive, but for 0) to (inclusive). */
	from: number;
	to: number;
	count: number;
	/** Mean probability; null for an empty bin. */
	confidence: number | null;
	/** Share that is right, and its 95 % Wilson interval; null for an empty bin. */
	accuracy: number | null;
	interval: Interval | null;
}
/** How probabilities and outcomes agree. */
export interface Calibration {
	bins: CalibrationBin[];
	/** Expected calibration error: Σ count/N · |confidence − accuracy| over the bins (Naeini et al. 2015). */
	expectedError: number;
	/** N. */
	records: number;
}
/** The 95 % Wilson score interval of `right` of `count` (Wilson 1927); 0 to 1 where there is nothing to count. */
export declare function wilson(right: number, count: number): Interval;
/**
 * Bins of equal width over the winning class's probability. `confidence[n]` is the probability of what was predicted for record n, `right[n]` whether that is
 * its class. `bins` from 1; default 10.
 */
export declare function calibration(confidence: ArrayLike<number>, right: ArrayLike<boolean>, bins?: number): Calibration;
/** Scores of a classification, from its confusion matrix. Sources stand beside each. */
/** Scores of one class. A ratio without a denominator is null: precision of a class that is never predicted, sensitivity of one that never occurs. */
export interface ClassScores {
	class: string;
	/** Records of the class. */
	support: number;
	/** Records that are predicted as the class. */
	predicted: number;
	/** TP / (TP + FN), also called recall. */
	sensitivity: number | null;
	/** TN / (TN + FP) */
	specificity: number | null;
	/** TP / (TP + FP) */
	precision: number | null;
	/** 2 TP / (2 TP + FP + FN) */
	f1: number | null;
	/** Matthews correlation coefficient (Matthews 1975); 0 where it is undefined. */
	mcc: number;
}
/** Scores of all classes together. */
export interface Scores {
	/** Records. */
	records: number;
	/** Class names in the order of the confusion matrix. */
	classes: string[];
	/** [K, K]: row = true class, column = predicted class. */
	confusion: number[][];
	/** Share of records whose predicted class is right. */
	accuracy: number;
	/** Mean sensitivity of the classes that occur. */
	balancedAccuracy: number;
	/** Mean F1 of the classes that occur or are predicted. */
	macroF1: number;
	/** Correlation coefficient R_K of K classes (Gorodkin 2004); 0 where it is undefined. */
	gorodkin: number;
	perClass: ClassScores[];
}
/** [K, K] from class indices. */
export declare function confusionMatrix(truth: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): number[][];
/** All scores of a confusion matrix [K, K], rows true, columns predicted. */
export declare function scores(confusion: number[][], classes: readonly string[]): Scores;
/**
 * Mean −ln p of the true class, in nats; a probability of 0 counts as 10⁻¹⁵. `probabilities` is [N, K], row-major.
 */
export declare function logLoss(truth: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number;
/** Scores, and what they are scores of. */
export interface Evaluation extends Scores {
	/** What the records are: `stratified test part`, `independent.tsv`, … Printed beside every accuracy. */
	on: string;
	/** Mean −ln p of the true class, nats. */
	logLoss: number;
	/** Accuracy of always naming the most frequent class of these records. */
	majorityAccuracy: number;
	/** Records that could not be predicted; they count as wrong nowhere and stand in no score. */
	skipped: number;
	/** Scores a homology cluster: null where the records have no clusters. */
	clusters: ClusterScores | null;
}
/** Clusters of homologous proteins count alike, whatever their size. */
export interface ClusterScores {
	clusters: number;
	/** Mean over the clusters of the share of their records that are right. */
	accuracy: number;
	/** Likewise, a class; null for a class without clusters. */
	perClass: {
		class: string;
		clusters: number;
		accuracy: number | null;
	}[];
}
export interface EvaluateOptions extends PredictOptions {
	/** What the records are, for {@link Evaluation.on}; default: where they were read from. */
	on?: string;
}
/**
 * Predicts a labelled dataset and scores the answers. Classes of the model that the data lack are kept in the matrix.
 * Errors: as `predict`; `UNKNOWN_CLASS` for a class that the model does not know.
 */
export declare function evaluate(model: Model, dataset: Dataset, options?: EvaluateOptions): Promise<Evaluation>;
/** Scores predictions that stand in the order of their records. Errors: `UNKNOWN_CLASS`, `INVALID_DATASET` where none could be predicted. */
export declare function evaluatePredictions(records: readonly LabelledRecord[], predictions: readonly Prediction[], classes: readonly string[], on: string): Evaluation;
/** The middle cut (method page, 2): a long sequence keeps its first and last residues, where the sorting signals are. */
/** What is left of a sequence, and where it came from. Positions count from 1. */
export interface MiddleCut {
	/** Residues of the whole sequence. */
	readonly length: number;
	/** Residues that are kept. */
	readonly kept: number;
	/** Residues kept from the start: all of them where nothing is cut. */
	readonly first: number;
	/** Residues taken out of the middle, 0 where nothing is cut. */
	readonly removed: number;
}
/** The cut of a sequence of `length` residues to at most `maxResidues`; with an odd limit the first part is one longer. */
export declare function middleCut(length: number, maxResidues: number): MiddleCut;
/** The residues that a cut keeps. */
export declare function applyCut(sequence: string, { first, removed }: MiddleCut): string;
/** Position in the whole sequence of a kept residue; both count from 1. */
export declare function originalPosition({ first, removed }: MiddleCut, position: number): number;
/** What everything that looks into a model takes. */
export interface LookOptions extends RuntimeOptions {
	/** The network that is looked into, from 1; networks of an ensemble have filters and states of their own. Default 1. */
	member?: number;
	/** Profiles for a model that reads them: a folder with a packed store, or a source. */
	profiles?: string | ProfileSource;
	/** What stands in for a missing profile; default: as the model was trained. */
	missingProfile?: MissingProfile;
	/** Ends the work within a second. */
	signal?: AbortSignal;
}
/** What one protein's prediction hangs on. */
export interface Explanation {
	id: string;
	/** Residues of the whole sequence. */
	length: number;
	/** The class whose probability is explained. */
	compartment: string;
	/** ln p of that class for the protein as it is (p is the mean over the members), nats. */
	logProbability: number;
	/** [T] positions of the kept residues in the whole sequence, from 1. */
	positions: Uint32Array;
	/** [T] the kept residues, as letters. */
	residues: string;
	/** Residues of the middle that the model does not see: first and last, from 1; null where it sees all. */
	removed: {
		start: number;
		end: number;
	} | null;
	/** Δ ln p of each substitution, [T, 20] row-major, columns in the order of `ALPHABET`; 0 for the residue itself. Null where not asked for. */
	mutagenesis: Float32Array | null;
	/** Δ ln p when the `window` residues around each are hidden (code X), [T]. Null where not asked for. */
	occlusion: {
		window: number;
		delta: Float32Array;
	} | null;
	/** Signals that are known of it, from the tags of a MultiLoc header. */
	annotations: Annotation[];
}
export interface ExplainOptions extends Omit<LookOptions, "member"> {
	/** The class that is explained; default: the one that is predicted. */
	compartment?: string;
	/** Whether every substitution is tried: 19 predictions a residue. Default true. */
	mutagenesis?: boolean;
	/** Residues that are hidden at a time, odd, from 1; 0 hides none. Default 9. */
	occlusion?: number;
	/** Called as variants of a protein are done. */
	onProgress?: (progress: {
		id: string;
		done: number;
		variants: number;
	}) => void;
}
/**
 * Explains each protein's prediction. A substitution puts another amino acid in one place; for a model that reads profiles the place's profile row becomes the
 * one that stands in for a missing profile of that amino acid. Hidden residues are X, which adds nothing to any filter, with a profile row of zeros; of a
 * window that crosses the cut both sides are hidden. Δ is ln p of the variant minus ln p of the protein as it is.
 *
 * Errors: those of `readFasta`; `UNKNOWN_RESIDUE` and `INVALID_FASTA` for a record that cannot be used; `UNKNOWN_CLASS` for a class that the model does not know;
 * `INVALID_OPTION`, `INVALID_PROFILE`, `BACKEND_UNAVAILABLE`. Throws the signal's reason once it is aborted.
 */
export declare function explain(model: Model, input: PredictionInput, options?: ExplainOptions): AsyncGenerator<Explanation>;
/** A filter as a position-specific scoring matrix: what each amino acid at each of its positions adds to its sum. */
export interface FilterMatrix {
	/** `w15.3`: the third filter of width 15. */
	name: string;
	/** Residues that it spans. */
	width: number;
	/** Among the filters of its width, from 1. */
	index: number;
	/** [width, 20] row-major, columns in the order of `ALPHABET`: the filter times the encoding tables, plus the profile block's own weights. */
	scores: Float64Array;
	/** Added to the sum before ReLU. */
	bias: number;
}
/** A place in a protein where a filter is most active. */
export interface FilterHit {
	/** Record id. */
	id: string;
	/** True class. */
	class: string;
	/** First and last residue of the window in the whole sequence, from 1. Beyond an end of the protein: less than 1, or more than its length. */
	start: number;
	end: number;
	/** Residues under the filter, `-` beyond an end of the protein. */
	residues: string;
	/** After ReLU. */
	activation: number;
}
/** A filter with what it does on labelled proteins. */
export interface FilterReport {
	filter: FilterMatrix;
	/** From 1, most important first. */
	rank: number;
	/** By how much the mean −ln p of the true class rises (nats) when the filter is silenced; the measure that `rank` orders by. */
	lossIncrease: number;
	/** By how much accuracy (a share) falls when the filter is silenced. */
	accuracyDrop: number;
	/** [K], in the order of the model's classes: mean over a class's proteins of the filter's largest activation; 0 for a class without proteins. */
	classActivation: number[];
	/** The strongest hits, one a protein at most, strongest first. */
	hits: FilterHit[];
}
export interface FilterOptions extends LookOptions {
	/** Hits of each filter, at most; default 10. */
	hits?: number;
	/** Called after each filter that was silenced. */
	onProgress?: (done: number, filters: number) => void;
}
/**
 * The filters of one network as scoring matrices, widths in their order, [C]. A window's sum is the bias plus the score of each of its residues; the profile
 * block counts as if the profile were certain of the residue. Errors: `INVALID_OPTION` for a member that is not there.
 */
export declare function filterMatrices(model: Model, { member }?: Pick<LookOptions, "member">): FilterMatrix[];
/**
 * What each filter of one network does on labelled proteins, most important first. A filter's importance is measured by silencing it: its output is 0 for every
 * residue, and the rise of the mean −ln p of the true class is its cost. Windows that cross the middle cut are no hits, since their residues are not neighbours;
 * windows may reach beyond an end of the protein. Predicts all records once a filter and once more.
 *
 * Errors: `INVALID_OPTION`, also for a class that the model does not know; `INVALID_PROFILE`, `BACKEND_UNAVAILABLE`. Throws the signal's reason once it is aborted.
 */
export declare function filterReports(model: Model, records: readonly LabelledRecord[], options?: FilterOptions): Promise<FilterReport[]>;
/** A protein's place on a map. */
export interface MapPoint {
	id: string;
	/** True class. */
	class: string;
	x: number;
	y: number;
}
/** States of N proteins in one network. */
export interface ProteinStates {
	/** [N] record ids. */
	ids: string[];
	/** H. */
	hidden: number;
	/** h_T of the LSTM that reads 1..T, [N, H] row-major. */
	forward: Float32Array;
	/** h_1 of the LSTM that reads T..1, [N, H]. */
	backward: Float32Array;
	/** c = Σ α_t h_t (13), [N, 2H]; A-LSTM only. */
	context: Float32Array | null;
}
/**
 * The states of one network after it has read each protein, without dropout. An R-LSTM predicts from the last states, an A-LSTM from the context.
 * Errors: `INVALID_OPTION`, `INVALID_PROFILE`, `UNKNOWN_RESIDUE`, `BACKEND_UNAVAILABLE`. Throws the signal's reason once it is aborted.
 */
export declare function proteinStates(model: Model, records: readonly {
	id: string;
	sequence: string;
}[], options?: LookOptions): Promise<ProteinStates>;
export interface MapOptions extends Pick<RuntimeOptions, "threads"> {
	/** About how many neighbours a point has; from 1. More than (N − 1) / 3 counts as that. Default 30. */
	perplexity?: number;
	/** Steps of gradient descent, from 1; the first 250 are exaggerated. Default 1000. */
	iterations?: number;
	/** How coarse far points are taken: 0 is exact, at most 1. Default 0.5. */
	theta?: number;
	/** Of the jitter that takes equal points apart. Default 1. */
	seed?: number;
	/** Ends the work within a second. */
	signal?: AbortSignal;
}
/** A map of N points. */
export interface StateMap {
	/** [N, 2] row-major, mean 0. */
	coordinates: Float64Array;
	/** KL(P ‖ Q), nats: how much of the neighbourhoods is lost. */
	divergence: number;
}
/**
 * Barnes–Hut t-SNE (van der Maaten 2014) of `points` [N, dims], from their first two principal components. The same input and options give the same bytes on one
 * machine, for any number of threads. Errors: `INVALID_OPTION`, also for numbers that are not finite. Throws the signal's reason once it is aborted.
 */
export declare function mapStates(points: Float32Array, dims: number, options?: MapOptions): Promise<StateMap>;
/** What all figures share: ink and paper of both themes, text that cannot break out of its picture, and numbers that are the same on every machine. */
/** Dark ink on white paper, or light ink on dark. */
export type Theme = "light" | "dark";
/** Options of every figure. */
export interface FigureOptions {
	/** First line; default none. */
	title?: string;
	/** Second line, smaller; default none. */
	subtitle?: string;
	/** Default `light`. */
	theme?: Theme;
}
/** A protein of the map. */
export interface AttentionRow {
	id: string;
	/** True class. */
	class: string;
	/** [T] α of the kept residues, sum 1. */
	weights: Float32Array;
}
/** What the map's pixels are made of. */
export interface AttentionMap {
	/** Classes from top to bottom. */
	classes: string[];
	/** Proteins from top to bottom: by class, within one by length, shortest first. */
	rows: {
		id: string;
		class: string;
		residues: number;
	}[];
	/** Columns: the longest a kept sequence can be. */
	width: number;
	/** [rows, width] α in f32, as aligned: the first half of a protein's residues from the left edge, the rest to the right edge, NaN between. */
	weights: Float32Array;
	/** [rows, width] palette indices: 0 is padding, 1 to 255 rise in proportion to α. */
	levels: Uint8Array;
	/** α of level 255; larger ones are drawn like it. It is the 99.5th percentile of all α. */
	maximum: number;
}
/**
 * Lines the proteins up. `width` (columns) is at least the residues of the longest, the model's `maxResidues` for example; classes without proteins are left out.
 * Errors: `INVALID_OPTION` for no rows, a wider protein, or a class that is not in `classes`.
 */
export declare function attentionMap(rows: readonly AttentionRow[], classes: readonly string[], width: number): AttentionMap;
/**
 * An SVG around an indexed PNG whose pixels are {@link AttentionMap.levels}: a pixel row a protein, a pixel column a residue. Beside it the classes with their
 * colours, below it positions from either end, and the scale. The PNG's palette has padding first, then 255 colours in proportion to α.
 */
export declare function attentionMapFigure(map: AttentionMap, options?: FigureOptions): string;
/** The map as NPZ: `weights` [rows, width] f32 (NaN is padding), `levels` u8, `maximum`, and `ids` and `classes` as text. The same map gives the same bytes. */
export declare function attentionNpz(map: AttentionMap): Uint8Array;
/** A protein's track. */
export interface Track {
	id: string;
	/** Beside the id, for example `true ER, predicted ER 0.93`; default nothing. */
	note?: string;
	/** Residues of the whole sequence. */
	length: number;
	/** [T] α (or another value ≥ 0) of the kept residues. */
	weights: Float32Array;
	/** [T] their positions in the whole sequence, from 1, rising. What is missing between two was cut out and is marked. */
	positions: Uint32Array;
	/** Known signals; default none. */
	annotations?: readonly Annotation[];
}
export interface TrackOptions extends FigureOptions {
	/** `shared` (default): a residue is as wide in every track; `own`: each track fills the width. */
	scale?: "shared" | "own";
}
/**
 * An SVG of a track a protein, one below the other: α along the residues in the coordinates of the whole sequence, the removed middle hatched, known signals
 * above. A track's height is its own largest α, which stands at its left; the dashed line is 1/T, what even attention would give every residue.
 * Errors: `INVALID_OPTION` for no tracks, or positions that do not fit the weights.
 */
export declare function attentionTrackFigure(tracks: readonly Track[], options?: TrackOptions): string;
/**
 * An SVG with two bars a class, sensitivity and precision, each with its 95 % Wilson interval, in the class's own colour; beside each name the number of
 * proteins. What has no denominator (precision of a class that is never predicted) has no bar. Input is a confusion matrix [K, K], rows true, columns predicted.
 */
export declare function classesFigure({ classes, confusion }: {
	classes: readonly string[];
	confusion: readonly (readonly number[])[];
}, options?: FigureOptions): Promise<string>;
/**
 * `#rrggbb` of each class, in the order of `classes`. The eleven MultiLoc compartments have their own; other names get the colours that are left, in order,
 * and where none is left the colours repeat.
 */
export declare function compartmentColours(classes: readonly string[], theme?: Theme): string[];
/** Marks that tell classes apart without colour. */
export type Mark = "circle" | "square" | "triangle" | "diamond" | "down" | "cross";
/** The mark of each class in a scatter plot, in the order of `classes`. */
export declare function compartmentMarks(classes: readonly string[]): Mark[];
export interface ConfusionFigureOptions extends FigureOptions {
	/** Row percentages under the counts; default true. */
	percentages?: boolean;
}
/**
 * An SVG of a confusion matrix [K, K] (rows true, columns predicted). A cell's shade is its share of the row, so that small classes are as visible
 * as large ones; its numbers are the count and that share. Sensitivity stands at the end of each row. Readable in black and white.
 */
export declare function confusionFigure({ classes, confusion }: {
	classes: readonly string[];
	confusion: readonly (readonly number[])[];
}, options?: ConfusionFigureOptions): string;
/**
 * An SVG of two panels, loss (nats) and accuracy, against the epoch: training (with dropout), and where they were measured validation and held-out. Of several
 * members the mean is drawn, with a band from the lowest to the highest. Errors: `INVALID_OPTION` for no epochs.
 */
export declare function curvesFigure(history: readonly NativeEpochReport[], options?: FigureOptions): Promise<string>;
/** Scoring matrices as TSV: `filter`, `position` (from 1), then a column an amino acid; six significant digits. */
export declare function filterTsv(filters: readonly FilterMatrix[]): string;
/**
 * Filters in the manner of MEME's motif format (version 4), uniform background. The log-odds matrix has the scores as they are. The letter probabilities are
 * their softmax over the amino acids of a position: a filter is no alignment, so they say what it prefers, not what was seen; `nsites` is 0.
 */
export declare function filterMeme(filters: readonly FilterMatrix[]): string;
/** The strongest hits of each filter as TSV: `rank`, `filter`, `loss_increase` (nats), `accuracy_drop`, then a hit a row. */
export declare function filterHitsTsv(reports: readonly FilterReport[]): string;
/** What each filter does, as TSV: `rank`, `filter`, `loss_increase` (nats), `accuracy_drop`, then the mean peak of each class. */
export declare function filterReportTsv(reports: readonly FilterReport[], classes: readonly string[]): string;
declare const LETTER_COLOURS: {
	chemistry: {
		light: {
			hydrophobic: string;
			polar: string;
			amide: string;
			basic: string;
			acidic: string;
		};
		dark: {
			hydrophobic: string;
			polar: string;
			amide: string;
			basic: string;
			acidic: string;
		};
	};
	"colour-blind": {
		light: {
			hydrophobic: string;
			polar: string;
			amide: string;
			basic: string;
			acidic: string;
		};
		dark: {
			hydrophobic: string;
			polar: string;
			amide: string;
			basic: string;
			acidic: string;
		};
	};
};
export type LetterColours = keyof typeof LETTER_COLOURS;
export interface LogoOptions extends FigureOptions {
	/** Colours of the letters by their chemistry: `chemistry` (default), or `colour-blind`, a set that colour-blind readers can tell apart. */
	colours?: LetterColours;
}
export interface LogoSheetOptions extends LogoOptions {
	/** Whether each filter's strongest hit is told; default true. */
	hits?: boolean;
}
/**
 * An SVG logo of one filter. A letter's height is its score; positive letters stack upward from the line, negative ones downward, the largest outermost.
 * Scaled so that the tallest column (the larger of its positive and its negative sum) has height 1. Letters are drawn, so no font is needed for them.
 * Errors: `INVALID_OPTION` for a matrix of another size than [width, 20].
 */
export declare function logoFigure(filter: FilterMatrix, options?: LogoOptions): string;
/**
 * An SVG of many logos in the given order, two columns: rank and name, what silencing the filter costs, the logo, the mean peak of each class as bars, and the
 * strongest hit. `classes` are those of `classActivation`. Errors: as {@link logoFigure}; `INVALID_OPTION` for no filters.
 */
export declare function logoSheetFigure(filters: readonly FilterReport[], classes: readonly string[], options?: LogoSheetOptions): string;
export interface MutagenesisOptions extends FigureOptions {
	/** First and last position that are drawn, in the whole sequence, from 1; default all. */
	from?: number;
	to?: number;
}
/**
 * An SVG of one protein: Δ ln p of the explained class when a window is hidden (top), and for each position × amino acid the Δ ln p of that substitution
 * (heat map; blue raises, orange lowers, paper is none; a dot is the residue that is there). Known signals are marked, and so is the middle that was cut out.
 * What was not computed is left out. Errors: `INVALID_OPTION` where nothing was computed, or the range holds no residue.
 */
export declare function mutagenesisFigure(explanation: Explanation, options?: MutagenesisOptions): string;
export interface PngOptions {
	/** Pixels of the PNG for each of the SVG; more than 0, at most 8. Default 2. */
	scale?: number;
}
/**
 * PNG of an SVG figure. Text is set in the shipped font (a part of Inter), never in one of the machine's, so that the picture is the same everywhere.
 *
 * Errors: `TOOL_UNAVAILABLE` where @resvg/resvg-js is not installed (`npm install @resvg/resvg-js@2.6.2`); `INVALID_OPTION` for another scale, or text that is no SVG.
 */
export declare function figurePng(svg: string, { scale }?: PngOptions): Promise<Uint8Array>;
/**
 * An SVG of a reliability diagram: for each bin of the winning class's probability the share of right predictions with its 95 % Wilson interval, beside the
 * diagonal of a perfectly calibrated model; below it how many predictions a bin has. The expected calibration error stands in the plot.
 * Errors: `INVALID_OPTION` for no predictions.
 */
export declare function reliabilityFigure(calibration: Calibration, options?: FigureOptions): Promise<string>;
/** One map. */
export interface MapPanel {
	title: string;
	points: readonly MapPoint[];
}
/**
 * An SVG of panels side by side with one legend. A point has its class's colour and mark, and `data-row`, its place in `points` (also the same protein's in
 * the other panels), and `data-id`: a page can link them. Axes have no unit, so none are drawn; both have one scale within a panel.
 * Points are drawn in a shuffled order, the same each time, so that no class lies on top.
 * Errors: `INVALID_OPTION` for no panels, or a point of another class than `classes`.
 */
export declare function tsneFigure(panels: readonly MapPanel[], classes: readonly string[], options?: FigureOptions): string;
/** The points of all panels as TSV: id, class, and x and y of each panel; six significant digits. Panels hold the same proteins in the same order. */
export declare function tsneTsv(panels: readonly MapPanel[]): string;
/** Residues of the whole sequence, from 1, both ends included, and the attention that they hold. */
export interface AttentionSpan {
	start: number;
	end: number;
	/** Σα of its residues, 0 to 1. */
	weight: number;
}
/**
 * The residues, heaviest first, that together hold `share` of the attention (default a half); those that adjoin in the sequence form a span. In the order
 * of the sequence. Of equal weights the earlier residue comes first.
 */
export declare function attentionSpans(attention: NonNullable<Prediction["attention"]>, share?: number): AttentionSpan[];
/** SHA-256 of a model's model.safetensors: of the file that it was loaded from, or would be saved as. */
export declare function modelDigest(model: Model): Promise<string>;
export interface MergeOptions {
	/** Joins parts that were computed on different devices, instruction sets or versions: they agree to rounding alone. Default false. */
	allowMixed?: boolean;
	/** Ends the merge; what stood in the output's place stays. */
	signal?: AbortSignal;
}
/** What was merged. */
export interface MergedShards {
	/** The table, and the GFF3 file where the shards have one. */
	outputs: string[];
	shards: number;
	records: number;
	problems: number;
	missingProfiles: number;
}
/**
 * Joins the shards of a folder in their order: the bytes are those of a run in one piece. Looks first whether all of them are there, whole (their digests),
 * disjoint, and of one input, model and set of options. `output` is a path, or a stream for the table alone.
 *
 * Errors: `INVALID_SHARD`, which names each shard that is missing, and each file that is no part of the job; `INVALID_OPTION` where the output's ending is
 * another format's; `INPUT_MISSING`; `IO`.
 */
export declare function mergeShards(folder: string, output: string | Writable, { allowMixed, signal }?: MergeOptions): Promise<MergedShards>;
/** Trainings that belong together. */
export interface MergedRuns {
	kind: "ensemble" | "cross-validation";
	/** All members, in order, with the training's record as of one run; close it when done. */
	model: Model;
	/** Of a cross-validation: the ensemble of each fold, in order; close them when done. Else empty. */
	folds: Model[];
}
/**
 * Joins the run folders inside a folder: the members that `train` made with `member`, or the folds that it made with `fold`. On the CPU the model is that
 * of the job in one piece, to the bit. Looks first whether all members or folds are there and finished, and of one dataset, configuration and split.
 *
 * Errors: `INVALID_SHARD`, which names what is missing, unfinished or a stranger; `INVALID_MODEL`, `INVALID_CONFIG`, `INPUT_MISSING`, `IO`.
 */
export declare function mergeRuns(folder: string, { allowMixed, signal }?: MergeOptions): Promise<MergedRuns>;
/**
 * What the cross-validation in one piece would have answered: each record predicted by the fold that held it out. The models are those of `merged`.
 * Errors: `INVALID_SPLIT` for another dataset; those of `predict`.
 */
export declare function crossValidationOf({ model, folds }: MergedRuns, dataset: Dataset, options?: PredictOptions): Promise<CrossValidation>;
/** Whether a folder holds runs: it decides what `subloc merge` joins. Errors: `INPUT_MISSING`, `IO`. */
export declare function holdsRuns(folder: string): Promise<boolean>;
/** What {@link textLines} reads: a path, `-` for stdin, or a stream of bytes. */
export type TextSource = string | Readable;
export interface PlanOptions extends RuntimeOptions {
	/** How long one shard should take, in hours; default 1. */
	hours?: number;
	/** How long to measure, at least, in seconds; default 3. */
	measureSeconds?: number;
	/** Ends the planning. */
	signal?: AbortSignal;
}
/** What was found, and what follows from it. */
export interface PredictionPlan {
	records: number;
	residues: number;
	/** Residues of the longest record. */
	longest: number;
	/** Residues that are computed: longer proteins lose their middle. */
	computed: number;
	/** Residues a second, as measured here. */
	residuesPerSecond: number;
	/** Expected for the whole input, in seconds, on this machine. */
	seconds: number;
	/** Expected for a process, with a fifth to spare, in bytes. */
	memoryBytes: number;
	/** Advised number of shards. */
	shards: number;
	threads: number;
	backend: string;
}
/**
 * Reads all of a FASTA file (gzip too) in bounded memory, and predicts a sample of it for a few seconds. The sample is drawn from the whole file, always the
 * same; the memory is the process's largest, and what a full chunk would add to it.
 *
 * Errors: those of `readFasta` for a file that is damaged as a whole, and of `predict`; `INVALID_OPTION`.
 */
export declare function planPrediction(model: Model, input: TextSource, options?: PlanOptions): Promise<PredictionPlan>;
export declare const PREDICTION_FORMATS: readonly [
	"tsv",
	"csv",
	"jsonl"
];
/** `tsv` and `csv` have a header line; `jsonl` has an object a line. */
export type PredictionFormat = (typeof PREDICTION_FORMATS)[number];
export interface PredictionFormatter {
	/** Text before the first row; empty for `jsonl`. */
	header: string;
	/** A row with its line end. */
	row(prediction: Prediction): string;
}
/**
 * How predictions are written: `id`, `status` (`ok`, or `skipped:CODE`), `compartment`, `probability`, `spread`, then the probability of each class. Cells
 * of a skipped record are empty (null in `jsonl`, which also gives the problem's message). Probabilities have six decimals. In `tsv` a control character
 * (a tab, a line end) becomes a space.
 *
 * Errors: `INVALID_OPTION` for an unknown format.
 */
export declare function predictionFormatter(format: PredictionFormat, classes: readonly string[]): PredictionFormatter;
/** One of `count` parts, from 1. */
export interface Shard {
	index: number;
	count: number;
}
/** The records of a shard. */
export interface ShardBlock {
	/** Records before it. */
	first: number;
	records: number;
	residues: number;
}
/** What an input holds, and how it is divided. */
export interface ShardPlan {
	records: number;
	residues: number;
	/** Residues of the longest record. */
	longest: number;
	/** SHA-256 over ids and sequences: the same for a file that is packed or wrapped otherwise. */
	digest: string;
	/** [N], in order; together they hold every record once. */
	shards: ShardBlock[];
}
/**
 * Divides the records of a FASTA file (gzip too) into `count` contiguous shards that are balanced by residues, in one pass and bounded memory. It depends
 * on the records alone. A shard of an input with fewer records than shards may be empty. Inputs of more than 131,072 records are cut between blocks of
 * 2, 4, 8, … records, as the memory asks for.
 *
 * Errors: those of `readFasta` for a file that is damaged as a whole; `INVALID_OPTION`.
 */
export declare function planShards(input: TextSource, count: number, signal?: AbortSignal): Promise<ShardPlan>;
export interface PredictFileOptions extends Omit<PredictOptions, "attention" | "members"> {
	/** Default `tsv`. */
	format?: PredictionFormat;
	/** Predicts one of N contiguous parts, balanced by residues; the output is a folder then. Not for stdin or a stream. */
	shard?: Shard;
	/** Goes on where a former run was stopped or killed; begins anew where there is none, or one of another input, model, option or device. */
	resume?: boolean;
	/** Folder of the journal; default: beside the output. */
	journal?: string;
	/** Folder of a prediction cache, which many runs may share: each different protein is computed once. Not with `spans`. */
	cache?: string;
	/** Bytes that the cache may grow to; default 1 GiB. */
	cacheBytes?: number;
	/** Also writes where an A-LSTM looked, as GFF3 beside the output; default false. */
	spans?: boolean;
	/** Called with every prediction that is computed; not with those that were written before. */
	onPrediction?: (prediction: Prediction) => void;
	/** Called with what was decided without being asked. */
	onWarning?: (warning: string) => void;
}
/** What {@link predictFile} has written. */
export interface PredictedFile {
	/** The table. */
	output: string;
	/** The GFF3 file, where it was asked for. */
	spans: string | null;
	/** Rows of the table. */
	records: number;
	/** Of them, those that could not be predicted. */
	problems: number;
	/** Of them, those whose profile was missing. */
	missingProfiles: number;
	/** Of them, those that a former run had written. */
	resumed: number;
	/** Whether a finished shard was found, so that nothing was done. */
	wasFinished: boolean;
}
/**
 * Predicts an input into a file, or a shard of it into a folder. Rows are written as they come, beside the place of the output and with a journal
 * (`<output>.<token>.partial` and `.journal`); the output appears when it is whole. A run that was killed at any moment and is run again with `resume`
 * gives the same bytes as one that was not.
 *
 * A shard makes `shard-0003-of-0016.tsv`, and a record of what it is, `shard-0003-of-0016.json`; one that is finished already is left as it is.
 *
 * Errors: those of `predict`; `INVALID_SHARD` where the folder holds a shard of another job, or the input has changed since the run before;
 * `INVALID_OPTION`; `IO`.
 */
export declare function predictFile(model: Model, input: PredictionInput, output: string, options?: PredictFileOptions): Promise<PredictedFile>;
/** The task that a scheduler gave to this process. */
export interface ArrayTask {
	/** The number as the scheduler counts. */
	id: number;
	/** Number of the first task: 0 or 1. A Slurm array's, where it shows that it counts from 0. */
	base: 0 | 1;
	/** The environment variable that told. */
	variable: string;
	/** Whether the base was guessed: a part of an array does not show where the whole begins. */
	isGuess: boolean;
}
type Environment = Readonly<Record<string, string | undefined>>;
/**
 * Which task of an array this process is, from `SLURM_ARRAY_TASK_ID`, `PBS_ARRAY_INDEX` (`PBS_ARRAYID`), `SGE_TASK_ID`, `LSB_JOBINDEX`,
 * `AWS_BATCH_JOB_ARRAY_INDEX`, `JOB_COMPLETION_INDEX` or `SLURM_PROCID`, the first that is set. Arrays count from 1; the last three count from 0, and so
 * does a Slurm array whose `SLURM_ARRAY_TASK_MIN` is 0. Null where none is set. `SLURM_PROCID` counts only in a step of as many tasks as there are parts,
 * since every batch job has it.
 *
 * The number of parts is never read: a part of the array that is submitted again changes what the scheduler counts.
 *
 * Errors: `INVALID_OPTION` for a value that is no whole number.
 */
export declare function arrayTask(parts: number, env?: Environment): ArrayTask | null;
/**
 * The part, from 1, of `parts` that this process is to do, and how its array counts. `folder` is where the tasks of the array meet: a task of the whole
 * array leaves its count there, and one that is submitted again alone reads it.
 *
 * Errors: `INVALID_OPTION` where the environment names no task, or one that is none of the parts; `IO`.
 */
export declare function partFromEnvironment(parts: number, folder: string, env?: Environment): Promise<number>;
/** How Slurm calls the job, or the task of an array, of this process; null outside of Slurm. */
export declare function slurmJob(env?: Environment): string | null;
/** What the JSON file beside a shard says. */
export interface ShardRecord {
	version: 1;
	shard: Shard;
	/** Its records within the input. */
	block: {
		first: number;
		records: number;
		residues: number;
	};
	/** The whole input. */
	input: {
		name: string;
		digest: string;
		records: number;
		residues: number;
	};
	/** SHA-256 of model.safetensors. */
	model: string;
	/** SHA-256 of the options that change what is predicted. */
	options: string;
	format: PredictionFormat;
	device: {
		backend: string;
		cpuIsa: string;
		precision: string;
	};
	versions: {
		sublocNative: string;
		node: string;
	};
	/** Of `records`, those that could not be predicted, and those whose profile was missing. */
	counts: {
		records: number;
		problems: number;
		missingProfiles: number;
	};
	/** The table, then, where asked for, the attention spans. `headerBytes`: what a merge leaves out of all but the first. */
	files: {
		name: string;
		headerBytes: number;
		bytes: number;
		sha256: string;
	}[];
	/** ISO 8601, UTC. */
	finished: string;
}
declare const EXIT_CODES: {
	readonly SIGINT: 130;
	readonly SIGTERM: 143;
	readonly SIGHUP: 75;
	readonly SIGUSR1: 75;
	readonly SIGUSR2: 75;
};
/** A signal that stops work. */
export type StopSignal = keyof typeof EXIT_CODES;
/** Why work was stopped from outside: the reason of the AbortSignal of {@link stopSignals}. */
export declare class StoppedBySignal extends Error {
	readonly name = "StoppedBySignal";
	readonly signal: StopSignal;
	/** 130 after SIGINT, 143 after SIGTERM, else 75. */
	readonly exitCode: number;
	/** @internal */
	constructor(signal: StopSignal);
	/** Whether a scheduler has warned before a time limit or a preemption (SIGUSR1, SIGUSR2, SIGHUP), so that the job should be queued again. */
	get isWarning(): boolean;
}
/** Ears for the stop signals; `close` ends them. */
export interface StopSignals {
	/** Aborted by the first stop signal, with a {@link StoppedBySignal} as the reason. */
	readonly signal: AbortSignal;
	/** From here on signals do what they do without. Idempotent. */
	close(): void;
	[Symbol.dispose](): void;
}
/**
 * Listens for SIGTERM, SIGINT, SIGHUP, SIGUSR1 (which opens Node's debugger otherwise) and SIGUSR2. The first one aborts `signal`; work that has been given
 * it saves its state and rejects. A second SIGINT or SIGTERM, or four seconds without an end, ends the process with the first one's exit code: what is on
 * the disk then is whole.
 */
export declare function stopSignals(): StopSignals;
/** Ready files for a cluster, as text. */
/** What the files are to say. */
export interface TemplateValues {
	/** FASTA file. */
	input: string;
	/** Run folder or model.safetensors. */
	model: string;
	/** Number of shards. */
	shards: number;
	/** Cores of a task. */
	cpus: number;
	/** Memory of a task. */
	memoryMiB: number;
	/** Time limit of a task. */
	minutes: number;
}
export declare const TEMPLATE_KINDS: readonly [
	"slurm",
	"snakemake",
	"nextflow"
];
/** `slurm`: batch scripts; `snakemake`: a Snakefile; `nextflow`: a pipeline. */
export type TemplateKind = (typeof TEMPLATE_KINDS)[number];
/** Name → text of the files that run a prediction in shards under a workflow manager or a scheduler. */
export declare function jobTemplates(kind: TemplateKind, values: TemplateValues): Record<string, string>;
/**
 * Writes a file beside its place and renames it; what stood there stays until then. A device or a pipe is written to as it is.
 * Errors: `IO` with `stage` `create` or `write`.
 */
export declare function writeWhole(path: string, text: string | Uint8Array): Promise<void>;
/** Makes a folder with its parents. Errors: `IO` with `stage` `create`. */
export declare function makeFolder(path: string): Promise<void>;
export interface WritePredictionsOptions {
	/** The model's classes, in order. */
	classes: readonly string[];
	/** Default `tsv`. */
	format?: PredictionFormat;
}
/**
 * Writes predictions to a file's path or a stream in the order they come, waiting where the other side is slow, so that memory stays bounded.
 *
 * A file is written beside its place as `<name>.partial` and renamed when it is whole; when the predictions end with an error, the rows before it stay in
 * the partial file, what stood in the place stays too, and the error is thrown on; without a row there is no partial file. Devices and pipes are written as
 * they are; a stream is not closed.
 *
 * Errors: `IO` with `stage` `create` or `write`, and those of the predictions.
 */
export declare function writePredictions(predictions: AsyncIterable<Prediction> | Iterable<Prediction>, output: string | Writable, { classes, format }: WritePredictionsOptions): Promise<void>;
/** A protein of a report. */
export interface ReportProtein {
	/** The rest of its header; empty where there is none. */
	description: string;
	/** The whole sequence; null where it is not at hand. */
	sequence: string | null;
	/** Its true place; null where that is not known. */
	class: string | null;
	/** Known sorting signals. */
	annotations: readonly Annotation[];
	prediction: Prediction;
}
/** A plane with a point for each of some proteins, as t-SNE gives it. Only the order of distances counts: axes have no unit. */
export interface ReportMap {
	title: string;
	/** Rows of `proteins`, and where each of them is. */
	points: readonly {
		row: number;
		x: number;
		y: number;
	}[];
}
/** A picture for both themes, as SVG. */
export interface ReportFigure {
	/** Where it stands. */
	section: "training" | "probabilities" | "filters" | "attention";
	/** What it is, in a word or two. */
	title: string;
	/** What is seen, in a sentence. */
	caption: string;
	light: string;
	dark: string;
}
/** What the proteins are, which decides what their accuracy means. */
export type ReportSubject = 
/** The part that the model's training held out. */
{
	kind: "held-out";
}
/** Every fold of a cross-validation, each by the model that did not see it. */
 | {
	kind: "cross-validation";
}
/** Labelled proteins of another source; `shared` of their ids stand in the training data, null where that is not known. */
 | {
	kind: "independent";
	shared: number | null;
}
/** Proteins whose place is not known. */
 | {
	kind: "unknown";
};
export interface ReportContent {
	/** Headline; the page's title too. */
	title: string;
	subject: ReportSubject;
	/** Where the proteins come from: a file's name without its folder. */
	source: string;
	/** Class names, in the order of the model. */
	classes: readonly string[];
	/** Null where only predictions are at hand. */
	model: ModelInfo | null;
	/** Null where nothing is known of the training. */
	training: {
		config: TrainingConfig;
		info: RunInfo;
	} | null;
	/** Null without true places. */
	evaluation: Evaluation | null;
	/** Null without true places. */
	calibration: Calibration | null;
	/** Every protein, those that were skipped too, in the order of the input. */
	proteins: readonly ReportProtein[];
	maps: readonly ReportMap[];
	figures: readonly ReportFigure[];
}
/**
 * The page of a content; the same content gives the same bytes. All text is data: ids, headers and class names are escaped wherever they stand. Styles and
 * script are allowed by their hash, pictures come from the file itself, and everything else is forbidden to the browser.
 */
export declare function reportPage(content: ReportContent): string;
/** The model's work that a report needs, and on which proteins. */
export interface ReportOptions extends Omit<PredictOptions, "attention" | "members" | "onProblem"> {
	/** Headline; default: the run folder's name. */
	title?: string;
	/**
	 * Labelled proteins (of the data that the model was trained on the held-out part alone is told of), or proteins whose place is not known. Default: what the
	 * run folder holds of the training's own scores; attention, sequences and maps are then missing.
	 */
	proteins?: Dataset | readonly ProteinRecord[];
	/** Where proteins without known places come from, as the page calls it; default `proteins`. */
	source?: string;
	/**
	 * Proteins that the filters' importance is measured on, evenly over the classes: every filter is silenced in turn, and all of them predicted. Default 100; 0
	 * leaves the filters out. Proteins without known places have none.
	 */
	filterProteins?: number;
	/** Called when the next part of the work begins: `predictions`, `maps`, `filters`, `pictures`. */
	onProgress?: (part: string) => void;
	/** Predictions of the proteins, in their order, where they have been made (with `attention` and `members`, to be told of). Default: they are made. */
	predictions?: readonly Prediction[];
}
/** A report that can be written to a file. */
export interface Report {
	/** The page, whole. */
	html: string;
	/** What its proteins are. */
	subject: ReportSubject;
}
/**
 * Makes the report of a run folder or a loaded model: one HTML file that needs no network and no other file. It holds the ids, headers and sequences of its
 * proteins (sequences and attention where all have 12 million residues at most). The same run and proteins give the same bytes.
 *
 * @example
 * const dataset = await readDataset('proteins/')
 * const { html } = await report('runs/first', { proteins: dataset })
 * await writeWhole('runs/first/report.html', html)
 *
 * Errors: those of `loadModel` and `predict`; `INPUT_MISSING` where the run folder has no scores and no proteins are given; `UNKNOWN_CLASS`;
 * `INVALID_DATASET` where the model was trained on all of the proteins. Throws the signal's reason once it is aborted.
 */
export declare function report(run: string | Model, options?: ReportOptions): Promise<Report>;
/** The 20 amino acids in the order of every table and profile here. */
export declare const ALPHABET = "ARNDCQEGHILKMFPSTWYV";
export interface InputProblem {
	code: ErrorCode;
	line: number;
	record: string;
	message: string;
}
export interface InputReport {
	file: string;
	/** Records, the unusable ones too. */
	records: number;
	/** Records that can be predicted. */
	usable: number;
	/** Residues of the usable records. */
	residues: number;
	/** Length in residues of the usable records; null where there is none. */
	length: {
		min: number;
		median: number;
		max: number;
	} | null;
	/** Records longer than `maxResidues`, which lose their middle. */
	cut: number;
	maxResidues: number;
	/** Letters outside the 20 and how often they occur: B, J, O, U, X, Z. */
	nonStandard: Record<string, number>;
	/** Records whose first residue is not M: fragments or mature proteins, which have lost their targeting signal. */
	firstNotMethionine: number;
	/** Ids that occur more than once, at most 100. */
	duplicateIds: string[];
	/** Records whose sequence an earlier record has. */
	duplicateSequences: number;
	/** The first 100 problems. */
	problems: InputProblem[];
	/** All of them. */
	problemCount: number;
}
/**
 * Reads all of a FASTA file (path, `-` for stdin, or a stream; gzip too) and reports on it; holds an id and a digest a record in memory.
 *
 * Errors: `INPUT_MISSING`, `IO`, and `INVALID_FASTA` for a file that is damaged as a whole.
 */
export declare function checkFasta(source: TextSource, { maxResidues }?: {
	maxResidues?: number | undefined;
}): Promise<InputReport>;
export interface ReadFastaOptions {
	/** Ends the reading: a source that gives nothing is closed. */
	signal?: AbortSignal;
	/**
	 * What a record does that cannot be used (no residue, no id, a character that is no letter). `fail`, the default, throws; `report` gives the record
	 * with `problem` set and an empty sequence, and goes on. A file that is damaged as a whole (gzip, text before the first `>`, no record) always throws.
	 */
	onProblem?: "fail" | "report";
}
/**
 * Records of a FASTA file in order, in memory one at a time.
 *
 * `source` is a path, `-` for stdin, or a stream; gzip is recognised by its first bytes. Line ends may be `\n`, `\r\n` or `\r`; a byte order mark,
 * blank lines, spaces inside a sequence and lines that begin with `;` are ignored; lower case is read as upper case; one `*` at the end of a
 * sequence is dropped. Letters A–Z are residues. Ids may repeat here (`check` reports them, a dataset refuses them).
 *
 * Errors: `INPUT_MISSING`, `IO`, `INVALID_FASTA`, `UNKNOWN_RESIDUE`; with file, line and record.
 */
export declare function readFasta(source: TextSource, options?: ReadFastaOptions): AsyncGenerator<SequenceRecord>;

export {};
