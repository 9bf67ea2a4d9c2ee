/** Numbers that the gallery's pictures are drawn from: made here by integer arithmetic, the same on every machine. */
import type { Explanation } from '../../src-ts/explain/explain.js'
import type { FilterMatrix, FilterReport } from '../../src-ts/explain/filters.js'
import type { MapPoint } from '../../src-ts/explain/states.js'
import type { AttentionRow } from '../../src-ts/figures/attention-map.js'
import type { Track } from '../../src-ts/figures/attention-track.js'
import { ALPHABET } from '../../src-ts/sequence/alphabet.js'

export const CLASSES = [
	...['ER', 'Golgi', 'chloroplast', 'cytoplasmic', 'extracellular', 'lysosomal'],
	...['mitochondrial', 'nuclear', 'peroxisomal', 'plasma_membrane', 'vacuolar'],
]

/** Uniform on [0, 1), in steps of 2⁻²⁴: a linear congruence (Numerical Recipes' constants). */
export function numbers(seed: number): () => number {
	let state = BigInt(seed)
	return () => {
		state = (state * 1664525n + 1013904223n) & 0xffffffffn
		return Number(state >> 8n) / 2 ** 24
	}
}

/** About normal: the sum of four uniform numbers. */
function bell(next: () => number): number {
	return (next() + next() + next() + next() - 2) * 1.7
}

/** The paper's Table 2 cannot be shown here (its numbers are the golden test's); these are ours. */
export const confusion = (() => {
	const next = numbers(3)
	return CLASSES.map((_, row) =>
		CLASSES.map((_, column) =>
			row === column ? 20 + Math.floor(next() * 160) : Math.max(0, Math.floor(next() * 14 - 8)),
		),
	)
})()

export const history = (() => {
	const next = numbers(5)
	return [1, 2].flatMap((member) =>
		Array.from({ length: 20 }, (_, index) => {
			const left = 1 / (1 + index * 0.35)
			const noise = () => (next() - 0.5) * 0.04
			return {
				...{ member, epoch: index + 1, steps: 60, learningRate: 0.001, gradientNorm: 1 },
				...{ trainingLoss: 0.35 + 1.9 * left + noise(), trainingAccuracy: 0.88 - 0.6 * left + noise() },
				...{ validationLoss: null, validationAccuracy: null },
				...{ testLoss: 0.62 + 1.6 * left + noise(), testAccuracy: 0.8 - 0.55 * left + noise() },
			}
		}),
	)
})()

/** Probabilities and outcomes of a model that is too sure of itself. */
export const outcomes = (() => {
	const next = numbers(7)
	const confidence = Array.from({ length: 600 }, () => 1 - next() * next() * 0.8)
	return { confidence, right: confidence.map((p) => next() < p * p) }
})()

function filter(name: string, width: number, motif: Record<number, string>, seed: number): FilterMatrix {
	const next = numbers(seed)
	const scores = Float64Array.from({ length: 20 * width }, (_, at) => {
		const wanted = motif[Math.floor(at / 20)] ?? ''
		return (
			bell(next) * 0.12 +
			(wanted.includes(ALPHABET[at % 20]!) ? 0.9 : 0) -
			(wanted && 'DE'.includes(ALPHABET[at % 20]!) ? 0.4 : 0)
		)
	})
	return { name, width, index: Number(name.split('.')[1]), scores, bias: -0.1 }
}

export const filters: FilterMatrix[] = [
	filter('w5.2', 5, { 1: 'KR', 2: 'K', 3: 'R', 4: 'KR' }, 11),
	filter('w3.7', 3, { 0: 'S', 1: 'K', 2: 'LI' }, 12),
	filter(
		'w15.4',
		15,
		{ 0: 'LIV', 1: 'LF', 2: 'LAV', 3: 'L', 4: 'IVL', 5: 'L', 9: 'A', 11: 'A', 12: 'KR', 13: 'KR' },
		13,
	),
	filter('w1.1', 1, { 0: 'W' }, 14),
]

