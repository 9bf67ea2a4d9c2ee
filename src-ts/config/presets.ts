/** The presets: the only place with defaults. */
import type { TrainingConfig } from './schema.js'

export type Preset = 'paper' | 'modern' | 'quick'

/** The paper's settings in the readings of docs/method.md. Never changes. */
const paper: TrainingConfig = {
	model: 'r-lstm',
	blocks: ['onehot', 'blosum80', 'hsdm', 'profile'],
	missingProfile: 'blosum',
	profileDropout: 0,
	extraFeatures: 0,
	maxResidues: 1000,
	cutGap: 0,
	filterWidths: [1, 3, 5, 9, 15, 21],
	filtersPerWidth: 10,
	secondConv: null,
	hidden: 200,
	attention: null,
	pooling: 'attention',
	dense: null,
	members: 1,
	seed: 1,
	testFraction: 0.2,
	validationFraction: 0,
	epochs: 100,
	batchSize: 64,
	bucketBatches: 1,
	optimizer: { learningRate: 2e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
	clipNorm: null,
	schedule: { kind: 'constant' },
	dropout: { residues: 0, lstmInput: 0.5, denseInput: 0.5, softmaxInput: 0.5 },
	initialWeights: { kind: 'uniform', range: 0.05 },
	forgetBias: 0,
	loss: 'softmax',
	labelSmoothing: 0,
	classWeights: null,
	earlyStopping: null,
	weightAveraging: null,
}

/** The same networks with later habits: they reach an accuracy in fewer epochs (docs/reproduction.md says what was tried, and what paid). May change with a release. */
const modern: TrainingConfig = {
	...paper,
	model: 'a-lstm',
	pooling: 'attention+last',
	hidden: 64,
	epochs: 30,
	batchSize: 32,
	bucketBatches: 8,
	optimizer: { ...paper.optimizer, learningRate: 2e-3 },
	clipNorm: 3,
	schedule: { kind: 'cosine', warmupEpochs: 1, finalFraction: 0.02 },
	dropout: { residues: 0.05, lstmInput: 0.3, denseInput: 0.3, softmaxInput: 0.3 },
	initialWeights: { kind: 'orthogonal' },
	forgetBias: 1,
	weightAveraging: { decay: 0.995 },
}

/** A small network and a quarter of the epochs: minutes on two cores. */
const quick: TrainingConfig = {
	...paper,
	blocks: ['onehot', 'blosum80'],
	hidden: 64,
	epochs: 25,
	optimizer: { ...paper.optimizer, learningRate: 1e-3 },
	clipNorm: 3,
	initialWeights: { kind: 'framework' },
}

/** Options that came after the first run folders: a configuration without them means these values. */
export const ADDED_LATER = {
	cutGap: paper.cutGap,
	secondConv: paper.secondConv,
	pooling: paper.pooling,
	loss: paper.loss,
	profileDropout: paper.profileDropout,
	extraFeatures: paper.extraFeatures,
} satisfies Partial<TrainingConfig>

/** Every value of each preset. `paper` asks for profiles: without any, its blocks become onehot, blosum80 and hsdm, with one warning. */
export const PRESETS: Readonly<Record<Preset, TrainingConfig>> = { paper, modern, quick }
