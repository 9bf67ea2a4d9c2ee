// Generated from src-ts/index.ts by `npm run api`; not edited by hand.

import { Readable, Writable } from 'node:stream';
import { z } from 'zod';

/** The package's one error: a stable code, a sentence for a person, and the facts as fields. docs/errors.md explains each code. */
/** What went wrong. The codes are part of the interface; messages are not. */
export type ErrorCode = "INVALID_OPTION" | "INVALID_CONFIG" | "INVALID_FASTA" | "UNKNOWN_RESIDUE" | "UNKNOWN_CLASS" | "INVALID_DATASET" | "INVALID_SPLIT" | "INVALID_PROFILE" | "INVALID_FEATURES" | "INVALID_SHARD" | "INPUT_MISSING" | "INVALID_MODEL" | "BACKEND_UNAVAILABLE" | "TOOL_UNAVAILABLE" | "OUT_OF_MEMORY" | "DEVICE_LOST" | "TRAINING_DIVERGED" | "INTERNAL" | "IO" | "CANCELLED";
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
/** Formats that are read; told by their first line. */
export type ProfileFormat = "psiblast" | "mmseqs" | "a3m" | "hhm";
/** One profile of a file. */
export interface FoundProfile {
	format: ProfileFormat;
	/** The file, for messages. */
	file: string;
	/** Where it begins, from 1. */
	line: number;
	/** The protein's name inside the file; null where the format has none. */
	name: string | null;
	/** MMseqs2's number of the query in its database; null in other formats. */
	key: number | null;
	/** One letter a row, upper case: the protein's residues, or those of a consensus. */
	letters: string;
	/** MMseqs2 prints the most likely residue and not the protein's own: the letters agree with the sequence only roughly. */
	isConsensus: boolean;
	/** Rows [T, 20], round(200 · p). */
	rows: Uint8Array;
	/** Lines of the rows, from 1. */
	lines: readonly number[];
	/** Aligned sequences that are not the protein itself; null where the format does not tell. */
	homologues: number | null;
}
/** The protein that a profile is for. */
export interface ProfiledRecord {
	id: string;
	/** Letters A–Z. */
	sequence: string;
}
/** What {@link textLines} reads: a path, `-` for stdin, or a stream of bytes. */
export type TextSource = string | Readable;
/**
 * Which of PSI-BLAST's two tables gives the rows: `percent`, the weighted observed percentages (what the paper's group used), or `score`, the residue
 * probabilities that the log-odds scores imply, which hold pseudocounts.
 */
export declare const PSSM_VALUES: readonly [
	"percent",
	"score"
];
export type PssmValues = (typeof PSSM_VALUES)[number];
/** A protein's profile, to be stored. */
export interface StoredProfile extends ProfiledRecord {
	/** [T, 20], round(200 · p); null where it was searched and has none. */
	rows: Uint8Array | null;
	/** Sequences of the database that were aligned, other than the protein itself; null where that is not known. */
	homologues: number | null;
}
export interface ImportProfilesOptions {
	/** Which table of a PSI-BLAST matrix. Default `percent`. */
	pssm?: PssmValues;
	/**
	 * MMseqs2's list of its queries (`<queryDB>.lookup`), which says whose profile `sequence N` is. Default: a file of the profile's name with the ending
	 * `.lookup`, where there is one.
	 */
	lookup?: string;
	/** Ends the reading. */
	signal?: AbortSignal;
}
/** A profile that none of the proteins claims. */
export interface UnclaimedProfile {
	file: string;
	line: number;
	/** Its name; the file's where it has none. */
	name: string;
}
/** What {@link importProfiles} gives: a protein's profile, or one that nobody wants. */
export type ImportedProfile = {
	profile: StoredProfile;
	file: string;
} | {
	unclaimed: UnclaimedProfile;
};
/**
 * Reads profiles and finds the protein of each: by the file's name without its endings (`P12345.pssm`), by the name inside the file (A3M, HHM; `sp|P12345|X` is
 * also P12345), by MMseqs2's lookup file, or, where no name fits and the letters are the protein's own, as the only protein with that sequence. Each is checked
 * against its protein's length and residues. A folder stands for its files, in order of name, without those that begin with a dot; the folder of a
 * packed store gives its profiles of the proteins.
 *
 * Errors: `INVALID_PROFILE` with file, line, record and the first residue that differs, also where two profiles are for one protein; `INPUT_MISSING`; `IO`.
 */
export declare function importProfiles(files: readonly string[], records: readonly ProfiledRecord[], { pssm, lookup, signal }?: ImportProfilesOptions): AsyncGenerator<ImportedProfile>;
export interface StoreImportedOptions extends ImportProfilesOptions {
	/** Folder of the store; made where it is not there. */
	output: string;
	/** Adds to a store of imported profiles: those of proteins that it has are passed over. Default false. */
	resume?: boolean;
	/** After each profile that was stored: how many there are. */
	onProgress?: (stored: number) => void;
}
/** What an import has made. */
export interface ImportReport {
	output: string;
	/** Profiles that were stored now. */
	imported: number;
	/** Profiles of the store. */
	withProfile: number;
	/** Ids of the proteins that still have none. */
	missing: string[];
	/** Profiles of no protein. */
	unclaimed: UnclaimedProfile[];
}
/**
 * Reads profiles of files (PSI-BLAST's text matrices, MMseqs2's `profile2pssm`, A3M, HHM, packed stores; see `importProfiles`) and stores those of the given
 * proteins. Each is checked against its protein; what was stored before an error stays.
 *
 * Errors: `INVALID_PROFILE` with file, line, record and residue; `INVALID_OPTION`, `INPUT_MISSING`, `INVALID_CONFIG`, `INVALID_DATASET`, `IO`.
 */
export declare function storeImportedProfiles(given: readonly ProfiledRecord[], files: readonly string[], options: StoreImportedOptions): Promise<ImportReport>;
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
interface DatabaseInfo {
	/** As it was given. */
	path: string;
	/** A FASTA file, or what the tool has made of one. */
	form: "fasta" | "made";
	/** Of all files that the digest covers. */
	bytes: number;
	/** SHA-256 of the file, or of the lines `name, bytes, SHA-256` of its files in order of name. */
	sha256: string;
	/** Newest change of a file, ms since 1970: a resumed run hashes again where this or the size differs. */
	changed: number;
}
/** What `profiles.json` says. */
export interface ProfilesInfo {
	/** Of this file. */
	formatVersion: 1;
	/** `mmseqs`, `psiblast`, or `import` where they were made elsewhere. */
	tool: {
		name: "mmseqs" | "psiblast" | "import";
		version: string | null;
	};
	/** null for imported ones. */
	database: DatabaseInfo | null;
	settings: {
		/** Rounds of the search. */
		iterations: number | null;
		evalue: number | null;
		/** Of PSI-BLAST: the table that gave the rows. */
		pssm: "percent" | "score";
	};
	/** Of a shard: which part of how many, and the SHA-256 over ids and sequences of the whole input; absent where the input is one piece. */
	shard?: {
		index: number;
		count: number;
		input: string;
	};
	/** Command lines, with QUERY and DB for what changes; or the files that were imported. */
	commands: string[];
	/** Records of the store so far. */
	proteins: number;
	/** Those of them that have a profile. */
	withProfile: number;
	/** Every run that has added to the store. */
	runs: {
		started: string;
		finished: string | null;
		threads: number | null;
		version: string;
		added: number;
	}[];
}
/** Programs that make profiles. */
export declare const PROFILE_TOOLS: readonly [
	"mmseqs",
	"psiblast"
];
export type ProfileTool = (typeof PROFILE_TOOLS)[number];
export interface MakeProfilesOptions {
	/** Folder of the store; made where it is not there. */
	output: string;
	/** A FASTA file, or the prefix of a database that the tool has made (`mmseqs createdb`, `makeblastdb`). */
	database: string;
	/** Default `mmseqs`. */
	tool?: ProfileTool;
	/** Rounds of the search, 1 to 20. Default 3. */
	iterations?: number;
	/** Largest E-value of a hit that counts, above 0. Default 1e-3. */
	evalue?: number;
	/** Of PSI-BLAST: which table gives the rows. Default `percent`. */
	pssm?: PssmValues;
	/** CPU threads of MMseqs2, processes of PSI-BLAST. Default: the cores that this process was given. */
	threads?: number;
	/** Goes on with a store of the same tool, database and settings: proteins that it has are passed over. Default false. */
	resume?: boolean;
	/** Proteins a batch; what a stop can cost with MMseqs2. Default 5000, of PSI-BLAST 1000, where each protein is stored by itself. */
	batch?: number;
	/**
	 * One of `count` parts, from 1, balanced by residues: `records` are all of them, and every process takes its own. The parts lie side by side in `output` and
	 * are read as one store once all are finished. Default: all records, one part.
	 */
	shard?: {
		index: number;
		count: number;
	};
	/** Ends the run; what is stored stays. */
	signal?: AbortSignal;
}
/** How far a run is; some are skipped where they follow each other closely. */
export interface ProfileProgress {
	/** Proteins of the store, with those of earlier runs. */
	done: number;
	/** All proteins. */
	total: number;
	/** Those done that have a profile. */
	withProfile: number;
	/** What is going on: `database`, `search`, `result2profile`, … */
	step: string;
	/** Something to know; absent mostly. */
	warning?: string;
}
/** What a run has made. */
export interface ProfileReport {
	output: string;
	/** Proteins of the store. */
	proteins: number;
	withProfile: number;
	/** Those that were in the store before. */
	before: number;
	info: ProfilesInfo;
}
/**
 * Searches a database for relatives of each protein and stores their profiles (docs/profiles.md). A protein that has no relatives there has no profile: the
 * store says so, and `missingProfile` decides what a model reads. Ids are unique; two proteins of one id must be equal.
 *
 * Temporary files go to TMPDIR and are removed. What is stored stays stored, however the run ends: with `resume` it goes on after it.
 *
 * Errors: `TOOL_UNAVAILABLE` with the tool's last lines, `INVALID_OPTION`, `INPUT_MISSING` for the database, `INVALID_CONFIG` for a resumed store of other
 * settings, `INVALID_SHARD` where the folder's other parts are of another input, database or setting, `INVALID_DATASET` for an id of two sequences, `IO`; the signal's reason.
 */