export const reports: FilterReport[] = filters.map((own, index) => {
	const next = numbers(20 + index)
	return {
		filter: own,
		rank: index + 1,
		lossIncrease: 0.31 / (index + 1) - 0.08 * (index === 3 ? 1 : 0),
		accuracyDrop: 0.05 / (index + 1),
		classActivation: CLASSES.map(() => next() * next() * 3),
		hits: [
			{
				id: `protein${index + 1}`,
				class: CLASSES[index]!,
				start: 7,
				end: 6 + own.width,
				residues: 'MKKLLPAVLSTGRWE'.slice(0, own.width),
				activation: 2.5 - index * 0.4,
			},
		],
	}
})

/** Attention that looks at the start of some classes, at the end of others, at the middle of none. */
export const attentionRows: AttentionRow[] = CLASSES.flatMap((name, index) => {
	const next = numbers(40 + index)
	return Array.from({ length: 8 }, (_, number) => {
		const length = 40 + Math.floor(next() * 160)
		const raw = Float64Array.from({ length }, (_, at) => {
			const [start, end] = [Math.max(0, 25 - at) / 25, Math.max(0, 6 - (length - 1 - at)) / 6]
			return 0.02 + 0.05 * next() + (index % 3 === 0 ? start : 0) + (index % 4 === 1 ? end : 0)
		})
		const sum = raw.reduce((a, b) => a + b, 0)
		return { id: `${name}${number}`, class: name, weights: Float32Array.from(raw, (value) => value / sum) }
	})
})

export const tracks: Track[] = [
	track('SECRETED', 180, 180, { kind: 'SP', start: 1, end: 22 }, 61),
	track('ANCHORED', 320, 200, { kind: 'SA', start: 30, end: 50 }, 62),
]

function track(
	id: string,
	length: number,
	kept: number,
	signal: { kind: 'SP' | 'SA'; start: number; end: number },
	seed: number,
): Track {
	const next = numbers(seed)
	const first = Math.ceil(kept / 2)
	const positions = Uint32Array.from({ length: kept }, (_, at) => (at < first ? at + 1 : at + 1 + length - kept))
	const raw = Float64Array.from(
		positions,
		(at) => 0.05 * next() + (at >= signal.start && at <= signal.end ? 0.4 + next() : 0),
	)
	const sum = raw.reduce((a, b) => a + b, 0)
	const weights = Float32Array.from(raw, (value) => value / sum)
	return { id, note: 'true ER, predicted ER 0.93', length, weights, positions, annotations: [signal] }
}

function cloud(seed: number, spread: number): MapPoint[] {
	const next = numbers(seed)
	return CLASSES.flatMap((name, index) => {
		const [cx, cy] = [(index % 4) * 9 + (seed % 3), Math.floor(index / 4) * 9]
		return Array.from({ length: 25 }, (_, number) => ({
			...{ id: `${name}${number}`, class: name },
			...{ x: cx + bell(next) * spread, y: cy + bell(next) * spread },
		}))
	})
}

export const panels = [
	{ title: 'forward last state', points: cloud(71, 1.6) },
	{ title: 'backward last state', points: cloud(72, 2.2) },
	{ title: 'context c', points: cloud(73, 1.3) },
]

export const explanation: Explanation = (() => {
	const next = numbers(81)
	const [length, kept] = [64, 56]
	const positions = Uint32Array.from({ length: kept }, (_, at) => (at < 28 ? at + 1 : at + 1 + length - kept))
	const residues = Array.from({ length: kept }, () => ALPHABET[Math.floor(next() * 20)]!).join('')
	const weight = (at: number) => (at < 20 ? 1 - at / 25 : at > kept - 5 ? 0.7 : 0.08)
	return {
		...{ id: 'EXAMPLE', length, compartment: 'ER', logProbability: -0.21, positions, residues },
		removed: { start: 29, end: 36 },
		mutagenesis: Float32Array.from({ length: 20 * kept }, (_, at) =>
			ALPHABET[at % 20] === residues[Math.floor(at / 20)] ? 0 : (bell(next) * 0.4 - 0.5) * weight(Math.floor(at / 20)),
		),
		occlusion: {
			window: 9,
			delta: Float32Array.from({ length: kept }, (_, at) => -weight(at) * (0.8 + 0.5 * next()) + 0.12),
		},
		annotations: [{ kind: 'SP' as const, start: 1, end: 20 }],
	}
})()
