/** What can be configured: one schema, from which the types, the checks and the JSON Schema come. Defaults are the presets'. */
import { z } from 'zod'
import { ENCODING_BLOCKS } from '../encoding/blocks.js'
import { MISSING_PROFILE_POLICIES } from '../encoding/profile/implied.js'

const count = (most: number) => z.int().min(1).max(most)
/** What the head of an A-LSTM may see. */
export const POOLINGS = ['attention', 'attention+last'] as const

/**
 * @internal Own numbers a residue. wgpu launches at most 65,535 workgroups in a dimension; the gradient of the presets' filters, 54 taps in all, passes that from
 * d = 24,260 on.
 */
export const MOST_EXTRA = 20_000

const probability = z.number().min(0).lt(1)

/** The resolved configuration of a training: nothing in it is optional, and it reproduces the run on the same data. */
export const trainingConfigSchema = z
	.strictObject({
		model: z
			.enum(['r-lstm', 'a-lstm'])
			.describe('r-lstm pools the last states of both directions, a-lstm weighs all states by attention'),
		blocks: z.array(z.enum(ENCODING_BLOCKS)).min(1).describe('Encoding blocks, 20 features each'),
		missingProfile: z
			.enum(MISSING_PROFILE_POLICIES)
			.describe('What stands in for a missing profile; used with the block profile only'),
		profileDropout: z
			.number()
			.min(0)
			.max(1)
			.describe(
				'Probability that a protein’s profile gives way, in a step of training, to what stands in for a missing one; needs the block profile',
			),
		extraFeatures: z
			.int()
			.min(0)
			.max(MOST_EXTRA)
			.describe('d, own numbers a residue (--extra), after the blocks; found from the arrays, 0: none'),
		maxResidues: z.int().min(2).max(65_536).describe('A longer sequence loses its middle, residues'),
		cutGap: z
			.int()
			.min(0)
			.max(1000)
			.describe(
				'X residues that stand where a longer sequence lost its middle, so that filters do not read its ends as neighbours',
			),
		filterWidths: z.array(count(1000)).min(1).describe('Residues that each bank of filters spans'),
		filtersPerWidth: count(1000).describe('Filters of each width'),
		secondConv: z
			.strictObject({ widths: z.array(count(101)).min(1), filtersPerWidth: count(1000) })
			.nullable()
			.describe('A second bank of filters, over the channels of the first; null: none'),
		hidden: count(4096).describe('H, LSTM units a direction'),
		attention: count(65_536).nullable().describe('A, attention units (a-lstm); null: 2H'),
		pooling: z
			.enum(POOLINGS)
			.describe('What the head of an a-lstm sees: the attention’s context, or the context and the last states'),
		dense: count(65_536).nullable().describe('D, units of the dense layer; null: 2H'),
		members: count(1000).describe(
			'M, models trained side by side whose probabilities are averaged; they differ in their seed',
		),
		seed: z
			.int()
			.min(0)
			.max(Number.MAX_SAFE_INTEGER)
			.describe('Of the split and of member 1; member m has seed + m − 1'),
		testFraction: probability.describe('Share of every class that is held out; without effect where a split is given'),
		validationFraction: probability.describe(
			'Share of the training records of every class that early stopping watches',
		),
		epochs: count(100_000).describe('Passes over the training records'),
		batchSize: count(65_536).describe('B, proteins a step'),
		bucketBatches: count(10_000).describe(
			'Batches are cut from length-sorted windows of so many batches; 1: plain random batches',
		),
		optimizer: z
			.strictObject({
				learningRate: z.number().positive().max(10),
				beta1: probability,
				beta2: probability,
				epsilon: z.number().positive().max(1),
				weightDecay: z.number().min(0).max(1),
			})
			.describe('Adam (Kingma & Ba 2014) with decoupled weight decay'),
		clipNorm: z
			.number()
			.positive()
			.nullable()
			.describe('Largest global norm of a member’s gradient; null: never clipped'),
		schedule: z
			.discriminatedUnion('kind', [
				z.strictObject({ kind: z.literal('constant') }),
				z.strictObject({
					kind: z.literal('cosine'),
					warmupEpochs: z.number().min(0),
					finalFraction: z.number().min(0).max(1),
				}),
				z.strictObject({ kind: z.literal('step'), everyEpochs: count(100_000), factor: z.number().positive().max(1) }),
			])
			.describe('How the learning rate changes'),
		dropout: z
			.strictObject({
				residues: probability.describe('Whole residues of the input'),
				lstmInput: probability.describe('Before the LSTM'),
				denseInput: probability.describe('Before the dense layer'),
				softmaxInput: probability.describe('Before the output layer'),
			})
			.describe('Probabilities of dropping a value'),
		initialWeights: z
			.discriminatedUnion('kind', [
				z.strictObject({ kind: z.literal('uniform'), range: z.number().positive().max(1) }),
				z.strictObject({ kind: z.literal('framework') }),
				z.strictObject({ kind: z.literal('orthogonal') }),
			])
			.describe(
				'uniform: U ± range, biases 0 (paper) · framework: PyTorch’s defaults · orthogonal: recurrent weights orthogonal, Glorot elsewhere',
			),
		forgetBias: z.number().min(-10).max(10).describe('Added to the initial bias of the forget gate'),
		loss: z
			.enum(['softmax', 'multi-label'])
			.describe(
				'softmax: one class a protein · multi-label: any number of labels, joined by ; in a TSV; their thresholds are chosen on the validation records',
			),
		labelSmoothing: probability.describe(
			'Share of the target that is spread over all classes (multi-label: half of it between the two answers of a label)',
		),
		classWeights: z
			.union([z.literal('balanced'), z.record(z.string(), z.number().min(0))])
			.nullable()
			.describe(
				'Weight of each class in the loss: by name, `balanced` (inverse frequency in the dataset), or null: equal',
			),
		earlyStopping: z
			.strictObject({ patience: count(100_000) })
			.nullable()
			.describe(
				'Stop after so many epochs without a better validation loss and keep the best epoch; needs validation records',
			),
		weightAveraging: z
			.strictObject({ decay: probability })
			.nullable()
			.describe('Exponential average of the weights over the steps, which is evaluated and saved'),
	})
	.describe('Configuration of a subloc-native training')

/** The resolved configuration of a training. */
export type TrainingConfig = z.infer<typeof trainingConfigSchema>

/** Any part of a group, under the group's description. */
function partOf<Shape extends z.core.$ZodShape>(group: z.ZodObject<Shape, z.core.$strict>) {
	return group
		.partial()
		.describe(group.description ?? '')
		.optional()
}

/** What a person may write: any part of it, and a preset for the rest. */
export const configFileSchema = trainingConfigSchema.partial().extend({
	$schema: z.string().optional().describe('For an editor: the address of this schema; without effect'),
	preset: z
		.enum(['paper', 'modern', 'quick'])
		.optional()
		.describe('Where every value comes from that is not given; default modern'),
	optimizer: partOf(trainingConfigSchema.shape.optimizer),
	dropout: partOf(trainingConfigSchema.shape.dropout),
})

/** What a person may write. */
export type ConfigFile = z.infer<typeof configFileSchema>

/** JSON Schema of {@link configFileSchema}, for editors. */
export function configJsonSchema(): Record<string, unknown> {
	return z.toJSONSchema(configFileSchema, { target: 'draft-7' }) as Record<string, unknown>
}