export declare function makeProfiles(records: readonly ProfiledRecord[], options: MakeProfilesOptions): Run<ProfileProgress, ProfileReport>;
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
	profileDropout: z.ZodNumber;
	extraFeatures: z.ZodInt;
	maxResidues: z.ZodInt;
	cutGap: z.ZodInt;
	filterWidths: z.ZodArray<z.ZodInt>;
	filtersPerWidth: z.ZodInt;
	secondConv: z.ZodNullable<z.ZodObject<{
		widths: z.ZodArray<z.ZodInt>;
		filtersPerWidth: z.ZodInt;
	}, z.core.$strict>>;
	hidden: z.ZodInt;
	attention: z.ZodNullable<z.ZodInt>;
	pooling: z.ZodEnum<{
		attention: "attention";
		"attention+last": "attention+last";
	}>;
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
	loss: z.ZodEnum<{
		softmax: "softmax";
		"multi-label": "multi-label";
	}>;
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
	profileDropout: z.ZodOptional<z.ZodNumber>;
	extraFeatures: z.ZodOptional<z.ZodInt>;
	maxResidues: z.ZodOptional<z.ZodInt>;
	cutGap: z.ZodOptional<z.ZodInt>;
	filterWidths: z.ZodOptional<z.ZodArray<z.ZodInt>>;
	filtersPerWidth: z.ZodOptional<z.ZodInt>;
	secondConv: z.ZodOptional<z.ZodNullable<z.ZodObject<{
		widths: z.ZodArray<z.ZodInt>;
		filtersPerWidth: z.ZodInt;
	}, z.core.$strict>>>;
	hidden: z.ZodOptional<z.ZodInt>;
	attention: z.ZodOptional<z.ZodNullable<z.ZodInt>>;
	pooling: z.ZodOptional<z.ZodEnum<{
		attention: "attention";
		"attention+last": "attention+last";
	}>>;
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
	loss: z.ZodOptional<z.ZodEnum<{
		softmax: "softmax";
		"multi-label": "multi-label";
	}>>;
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
 * was asked for by name; an R-LSTM has `pooling` attention, which is without effect there, unless another is asked for.
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
	/** Its compartment; of a multi-label dataset its labels in byte order, joined by `;`. */
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
	/** Whether a record's class names any number of labels, and `classes` are these. */
	readonly multiLabel?: boolean;
	/** Files of the folder that were not read, because their names are not those of FASTA files. */
	readonly ignored: readonly string[];
}
export interface ReadDatasetOptions {
	/** The classes that may occur, in any order; `UNKNOWN_CLASS` for another. Default: those that do occur. */
	classes?: readonly string[];
	/** A dataset to learn from needs two classes with records; one to evaluate on does not. Default 2. */
	minimumClasses?: number;
	/**
	 * Reads a class value as any number of labels joined by `;`. Of a folder, a protein that stands in several classes' files with the same id and sequence is one
	 * record with all of their labels. Default false: such a protein is an error, and `;` is part of a name.
	 */
	multiLabel?: boolean;
}
/**
 * Reads a dataset: a folder with one `<class>.fasta` (or `.fa`, `.faa`, `.fas`, `.fsa` in any case, each also `.gz`) a class, or a TSV with the columns
 * `id`, `sequence`, `class` and optionally `fold` and `cluster`, in capital or small letters (`.gz` too). Records keep their order: files in byte order of their class, records as they
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
export declare function makeDataset(records: readonly LabelledRecord[], { classes, minimumClasses, multiLabel, source, }?: ReadDatasetOptions & {
	source?: string;
}): Dataset;
/**
 * The dataset with each class value read as labels joined by `;`: a record's `class` becomes its labels in byte order, `classes` are the labels. A
 * multi-label dataset is given back as it is. Errors: `INVALID_DATASET` for an empty label, or all records with one label.
 */
export declare function multiLabelDataset(dataset: Dataset): Dataset;
/**
 * A record's part: a fold from 1 of a cross-validation, or a fixed part of a single run.
 */
export type Part = number | "train" | "validation" | "test";
/** An assignment of all records of a dataset. */
export interface Split {
	/** How it was made: `stratified`, `homology`, `column`, `file`, or another method's name. Printed beside every accuracy. */
	readonly by: string;
	/** Part of each record, in the order of the dataset. */
	readonly parts: readonly Part[];
	/** Number of folds, or 0 where the parts are train, validation and test. */
	readonly folds: number;
	/** Homology cluster of each record, in the order of the dataset; absent where the split has none. */
	readonly clusters?: readonly string[];
	/** What it was made with, seed included; absent where that is not known. */
	readonly settings?: Readonly<Record<string, string | number | boolean>>;
}
/** Rows of a dataset for one model. */
export interface Rows {
	train: Uint32Array;
	validation: Uint32Array;
	test: Uint32Array;
}
/** The records of a dataset, each with the homology cluster that its split gives it (`cluster`); as they are where the split has no clusters. The split is of this dataset. */
export declare function clusteredRecords({ records }: Pick<Dataset, "records">, { clusters }: Split): readonly LabelledRecord[];
/**
 * Holds out `testFraction` (0 to below 1) of every class: round(n · fraction) records, at least one and never all of a class with two or more records; a
 * class with one record trains. Multi-label data are stratified iteratively, by `iterativeParts`. Errors: `INVALID_OPTION`.
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
/** The TSV's own `fold` column: numbers from 1, or `train`, `validation`, `test`; and its `cluster` column where every record has one. Errors: `INVALID_SPLIT`. */
export declare function columnSplit(dataset: Dataset): Split;
/**
 * Rows of one model. `fold` (from 1) names the part that is held out of a split into folds, and must not be given otherwise; `validationFraction`
 * of every class's training rows becomes the validation part where the split has none. Of a split with clusters whole clusters are held out, until each class has
 * about its share: its relatives in the training part would make the validation part say too much.
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
	/** The same model with the probabilities [K] from which on a label is given; of a multi-label model. */
	withThresholds(thresholds: Float64Array): BindingOutcome<BindingModel>;
	/** Trainable numbers of one member. */
	parameterCount(): BindingOutcome<number>;
	/** Predicts; the job's handle cancels it, and is told by a `warning` where the device has not the memory for a batch. */
	predict(job: BindingJob, records: BindingRecords, outputs: BindingOutputs, runtime: BindingRuntime): Promise<BindingSettled<BindingPredictions>>;
	/** The filters of a member, from 0. */
	filters(member: number): BindingOutcome<BindingFilter[]>;
	/** Where a member's filters peak. `junctions` [N]: the first residue after the middle cut (of a model with a gap its first X), 0 where nothing was cut. */
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
	/** From 1; 0 of a warning outside a training. */
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
	/** [M, N, P]: 2H, or 4H of an A-LSTM whose head sees context and last states */
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
	/** [ΣT, 20] likewise: what stands in where a profile is dropped in training. */
	standIns?: Uint8Array;
	/** [ΣT, d] the user's own numbers; a row that begins with NaN has none. */
	extra?: Float32Array;
	/** d; 0 without any. */
	extraColumns: number;
}
interface BindingRuntime {
	/** `auto`, `cpu`, `wgpu` or `cuda`. */
	backend: string;
	/** Threads of the job's own pool, from 1. */
	threads: number;
	/** `auto`, `avx512`, `avx2` or `portable`. */
	cpuIsa: string;
	/** `f32`; `bf16` on the CPU, and `tf32` or `bf16` on a cuda card with tensor cores. */
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
	/** What the head of an A-LSTM sees: the context, or the context and the last states. */
	pooling: "attention" | "attention+last";
	/** X residues at the junction of a record that was cut; the records come with them. */
	cutGap: number;
	/** A second bank of filters, over the channels of the first; null: none. */
	secondConv: {
		widths: number[];
		filtersPerWidth: number;
	} | null;
	/** One class a record (softmax), or any number of labels (a sigmoid each). */
	loss: "softmax" | "multi-label";
	/** d: own numbers a residue, after the blocks; 0 without any. */
	extraFeatures: number;
	/** Probability that a protein's profile gives way to its stand-in in a step of training. */
	profileDropout: number;
}
interface NativeRecords {
	/** [ΣT] residue codes, 0 to 23. */
	codes: Uint8Array;
	/** [N + 1], rising from 0; record n has the codes offsets[n] … offsets[n + 1] − 1, at least one. */
	offsets: BigUint64Array | Float64Array;
	/** [ΣT, 20] profile rows on any scale; an all-zero row stays zero. */
	profiles: Uint8Array | null;
	/** [ΣT, 20] likewise: the rows that stand in where a profile is dropped in training. */
	standIns?: Uint8Array | null;
	/** [ΣT, d] own numbers; a row of NaN has none. */
	extra?: Float32Array | null;
	/** d; 0 without any. */
	extraColumns?: number;
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
	thresholds: number[] | null;
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
	/** The same model with the probabilities [K] from which on a label is given; of a multi-label model. */
	withThresholds(thresholds: readonly number[]): NativeModel;
	/** Trainable numbers of one member. */
	get parameterCount(): number;
	/**
	 * Predicts; rejects with the signal's reason once it is aborted. `onWarning` hears once a model that a GPU has not the memory for a whole batch; smaller ones
	 * are taken from then on.
	 */
	predict(records: NativeRecords, options: NativePredictionOptions, signal?: AbortSignal, onWarning?: (warning: string) => void): Promise<NativePredictions>;
	/** The convolution filters of a member, from 0; [C], widths in their order. */
	filters(member: number): NativeFilter[];
	/**
	 * Where a member's filters peak. `junctions` [N] is the first residue after the middle cut (the first X of a gap), 0 where nothing was cut: windows across it do not
	 * count. Rejects with the signal's reason once it is aborted.
	 */
	filterPeaks(member: number, records: NativeRecords, junctions: Uint32Array, options: NativeRuntime, signal?: AbortSignal): Promise<NativePeaks>;
	/** The model with some of its C filters, from 0, giving 0 everywhere. */
	silenced(filters: readonly number[]): NativeModel;
	/** Frees the weights now. Idempotent; jobs that run on the model finish. */
	close(): void;
	[Symbol.dispose](): void;
}
/**
 * One number that softens (above 1) or sharpens (below 1) probabilities: q_k ∝ p_k^(1/T). Of an ensemble p is the mean over the members, so T acts on ln p of
 * the mean. The order of the classes stays.
 */
