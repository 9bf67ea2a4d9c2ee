/** A streaming FASTA reader. docs/data.md states its policies; each has a test. */
import { SublocError } from '../errors.js'
import { sourceName, type TextSource, textLines } from './lines.js'
import type { SequenceRecord } from './record.js'
import { cleanSequence, unknownResidue } from './residues.js'

export interface ReadFastaOptions {
	/** Ends the reading: a source that gives nothing is closed. */
	signal?: AbortSignal
	/**
	 * What a record does that cannot be used (no residue, no id, a character that is no letter). `fail`, the default, throws; `report` gives the record
	 * with `problem` set and an empty sequence, and goes on. A file that is damaged as a whole (gzip, text before the first `>`, no record) always throws.
	 */
	onProblem?: 'fail' | 'report'
}

/**
 * Records of a FASTA file in order, in memory one at a time.
 *
 * `source` is a path, `-` for stdin, or a stream; gzip is recognised by its first bytes. Line ends may be `\n`, `\r\n` or `\r`; a byte order mark,
 * blank lines, spaces inside a sequence and lines that begin with `;` are ignored; lower case is read as upper case; one `*` at the end of a
 * sequence is dropped. Letters A–Z are residues. Ids may repeat here (`check` reports them, a dataset refuses them).
 *
 * Errors: `INPUT_MISSING`, `IO`, `INVALID_FASTA`, `UNKNOWN_RESIDUE`; with file, line and record.
 */
export async function* readFasta(source: TextSource, options: ReadFastaOptions = {}): AsyncGenerator<SequenceRecord> {
	const file = sourceName(source)
	const reports = options.onProblem === 'report'
	const invalid = (why: string, line: number, record?: string) =>
		new SublocError('INVALID_FASTA', why, { file, line, ...(record !== undefined && { record }) })
	let open: OpenRecord | undefined
	let any = false

	const close = (): SequenceRecord => {
		const { header, parts, line } = open as OpenRecord
		const [, id = '', description = ''] = /^\s*(\S*)\s*(.*?)\s*$/.exec(header)!
		const clean = cleanSequence(parts.join(''))
		const sequence = 'sequence' in clean ? clean.sequence : ''
		let problem: SublocError | undefined
		if ('residue' in clean) {
			const place = { file, line: lineOf(open as OpenRecord, clean.position), record: id }
			problem = unknownResidue(clean.residue, clean.position, place)
		}
		if (id === '') problem ??= invalid('a header without an id: write one after the >', line)
		if (sequence === '' && !problem) problem = invalid('the record has no residues', line, id)
		if (problem && !reports) throw problem
		return { id, description, sequence: problem ? '' : sequence, line, ...(problem && { problem }) }
	}

	for await (const lines of textLines(source, invalid, options.signal)) {
		for (const { text, number } of lines) {
			if (text.startsWith('>')) {
				if (open) yield close()
				open = { header: text.slice(1), line: number, parts: [], lines: [] }
				any = true
			} else if (!text.startsWith(';') && text.trim() !== '') {
				if (!open) throw invalid(beginsWrong(text), number)
				open.parts.push(text)
				open.lines.push(number)
			}
		}
	}
	if (open) yield close()
	if (!any) throw invalid('the file holds no record', 1)
}

interface OpenRecord {
	header: string
	line: number
	/** Sequence lines as they stand. */
	parts: string[]
	/** Their line numbers. */
	lines: number[]
}

/** The line on which a position of the cleaned sequence stands. */
function lineOf({ parts, lines }: OpenRecord, position: number): number {
	let seen = 0
	const at = parts.findIndex((part) => {
		seen += part.replace(/\s+/g, '').length
		return seen >= position
	})
	return lines[at] ?? lines.at(-1)!
}

function beginsWrong(text: string): string {
	if (text.startsWith('@')) return 'this looks like FASTQ; FASTA begins with >'
	if (text.startsWith('\x50\x4b')) return 'this is a zip archive: unpack it first'
	return 'there is text before the first header (a FASTA header begins with >)'
}
