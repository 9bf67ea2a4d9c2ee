/** Alignments: A3M (insertions in lower case), and aligned FASTA whose first sequence is the protein. */
import { profileOfAlignment } from '../alignment.js'
import type { FoundProfile } from '../found.js'
import type { LineReader } from './line-reader.js'

/** Records of the HH-suite that are no homologs. */
const NO_SEQUENCE = /^(ss_|sa_|aa_)|_consensus$|^Consensus$/

interface Aligned {
	name: string
	line: number
	text: string
	/** Line of each character of the text, as runs: [end, line]. */
	runs: [end: number, line: number][]
}

/**
 * @internal Reads one alignment a file. The first sequence is the protein; lower-case letters and `.` are insertions of the others, `-` a gap. Columns in which
 * the protein itself has a gap are left out. The profile is {@link profileOfAlignment}.
 */
export async function* readA3m(lines: LineReader): AsyncGenerator<FoundProfile> {
	const query = await nextSequence(lines)
	if (!query) throw lines.invalid('the alignment has no sequence')
	const first = matchColumns(query, lines)
	if (!/[A-Z]/.test(first))
		throw lines.invalid('the first sequence has no residue in upper case', query.line, query.name)
	const columns = [...first].flatMap((letter, at) => (letter === '-' ? [] : [at]))
	const project = (row: string) => columns.map((at) => row[at]!).join('')
	const letters = project(first)
	const aligned = new Set([letters])
	for (let next = await nextSequence(lines); next; next = await nextSequence(lines)) {
		const row = matchColumns(next, lines)
		if (row.length !== first.length) {
			const message = `the sequence has ${row.length} aligned columns, the first one ${first.length}`
			throw lines.invalid(message, next.line, next.name)
		}
		aligned.add(project(row))
	}
	aligned.delete('-'.repeat(letters.length))
	yield {
		...{ format: 'a3m', file: lines.file, line: query.line, name: query.name, key: null, letters, isConsensus: false },
		...{ rows: profileOfAlignment([...aligned]), lines: residueLines(query), homologues: aligned.size - 1 },
	}
}

/** The next record that is a sequence. */
async function nextSequence(lines: LineReader): Promise<Aligned | null> {
	for (;;) {
		const header = await lines.peekText()
		if (!header) return null
		await lines.next()
		if (header.text.startsWith('#')) continue
		if (!header.text.startsWith('>')) throw lines.invalid('an alignment has only headers (>) and sequences')
		const [name = ''] = header.text.slice(1).trim().split(/\s+/)
		const record: Aligned = { name, line: header.number, text: '', runs: [] }
		const parts: string[] = []
		let length = 0
		for (let line = await lines.peek(); line && !/^[>#]/.test(line.text); line = await lines.peek()) {
			await lines.next()
			const part = line.text.replace(/\s+/g, '')
			parts.push(part)
			length += part.length
			record.runs.push([length, line.number])
		}
		record.text = parts.join('').replace(/\*$/, '')
		if (!NO_SEQUENCE.test(name)) return record
	}
}

/** The columns of a record: insertions taken out. */
function matchColumns({ text, name, runs, line }: Aligned, lines: LineReader): string {
	const odd = /[^A-Za-z.-]/.exec(text)
	if (odd) {
		const place = runs.find(([end]) => end > odd.index)?.[1] ?? line
		throw lines.invalid(`'${odd[0]}' is neither a residue nor a gap`, place, name)
	}
	return text.replace(/[a-z.]+/g, '')
}

/** Line of each residue of the protein. */
function residueLines({ text, runs }: Aligned): number[] {
	const found: number[] = []
	let run = 0
	for (let at = 0; at < text.length; at++) {
		while (at >= runs[run]![0]) run += 1
		if (/[A-Z]/.test(text[at]!)) found.push(runs[run]![1])
	}
	return found
}