export interface TemperatureScaling {
	/** T, above 0. */
	temperature: number;
	/** What it was fitted on: never what the model is scored on. */
	on: string;
	/** Records that it was fitted on. */
	records: number;
	/** Mean −ln p of the true class on those records, nats: as they are, and with the temperature. */
	logLoss: {
		before: number;
		after: number;
	};
}
/** q_k ∝ p_k^(1/T), [K]. */
export declare function temperedProbabilities(probabilities: ArrayLike<number>, temperature: number): number[];
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
	/** Temperature of the probabilities, fitted on the validation part, or on what the folds of a cross-validation held out; absent where there was neither. */
	readonly calibration: "calibration.json";
	/** The offline report, one file. */
	readonly report: "report.html";
	readonly done: "DONE";
};
type JsonFile = "config" | "run" | "evaluation" | "calibration";
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
	/** SHA-256 of all own numbers; null where the model reads none, absent in a file of an earlier version. */
	extraDigest?: string | null;
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
	readJson<T>(name: JsonFile): Promise<T | null>;
	/** The resolved configuration, or null where it is missing. Errors: `IO`; `INVALID_CONFIG` where it is not a complete configuration. */
	readConfig(): Promise<TrainingConfig | null>;
	/** What the run says about itself, or null where that is missing. Errors: `IO`; `INVALID_CONFIG` where something of it is missing or wrong. */
	readRun(): Promise<RunInfo | null>;
	/** The temperature of the probabilities, or null where there is none. Errors: `IO`; `INVALID_CONFIG` where something of it is missing or wrong. */
	readCalibration(): Promise<TemperatureScaling | null>;
	/** Every epoch in metrics.jsonl, or null where it is missing. Errors: `IO`; `INVALID_CONFIG` with the line that is none of ours. */
	readMetrics(): Promise<NativeEpochReport[] | null>;
	write(name: keyof typeof RUN_FILES, text: string): Promise<void>;
	writeJson(name: JsonFile, value: unknown): Promise<void>;
	/** Adds lines to metrics.jsonl. Errors: `IO`. */
	appendMetrics(reports: readonly NativeEpochReport[]): Promise<void>;
}
/** First option in which two configurations differ, as a path; null where they are equal. */
export declare function firstDifference(a: TrainingConfig, b: TrainingConfig): string | null;
/** Folder of the model that comes with the package. */
export declare const SHIPPED_MODEL: string;
declare const cardSchema: z.ZodObject<{
	name: z.ZodString;
	what: z.ZodString;
	model: z.ZodObject<{
		file: z.ZodLiteral<"model.safetensors">;
		bytes: z.ZodInt;
		sha256: z.ZodString;
	}, z.core.$loose>;
	data: z.ZodObject<{
		name: z.ZodString;
		proteins: z.ZodInt;
		digest: z.ZodString;
		licence: z.ZodString;
		fingerprints: z.ZodArray<z.ZodString>;
	}, z.core.$loose>;
	baselines: z.ZodOptional<z.ZodObject<{
		majority: z.ZodString;
		composition: z.ZodObject<{
			mean: z.ZodArray<z.ZodNumber>;
			deviation: z.ZodArray<z.ZodNumber>;
			classes: z.ZodArray<z.ZodString>;
			weights: z.ZodArray<z.ZodNumber>;
			bias: z.ZodArray<z.ZodNumber>;
		}, z.core.$strip>;
	}, z.core.$strip>>;
	training: z.ZodObject<{
		split: z.ZodString;
		members: z.ZodString;
		command: z.ZodString;
		when: z.ZodString;
	}, z.core.$loose>;
	scores: z.ZodObject<{
		on: z.ZodString;
		file: z.ZodString;
	}, z.core.$loose>;
	limits: z.ZodArray<z.ZodString>;
}, z.core.$loose>;
/** What a model that is given to others says about itself; its scores are in `scores.file` beside it. */
export type ModelCard = z.infer<typeof cardSchema>;
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
	/** X residues that stand at the junction of a sequence that lost its middle. */
	cutGap: number;
	/** A second bank of filters, over the channels of the first; null: none. */
	secondConv: {
		widths: number[];
		filtersPerWidth: number;
	} | null;
	/** What the head of an A-LSTM sees; `attention` of an R-LSTM, without effect. */
	pooling: "attention" | "attention+last";
	/** `softmax`: one class a protein; `multi-label`: any number of labels. */
	loss: "softmax" | "multi-label";
	/** d: own numbers a residue that it reads (`extra` of the options) after its blocks; 0: none. */
	extraFeatures: number;
	/** Probability with which a protein's profile was dropped in a step of its training; 0: never, or it reads none. */
	profileDropout: number;
	/** [K] the probability from which on a label is given; null where they were not chosen: 0.5. */
	thresholds: number[] | null;
}
/**
 * A trained model. Its weights live outside JavaScript's heap: `close()` (or `using`) frees them at once, the garbage collector some time later.
 */
export declare class Model {
	readonly info: Readonly<ModelInfo>;
	/** How it was trained; null where only the weights are known. */
	readonly training: Readonly<TrainingRecord> | null;
	/**
	 * How its probabilities are calibrated: predictions carry `calibrated` where this is set, and nothing else changes. `loadModel` reads it from a run folder's
	 * calibration.json, `calibrateModel` fits it; null where nothing is known.
	 */
	calibration: Readonly<TemperatureScaling> | null;
	/** What it says about itself: of the model that comes with the package, and of folders with a card.json; else null. */
	card: Readonly<ModelCard> | null;
	/** @internal */
	constructor(native: NativeModel, training: TrainingRecord | null);
	/** Class names in the order of the probabilities. */
	get classes(): readonly string[];
	/** Whether it reads profiles. */
	get readsProfiles(): boolean;
	/**
	 * Writes model.safetensors and what is known of the training (config.json, run.json, metrics.jsonl, splits.tsv) and of its probabilities (calibration.json)
	 * into a run folder, which is made where it is missing. Each file is whole or not there. Errors: `IO`; `INVALID_OPTION` for a folder that holds a run.
	 */
	save(path: string): Promise<void>;
	/** Frees the weights. Idempotent; work that runs on the model ends first. */
	close(): void;
	[Symbol.dispose](): void;
}
/**
 * Loads a model from a run folder, or from a lone model.safetensors; without a path the model that comes with the package (docs/model.md). Where the folder has a card,
 * the SHA-256 of the model's file must be the card's.
 *
 * Errors: `INVALID_MODEL` where it is missing, foreign, or damaged; `INVALID_CONFIG` where a file beside it is damaged: the lone
 * model.safetensors still loads.
 */
export declare function loadModel(path?: string): Promise<Model>;
/** Joins the members of models of one architecture into an ensemble. Errors: `INVALID_MODEL`. */
export declare function mergeModels(models: readonly Model[]): Model;
/** Numbers of a protein's residues. */
export interface ExtraRows {
	/** Row-major, [L, d]; all finite. */
	data: Float32Array | Float64Array;
	/** L rows, one a residue of the whole sequence, and d columns. */
	shape: readonly [
		residues: number,
		columns: number
	];
	/** Where they stand, for messages. */
	file?: string;
}
/** Where own numbers come from. */
export interface ExtraSource {
	/** Of the whole sequence, before any cut; null where the protein has none, which is an error: nothing stands in for them. */
	rows(id: string, sequence: string): Promise<ExtraRows | null>;
	/** The file or folder, for messages. */
	name?: string;
}
/**
 * Opens a folder with one `ID.npy` a protein, or an NPZ with an array a protein under its id. Arrays are [L, d] of f2, f4 or f8. Of a folder the names are
 * read when a protein is asked for, of an NPZ its directory now, which stays in memory; arrays are read one at a time.
 *
 * Errors: `INPUT_MISSING` where it is not there, `INVALID_FEATURES` for a file that is no NPZ, `IO`.
 */
export declare function openExtra(path: string): Promise<ExtraSource>;
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
	 * Errors: `INVALID_PROFILE` where the profile is another sequence's.
	 */
	rows(id: string, sequence: string): Promise<Uint8Array | null>;
}
/**
 * Opens every `*_index.tsv` of a folder. An index has the columns `accession`, `file`, `first_row` and `length`, and may have `sequence` (others are ignored);
 * a file is `rows × 20` bytes in the order ARNDCQEGHILKMFPSTWYV, plain or gzip; `-` in place of a file says that the protein has no profile. A gzip file is
 * unpacked into memory when its first profile is asked for, and stays there; of a plain one (`.u8`) only the rows asked for are read.
 *
 * Errors: `INPUT_MISSING` for a folder that is not there, `INVALID_PROFILE` with file and line, `INVALID_SHARD` where it holds shards (docs/profiles.md) that
 * are not all there and finished, `IO` for an index that cannot be read.
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
	 * What the LSTM multiplies; default `f32`. It always adds in f32, and weights, gradients, cell states and Adam are f32.
	 *
	 * On the CPU `bf16` makes its forward pass round x, h and the weights to 8 significant bits: faster where the processor has `avx512_bf16`
	 * (`cpuInfo().bf16`); elsewhere it rounds and gains no time. On cuda `tf32` (11 significant bits) and `bf16` take tensor cores for the products of
	 * many steps, x W and the gradients of x and the weights, forward and backward; the product of one step, h U, stays f32. Error of a factor: at
	 * most 2⁻¹¹ of itself in tf32, 2⁻⁸ in bf16. Over 1000 residues (H = 64 and 200, weights as a network begins with) the states and each gradient of one
	 * call were off by 1e-4 to 3e-4 of their norm in tf32 and by 1e-3 to 3e-3 in bf16, by an imitation of tensor cores (`subloc-bench rounding --backend
	 * wgpu`, table in docs/adr/0007): no card has computed it yet, and what it does to a training's accuracy was not measured.
	 *
	 * `auto` takes cuda where it would anyway, and for `bf16` else the CPU. A model does not remember its precision: predicting and evaluating take f32
	 * unless told otherwise. What bf16 does to accuracy on the CPU stands in bench/RESULTS.md.
	 *
	 * Errors: `INVALID_OPTION` for a backend that has not this precision (`wgpu` has f32, `cpu` f32 and bf16); `BACKEND_UNAVAILABLE` where the card
	 * has no such tensor cores, or there is no card.
	 */
	precision?: "f32" | "tf32" | "bf16";
}
export declare const KINGDOMS: readonly [
	"animal",
	"fungi",
	"plant"
];
/** Where a protein comes from, as far as its cell's compartments go. */
export type Kingdom = (typeof KINGDOMS)[number];
/**
 * The classes of a model that a kingdom rules out, in the model's order; by their names in MultiLoc and UniProt (`chloroplast`, `plastid`, `vacuolar`,
 * `vacuole`, `lysosomal`, `lysosome`), in any case of the letters. A class under another name is never ruled out.
 * Errors: `INVALID_OPTION` for an unknown kingdom, and where no class would be left.
 */
export declare function absentClasses(kingdom: Kingdom, classes: readonly string[]): string[];
/** What is needed of a protein. */
export interface HomologyRecord {
	id: string;
	/** Letters A–Z, at least one and at most 500,000. */
	sequence: string;
}
/** Which alignments make homologs. */
export interface HomologyLimits {
	/** Least share of identical columns, 0 to 1; default 0.3. */
	identity?: number;
	/** Least share of the residues of each of both that lie between the ends of the alignment, 0 to 1; default 0.8. */
	coverage?: number;
	/** Largest E (Karlin–Altschul, BLOSUM62 with gaps 11/1, all residues of the searched set); default 1e-3. Equal sequences are homologs whatever their E. */
	maxExpect?: number;
	/**
	 * What identical columns are divided by: columns of the alignment (default; MMseqs2's default, `--seq-id-mode 0`), residues of the `shorter` (1) or the
	 * `longer` (2) protein.
	 */
	identityOver?: "alignment" | "shorter" | "longer";
}
/** How the search for homologs runs. */
export interface HomologySearch {
	/** Align every pair, not only those that share seeds; default false. Ten times the time and more; bench/RESULTS.md says what the seeds miss. */
	exhaustive?: boolean;
	/** CPU threads; default: all of the machine. The result is the same for any number. */
	threads?: number;
	/** Told how many of the queries are done. */
	onProgress?: (done: number, total: number) => void;
	/** Ends the work within a second. */
	signal?: AbortSignal;
}
export interface HomologyOptions extends HomologyLimits, HomologySearch {
}
/** Two proteins and their best local alignment. */
export interface Homolog {
	/** Row of the query. */
	query: number;
	/** Row of the target. */
	target: number;
	/** 0 to 1; see {@link HomologyLimits.identityOver}. */
	identity: number;
	/** Share of the query's residues between the ends of the alignment, 0 to 1. */
	queryCoverage: number;
	/** Of the target's. */
	targetCoverage: number;
	/** Bit score. */
	bits: number;
	/** Alignments of this score that chance gives. */
	expect: number;
}
/** Residues of the longest protein that can be aligned (crates/subloc-analysis/src/homology/mod.rs). */
export declare const LONGEST_ALIGNED = 500000;
/** Defaults of {@link HomologyLimits}: what method.md's figures were measured with. */
export declare const HOMOLOGY_LIMITS: {
	readonly identity: 0.3;
	readonly coverage: 0.8;
	readonly maxExpect: 0.001;
	readonly identityOver: "alignment";
};
/**
 * All pairs of homologs within a set, query before target, in order; with `groups` (one a record) pairs of different groups alone. A pair's E is that of its shorter
 * protein as the query. Of alignments with the same score the one with the most identical columns counts. The same for any number of threads.
 *
 * Errors: `INVALID_OPTION`, `UNKNOWN_RESIDUE`. Rejects with the signal's reason once it is aborted.
 */
