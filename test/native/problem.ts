/** A training job small enough for a test: random proteins, class 1 the ones that begin with tryptophan (code 17). */
import { type NativeTrainingOptions, shuffledIndices, uniforms } from '../../src-ts/native/binding.js'

export interface ProblemSize {
	records?: number
	/** Residues of the longest protein; the others are shorter. */
	residues?: number
	hidden?: number
	members?: number
	epochs?: number
	kind?: 'r-lstm' | 'a-lstm'
}

export const TABLE_FEATURES = 20

export function problem(size: ProblemSize = {}): NativeTrainingOptions {
	const { records = 24, residues = 40, hidden = 6, members = 1, epochs = 3, kind = 'r-lstm' } = size
	const lengths = Array.from(uniforms(5n, 1n, records), (u) => Math.max(1, Math.round(residues * (0.5 + 0.5 * u))))
	const offsets = new BigUint64Array(records + 1)
	for (const [record, length] of lengths.entries()) offsets[record + 1] = offsets[record]! + BigInt(length)
	const codes = Uint8Array.from(uniforms(5n, 2n, Number(offsets[records])), (u) => Math.floor(u * 20))
	const labels = Uint32Array.from({ length: records }, (_, record) => record % 2)
	for (const [record, label] of labels.entries()) codes[Number(offsets[record])] = label === 1 ? 17 : 10
	const table = new Float32Array(25 * TABLE_FEATURES)
	for (let code = 0; code < 20; code++) table[code * TABLE_FEATURES + code] = 1
	const order = shuffledIndices(5n, 3n, records)
	const test = Math.max(1, Math.floor(records / 5))
	return {
		model: {
			kind,
			hidden,
			attention: 4,
			dense: 5,
			classes: ['other', 'tryptophan'],
			blocks: ['onehot'],
			filterWidths: [1, 3, 5],
			filtersPerWidth: 4,
			profile: false,
			maxResidues: 1000,
			tableFeatures: TABLE_FEATURES,
			...{ pooling: 'attention', cutGap: 0, secondConv: null, loss: 'softmax', extraFeatures: 0, profileDropout: 0 },
		},
		training: {
			epochs,
			batchSize: 8,
			optimizer: { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
			clipNorm: 2,
			schedule: { kind: 'constant' },
			dropout: { residues: 0, lstmInput: 0, denseInput: 0, softmaxInput: 0 },
			initialWeights: { kind: 'uniform', range: 0.05 },
			forgetBias: 0,
			labelSmoothing: 0,
			classWeights: null,
			earlyStopping: null,
			weightAveraging: null,
			bucketBatches: 1,
			membersPerStep: members,
			evaluateTest: true,
		},
		table,
		records: { codes, offsets, profiles: null },
		labels,
		labelSets: null,
		members: Array.from({ length: members }, (_, member) => ({
			seed: BigInt(member + 1),
			train: order.slice(test),
			validation: new Uint32Array(),
			test: order.slice(0, test),
		})),
		checkpoint: null,
		resume: false,
		backend: 'cpu',
		threads: 1,
		cpuIsa: 'auto',
		precision: 'f32',
	}
}

/** A job that runs far longer than any test waits. */
export function endlessProblem(): NativeTrainingOptions {
	return problem({ records: 64, residues: 300, hidden: 16, epochs: 1_000_000 })
}
