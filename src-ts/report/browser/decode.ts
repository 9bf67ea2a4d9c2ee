/** The page's data, read once. */
import type { Packed, PageData } from '../page-data.js'

function bytes(packed: Packed): ArrayBuffer {
	const text = atob(packed)
	const found = new Uint8Array(text.length)
	for (let at = 0; at < text.length; at++) found[at] = text.charCodeAt(at)
	return found.buffer
}

// The bytes are little-endian, as every machine that runs a browser is.
const u8 = (packed: Packed) => new Uint8Array(bytes(packed))
const u16 = (packed: Packed) => new Uint16Array(bytes(packed))
const i16 = (packed: Packed) => new Int16Array(bytes(packed))
const u32 = (packed: Packed) => new Uint32Array(bytes(packed))
const f32 = (packed: Packed) => new Float32Array(bytes(packed))

/** Reads the JSON block of the document. */
export function readData() {
	const { proteins, members, residues, maps, ...rest } = JSON.parse(
		document.getElementById('report-data')!.textContent!,
	) as PageData
	return {
		...rest,
		proteins: {
			...proteins,
			lengths: u32(proteins.lengths),
			truth: proteins.truth === null ? null : i16(proteins.truth),
			predicted: i16(proteins.predicted),
			probabilities: u16(proteins.probabilities),
			spread: proteins.spread === null ? null : u16(proteins.spread),
		},
		members: members && { count: members.count, values: u8(members.values) },
		residues: residues && {
			offsets: u32(residues.offsets),
			letters: residues.letters,
			first: u32(residues.first),
			removed: u32(residues.removed),
			attention: residues.attention === null ? null : u16(residues.attention),
			largest: residues.largest === null ? null : f32(residues.largest),
		},
		maps: maps.map(({ title, rows, points }) => ({ title, rows: u32(rows), points: u16(points) })),
	}
}

export type Data = ReturnType<typeof readData>

/** Probability of a class, 0 to 1. */
export function probabilityOf({ classes, proteins }: Data, row: number, index: number): number {
	return proteins.probabilities[row * classes.length + index]! / 65535
}

/** Probability of what was predicted; -1 for a skipped protein, so that it is sorted last. */
export function bestProbability(data: Data, row: number): number {
	const predicted = data.proteins.predicted[row]!
	return predicted < 0 ? -1 : probabilityOf(data, row, predicted)
}

/** Standard deviation over the members; 0 for a single network. */
export function spreadOf({ proteins }: Data, row: number): number {
	return proteins.spread === null ? 0 : proteins.spread[row]! / 65535
}

/** The name of a class by its index; a dash for none. */
export function className({ classes }: Data, index: number | undefined): string {
	return index === undefined || index < 0 ? '–' : readable(classes[index]!)
}

/** A name as it is read: `plasma_membrane` has no underscore. */
export function readable(name: string): string {
	return name.replaceAll('_', ' ')
}

/** Whether the prediction is right; null where that is not known. */
export function isRight({ proteins }: Data, row: number): boolean | null {
	const truth = proteins.truth?.[row] ?? -1
	return truth < 0 || proteins.predicted[row]! < 0 ? null : truth === proteins.predicted[row]
}

/** Percent without decimals, or with one where that says more. */
export function percent(value: number): string {
	if (value > 0 && value < 0.001) return '< 0.1 %'
	return `${(100 * value).toFixed(value < 0.1 || (value > 0.99 && value < 0.9995) ? 1 : 0)} %`
}