export declare function findHomologs(records: readonly HomologyRecord[], { groups, ...options }?: HomologyOptions & {
	groups?: readonly (string | number)[];
}): Promise<Homolog[]>;
/**
 * For each query the target of the largest bit score (of equals the first), or null where no E is within `maxExpect`. `identity` and `coverage` limit nothing here: a
 * nearest relative is told whatever it is. Errors: as {@link findHomologs}.
 */
export declare function nearestRelatives(queries: readonly HomologyRecord[], targets: readonly HomologyRecord[], options?: Omit<HomologyOptions, "identity" | "coverage">): Promise<(Homolog | null)[]>;
/** How homologs become clusters. */
export interface ClusterOptions extends HomologyOptions {
	/**
	 * `single` (default): whatever a chain of homologs connects, so that no pair of homologs has two clusters. `greedy`: the longest protein that is left takes its
	 * homologs (as CD-HIT); smaller clusters, between which homologs remain.
	 */
	linkage?: "single" | "greedy";
}
/** Cluster of each record, numbered from 0 in the order of their first records, [N]. Errors: as {@link findHomologs}. */
export declare function clusterByHomology(records: readonly HomologyRecord[], { linkage, ...options }?: ClusterOptions): Promise<Uint32Array>;
/** A protein that a model was trained on. */
export interface TrainingProtein extends HomologyRecord {
	class: string;
}
/** The nearest training protein of a protein, and how near it is. */
export interface NearestProtein {
	id: string;
	class: string;
	/** Share of the aligned columns that are identical, 0 to 1. */
	identity: number;
	/** Share of the shorter of both sequences that is aligned, 0 to 1. */
	coverage: number;
	/** Bit score of the alignment. */
	bits: number;
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
	/**
	 * Own numbers of each residue for a model that reads them: a folder of NPY arrays, an NPZ file, or a source (docs/features.md). A protein whose numbers are
	 * missing, of another length or not finite is a record that cannot be used (`onProblem`).
	 */
	extra?: string | ExtraSource;
	/**
	 * The proteins' kingdom: compartments that its cells do not have get probability 0, and the others are conditioned on that, in each member. Default: nothing
	 * is ruled out. Not for a multi-label model.
	 */
	kingdom?: Kingdom;
	/**
	 * Labelled proteins that the model was trained on: predictions then name the nearest of them (`Prediction.relative`), found by local alignment with E ≤ 0.001.
	 * It costs what `findRelatives` says. Default: none, and `relative` is null.
	 */
	training?: readonly TrainingProtein[];
	/** A record that cannot be used: `skip` (default) gives it a row without a prediction, `fail` throws. */
	onProblem?: "skip" | "fail";
	/** Also gives the attention weights of an A-LSTM; default false. */
	attention?: boolean;
	/** Also gives the probabilities of each member of an ensemble; default false. */
	members?: boolean;
	/** Called with what was decided without being asked: that a GPU's memory made batches smaller. */
	onWarning?: (warning: string) => void;
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
	/** Whether it looks like DNA or RNA, read as amino acids: at least 30 letters, at least 95 % of them A, C, G, T, U or N. */
	nucleotides: boolean;
	/**
	 * Of a multi-label model alone: the labels whose probability reaches their threshold, in the order of the classes; the most probable class where none does, so
	 * that there is always one.
	 */
	labels?: string[];
	/** The most probable class; of equals the first. */
	compartment: string | null;
	/** Its probability: the mean over the ensemble's members. */
	probability: number | null;
	/**
	 * That probability with the model's temperature (`Model.calibration`), which says better how often such predictions are right; null where the model has
	 * none. `probability` and `probabilities` are never changed by it.
	 */
	calibrated: number | null;
	/** Standard deviation of `probability` over the members; 0 for a single network. */
	spread: number | null;
	/** The nearest protein of `PredictOptions.training`; null where there is none, or it was not looked for. */
	relative: NearestProtein | null;
	/** Probability of each class, in the order of the classes; they sum to 1, but for a multi-label model's. */
	probabilities: Record<string, number> | null;
	/**
	 * Where an A-LSTM looked: weights α (mean over the members) of the kept residues and their positions, from 1, in the whole sequence. Their sum is 1, but for
	 * a cut protein and a model with a `cutGap`, where the gap's share of α is missing.
	 */
	attention: {
		weights: Float32Array;
		positions: Uint32Array;
	} | null;
	/** What each member says: probability of each class, [M][K] in the order of the classes. Null where it was not asked for. */
	members: Float32Array[] | null;
}
/**
 * Predicts proteins one chunk at a time: as many rows come out as records go in, in their order. On the CPU a protein's probabilities do not depend on
 * those around it. Reading, computing and taking overlap: while the rows of one chunk are taken, the next is computed, and while one is computed, the next is
 * read. No more than two chunks are there at a time, and one job computes. However it ends, the input is closed, and what is being computed is cancelled; neither
 * is waited for longer than a moment.
 *
 * Errors: those of `readFasta` for a file that is damaged as a whole (what came before has been given), `INVALID_PROFILE`, `INVALID_OPTION`
 * (also for a model that reads own numbers without `extra`), `INVALID_FEATURES` where those have another width than the model's,
 * `BACKEND_UNAVAILABLE`. Throws the signal's reason once it is aborted.
 */
export declare function predict(model: Model, input: PredictionInput, options?: PredictOptions): AsyncGenerator<Prediction>;
/** Predictions of a whole input at once. */
export declare function predictAll(model: Model, input: PredictionInput, options?: PredictOptions): Promise<Prediction[]>;
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
	/**
	 * Own numbers of each residue, read beside the blocks: a folder of NPY arrays, an NPZ file, or a source (docs/features.md). Each column is standardised by mean
	 * and deviation of the training part, which the model keeps.
	 */
	extra?: string | ExtraSource;
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
 * Errors: `INVALID_OPTION`, `INVALID_CONFIG`, `INVALID_SPLIT`, `INVALID_PROFILE`, `INVALID_FEATURES`, `BACKEND_UNAVAILABLE`, `IO`, `TRAINING_DIVERGED` (the
 * state before is in the checkpoint). Rejects with the signal's reason once it is aborted.
 */
export declare function train(dataset: Dataset, options?: TrainOptions): TrainingRun;
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
	/** Each record predicted by the models that never saw it, in the order of the dataset; with attention where it can be compared with known signals. */
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
/** @internal Whether a model attends, and records have known signals to compare that with. */
export declare function hasSignals({ info }: Model, { records }: Pick<Dataset, "records">): boolean;
/**
 * Each record of a dataset, predicted by the models that did not see it: those of its fold. In the order of the dataset.
 * Errors: `INVALID_SPLIT` for a split without a fold for each model; those of `predict`.
 */
export declare function predictHeldOut(dataset: Dataset, split: Split, models: readonly Model[], options?: PredictOptions): Promise<Prediction[]>;
/** The labels that a class value names: distinct, in byte order; empty where a name is missing between two separators. */
export declare function labelsOf(value: string): string[];
/** Which labels each record has, [N, K] row-major, 1 or 0. Errors: `UNKNOWN_CLASS` for a label that is not in `classes`. */
export declare function labelSets({ records, classes }: Pick<Dataset, "records" | "classes">): Uint8Array;
/**
 * A split as text: comment lines with its method and settings, then `id`, `class`, `fold`, and `cluster` where it has clusters; a line a record in the dataset's order.
 * `fingerprints` (default false) adds a column `fingerprint`, by which a run knows its proteins again in other data.
 */
export declare function formatSplit(split: Split, dataset: Dataset, { fingerprints }?: {
	fingerprints?: boolean | undefined;
}): string;
/** A line of a split. */
export interface SplitRow {
	id: string;
	class: string;
	/** A number from 1, or `train`, `validation`, `test`. */
	fold: string;
	/** Homology cluster; empty where the split has none. */
	cluster: string;
	/** Empty in the run folders of earlier versions. */
	fingerprint: string;
}
/** The lines of a run's own splits.tsv, without its dataset; a column that is not there is empty. */
export declare function splitRows(text: string): SplitRow[];
/**
 * Reads a split for a dataset, and its method and settings from the comments of {@link formatSplit}: columns `id` and `fold`, and `cluster` where it is there (others
 * are ignored), in any order of lines; every record of the dataset stands there once. Ids that the dataset lacks are an error too, since the split was then made for other data.
 *
 * Errors: `INPUT_MISSING`, `INVALID_SPLIT` with file, line and record.
 */
export declare function readSplit(path: string, dataset: Dataset): Promise<Split>;
/** {@link readSplit} for a text; `file` is its name in messages. */
export declare function parseSplit(text: string, dataset: Dataset, file?: string): Promise<Split>;
/** Which program looks for homologs. */
export type HomologyEngine = "own" | "mmseqs";
export interface HomologyFoldsOptions extends ClusterOptions {
	/** Number of folds, from 2; default 5. */
	folds?: number;
	/** Of the order in which equal clusters are dealt; default 1. */
	seed?: number;
	/** `own` (default), or `mmseqs`, which must be on the PATH. */
	engine?: HomologyEngine;
}
/**
 * Folds of whole homology clusters, every class (of a multi-label dataset every label) spread as evenly as the clusters let it. The split remembers its clusters and
 * settings. It is not audited: give it to {@link auditSplit}.
 *
 * Errors: `INVALID_SPLIT` for a class that cannot be in every fold; `INVALID_OPTION`; `TOOL_UNAVAILABLE` (mmseqs). Rejects with the signal's reason once it is aborted.
 */
export declare function homologyFolds(dataset: Dataset, options?: HomologyFoldsOptions): Promise<Split>;
/** A homologous pair of two parts of a split. */
export interface CrossingPair extends Homolog {
	/** Ids of query and target. */
	ids: [
		string,
		string
	];
}
/** What an audit has found. */
export interface SplitAudit {
	/** Whether no two homologs stand in different parts. */
	passed: boolean;
	/** Limits that were looked at. */
	identity: number;
	coverage: number;
	/** Pairs of different parts that reach the limits of identity and coverage; none where it has passed. By falling bit score. */
	leaks: CrossingPair[];
	/**
	 * Pairs of different parts that reach the identity but not the coverage: a shared domain or repeat. No leak by the split's own definition, but something to know.
	 * By falling bit score.
	 */
	local: CrossingPair[];
	/** Records that are in a pair of `local`. */
	recordsWithLocal: number;
}
/**
 * Searches anew for homologs in different parts of a split (folds, or train, validation and test). Limits are the split's own settings where it has some and none are
 * given. It searches with the split's own engine unless told otherwise: two engines disagree about some pairs near the limits.
 * Errors: as {@link homologyFolds}.
 */
export declare function auditSplit(split: Split, dataset: Dataset, options?: HomologyOptions & {
	engine?: HomologyEngine;
}): Promise<SplitAudit>;
/**
 * The part, from 0, of each of `rows`. `sets` is [N, K], `shares` [P] are the parts' shares of the records, sum 1. Again and again the label with the fewest records
 * that are left is taken, and each of these goes to the part that wants that label most; of equals to the one that wants most records, then to the first.
 * Records are taken in an order that the stream of the seed shuffles.
 */
export declare function iterativeParts(sets: Uint8Array, classes: number, rows: readonly number[], shares: readonly number[], { seed, stream }: {
	seed: number;
	stream: bigint;
}): number[];
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
/**
 * A multi-label dataset of synthetic proteins: `perClass` with each of two signals alone, with both, and with none, in four groups: mitochondrial, nuclear, both
 * (a presequence in front of a nuclear protein), and cytoplasmic. The same options give the same proteins.
 */
