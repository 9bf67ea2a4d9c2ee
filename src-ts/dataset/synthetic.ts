/**
 * Synthetic proteins with planted sorting signals, for the demo and for tests. They are caricatures: the signals follow textbook rules (von Heijne's
 * −3, −1 rule, R−2 of mitochondrial presequences, KDEL, SKL, …) and the rest is random, so an accuracy on them says nothing about real proteins.
 */
import { SublocError } from '../errors.js'
import { uniforms } from '../native/binding.js'
import { ALPHABET } from '../sequence/alphabet.js'
import type { Annotation } from './annotations.js'
import { type Dataset, type LabelledRecord, makeDataset } from './dataset.js'

/** Frequencies of the residues in proteins (Robinson & Robinson 1991), in per mille, in the order of the alphabet. */
const BACKGROUND = [78, 51, 45, 54, 19, 43, 63, 74, 22, 51, 90, 57, 22, 39, 52, 71, 58, 13, 32, 66]

/** Their running sums. */
const CUMULATIVE = BACKGROUND.map((_, at) => BACKGROUND.slice(0, at + 1).reduce((a, b) => a + b))

/** What the ids of synthetic proteins begin with: so they are known for what they are when they are read from a file. */
export const SYNTHETIC_ID = 'synthetic_'

/** The classes and the signals that are planted in them. */
export const SYNTHETIC_CLASSES = [
	'ER',
	'chloroplast',
	'cytoplasmic',
	'extracellular',
	'mitochondrial',
	'nuclear',
	'peroxisomal',
	'plasma_membrane',
] as const
export type SyntheticClass = (typeof SYNTHETIC_CLASSES)[number]

export interface SyntheticOptions {
	/** Default 1. */
	seed?: number
	/** Proteins of each class, from 1; default 60. */
	perClass?: number
	/** Length without the signals, in residues, smallest and largest; default [60, 240]. */
	length?: [min: number, max: number]
	/** Share of proteins whose signal is left out: what no model can get right. Default 0.03. */
	withoutSignal?: number
}

/** A dataset of synthetic proteins; the same options give the same proteins. Its annotations say where signals at the start lie. */
export function syntheticDataset(options: SyntheticOptions = {}): Dataset {
	const { seed = 1, perClass = 60, length = [60, 240], withoutSignal = 0.03 } = options
	if (!(length[0] >= 20 && length[1] >= length[0])) {
		throw new SublocError('INVALID_OPTION', 'length: [min, max] with 20 ≤ min ≤ max is needed', {
			option: 'length',
			value: length,
		})
	}
	const records: LabelledRecord[] = []
	for (const [index, own] of SYNTHETIC_CLASSES.entries()) {
		for (let number = 1; number <= perClass; number++) {
			const draw = new Draw(seed, index * 1_000_000 + number)
			const body = draw.residues(draw.between(...length))
			const { sequence, annotations } =
				draw.next() < withoutSignal ? { sequence: `M${body}`, annotations: [] } : PLANT[own](body, draw)
			const id = `${SYNTHETIC_ID}${own}_${String(number).padStart(4, '0')}`
			records.push({ ...record(id, sequence, annotations), class: own })
		}
	}
	return makeDataset(records, { source: `synthetic proteins, seed ${seed}` })
}

/**
 * A multi-label dataset of synthetic proteins: `perClass` with each of two signals alone, with both, and with none, in four groups: mitochondrial, nuclear, both
 * (a presequence in front of a nuclear protein), and cytoplasmic. The same options give the same proteins.
 */
export function syntheticMultiLabel(options: SyntheticOptions = {}): Dataset {
	const { seed = 1, perClass = 60, length = [60, 240], withoutSignal = 0.03 } = options
	const groups: SyntheticClass[][] = [['cytoplasmic'], ['mitochondrial'], ['nuclear'], ['mitochondrial', 'nuclear']]
	const records = groups.flatMap((labels, index) =>
		Array.from({ length: perClass }, (_, number): LabelledRecord => {
			const draw = new Draw(seed, 50_000_000 + index * 1_000_000 + number)
			let body = draw.residues(draw.between(...length))
			const hasSignal = draw.next() >= withoutSignal
			if (hasSignal && labels.includes('nuclear')) body = PLANT.nuclear(body, draw).sequence
			const planted =
				hasSignal && labels.includes('mitochondrial') ? PLANT.mitochondrial(body, draw) : whole(`M${body}`)
			const id = `synthetic_${labels.join('_')}_${String(number + 1).padStart(4, '0')}`
			return { ...record(id, planted.sequence, planted.annotations), class: labels.join(';') }
		}),
	)
	return makeDataset(records, { source: `synthetic multi-label proteins, seed ${seed}`, multiLabel: true })
}

