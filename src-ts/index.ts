/**
 * subloc-native: where in the cell a protein lives, and why. The convolutional LSTM networks of Sønderby et al. 2015, trained and run natively.
 */
export {
	type ImportReport,
	type StoreImportedOptions,
	storeImportedProfiles,
} from './alignment/import-profiles.js'
export {
	type MakeProfilesOptions,
	makeProfiles,
	PROFILE_TOOLS,
	type ProfileProgress,
	type ProfileReport,
	type ProfileTool,
} from './alignment/make-profiles.js'
export type { ProfilesInfo } from './alignment/record-file.js'
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
	hasSignals,
	predictHeldOut,
} from './cross-validate.js'
export { type Annotation, parseAnnotations } from './dataset/annotations.js'
export {
	type Dataset,
	type LabelledRecord,
	makeDataset,
	multiLabelDataset,
	type ReadDatasetOptions,
	readDataset,
} from './dataset/dataset.js'
export {
	type ClusterOptions,
	clusterByHomology,
	findHomologs,
	HOMOLOGY_LIMITS,
	type Homolog,
	type HomologyLimits,
	type HomologyOptions,
	type HomologyRecord,
	type HomologySearch,
	LONGEST_ALIGNED,
	nearestRelatives,
} from './dataset/homology.js'
export { labelSets, labelsOf } from './dataset/label-sets.js'
export { formatSplit, parseSplit, readSplit, type SplitRow, splitRows } from './dataset/split/file.js'
export {
	auditSplit,
	type CrossingPair,
	type HomologyEngine,
	type HomologyFoldsOptions,
	homologyFolds,
	type SplitAudit,
} from './dataset/split/homology.js'
export { iterativeParts } from './dataset/split/iterative.js'
export {
	clusteredRecords,
	columnSplit,
	holdOut,
	type Part,
	type Rows,
	rowsOf,
	type Split,
	stratifiedFolds,
} from './dataset/split/split.js'
export {
	SYNTHETIC_CLASSES,
	type SyntheticClass,
	type SyntheticOptions,
	syntheticDataset,
	syntheticMultiLabel,
} from './dataset/synthetic.js'
export { ENCODING_BLOCKS, type EncodingBlock, type EncodingTable, encodingTable } from './encoding/blocks.js'
export { type ExtraRows, type ExtraSource, openExtra } from './encoding/extra/source.js'
export { profileOfAlignment } from './encoding/profile/alignment.js'
export { PSSM_VALUES, type PssmValues } from './encoding/profile/formats/psiblast.js'
export { type ReadProfilesOptions, readProfiles } from './encoding/profile/formats/read.js'
export type { FoundProfile, ProfiledRecord, ProfileFormat } from './encoding/profile/found.js'
export { impliedProfile, type MissingProfile, PROFILE_SCALE } from './encoding/profile/implied.js'
export {
	type ImportedProfile,
	type ImportProfilesOptions,
	importProfiles,
	type UnclaimedProfile,
} from './encoding/profile/import.js'
export { openProfileStore, type ProfileSource } from './encoding/profile/store.js'
export type { StoredProfile } from './encoding/profile/store-writer.js'
export { describeError, type ErrorCode, type ErrorFacts, exitCode, fileError, SublocError } from './errors.js'
export { type Answers, flatProbabilities } from './evaluate/answers.js'
export {
	type AuditedRecord,
	auditLeak,
	auditSplitLeak,
	auditTsv,
	type LeakAudit,
} from './evaluate/audit.js'
export type { BaselineScores } from './evaluate/baseline-scores.js'
export {
	type BaselineAnswers,
	type BaselineName,
	baselineAnswers,
	foldedBaselineAnswers,
	type LearnedBaselines,
	largestClass,
	learnBaselines,
	learnedBaselineAnswers,
} from './evaluate/baselines.js'
export {
	type BootstrapOptions,
	bootstrapInterval,
	bootstrapIntervals,
	quantile,
	resamples,
} from './evaluate/bootstrap.js'
export {
	type Calibration,
	type CalibrationBin,
	calibration,
} from './evaluate/calibration.js'
export type { ClusterScores } from './evaluate/clusters.js'
export { type Comparison, compareAnswers, type ScoreDifference } from './evaluate/compare.js'
export { composition, fitLogistic, type LogisticRegression, logisticAnswers } from './evaluate/composition.js'
export {
	type EvaluateOptions,
	type Evaluation,
	evaluate,
	evaluatePredictions,
	type ScoringOptions,
	type SelectiveSummary,
} from './evaluate/evaluate.js'
export { parseEvaluation } from './evaluate/evaluation-file.js'
export { type ScoreIntervals, scoreIntervals } from './evaluate/intervals.js'
export { type McNemar, mcnemar } from './evaluate/mcnemar.js'
export {
	changedRecords,
	foldedMethionineEffects,
	type MethionineEffect,
	type MethionineOptions,
	methionineEffects,
} from './evaluate/methionine.js'
export { brierScore, type ClassScores, confusionMatrix, logLoss, type Scores, scores } from './evaluate/metrics.js'
export { type MotifRules, motifRules } from './evaluate/motifs.js'
export {
	type EvaluateLabelsOptions,
	evaluateLabels,
	evaluateMultiLabel,
	type LabelIntervals,
	type LabelScores,
	type LabelSetScores,
	labelSetScores,
	type MultiLabelEvaluation,
} from './evaluate/multi-label.js'
export { type ProbabilityReport, type ProbabilityScores, probabilityReport } from './evaluate/probabilities.js'
export {
	findFoldedRelatives,
	findRelatives,
	type Relative,
	type RelativesOptions,
	readRelatives,
} from './evaluate/relative.js'
export {
	type CopiedLabel,
	copyLabels,
	IDENTITY_BINS,
	type IdentityBin,
	type RelativesSummary,
	summariseRelatives,
} from './evaluate/relatives.js'
export {
	type Abstained,
	abstaining,
	type CoveragePoint,
	riskCoverage,
	type Selective,
	thresholdFor,
} from './evaluate/selective.js'
export { type Interval, shareInterval, wilson } from './evaluate/share.js'
export {
	attentionTracks,
	importanceTrack,
	type ResidueEffects,
	type SignalShare,
	signalShares,
	type WeightTrack,
} from './evaluate/signals.js'
export { type Scored, type Strata, type Stratum, strata } from './evaluate/strata.js'
export {
	calibrateModel,
	fitTemperature,
	heldOutTemperatures,
	temperatureScaling,
	temperedLoss,
} from './evaluate/temperature.js'
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
export { classesFigure, labelsFigure } from './figures/classes.js'
export { compartmentColours, compartmentMarks, type Mark } from './figures/colours.js'
export { confusionFigure } from './figures/confusion.js'
export { curvesFigure } from './figures/curves.js'
export { filterHitsTsv, filterMeme, filterReportTsv, filterTsv } from './figures/filter-text.js'
export type { LetterColours } from './figures/letters.js'
export { type LogoOptions, type LogoSheetOptions, logoFigure, logoSheetFigure } from './figures/logo.js'
export { type MutagenesisOptions, mutagenesisFigure } from './figures/mutagenesis.js'
export { figurePng, type PngOptions } from './figures/png.js'
export { reliabilityFigure } from './figures/reliability.js'
export { type FigureOptions, readable, type Theme } from './figures/style.js'
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
export { type ModelCard, SHIPPED_MODEL } from './model/shipped.js'
export { type TemperatureScaling, temperedProbabilities } from './model/temperature.js'
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
export { absentClasses, KINGDOMS, type Kingdom } from './predict/kingdom.js'
export type { NearestProtein, TrainingProtein } from './predict/nearest.js'
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
export { reportPage, wasMadeWithSequences } from './report/page.js'
export { isPredictionsFile, type PredictionsFile, parsePredictions } from './report/predictions-file.js'
export { type Report, type ReportOptions, report } from './report/report.js'
export { ALPHABET } from './sequence/alphabet.js'
export { checkFasta, type InputProblem, type InputReport } from './sequence/check.js'
export { type ReadFastaOptions, readFasta } from './sequence/fasta.js'
export { fingerprint } from './sequence/fingerprint.js'
export type { TextSource } from './sequence/lines.js'
export { applyCut, type MiddleCut, middleCut, originalPosition } from './sequence/middle-cut.js'
export { type SequenceRecord, sequenceRecord } from './sequence/record.js'
export { heldOutRecords, partsOfTraining, type TrainingParts } from './train/parts.js'
export {
	type EpochReport,
	packageVersion,
	type TrainingRun,
	type TrainOptions,
	train,
} from './train/train.js'
export { type UnseenRecords, unseenRecords } from './train/unseen.js'