export declare function syntheticMultiLabel(options?: SyntheticOptions): Dataset;
/**
 * Rows [T, 20] of an alignment, round(200 · p). `aligned` are sequences of letters A–Z and `-`, all as long as the protein, which is the first; equal ones
 * count once.
 *
 * Weights: Henikoff & Henikoff, JMB 243:574 (1994), 1 / (k · n) in a column with k kinds of letter, n times this one, averaged over the columns that a sequence
 * covers; a gap inside is a kind, the ends are not covered. Weighted frequencies f; pseudocounts g(b) = Σ_a f(a) p(b | a) with BLOSUM62's p(b | a); p = (α f + β g) / (α + β) with
 * β = 5 and α = N − 1, N the mean number of distinct residues a column (of the 20), 15 columns to either side. X is no residue; B, Z and J are half of each; a column
 * without residues has the background.
 */
export declare function profileOfAlignment(aligned: readonly string[]): Uint8Array;
export interface ReadProfilesOptions {
	/** Which table of a PSI-BLAST matrix. Default `percent`. */
	pssm?: PssmValues;
	/** Ends the reading. */
	signal?: AbortSignal;
}
/**
 * Profiles of a file, one at a time: PSI-BLAST's text matrix, MMseqs2's `profile2pssm`, HMMs of the HH-suite, A3M or aligned FASTA. The first line tells which;
 * lines may end in any way, gzip is recognised by its first bytes.
 *
 * Errors: `INVALID_PROFILE` with file and line, `INPUT_MISSING`, `IO`.
 */
export declare function readProfiles(file: string, { pssm, signal }?: ReadProfilesOptions): AsyncGenerator<FoundProfile>;
/** What could be predicted, in order. N records, K classes. */
export interface Answers {
	/** Rows of the records that could be predicted, [N]. */
	rows: number[];
	/** Class index, [N]. */
	truth: number[];
	/** Index of the predicted class, [N]. */
	answers: number[];
	/** [N, K], row-major. */
	probabilities: Float64Array;
	/** Probability of the predicted class, [N]. */
	confidence: number[];
	/** [N] */
	right: boolean[];
}
/**
 * Predictions (in the order of the records) of a model with these classes, without the skipped ones. `unknown` is called for a record whose class is none of
 * them, and throws; without it such records are left out.
 */
export declare function flatProbabilities(records: readonly LabelledRecord[], predictions: readonly Prediction[], classes: readonly string[], unknown?: (record: LabelledRecord) => never): Answers;
/** A protein and its nearest relative among the training proteins. */
export interface Relative {
	/** The protein that is scored. */
	id: string;
	/** Id of the training protein; null where none was found. */
	relative: string | null;
	/** Share of the aligned columns that are identical, 0 to 1; null without a relative. */
	identity: number | null;
	/** Share of the shorter of both sequences that is aligned, 0 to 1; null without a relative. */
	coverage: number | null;
	/** Bit score of the alignment; null without a relative. */
	bits: number | null;
}
/** Of a search for relatives: that of homologs, without limits, since the nearest is told whatever it is. */
export type RelativesOptions = Omit<HomologyOptions, "identity" | "coverage">;
/**
 * The nearest training protein of each record (largest bit score with E ≤ `maxExpect`), in the order of the records. A fold of the MultiLoc set against the
 * other four takes about 25 s of CPU time (a fifth of what bench/RESULTS.md has for all five). Errors: those of `nearestRelatives`. Rejects with the signal's reason once it is aborted.
 */
export declare function findRelatives(training: readonly HomologyRecord[], records: readonly HomologyRecord[], options?: RelativesOptions): Promise<Relative[]>;
/** {@link findRelatives} of a whole dataset: each record's nearest protein of the other folds. In the order of the folds. */
export declare function findFoldedRelatives(dataset: Dataset, split: Split, options?: RelativesOptions): Promise<Relative[]>;
/**
 * Reads a table of relatives: a TSV with the columns `id`, `relative`, `identity` (0 to 1) and optionally `coverage` and `bits`; others are ignored. An empty
 * `relative` means that none was found, and so does a protein that the table lacks.
 *
 * Errors: `INPUT_MISSING`; `INVALID_DATASET` with file, line and record.
 */
export declare function readRelatives(path: TextSource, file?: string): Promise<Relative[]>;
/** A test protein, and what copying from its nearest training relative gives. */
export interface CopiedLabel {
	/** Its class; absent where that is not known. */
	class?: string;
	/** Identity with the relative, 0 to 1; null where it has none. */
	identity: number | null;
	/** Class of the relative, or of the most frequent class of the training part where there is none. */
	copied: string;
}
/** Proteins whose nearest relative has an identity within a bin. */
export interface IdentityBin {
	/** Least identity; null of the bin of proteins without a relative. */
	from: number | null;
	/** Identity below which it ends (the last bin holds 1); null likewise. */
	to: number | null;
	records: number;
	/** Share that copying gets right; null for an empty bin, and where the classes of the test proteins are not known. */
	copyAccuracy: number | null;
}
/** How much of a test part its training part gives away. */
export interface RelativesSummary {
	/** Test proteins. */
	records: number;
	/** Those with a relative at all. */
	withRelative: number;
	/** Share that copying gets right; null where the classes of the test proteins are not known. */
	copyAccuracy: number | null;
	/** The bin without relatives, then rising identities. */
	bins: IdentityBin[];
}
/** Where the identity bins begin by default; the first holds everything below the second. */
export declare const IDENTITY_BINS: readonly [
	0,
	0.2,
	0.3,
	0.4,
	0.5,
	0.6,
	0.7,
	0.8,
	0.9
];
/**
 * The class that copying gives each test protein: that of its nearest relative, or the most frequent of the training proteins (of equals the first in their order).
 * `relatives` stand in the order of the test proteins; their `target` is a row of `training`. Errors: `INVALID_DATASET` where there is nothing to copy from.
 */
export declare function copyLabels(training: readonly {
	class: string;
}[], relatives: readonly ({
	target: number;
} | null)[]): string[];
/** Sums up copied labels. `bins` are the rising places where the bins begin, the first 0. Errors: `INVALID_DATASET` where there are no test proteins. */
export declare function summariseRelatives(proteins: readonly CopiedLabel[], bins?: readonly number[]): RelativesSummary;
/** A test protein, its nearest training relative, and the class that copying gives. */
export interface AuditedRecord extends CopiedLabel {
	id: string;
	/** Id and class of the relative and their alignment; null where there is none. */
	relative: (Omit<Homolog, "query" | "target"> & {
		id: string;
		class: string;
	}) | null;
}
/** What a leak audit has found. */
export interface LeakAudit extends RelativesSummary {
	/** In the order of the test proteins. */
	proteins: AuditedRecord[];
}
/**
 * Finds the nearest training relative of every test protein (largest bit score with E ≤ `maxExpect`) and what copying its class would score, overall and by identity.
 * An accuracy on the test proteins stands beside that. Without classes of the test proteins there is no score.
 * Errors: `INVALID_OPTION`; `INVALID_DATASET` without test or training proteins. Rejects with the signal's reason once it is aborted.
 */
export declare function auditLeak(training: readonly (HomologyRecord & {
	class: string;
})[], test: readonly (HomologyRecord & {
	class?: string;
})[], options?: RelativesOptions): Promise<LeakAudit>;
/**
 * {@link auditLeak} of a split: the test part against the training part; of numbered folds the given ones (default: all), each against the other folds, pooled. The
 * proteins stand in the order of the folds.
 */
export declare function auditSplitLeak(split: Split, dataset: Dataset, { folds, ...options }?: RelativesOptions & {
	folds?: readonly number[];
}): Promise<LeakAudit>;
/** The proteins of an audit as a table, a line a protein; cells are empty where there is no relative. */
export declare function auditTsv({ proteins }: Pick<LeakAudit, "proteins">): string;
/** The names of the baselines. */
export type BaselineName = "majority" | "composition" | "best hit" | "motif rules";
/** What a baseline says of some records, in their order. */
export interface BaselineAnswers {
	name: BaselineName;
	/** What it is, in a few words. */
	what: string;
	/** A class for each record. */
	answers: string[];
}
/**
 * What the baselines say of `records` after seeing `training`: majority, composition, motif rules, and best hit where `relatives` are given (one entry for each
 * of the records that has a training relative). Training records are needed, one at least.
 */
export declare function baselineAnswers(training: readonly LabelledRecord[], records: readonly Pick<LabelledRecord, "id" | "sequence">[], classes: readonly string[], relatives?: readonly Relative[] | null): BaselineAnswers[];
/** What the baselines that copy nothing keep of the training records: plain JSON, which a model's card can hold. */
export interface LearnedBaselines {
	/** The largest class. */
	majority: string;
	/** {@link LogisticRegression} on the shares of the residues, and its classes. */
	composition: {
		classes: string[];
		weights: number[];
		bias: number[];
		mean: number[];
		deviation: number[];
	};
}
/** Fits majority and composition. Training records are needed, one at least. */
export declare function learnBaselines(training: readonly LabelledRecord[], classes: readonly string[]): LearnedBaselines;
/** {@link baselineAnswers} without the training records: majority, composition and motif rules. */
export declare function learnedBaselineAnswers({ majority, composition: { classes: present, ...fitted } }: LearnedBaselines, records: readonly Pick<LabelledRecord, "id" | "sequence">[], classes: readonly string[]): BaselineAnswers[];
/**
 * {@link baselineAnswers} of a whole dataset, each fold by what the others teach. `relatives` name the nearest protein of the other folds.
 */
export declare function foldedBaselineAnswers(dataset: Dataset, split: Split, relatives?: readonly Relative[] | null): BaselineAnswers[];
/** The most frequent class; of equals the first in the order of `classes`. */
export declare function largestClass(records: readonly Pick<LabelledRecord, "class">[], classes: readonly string[]): string;
/** An interval around a number. */
export interface Interval {
	low: number;
	high: number;
}
/** The Wilson score interval of `right` of `count` at a level above 0 and below 1 (default 0.95; Wilson 1927); 0 to 1 where there is nothing to count. */
export declare function wilson(right: number, count: number, level?: number): Interval;
/**
 * The interval of a share at a level (default 0.95). Wilson's where records stand for themselves. With clusters, Wilson's of the effective number of records: N over the design
 * effect (the variance of the share as clusters vary, over that of N independent records; Korn & Graubard 1998), and never more than N. Where all are right, or
 * none is, nothing varies, and the number of clusters counts.
 */
export declare function shareInterval(right: readonly boolean[], clusters: readonly string[] | null, level?: number): Interval;
/** How to draw. */
export interface BootstrapOptions {
	/** Drawn sets, from 1. Default 1000. */
	replicates?: number;
	/** Of the draws; the same seed gives the same interval. Default 1. */
	seed?: number;
	/** Share of the draws inside the interval, above 0 and below 1. Default 0.95. */
	level?: number;
	/**
	 * Cluster of each record, [N]; an empty name is a cluster of its own. Whole clusters are drawn then, as relatives are right or wrong together. Default: null,
	 * records are drawn one by one.
	 */
	clusters?: readonly string[] | null;
}
/**
 * Percentile intervals of some scores. `score` gets how often each record was drawn, [N] (the array is used again for the next draw), and gives the scores of
 * that draw; NaN where a score is undefined (a class that was not drawn), and such draws do not count for it. A score that is undefined in every draw has null, and
 * so has one that is the same in every draw; of fewer than five records (or clusters) all have: an interval of width 0 would promise what is not known.
 *
 * Errors: `INVALID_OPTION`.
 */
