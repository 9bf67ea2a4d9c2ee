/**
 * subloc-native: where in the cell a protein lives, and why. The convolutional LSTM networks of Sønderby et al. 2015, trained and run natively.
 */
export { loadConfig, parseConfig } from './config/load.js'
export { PRESETS, type Preset } from './config/presets.js'
export { type Resolved, resolveConfig } from './config/resolve.js'
export { type ConfigFile, configJsonSchema, type TrainingConfig } from './config/schema.js'
export { withSettings } from './config/settings.js'
export {
	type CrossValidateOptions,
	type CrossValidation,
	type CrossValidationRun,
	crossValidate,
	type FoldEpochReport,
	predictHeldOut,
} from './cross-validate.js'
export { type Annotation, parseAnnotations } from './dataset/annotations.js'
export {
	type Dataset,
	type LabelledRecord,
	makeDataset,
	type ReadDatasetOptions,
	readDataset,
} from './dataset/dataset.js'
export { formatSplit, parseSplit, readSplit } from './dataset/split/file.js'
export {
	columnSplit,
	holdOut,
	type Part,
	type Rows,
	rowsOf,
	type Split,
	stratifiedFolds,
} from './dataset/split/split.js'
export { SYNTHETIC_CLASSES, type SyntheticClass, type SyntheticOptions, syntheticDataset } from './dataset/synthetic.js'
export { ENCODING_BLOCKS, type EncodingBlock, type EncodingTable, encodingTable } from './encoding/blocks.js'
export { impliedProfile, type MissingProfile, PROFILE_SCALE } from './encoding/profile/implied.js'
export { openProfileStore, type ProfileSource } from './encoding/profile/store.js'
export { describeError, type ErrorCode, type ErrorFacts, exitCode, fileError, SublocError } from './errors.js'
export {
	type Calibration,
	type CalibrationBin,
	calibration,
	type Interval,
	wilson,
} from './evaluate/calibration.js'
export {
	type ClusterScores,
	type EvaluateOptions,
	type Evaluation,
	evaluate,
	evaluatePredictions,
} from './evaluate/evaluate.js'
export { type ClassScores, confusionMatrix, logLoss, type Scores, scores } from './evaluate/metrics.js'
export type { LookOptions } from './explain/encoded.js'
export { type ExplainOptions, type Explanation, explain } from './explain/explain.js'
export {
	type FilterHit,
	type FilterMatrix,
	type FilterOptions,
	type FilterReport,
	filterMatrices,
	filterReports,
} from './explain/filters.js'
export {
	type MapOptions,
	type MapPoint,
	mapStates,
	type ProteinStates,
	proteinStates,
	type StateMap,
} from './explain/states.js'
export {
	type AttentionMap,
	type AttentionRow,
	attentionMap,
	attentionMapFigure,
	attentionNpz,
} from './figures/attention-map.js'
export { attentionTrackFigure, type Track, type TrackOptions } from './figures/attention-track.js'
export { classesFigure } from './figures/classes.js'
export { compartmentColours, compartmentMarks, type Mark } from './figures/colours.js'
export { type ConfusionFigureOptions, confusionFigure } from './figures/confusion.js'
export { curvesFigure } from './figures/curves.js'
export { filterHitsTsv, filterMeme, filterReportTsv, filterTsv } from './figures/filter-text.js'
export type { LetterColours } from './figures/letters.js'
export { type LogoOptions, type LogoSheetOptions, logoFigure, logoSheetFigure } from './figures/logo.js'
export { type MutagenesisOptions, mutagenesisFigure } from './figures/mutagenesis.js'
export { figurePng, type PngOptions } from './figures/png.js'
export { reliabilityFigure } from './figures/reliability.js'
export type { FigureOptions, Theme } from './figures/style.js'
export { type MapPanel, tsneFigure, tsneTsv } from './figures/tsne.js'
export { type AttentionSpan, attentionSpans } from './jobs/attention-spans.js'
export { modelDigest } from './jobs/digests.js'
export { crossValidationOf, holdsRuns, type MergedRuns, mergeRuns } from './jobs/merge-runs.js'
export { type MergedShards, type MergeOptions, mergeShards } from './jobs/merge-shards.js'
export { type PlanOptions, type PredictionPlan, planPrediction } from './jobs/plan.js'
export { type PredictedFile, type PredictFileOptions, predictFile } from './jobs/predict-file.js'
export { type ArrayTask, arrayTask, partFromEnvironment, slurmJob } from './jobs/scheduler.js'
export type { ShardRecord } from './jobs/shard-files.js'
export { planShards, type Shard, type ShardBlock, type ShardPlan } from './jobs/shards.js'
export { StoppedBySignal, type StopSignal, type StopSignals, stopSignals } from './jobs/signals.js'
export { jobTemplates, TEMPLATE_KINDS, type TemplateKind, type TemplateValues } from './jobs/templates.js'
export { makeFolder, writeWhole } from './model/files.js'
export { loadModel, type Model, type ModelInfo, mergeModels, type TrainingRecord } from './model/model.js'
export { firstDifference, RUN_FILES, RunFolder, type RunInfo } from './model/run-folder.js'
export type { RuntimeOptions } from './model/runtime.js'
export {
	compiledBackends,
	cpuInfo,
	type DeviceReport,
	listDevices,
	type NativeEpochReport,
	nativeInfo,
} from './native/binding.js'
export {
	PREDICTION_FORMATS,
	type PredictionFormat,
	type PredictionFormatter,
	predictionFormatter,
} from './predict/format.js'
export {
	type Prediction,
	type PredictionInput,
	type PredictOptions,
	type ProteinRecord,
	predict,
	predictAll,
} from './predict/predict.js'
export { type WritePredictionsOptions, writePredictions } from './predict/write.js'
export type { Run, StepProgress } from './progress.js'
export type {
	ReportContent,
	ReportFigure,
	ReportMap,
	ReportProtein,
	ReportSubject,
} from './report/content.js'
export { reportPage } from './report/page.js'
export { type Report, type ReportOptions, report } from './report/report.js'
export { ALPHABET } from './sequence/alphabet.js'
export { checkFasta, type InputProblem, type InputReport } from './sequence/check.js'
export { type ReadFastaOptions, readFasta } from './sequence/fasta.js'
export type { TextSource } from './sequence/lines.js'
export { applyCut, type MiddleCut, middleCut, originalPosition } from './sequence/middle-cut.js'
export { type SequenceRecord, sequenceRecord } from './sequence/record.js'
export {
	type EpochReport,
	heldOutRecords,
	packageVersion,
	type TrainingRun,
	type TrainOptions,
	train,
} from './train/train.js'
