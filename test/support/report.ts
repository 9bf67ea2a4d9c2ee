/** A report's content without a model: numbers by hand and by a small rule, so that the page alone is under test. */
import {
	type Evaluation,
	evaluatePredictions,
	type LabelledRecord,
	middleCut,
	originalPosition,
	type Prediction,
	type ReportContent,
	type ReportProtein,
	SublocError,
} from 'subloc-native'

export const CLASSES = [
	...['ER', 'Golgi', 'chloroplast', 'cytoplasmic', 'extracellular', 'lysosomal'],
	...['mitochondrial', 'nuclear', 'peroxisomal', 'plasma_membrane', 'vacuolar'],
]

/** Longer proteins lose their middle. */
const MOST_READ = 40

export interface ContentOptions {
	count: number
	/** Networks of the ensemble; default 3. */
	members?: number
	/** Default: the eleven. */
	classes?: readonly string[]
	/** Ids by row; default `P00000`, `P00001`, … */
	id?: (row: number) => string
	/** Descriptions by row; default `protein 0`, … */
	description?: (row: number) => string
	/** Without true places; default false. */
	unknown?: boolean
	/** Rows that are skipped; default none. */
	skipped?: readonly number[]
	title?: string
	/** As an A-LSTM gives it; default true. */
	attention?: boolean
}

/**
 * Protein r is of class r mod K and predicted as it, but every seventh as the next one, with probability 0.5 + (r mod 50)/100; it has 30 + r mod 40 residues and
 * attention at its third. The first four lie in the corners of the map, the others in its middle.
 */
export function reportContent(options: ContentOptions): ReportContent {
	const { count, members = 3, classes = CLASSES, unknown = false, skipped = [], title = 'first run' } = options
	const { attention = true } = options
	const { id = (row) => `P${String(row).padStart(5, '0')}`, description = (row) => `protein ${row}` } = options
	const K = classes.length
	const proteins = Array.from({ length: count }, (_, row): ReportProtein => {
		const truth = row % K
		const predicted = row % 7 === 6 ? (truth + 1) % K : truth
		const length = 30 + (row % 40)
		const common = { description: description(row), class: unknown ? null : classes[truth]! }
		if (skipped.includes(row)) {
			const problem = new SublocError('UNKNOWN_RESIDUE', 'residue 3 is no letter', { record: id(row) })
			const prediction: Prediction = {
				...{ id: id(row), status: 'skipped', problem, length: 0, missingProfile: false, nucleotides: false },
				...{
					compartment: null,
					probability: null,
					calibrated: null,
					spread: null,
					relative: null,
					probabilities: null,
				},
				...{ attention: null, members: null },
			}
			return { ...common, sequence: null, annotations: [], prediction }
		}
		const best = 0.5 + (row % 50) / 100
		const each = (shift: number) =>
			classes.map((_, index) => (index === predicted ? best + shift : (1 - best - shift) / (K - 1)))
		const cut = middleCut(length, MOST_READ)
		const weights = Float32Array.from({ length: cut.kept }, (_, at) => (at === 2 ? 0.5 : 0.5 / (cut.kept - 1)))
		const prediction: Prediction = {
			...{ id: id(row), status: 'ok', problem: null, length, missingProfile: false, nucleotides: false },
			...{
				compartment: classes[predicted]!,
				probability: best,
				calibrated: null,
				spread: members > 1 ? 0.01 : 0,
				relative: null,
			},
			probabilities: Object.fromEntries(each(0).map((p, index) => [classes[index]!, p])),
			attention: attention
				? { weights, positions: Uint32Array.from(weights, (_, at) => originalPosition(cut, at + 1)) }
				: null,
			members:
				members > 1
					? Array.from({ length: members }, (_, m) => Float32Array.from(each(0.01 * (m - (members - 1) / 2))))
					: null,
		}
		const annotations = row % 5 === 0 ? [{ kind: 'SP' as const, start: 1, end: 12 }] : []
		return { ...common, sequence: 'MKVLAGESTDWYHRNQPFIC'.repeat(4).slice(0, length), annotations, prediction }
	})
	const corners = [
		[0, 0],
		[1, 0],
		[0, 1],
		[1, 1],
	]
	const points = proteins.map((_, row) => ({ row, x: corners[row]?.[0] ?? 0.5, y: corners[row]?.[1] ?? 0.5 }))
	return {
		title,
		subject: unknown ? { kind: 'unknown' } : { kind: 'held-out' },
		source: 'proteins.tsv',
		classes,
		model: {
			...{
				kind: attention ? 'a-lstm' : 'r-lstm',
				classes: [...classes],
				blocks: ['onehot'],
				members,
				seeds: ['1'],
				parameters: 12345,
			},
			...{ hidden: 8, attention: 16, dense: 16, filterWidths: [1, 3], filtersPerWidth: 4, maxResidues: MOST_READ },
			...{ cutGap: 0, secondConv: null, pooling: 'attention', loss: 'softmax', thresholds: null },
			...{ extraFeatures: 0, profileDropout: 0 },
		},
		training: null,
		evaluation: unknown ? null : evaluationOf(proteins, classes),
		calibration: null,
		proteins,
		maps: [{ title: 'Context', points }],
		figures: [
			{
				section: 'training',
				title: 'Learning curves',
				caption: 'Loss & accuracy.',
				light: box('#fff'),
				dark: box('#000'),
			},
		],
	}
}

function evaluationOf(proteins: readonly ReportProtein[], classes: readonly string[]): Evaluation {
	const records = proteins.map(
		(own): LabelledRecord => ({
			...{ id: own.prediction.id, description: '', sequence: own.sequence ?? '', line: 0, class: own.class! },
			...{ fold: '', cluster: '', annotations: [] },
		}),
	)
	const predictions = proteins.map(({ prediction }) => prediction)
	return evaluatePredictions(records, predictions, classes, 'made by hand')
}

function box(fill: string): string {
	return `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="${fill}"/></svg>`
}
