/** HMMs of the HH-suite (`hhmake`, `hhblits -ohhm`), one or several a file. */
import type { FoundProfile } from '../found.js'
import { columnOrder, concatenated, probabilityRow } from '../rows.js'
import type { LineReader } from './line-reader.js'

/** @internal How such a file begins. */
export const HHM_BEGINS = /^(HHsearch\b|NAME\s)/

/**
 * @internal Reads all HMMs. Emissions are −1000 · log2 p, `*` is 0, in the order of the header's letters. The letter of a row is the first sequence's, which
 * is the protein itself in what the HH-suite makes with `-M first` or A3M input.
 */
export async function* readHhm(lines: LineReader): AsyncGenerator<FoundProfile> {
	for (;;) {
		const first = await lines.peekText()
		if (!first) return
		if (!HHM_BEGINS.test(first.text)) throw lines.invalid('an HMM begins with HHsearch or NAME', first.number)
		yield await readOne(lines, first.number)
	}
}

async function readOne(lines: LineReader, start: number): Promise<FoundProfile> {
	let name: string | null = null
	let length: number | null = null
	let order: number[] | null = null
	for (;;) {
		const line = await lines.next()
		if (!line) throw lines.invalid('the HMM ends before its matrix begins')
		const [word, value] = line.text.trim().split(/\s+/)
		if (word === 'NAME') name = value ?? null
		if (word === 'LENG') length = Number(value)
		if (word !== 'HMM' || !/^HMM\s/.test(line.text)) continue
		order = columnOrder(line.text.trim().split(/\s+/).slice(1))
		if (!order) throw lines.invalid('the line HMM must name the 20 residues')
		break
	}
	const rows: Uint8Array[] = []
	const numbers: number[] = []
	let letters = ''
	// The names and values of the transitions come first; a row of transitions follows each row of emissions.
	for (;;) {
		const line = await lines.next()
		if (!line) throw lines.invalid(`the HMM ends after row ${rows.length} without //: it is cut off`)
		if (line.text.startsWith('//')) break
		const [, letter, position, rest] = /^([A-Za-z*-])\s+(\d+)\s(.*)$/.exec(line.text) ?? []
		if (letter === undefined) continue
		if (Number(position) !== rows.length + 1)
			throw lines.invalid(`row ${rows.length + 1} is missing: this is row ${position}`)
		const cells = rest!.trim().split(/\s+/).slice(0, 20)
		if (cells.length !== 20 || !cells.every((cell) => /^(\*|-?\d+)$/.test(cell))) {
			throw lines.invalid(`row ${position} has no 20 values`)
		}
		rows.push(probabilityRow(order.map((column) => probability(cells[column]!))))
		letters += letter.toUpperCase()
		numbers.push(line.number)
	}
	if (rows.length === 0 || (length !== null && rows.length !== length)) {
		throw lines.invalid(`the HMM has ${rows.length} rows${length === null ? '' : `, LENG says ${length}`}`)
	}
	return {
		...{ format: 'hhm', file: lines.file, line: start, name, key: null, letters, isConsensus: false },
		...{ rows: concatenated(rows), lines: numbers, homologues: null },
	}
}

/** An emission as a probability. */
function probability(cell: string): number {
	return cell === '*' ? 0 : Math.min(1, 2 ** (-Number(cell) / 1000))
}
