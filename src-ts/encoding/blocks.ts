/** Encoding blocks (method page, 3): what a residue looks like to the network. */
import { SublocError } from '../errors.js'
import { AMBIGUOUS, CODES } from '../sequence/alphabet.js'
import { BLOSUM80, HSDM, type Matrix } from './matrices.js'

/** Blocks in the order of their features, whatever the order they are asked for in. */
export const ENCODING_BLOCKS = ['onehot', 'blosum80', 'hsdm', 'profile'] as const

/** A part of the features: 20 columns each. */
export type EncodingBlock = (typeof ENCODING_BLOCKS)[number]

/** The lookup table of all blocks but `profile`. */
export interface EncodingTable {
	/** [25, Ft], row-major. */
	data: Float32Array
	shape: [codes: number, features: number]
	axes: ['code', 'feature']
}

// 1 / standard deviation of the 20 × 20 table: 1 / 3.718 and 1 / 4.201 (method page, 3; the paper gives no scale).
const BLOSUM80_SCALE = 1 / standardDeviation(BLOSUM80)
const HSDM_SCALE = 1 / standardDeviation(HSDM)

const VALUES: Record<Exclude<EncodingBlock, 'profile'>, (residue: number, column: number) => number> = {
	onehot: (residue, column) => (residue === column ? 1 : 0),
	blosum80: (residue, column) => BLOSUM80[residue * 20 + column]! * BLOSUM80_SCALE,
	hsdm: (residue, column) => HSDM[residue * 20 + column]! * HSDM_SCALE,
}

/** What the ambiguous codes are the mean of: N and D, Q and E, I and L. */
export const MEAN_OF: readonly [code: number, residues: readonly [number, number]][] = [
	[AMBIGUOUS.B, [2, 3]],
	[AMBIGUOUS.Z, [5, 6]],
	[AMBIGUOUS.J, [9, 10]],
]

/** Blocks in the order of their features; `INVALID_OPTION` for an unknown, repeated or missing one. */
export function orderedBlocks(blocks: readonly string[]): EncodingBlock[] {
	for (const block of blocks) {
		if (!(ENCODING_BLOCKS as readonly string[]).includes(block)) {
			const facts = { option: 'blocks', value: block, allowed: ENCODING_BLOCKS }
			throw new SublocError('INVALID_OPTION', `blocks: '${block}' is not one of ${ENCODING_BLOCKS.join(', ')}`, facts)
		}
	}
	if (blocks.length === 0 || new Set(blocks).size !== blocks.length) {
		throw new SublocError('INVALID_OPTION', 'blocks: name at least one, and none twice', { option: 'blocks' })
	}
	return ENCODING_BLOCKS.filter((block) => blocks.includes(block))
}

/** The table [25, Ft] of the blocks but `profile`, in their order; rows X and DROPPED are zero. */
export function encodingTable(blocks: readonly EncodingBlock[]): EncodingTable {
	const tables = orderedBlocks(blocks).filter((block) => block !== 'profile')
	const features = 20 * tables.length
	const data = new Float32Array(CODES * features)
	for (const [index, block] of tables.entries()) {
		const put = (code: number, value: (column: number) => number) => {
			for (let column = 0; column < 20; column++) data[code * features + 20 * index + column] = value(column)
		}
		for (let residue = 0; residue < 20; residue++) put(residue, (column) => VALUES[block](residue, column))
		for (const [code, [a, b]] of MEAN_OF) {
			put(code, (column) => (VALUES[block](a, column) + VALUES[block](b, column)) / 2)
		}
	}
	return { data, shape: [CODES, features], axes: ['code', 'feature'] }
}

function standardDeviation(matrix: Matrix): number {
	const mean = matrix.reduce((sum, value) => sum + value, 0) / matrix.length
	return Math.sqrt(matrix.reduce((sum, value) => sum + (value - mean) ** 2, 0) / matrix.length)
}