export declare function bootstrapIntervals(records: number, score: (counts: Uint32Array) => ArrayLike<number>, options?: BootstrapOptions): (Interval | null)[];
/** The interval of one score; see {@link bootstrapIntervals}. */
export declare function bootstrapInterval(records: number, score: (counts: Uint32Array) => number, options?: BootstrapOptions): Interval | null;
/**
 * Draws with replacement as many records (or clusters) as there are: how often each record was drawn, [N]. One array is given again and again.
 * Errors: `INVALID_OPTION`.
 */
export declare function resamples(records: number, options?: BootstrapOptions): Generator<Uint32Array>;
/** The value below which a share of sorted values lies, between two of them by their distance (type 7 of Hyndman & Fan 1996). At least one value. */
export declare function quantile(sorted: ArrayLike<number>, share: number): number;
/** What the test found. */
export interface McNemar {
	/** Records that the first alone has right. */
	onlyFirst: number;
	/** Records that the second alone has right. */
	onlySecond: number;
	/** `exact`: the binomial, below 25 records on which they differ; `chi-square`: with continuity correction, one degree of freedom. */
	method: "exact" | "chi-square";
	/** (|b − c| − 1)² / (b + c); null for the exact test. */
	statistic: number | null;
	/** Two-sided: how often a difference of this size or larger comes by chance where both are right equally often. */
	p: number;
}
/** McNemar's test of `first` and `second`, [N] each: whether record n is right. It takes records as independent of each other, which relatives are not. */
export declare function mcnemar(first: ArrayLike<boolean>, second: ArrayLike<boolean>): McNemar;
/** What a baseline reaches. */
export interface BaselineScores {
	name: BaselineName;
	/** What it is, in a few words. */
	what: string;
	accuracy: number;
	interval: Interval | null;
	/** The model's accuracy less the baseline's, with the interval of a paired bootstrap; null where every protein says the same, since no draw differs then. */
	gain: number;
	gainInterval: Interval | null;
	/** Model first, baseline second. */
	mcnemar: McNemar;
}
/** Predictions whose probability lies in a range. */
export interface CalibrationBin {
	/** The range of the winning class's probability: from (exclusive, but for 0) to (inclusive). */
	from: number;
	to: number;
	count: number;
	/** Mean probability; null for an empty bin. */
	confidence: number | null;
	/** Share that is right, and its interval ({@link shareInterval}); null for an empty bin. */
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
/**
 * Bins of equal width over the winning class's probability. `confidence[n]` is the probability of what was predicted for record n, `right[n]` whether that is
 * its class. `bins` from 1; default 10. `clusters` of `options`: homology cluster of each record, for the intervals; null (default): records stand for themselves.
 */
export declare function calibration(confidence: ArrayLike<number>, right: ArrayLike<boolean>, bins?: number, { clusters, level }?: Pick<BootstrapOptions, "clusters" | "level">): Calibration;
/** Clusters of homologous proteins count alike, whatever their size. */
export interface ClusterScores {
	clusters: number;
	/** Mean over the clusters of the share of their records that are right. */
	accuracy: number;
	/** By drawing clusters; null of fewer than five, absent in the file of an older version. */
	interval?: Interval | null;
	/** Likewise, a class; null for a class without clusters. */
	perClass: {
		class: string;
		clusters: number;
		accuracy: number | null;
	}[];
}
/** A score of both, and their difference. */
export interface ScoreDifference {
	first: number;
	second: number;
	/** first − second */
	difference: number;
	/** Of the difference: each draw takes the same proteins for both (paired bootstrap). */
	interval: Interval | null;
}
/** What a comparison comes to. */
export interface Comparison {
	/** Proteins that both predicted. */
	records: number;
	resampled: "proteins" | "clusters";
	replicates: number;
	seed: number;
	level: number;
	accuracy: ScoreDifference;
	balancedAccuracy: ScoreDifference;
	macroF1: ScoreDifference;
	gorodkin: ScoreDifference;
	/** Mean −ln p of the true class, nats: less is better. */
	logLoss: ScoreDifference;
	/** Takes proteins as independent of each other. */
	mcnemar: McNemar;
}
/** Compares answers for the same records in the same order; `options.clusters` are those of the records. */
export declare function compareAnswers(first: Answers, second: Answers, classes: readonly string[], options?: BootstrapOptions): Comparison;
/** A fitted regression: scores of class k are bias[k] + Σ_f weights[k, f] · (x_f − mean_f) / deviation_f. F features, K classes. */
export interface LogisticRegression {
	/** [K, F], row-major. */
	weights: Float64Array;
	/** [K], sum 0. */
	bias: Float64Array;
	/** [F] of the training records. */
	mean: Float64Array;
	/** [F]; 1 where a feature does not vary. */
	deviation: Float64Array;
}
/** Share of each of the 20 residues among those of the sequence, [20] in the order of `ALPHABET`; other letters are not counted. */
export declare function composition(sequence: string): Float64Array;
/**
 * Fits the regression: least Σ −ln p(true class) + ½ · penalty · Σ weights² over standardised features; the bias is free. `features` is [N, F], row-major,
 * `labels` [N] in 0 … K − 1. The optimum is unique; Newton's steps, halved where they do not descend, find it to the last digits, so that the result depends on
 * nothing else (`steps` of them are taken). A class without records is given a share of almost nothing. Default `penalty` 1.
 */
export declare function fitLogistic(features: Float64Array, labels: ArrayLike<number>, classes: number, penalty?: number): LogisticRegression & {
	steps: number;
};
/** Index of the most probable class of each record, [N]; `features` is [N, F]. */
export declare function logisticAnswers({ weights, bias, mean, deviation }: LogisticRegression, features: Float64Array): Uint32Array;
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
/**
 * Mean over the records of Σ_k (p_k − y_k)², y = 1 for the true class (Brier 1950): 0 is perfect, 2 the worst. `probabilities` is [N, K], row-major.
 */
export declare function brierScore(truth: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number;
/** How sure the scores are. An interval is null where its score is undefined or the same in every draw, and of fewer than five proteins (or clusters). */
export interface ScoreIntervals {
	/** Percentile bootstrap: what was drawn with replacement. */
	resampled: "proteins" | "clusters";
	/** How many of them there are. */
	units: number;
	replicates: number;
	seed: number;
	/** Share of the draws inside. */
	level: number;
	accuracy: Interval | null;
	balancedAccuracy: Interval | null;
	macroF1: Interval | null;
	gorodkin: Interval | null;
	logLoss: Interval | null;
	/** Shares of few proteins (sensitivity, precision) have {@link shareInterval}'s, which does not close where all of them are right; the others are drawn. */
	perClass: {
		class: string;
		sensitivity: Interval | null;
		precision: Interval | null;
		f1: Interval | null;
		mcc: Interval | null;
	}[];
}
/** Intervals of the scores of some answers; `options.clusters` are those of the answers. */
export declare function scoreIntervals(answers: Answers, classes: readonly string[], options?: BootstrapOptions): ScoreIntervals;
/** How the changed proteins are predicted, and how the interval is drawn. */
export type MethionineOptions = PredictOptions & {
	bootstrap?: BootstrapOptions;
};
/** What a change of the first residue does. */
export interface MethionineEffect {
	/** `removed` from every protein that begins with M; `added` before every one that does not. */
	change: "removed" | "added";
	/** Proteins that were changed, and could be predicted both ways. */
	records: number;
	/** Of those: accuracy as they are; null where there are none. */
	before: number | null;
	/** With the change. */
	after: number | null;
	/** after − before, of the same proteins; its 95 % interval. Null where there are none. */
	difference: number | null;
	interval: Interval | null;
	/** Proteins whose predicted class is another one. */
	moved: number;
}
/** The records that a change touches, changed; their ids stay. A protein of one residue keeps it. */
export declare function changedRecords<T extends {
	sequence: string;
}>(records: readonly T[], change: MethionineEffect["change"]): T[];
/**
 * Predicts the changed records and compares with `predictions`, those of the records as they are, in their order. With profiles, the row of a residue that is
 * taken off goes too, and an added M has the row that stands in for a missing profile of it.
 *
 * Errors: those of `predict`; `INVALID_OPTION` for a model that reads own numbers a residue: nobody knows those of the changed sequence.
 */
export declare function methionineEffects(model: Model, records: readonly LabelledRecord[], predictions: readonly Prediction[], options?: MethionineOptions): Promise<MethionineEffect[]>;
/**
 * {@link methionineEffects} of a cross-validation: each record with the models that did not see it, whole clusters drawn where the split has some. `models` and
 * `predictions` are those of {@link crossValidate}; `options` are those of its prediction, `missingProfile` too, which its models do not know.
 *
 * Errors: those of {@link methionineEffects}; `INVALID_SPLIT` for a split without a fold for each model.
 */
export declare function foldedMethionineEffects(dataset: Dataset, split: Split, models: readonly Model[], predictions: readonly Prediction[], options?: MethionineOptions): Promise<MethionineEffect[]>;
/** Scores of probabilities. */
export interface ProbabilityScores {
	/** Expected calibration error of the winning class, ten bins (Naeini et al. 2015). */
	expectedError: number;
	/** Mean Σ_k (p_k − y_k)² (Brier 1950), 0 to 2. */
	brier: number;
	/** Mean −ln p of the true class, nats. */
	logLoss: number;
	/** How sure they are, by the bootstrap; absent of fewer than five proteins (or clusters), and in the file of an older version; null where every draw says the same. The calibration error of a draw is rather too large: chance adds to it. */
	intervals?: {
		expectedError: Interval | null;
		brier: Interval | null;
		logLoss: Interval | null;
	};
}
/** Scores as the model gives its probabilities, the bins of a reliability diagram, and the same with temperature. */
export interface ProbabilityReport extends ProbabilityScores {
	bins: Calibration["bins"];
	/** Null where the model has no temperature. `fitted` is the number of records that a temperature was fitted on; the largest where there are several. */
	calibrated: (ProbabilityScores & {
		temperatures: number[];
		on: string;
		fitted: number;
	}) | null;
}
/**
 * Scores of the probabilities of answers. `scaling` is one for all of them, or one for each (folds of a cross-validation); `calibrated` is null where one of
 * them has none. The temperature must not have been fitted on these records.
 */
export declare function probabilityReport(answers: Answers, classes: number, scaling?: TemperatureScaling | null | readonly (TemperatureScaling | null)[], bootstrap?: BootstrapOptions): ProbabilityReport;
/** A place on the curve: all predictions of at least this probability are kept. */
export interface CoveragePoint {
	/** The least probability that is kept. */
	threshold: number;
	/** Records that are kept. */
	records: number;
	/** Share of all records that are kept. */
	coverage: number;
	/** Share of the kept ones that are wrong. */
	risk: number;
}
/** The risk–coverage curve and its area. */
export interface Selective {
	/** A point for each probability that occurs, from the surest on. */
	curve: CoveragePoint[];
	/**
	 * Area under the curve: the mean over i = 1 … N of the risk of the i surest records; less is better. Records of one probability stand in every order alike.
	 */
	aurc: number;
	/** {@link aurc} less that of an order in which every right record comes before every wrong one. */
	excess: number;
}
/** What is left where a model abstains below a probability. */
export interface Abstained {
	threshold: number;
	/** Records that are answered. */
	records: number;
	coverage: number;
	/** Of the answered; null where there are none. */
	accuracy: number | null;
	/** Its interval, {@link shareInterval}'s. */
	interval: Interval;
}
/** The curve of predictions: `confidence[n]` is the probability of what was predicted for record n, `right[n]` whether that is its class. */
export declare function riskCoverage(confidence: ArrayLike<number>, right: ArrayLike<boolean>): Selective;
/**
 * The lowest probability from which on predictions are right at least as often as wanted (`accuracy`, 0 to 1): the largest coverage that keeps the promise on
 * these records. Null where even the surest do not. A threshold belongs to the records that it was chosen on: choose it on a validation part, or say so.
 */
export declare function thresholdFor({ curve }: Pick<Selective, "curve">, accuracy: number): CoveragePoint | null;
/** What is right where predictions below `threshold` are not given. `clusters` of `options`: homology cluster of each record, for the interval. */
export declare function abstaining(confidence: ArrayLike<number>, right: ArrayLike<boolean>, threshold: number, { clusters, level }?: Pick<BootstrapOptions, "clusters" | "level">): Abstained;
/** Weights along a protein. */
export interface WeightTrack {
	id: string;
	class: string;
	/** Cluster of homologs; empty: none. */
	cluster: string;
	/** Tags of a header (`record.annotations`), or signals of one's own; positions from 1, both ends included. */
	annotations: readonly {
		kind: string;
		start: number;
		end: number;
	}[];
	/** [T], not negative; what counts is their share of the sum. */
	weights: ArrayLike<number>;
	/** [T] positions in the whole sequence, from 1. */
	positions: ArrayLike<number>;
}
/** How much of the weight lies inside signals of one kind. */
export interface SignalShare {
	/** The kind of signal: SP, SA, mTP, cTP, or one's own. */
	kind: string;
	/** The class of the proteins; null: all of them. */
	class: string | null;
	/** Proteins with such a signal among the residues that the model sees. */
	records: number;
	/** Mean share of the weight inside. */
	share: number;
	/** Mean share of the residues inside: what weights that are alike everywhere would give. */
	uniform: number;
	/** share − uniform, and its 95 % interval. */
	difference: number;
	differenceInterval: Interval | null;
	/** share / uniform, and its 95 % interval. */
	ratio: number;
	ratioInterval: Interval | null;
	/** Share of the proteins whose largest weight is inside. */
	top: number;
}
/**
 * Shares of each kind of signal, over all proteins and a class; kinds and classes that do not occur are left out. A protein without any weight (all 0) counts as
 * if it had the same everywhere. Intervals are percentile bootstraps over proteins, or over clusters where they have some; null of
 * fewer than five.
 */
export declare function signalShares(tracks: readonly WeightTrack[], options?: BootstrapOptions): SignalShare[];
/** Attention of an A-LSTM's predictions as tracks; records without it, or without a signal, have none. Predictions are in the order of the records. */
export declare function attentionTracks(records: readonly LabelledRecord[], predictions: readonly Prediction[]): WeightTrack[];
/** What `explain` gives of a protein, as far as it is needed here. */
export interface ResidueEffects {
	positions: ArrayLike<number>;
	/** Δ ln p where residues around each are hidden, [T]. */
	occlusion: {
		delta: ArrayLike<number>;
	} | null;
	/** Δ ln p of each substitution, [T, 20]; 0 for the residue itself. */
	mutagenesis: ArrayLike<number> | null;
}
/**
 * The importance of a protein's residues as a track: how much ln p of the predicted class falls where they are hidden, or else in the mean of their
 * substitutions. What rises it counts 0. `effects` is what `explain` gives for the record.
 */
export declare function importanceTrack(record: LabelledRecord, { positions, occlusion, mutagenesis }: ResidueEffects): WeightTrack;
/** Proteins of one kind. */
export interface Stratum {
	/** What they have in common: `30–50 %`, `100–249`, a class. */
	name: string;
	records: number;
	right: number;
	/** Null where there are none. */
	accuracy: number | null;
	/** Of the accuracy; see {@link shareInterval}. */
	interval: Interval;
	/** Of strata of identity: what copying the class of the relative gets right of the same proteins; null where it was not tried. */
	copyAccuracy?: number | null;
}
/** The same proteins, sorted three ways. */
export interface Strata {
	/** By the identity of the nearest training protein; null where relatives were not looked for. */
	identity: Stratum[] | null;
	/** By residues of the whole sequence. */
	length: Stratum[];
	/** By true class: its accuracy is its sensitivity. */
	class: Stratum[];
}
/** A protein whose prediction is right or not. */
export interface Scored {
	id: string;
	class: string;
	/** Residues. */
	length: number;
	/** Empty: none. */
	cluster: string;
	right: boolean;
	/** Whether the class of the nearest relative is right; null where it was not tried. */
	copied: boolean | null;
}
/**
 * Scores by strata. `relatives` names the nearest training protein of each one that has any (docs/evaluation.md); null: not looked for. `byClusters`: whether
 * intervals take relatives among the proteins into account. `level` of the intervals: default 0.95.
 */
export declare function strata(scored: readonly Scored[], classes: readonly string[], relatives: readonly Relative[] | null, byClusters: boolean, level?: number): Strata;
/** Scores, and what they are scores of. The parts after `clusters` are null in the file of an older version. */
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
	/** How sure the scores are. */
	intervals: ScoreIntervals | null;
	/** What is reached without a network; null where the training records were not at hand. */
	baselines: BaselineScores[] | null;
	/** Whether probabilities mean what they say. */
	probabilities: ProbabilityReport | null;
	/** What is right where the model may abstain. */
	selective: SelectiveSummary | null;
	/** Where it is right. */
	strata: Strata | null;
	/** What the first M does; null where it was not asked for. */
	methionine: MethionineEffect[] | null;
	/** Attention in known sorting signals; null without attention or signals. */
	attention: SignalShare[] | null;
	/** Likewise the importance of residues; null where it was not asked for. */
	importance: SignalShare[] | null;
}
/** Of the risk–coverage curve. The thresholds are chosen on the very records, so what they promise is a little too good. */
export interface SelectiveSummary {
	/** Area under the curve, its interval by the bootstrap (null of fewer than five proteins, absent in the file of an older version), and the area less that of the best order. */
	aurc: number;
	aurcInterval?: Interval | null;
	excess: number;
	/**
	 * For each wanted accuracy the least probability that keeps it and what is answered then; null where none does. `interval` is of the share that is right then, absent
	 * in the file of an older version.
	 */
	targets: {
		accuracy: number;
		point: CoveragePoint | null;
		interval?: Interval | null;
	}[];
	/** What a threshold that was given leaves; null where none was. */
	abstained: Abstained | null;
}
/** What a score needs beside answers. */
export interface ScoringOptions {
	/** How intervals are drawn. Clusters: those of the records by default (`cluster`), where they have any. */
	bootstrap?: BootstrapOptions;
	/** Baselines' answers for the records. */
	baselines?: readonly BaselineAnswers[] | null;
	/** Nearest training relatives of the records: for strata. */
	relatives?: readonly Relative[] | null;
	/** Temperature, one for all records or one for each: never fitted on them. Default: null. */
	calibration?: TemperatureScaling | null | readonly (TemperatureScaling | null)[];
	/** Below this probability the model abstains. */
	abstain?: number | null;
	/** As {@link methionineEffects} gives them. */
	methionine?: MethionineEffect[] | null;
	/** Importance of residues, as {@link importanceTrack} gives it. */
	importance?: readonly WeightTrack[] | null;
}
export interface EvaluateOptions extends PredictOptions {
	/** What the records are, for {@link Evaluation.on}; default: where they were read from. */
	on?: string;
	/** What the model was trained on, for the baselines; default: none, and no baselines. */
	training?: readonly LabelledRecord[];
	/** Nearest training relatives: for the best-hit baseline and the strata. */
	relatives?: readonly Relative[] | null;
	/** Whether to try the proteins without and with a first M too. Default false. */
	methionine?: boolean;
	/** Below this probability the model abstains. */
	abstain?: number;
	/** How intervals are drawn. */
	bootstrap?: BootstrapOptions;
}
/**
 * Predicts a labelled dataset and scores the answers. Classes of the model that the data lack are kept in the matrix. Attention is compared with known signals
 * where there are both.
 *
 * Errors: as `predict`; `INVALID_OPTION` for a multi-label model; `UNKNOWN_CLASS` for a class that the model does not know.
 */
export declare function evaluate(model: Model, dataset: Dataset, options?: EvaluateOptions): Promise<Evaluation>;
/**
 * Scores predictions that stand in the order of their records; so do the baselines' answers and, where there are many, the temperatures of `options`.
 * Errors: `UNKNOWN_CLASS`, `INVALID_OPTION`, `INVALID_DATASET` where none could be predicted.
 */
export declare function evaluatePredictions(given: readonly LabelledRecord[], predictions: readonly Prediction[], classes: readonly string[], on: string, options?: ScoringOptions): Evaluation;
/**
 * An evaluation from parsed JSON; what an older version did not write is null. `file` is its name in messages. Errors: `INVALID_CONFIG` where it is none.
 */
export declare function parseEvaluation(value: unknown, file: string): Evaluation;
/**
 * Sorting signals as rules: what a person with PROSITE and a pencil would say. Nothing is fitted; the numbers are those of the sources, or round ones set by
 * hand beforehand where a source gives none (marked so).
 */
/** What the rules say of a sequence: a class, or null where none holds. */
export type MotifRules = (sequence: string) => string | null;
/** The rules for these classes; rules for a place that is none of them are left out. A class counts for a rule by its name. */
export declare function motifRules(classes: readonly string[]): MotifRules;
/** Scores of one label. A ratio without a denominator is null. */
export interface LabelScores {
	class: string;
	/** n: records that have the label. */
	support: number;
	/** Records that are predicted to have it. */
	predicted: number;
	/** Of these, records that have it. */
	right: number;
	/** TP / (TP + FN), also called recall. */
	sensitivity: number | null;
	/** TP / (TP + FP) */
	precision: number | null;
	/** 2 TP / (2 TP + FP + FN) */
	f1: number | null;
	/** Matthews correlation coefficient; 0 where it is undefined. */
	mcc: number;
}
/** Scores of label sets (Tsoumakas, Katakis & Vlahavas 2010, section 7). */
export interface LabelSetScores {
	/** Records. */
	records: number;
	classes: string[];
	/** Share of records whose set is right in all labels. */
	subsetAccuracy: number;
	/** Mean over the records of |truth ∩ predicted| / |truth ∪ predicted|; 1 where both are empty. */
	jaccard: number;
	/** F1 of all answers of all labels together; null where nothing is true and nothing predicted. */
	microF1: number | null;
	/** Mean F1 of the labels that occur or are predicted. */
	macroF1: number | null;
	/** Labels a record, as they are and as they are predicted: means. */
	labelsPerRecord: {
		true: number;
		predicted: number;
	};
	perLabel: LabelScores[];
}
/** Scores of label sets, and what they are scores of. */
export interface MultiLabelEvaluation extends LabelSetScores {
	/** Tells this evaluation from one of a single class a protein. */
	loss: "multi-label";
	/** What the records are. Printed beside every score. */
	on: string;
	/** Mean over records and labels of the binary cross-entropy, nats; a probability of 0 counts as 10⁻¹⁵. */
	logLoss: number;
	/** Records that could not be predicted; they stand in no score. */
	skipped: number;
	/** How sure the scores are; absent of fewer than five proteins (or clusters), and in the file of an older version. */
	intervals?: LabelIntervals;
	/** What always naming the most frequent set of these records scores; absent in the file of an older version. */
	majority?: {
		labels: string[];
		subsetAccuracy: number;
		jaccard: number;
	};
}
/** Percentile bootstrap of the scores: of clusters of relatives where the records have some, else of proteins. Null where a score is undefined in every draw. */
export interface LabelIntervals {
	resampled: "proteins" | "clusters";
	replicates: number;
	seed: number;
	/** Share of the draws inside. */
	level: number;
	subsetAccuracy: Interval | null;
	jaccard: Interval | null;
	microF1: Interval | null;
	macroF1: Interval | null;
}
/** Of {@link evaluateMultiLabel}. */
export interface EvaluateLabelsOptions extends PredictOptions {
	/** What the records are; default: where they were read from. */
	on?: string;
	/** How intervals are drawn. Clusters: those of the records by default (`cluster`), where they have any. */
	bootstrap?: BootstrapOptions;
}
/**
 * Scores of label sets `truth` and `predicted`, [N, K] row-major, 0 or not. `times`, [N]: how often each record counts; default: once. Errors: `INVALID_OPTION` for arrays that do
 * not fit.
 */
export declare function labelSetScores(truth: ArrayLike<number>, predicted: ArrayLike<number>, classes: readonly string[], times?: ArrayLike<number>): LabelSetScores;
/**
 * Predicts a dataset whose class values name labels joined by `;`, and scores the answers of a multi-label model.
 * Errors: as `predict`; `INVALID_OPTION` for a model of one class a protein; `UNKNOWN_CLASS` for a label that the model does not know.
 */
export declare function evaluateMultiLabel(model: Model, dataset: Dataset, options?: EvaluateLabelsOptions): Promise<MultiLabelEvaluation>;
/**
 * Scores predictions of a multi-label model that stand in the order of their records. Errors: `INVALID_OPTION` for predictions without labels, `UNKNOWN_CLASS`,
 * `INVALID_DATASET` where none could be predicted.
 */
export declare function evaluateLabels(records: readonly LabelledRecord[], predictions: readonly Prediction[], classes: readonly string[], on: string, bootstrap?: BootstrapOptions): MultiLabelEvaluation;
/**
 * The temperature with the least mean −ln q of the true class. `truth[n]` is a class index, `probabilities` is [N, K], row-major; at least one record.
 *
 * The loss is convex in 1/T: Newton's steps on it, and halving of the range that holds the minimum where a step leaves it. Where the best is no finite number
 * (every prediction right, or every one wrong) the end of the range, 1/20 or 20, is given.
 */
export declare function fitTemperature(truth: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number;
/** Mean −ln q of the true class at a temperature, nats. */
export declare function temperedLoss(truth: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number, temperature: number): number;
/**
 * The scaling that labelled predictions ask for; `on` says what they are. Null where the best temperature is no number within the range: every prediction is right, say, which
 * is no evidence that all will be. Errors: `INVALID_DATASET` where there are none.
 */
export declare function temperatureScaling(truth: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number, on: string): TemperatureScaling | null;
/**
 * A temperature for each fold of a cross-validation without validation parts, [folds]: fitted on what the other folds' models say of their held-out proteins, so that
 * no temperature is fitted on the proteins that it is applied to (their labels did train the other folds' models). `predictions` stand in the order of the dataset. Errors: `INVALID_DATASET`.
 */
export declare function heldOutTemperatures(dataset: Dataset, split: Split, predictions: readonly Prediction[], classes: readonly string[]): (TemperatureScaling | null)[];
/**
 * Predicts the validation part of a model's training, fits the temperature on it, and sets `model.calibration`: predictions carry `calibrated` from then on.
 * Null, and nothing is set, where the training had no validation part (`validationFraction`), the model is a cross-validation's, or no temperature fits.
 *
 * Errors: those of `heldOutRecords` and `predict`.
 */
export declare function calibrateModel(model: Model, dataset: Dataset, options?: PredictOptions): Promise<TemperatureScaling | null>;
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
	/** Own numbers of each residue for a model that reads them, as for `predict`. */
	extra?: string | ExtraSource;
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
 * `INVALID_OPTION`, also for a model that reads own numbers a residue: nobody knows those of a changed protein; `INVALID_PROFILE`, `BACKEND_UNAVAILABLE`.
 * Throws the signal's reason once it is aborted.
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
	/**
	 * First and last residue of the window in the whole sequence, from 1. Beyond an end of the protein: less than 1, or more than its length; of a window that
	 * reaches into the gap of a cut: inside the middle that the model does not see.
	 */
	start: number;
	end: number;
	/** Residues under the filter, `-` beyond an end of the protein and in the gap of a cut. */
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
 * The states of one network after it has read each protein, without dropout. An R-LSTM predicts from the last states, an A-LSTM from the context (with
 * `pooling: attention+last` from both).
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
/** A class's name as it is read: `plasma_membrane` has no underscore. */
export declare function readable(name: string): string;
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
interface ClassCounts {
	class: string;
	support: number;
	predicted: number;
	right: number;
}
/**
 * An SVG with two bars a label of a multi-label evaluation, sensitivity and precision, as {@link classesFigure} draws those of classes.
 */
export declare function labelsFigure({ perLabel }: {
	perLabel: readonly ClassCounts[];
}, options?: FigureOptions): Promise<string>;
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
/**
 * An SVG of a confusion matrix [K, K] (rows true, columns predicted). A cell's shade is its share of the row, so that small classes are as visible
 * as large ones; its numbers are the count and that share. Sensitivity stands at the end of each row. Readable in black and white.
 */
export declare function confusionFigure({ classes, confusion }: {
	classes: readonly string[];
	confusion: readonly (readonly number[])[];
}, options?: FigureOptions): string;
/**
 * An SVG of two panels, loss (nats) and accuracy, against the epoch: training (mean over the epoch's proteins, with dropout and while the weights change), and
 * where they were measured validation and held-out, after the epoch and without dropout. Of several members the mean is drawn, with a band from the lowest to the
 * highest. Errors: `INVALID_OPTION` for no epochs.
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
	/** Whether each filter's cost is told in points of accuracy too, which on few proteins is noise; default true. */
	accuracy?: boolean;
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
 * Scales end at the largest change, at 0.5 nats at least, and the legend says where; where no change reaches 0.1 nats, the subtitle says so. What was not
 * computed is left out. Errors: `INVALID_OPTION` where nothing was computed, or the range holds no residue.
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
 * same; the memory is the process's largest, what the largest batch of the network would add to it, and what a long run takes for its heap.
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
interface FormatOptions {
	/** Whether the predictions are of a multi-label model: tables then have the column `labels`. Default false. */
	multiLabel?: boolean;
	/** Whether tables have the columns `calibrated`, `relative`, `relative_class` and `identity`, empty where they are not known. Default false. */
	trust?: boolean;
}
export interface PredictionFormatter {
	/** Text before the first row; empty for `jsonl`. */
	header: string;
	/** A row with its line end. */
	row(prediction: Prediction): string;
}
/**
 * How predictions are written: `id`, `status` (`ok`, or `skipped:CODE`), `compartment`, `probability`, `spread`, then the probability of each class. Cells
 * of a skipped record are empty (null in `jsonl`, which also gives the problem's message, and `calibrated` where the model has a temperature). Probabilities
 * have six decimals. In `tsv` a control character (a tab, a line end) becomes a space. With `multiLabel` the labels stand behind the status, joined by `;` (an
 * array in `jsonl`, which has it wherever a prediction has labels). With `trust`, `calibrated`, `relative`, `relative_class` and `identity` follow the classes; `jsonl` always has
 * `relative`, null where none is known.
 *
 * Errors: `INVALID_OPTION` for an unknown format.
 */
export declare function predictionFormatter(format: PredictionFormat, classes: readonly string[], { multiLabel, trust }?: FormatOptions): PredictionFormatter;
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
	/** Tables also say how far each prediction can be trusted: see `FormatOptions`. Default false. */
	trust?: boolean;
	/** Also writes where an A-LSTM looked, as GFF3 beside the output; default false. */
	spans?: boolean;
	/** Called with every prediction that is computed; not with those that were written before. */
	onPrediction?: (prediction: Prediction) => void;
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
export interface WritePredictionsOptions extends FormatOptions {
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
export declare function writePredictions(predictions: AsyncIterable<Prediction> | Iterable<Prediction>, output: string | Writable, { classes, format, ...columns }: WritePredictionsOptions): Promise<void>;
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
/** Labelled proteins of another source; `seen` more of it were training data and are left out, null where that is not known. */
 | {
	kind: "independent";
	seen: number | null;
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
/** Whether the beginning of a page (2000 characters do) says that it was made with its proteins' sequences: without them it lacks maps and attention. */
export declare function wasMadeWithSequences(page: string): boolean;
/** Predictions of a table, and the classes that its header names. */
export interface PredictionsFile {
	classes: string[];
	predictions: Prediction[];
}
/** Whether a text begins like a table of predictions. */
export declare function isPredictionsFile(text: string): boolean;
/**
 * Reads a TSV of predictions; `file` is its name in messages. Probabilities have the six decimals that were written; lengths (0), relatives, attention and members
 * are not in it. Errors: `INVALID_DATASET` with the line that is none of ours.
 */
export declare function parsePredictions(text: string, file: string): PredictionsFile;
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
	/** Scores of {@link predictions}, where they have been made (with relatives, to be told of their baseline). Default: they are made. */
	evaluation?: Evaluation;
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
	/** Sequences that look like DNA or RNA: at least 30 letters, at least 95 % of them A, C, G, T, U or N. They can be predicted, which means nothing. */
	nucleotides: number;
	/** The first of them; null where there is none. */
	firstNucleotides: string | null;
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
/**
 * What a run and a card keep of a training protein: enough to know it again, too little to have it. Of a sequence in capital letters, as it is read; with its first M
 * or without is the same protein.
 */
export declare function fingerprint(sequence: string): string;
/** Records of each part, in the order of the dataset, with the homology clusters of the split where it has some. */
export interface TrainingParts {
	train: LabelledRecord[];
	/** Watched in training and never learned from; empty without `validationFraction`. */
	validation: LabelledRecord[];
	test: LabelledRecord[];
}
/**
 * The parts of a model's training. The joined models of a cross-validation have none: each record was training data of all folds' models but one.
 * Errors: `INVALID_SPLIT` where the dataset is not the one it was trained on; `INVALID_MODEL` where nothing is known of the training.
 */
export declare function partsOfTraining(model: Model, dataset: Dataset): Promise<TrainingParts>;
/** The records that a model's training held out: `test` of {@link partsOfTraining}, and its errors. */
export declare function heldOutRecords(model: Model, dataset: Dataset): Promise<LabelledRecord[]>;
/** The proteins of a dataset as a model knows them. */
export interface UnseenRecords {
	/** Those that it was not trained on, in the order of the dataset; of its own data with the homology clusters of its split. */
	records: readonly LabelledRecord[];
	/** Whether the dataset is the one that its training split. */
	isOwn: boolean;
	/** Records that are left out: it learned from them, or chose by them (validation part). Null where nothing is known of its training. */
	seen: number | null;
	/** Records whose id stands in the training data with another sequence; they are not left out. */
	namesakes: number;
}
/**
 * Leaves out what a model was trained on. Proteins of another dataset are known again by their sequence (its first M is no difference), those that its training held out
 * stay; a run of an earlier version kept no fingerprints, so ids decide there. Of a model that is a lone file nothing is known, and nothing is left out.
 *
 * Errors: those of `heldOutRecords`.
 */
export declare function unseenRecords(model: Model, dataset: Dataset): Promise<UnseenRecords>;

export {};
