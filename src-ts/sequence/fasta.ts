/** A streaming FASTA reader. docs/data.md states its policies; each has a test. */
import { SublocError } from '../errors.js'
import { sourceName, type TextSource, textLines } from './lines.js'
import type { SequenceRecord } from './record.js'

export interface ReadFastaOptions {
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
		const { header, parts, problem: found, line } = open as OpenRecord
		const [, id = '', description = ''] = /^\s*(\S*)\s*(.*?)\s*$/.exec(header)!
		const sequence = parts.join('')
		let problem = found?.(id)
		if (id === '') problem ??= invalid('a header without an id: write one after the >', line)
		if (sequence === '') problem ??= invalid('the record has no residues', line, id)
		if (problem && !reports) throw problem
		return { id, description, sequence: problem ? '' : sequence, line, ...(problem && { problem }) }
	}

	for await (const lines of textLines(source, invalid)) {
		for (const { text, number } of lines) {
			if (text.startsWith('>')) {
				if (open) yield close()
				open = { header: text.slice(1), parts: [], line: number, length: 0, stopped: false }
				any = true
			} else if (!text.startsWith(';') && text.trim() !== '') {
				if (!open) throw invalid(beginsWrong(text), number)
				addLine(open, text, number, file)
			}
		}
	}
	if (open) yield close()
	if (!any) throw invalid('the file holds no record', 1)
}

interface OpenRecord {
	header: string
	line: number
	parts: string[]
	length: number
	/** A `*` was read. */
	stopped: boolean
	/** Made when the id is known. */
	problem?: (id: string) => SublocError
}

const PLAIN = /^[A-Z]*$/

function addLine(open: OpenRecord, text: string, line: number, file: string): void {
	let residues = text
	if (!PLAIN.test(residues) || open.stopped) {
		residues = text.replace(/\s+/g, '').toUpperCase()
		if (residues.endsWith('*') && !open.stopped) {
			residues = residues.slice(0, -1)
			open.stopped = true
		} else if (open.stopped && residues !== '') {
			residues = `*${residues}`
		}
		const odd = /[^A-Z]/.exec(residues)
		if (odd) {
			const position = open.length + odd.index + 1
			const residue = String.fromCodePoint(residues.codePointAt(odd.index)!)
			open.problem ??= (record) =>
				new SublocError('UNKNOWN_RESIDUE', unknownResidue(residue, position), { file, line, record, residue, position })
			residues = residues.replace(/[^A-Z]/g, '')
		}
	}
	open.parts.push(residues)
	open.length += residues.length
}

function unknownResidue(residue: string, position: number): string {
	const shown = /[\p{C}\p{Z}]/u.test(residue) ? `the character U+${hex(residue)}` : `'${residue}'`
	const hints: Record<string, string> = {
		'*': ' (a stop codon inside the sequence: is it a translation of the wrong frame?)',
		'-': ' (a gap: give unaligned sequences)',
		'.': ' (a gap: give unaligned sequences)',
	}
	return `${shown} at residue ${position} is no amino acid; letters A to Z are${hints[residue] ?? ''}`
}

function hex(residue: string): string {
	return residue.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
}

function beginsWrong(text: string): string {
	if (text.startsWith('@')) return 'this looks like FASTQ; FASTA begins with >'
	if (text.startsWith('\x50\x4b')) return 'this is a zip archive: unpack it first'
	return 'there is text before the first header (a FASTA header begins with >)'
}
