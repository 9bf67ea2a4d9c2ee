/** What `mmseqs profile2pssm` writes: a table a protein, in its database's order. */
import type { FoundProfile } from '../found.js'
import { columnOrder, concatenated, scoreRow } from '../rows.js'
import type { LineReader } from './line-reader.js'

/** @internal How such a file begins; the second with `--db-output 1`. */
export const MMSEQS_BEGINS = /^(Query profile of sequence \d+|Pos\tCns\t)/

/** Scores are in half bits: nats a unit. */
const HALF_BIT = Math.LN2 / 2

/**
 * A score is printed without the fraction of the eighth bits that MMseqs2 keeps (release 14: of 434,240 values all were), so that 1 stands for 1 to 1.75: their
 * middle is what is read. Against the profiles themselves this takes the mean L1 distance of a row from 0.126 to 0.082.
 */
const CUT_OFF = 0.375

/**
 * @internal Reads all tables. Positions count from 0; the header's letters say which column is which residue; the letter of a row is that of the profile's
 * consensus, not of the protein. A row of zeros (MMseqs2 masked it) has the background.
 */
export async function* readMmseqs(lines: LineReader): AsyncGenerator<FoundProfile> {
	for (;;) {
		const first = await lines.peekText()
		if (!first) return
		const [, key] = /^Query profile of sequence (\d+)\s*$/.exec(first.text) ?? []
		if (key !== undefined) await lines.next()
		const name = key === undefined ? 'the profile' : `the profile of sequence ${key}`
		const header = (await lines.next())?.text.split('\t') ?? []
		const order = columnOrder(header.slice(2))
		if (header[0] !== 'Pos' || header[1] !== 'Cns' || !order) {
			throw lines.invalid(`${name} must begin with the line Pos, Cns and the 20 residues, separated by tabs`)
		}
		const rows: Uint8Array[] = []
		const numbers: number[] = []
		const letters: string[] = []
		for (;;) {
			const line = await lines.peek()
			if (!line || line.text === '' || MMSEQS_BEGINS.test(line.text)) break
			await lines.next()
			const [position, letter, ...scores] = line.text.split('\t')
			if (scores.length !== 20 || !scores.every((score) => /^-?\d{1,3}$/.test(score))) {
				throw lines.invalid(`${name} has a row with ${scores.length} of 20 scores, or one that is no whole number`)
			}
			if (position !== String(rows.length))
				throw lines.invalid(`position ${rows.length} of ${name} is missing: this is ${position}`)
			rows.push(
				scoreRow(
					order.map((column) => middle(Number(scores[column]))),
					HALF_BIT,
				),
			)
			letters.push(letter!.toUpperCase())
			numbers.push(line.number)
		}
		if (rows.length === 0) throw lines.invalid(`${name} has no rows`)
		yield {
			...{
				format: 'mmseqs',
				file: lines.file,
				line: first.number,
				name: null,
				key: key === undefined ? null : Number(key),
			},
			...{ letters: letters.join(''), isConsensus: true, rows: concatenated(rows), lines: numbers, homologues: null },
		}
	}
}

/** What a printed score stands for, in half bits. */
function middle(printed: number): number {
	return printed + CUT_OFF * Math.sign(printed)
}