function record(id: string, sequence: string, annotations: Annotation[]): Omit<LabelledRecord, 'class'> {
	return { id, description: 'synthetic', sequence, line: 0, fold: '', cluster: '', annotations }
}

interface Planted {
	sequence: string
	annotations: Annotation[]
}

const whole = (sequence: string, annotations: Annotation[] = []): Planted => ({ sequence, annotations })

/** A protein that begins with `signal` and goes on with `body`. */
function atStart(kind: Annotation['kind'], signal: string, body: string): Planted {
	return whole(signal + body, [{ kind, start: 1, end: signal.length }])
}

const PLANT: Record<SyntheticClass, (body: string, draw: Draw) => Planted> = {
	cytoplasmic: (body) => whole(`M${body}`),
	extracellular: (body, draw) => atStart('SP', signalPeptide(draw), body),
	ER: (body, draw) => atStart('SP', signalPeptide(draw), `${body}${draw.pick(['KDEL', 'KDEL', 'HDEL', 'RDEL'])}`),
	mitochondrial: (body, draw) => atStart('mTP', mitochondrialPeptide(draw), body),
	chloroplast: (body, draw) => atStart('cTP', chloroplastPeptide(draw), body),
	peroxisomal: (body, draw) => whole(`M${body}${draw.pick(['SKL', 'SKL', 'AKL', 'SRL', 'CKL'])}`),
	nuclear: (body, draw) => {
		const signal = () => draw.pick(['PKKKRKV', 'KRPAATKKAGQAKKKK', 'PAAKRVKLD', 'KKRKRRKKP'])
		const [first, second] = [draw.between(5, body.length >> 1), draw.between(body.length >> 1, body.length - 5)]
		return whole(`M${body.slice(0, first)}${signal()}${body.slice(first, second)}${signal()}${body.slice(second)}`)
	},
	plasma_membrane: (body, draw) => {
		const helices = draw.between(2, 5)
		const loop = Math.floor(body.length / helices)
		const parts = Array.from({ length: helices }, (_, i) => {
			return `${body.slice(i * loop, (i + 1) * loop)}${draw.from('LLLIIVVAFFGMWST', draw.between(19, 23))}KR`
		})
		return whole(`M${parts.join('')}`)
	},
}

/** Positive start, hydrophobic core, small residues at −3 and −1. */
function signalPeptide(draw: Draw): string {
	const start = `M${draw.from('KRSNAT', draw.between(1, 4))}K`
	return `${start}${draw.from('LLLLAAVVIFCG', draw.between(9, 13))}${draw.from('STGPQN', 3)}${draw.pick(['AQA', 'ASA', 'VHS', 'AFA', 'GSG'])}`
}

/** An amphiphilic helix: arginine every few residues, hardly a negative charge, R at −2. */
function mitochondrialPeptide(draw: Draw): string {
	const turns = Array.from({ length: draw.between(5, 9) }, () => `R${draw.from('LLASAVF', draw.between(2, 3))}`)
	return `ML${turns.join('')}R${draw.from('SAY', 1)}`
}

/** Rich in serine and threonine, uncharged at the start, V-X-A/C at the cut. */
function chloroplastPeptide(draw: Draw): string {
	return `MA${draw.from('SSSSTTTAAPQNLV', draw.between(25, 45))}${draw.from('KR', 1)}V${draw.from('RKQ', 1)}${draw.pick(['A', 'C'])}`
}

/** Random choices of one protein, from a stream of its own. */
class Draw {
	readonly #seed: bigint
	readonly #stream: bigint
	#values: Float64Array = new Float64Array()
	#used = 0

	constructor(seed: number, stream: number) {
		this.#seed = BigInt(seed)
		this.#stream = BigInt(stream)
	}

	/** Uniform on [0, 1). */
	next(): number {
		if (this.#used === this.#values.length) {
			this.#values = uniforms(this.#seed, this.#stream, Math.max(1024, 2 * this.#values.length))
		}
		return this.#values[this.#used++]!
	}

	/** A whole number from `min` to `max`. */
	between(min: number, max: number): number {
		return min + Math.floor(this.next() * (max - min + 1))
	}

	pick<T>(choices: readonly T[]): T {
		return choices[this.between(0, choices.length - 1)]!
	}

	/** `length` letters of `letters`, each as likely as it occurs there. */
	from(letters: string, length: number): string {
		return Array.from({ length }, () => this.pick([...letters])).join('')
	}

	/** `length` residues with the background's frequencies. */
	residues(length: number): string {
		const total = CUMULATIVE.at(-1)!
		return Array.from({ length }, () => {
			const at = this.next() * total
			return ALPHABET[CUMULATIVE.findIndex((sum) => at < sum)] ?? 'V'
		}).join('')
	}
}
