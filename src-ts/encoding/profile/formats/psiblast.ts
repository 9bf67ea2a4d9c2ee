/** PSI-BLAST's text form of its matrix (`-out_ascii_pssm`), one protein a file. */
import type { FoundProfile } from '../found.js'
import { columnOrder, concatenated, percentRow, scoreRow } from '../rows.js'
import type { LineReader } from './line-reader.js'

/**
 * Which of PSI-BLAST's two tables gives the rows: `percent`, the weighted observed percentages (what the paper's group used), or `score`, the residue
 * probabilities that the log-odds scores imply, which hold pseudocounts.
 */
export const PSSM_VALUES = ['percent', 'score'] as const
export type PssmValues = (typeof PSSM_VALUES)[number]

/** @internal How such a file begins. */
export const PSIBLAST_BEGINS = 'Last position-specific scoring matrix computed'

/**
 * @internal Reads the matrix. The header's letters say which column is which residue. A row whose percentages are all 0 (nothing was aligned there) is taken
 * from its scores, and so is every row where the file has no percentages.
 */
export async function* readPsiblast(lines: LineReader, values: PssmValues): AsyncGenerator<FoundProfile> {
	const start = (await lines.next())!.number
	const header = await lines.peekText()
	await lines.next()
	const columns = header?.text.trim().split(/\s+/) ?? []
	const order = columnOrder(columns.slice(0, 20))
	const hasPercent = columns.length === 40
	if (!order || (hasPercent ? columnOrder(columns.slice(20))?.join() !== order.join() : columns.length !== 20)) {
		throw lines.invalid('the second line must name the 20 residues once for the scores and once for the percentages')
	}
	let letters = ''
	const rows: Uint8Array[] = []
	const numbers: number[] = []
	for (;;) {
		const line = await lines.peek()
		const [, position, letter, rest] = /^\s*(\d+)\s+([A-Za-z*])(\s.*)$/.exec(line?.text ?? '') ?? []
		if (!line || position === undefined) break
		await lines.next()
		if (Number(position) !== rows.length + 1)
			throw lines.invalid(`row ${rows.length + 1} is missing: this is row ${position}`)
		// Wide numbers may touch: -10-11.
		const cells = (rest!.match(/-?\d+(\.\d+)?/g) ?? []).map(Number)
		const wanted = hasPercent ? 40 : 20
		const table = cells.slice(0, wanted)
		if (table.length < wanted || !table.every(Number.isInteger)) {
			throw lines.invalid(`row ${position} has ${Math.min(cells.length, wanted)} of ${wanted} whole numbers`)
		}
		const scores = order.map((column) => table[column]!)
		const percent = hasPercent ? order.map((column) => table[20 + column]!) : []
		if (percent.some((value) => value < 0 || value > 100))
			throw lines.invalid(`row ${position} has a percentage beyond 0 to 100`)
		const isObserved = values === 'percent' && percent.some((value) => value > 0)
		rows.push(isObserved ? percentRow(percent) : scoreRow(scores))
		letters += letter!.toUpperCase()
		numbers.push(line.number)
	}
	const after = await lines.peekText()
	if (!after || !/^\s*K\s+Lambda/.test(after.text)) {
		const place = after?.number ?? lines.number
		throw lines.invalid(
			`the matrix ends after row ${rows.length} without the statistics that close it: it is cut off, or damaged`,
			place,
		)
	}
	if (rows.length === 0) throw lines.invalid('the matrix has no rows', start)
	while (await lines.next());
	yield {
		...{ format: 'psiblast', file: lines.file, line: start, name: null, key: null, letters, isConsensus: false },
		...{ rows: concatenated(rows), lines: numbers, homologues: null },
	}
}
