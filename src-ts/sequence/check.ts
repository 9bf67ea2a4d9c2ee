/** What a person wants to know about an input before a long job. */
import { createHash } from 'node:crypto'
import type { ErrorCode } from '../errors.js'
import { isStandard } from './alphabet.js'
import { readFasta } from './fasta.js'
import { sourceName, type TextSource } from './lines.js'
import { looksLikeDna } from './nucleotides.js'

export interface InputProblem {
	code: ErrorCode
	line: number
	record: string
	message: string
}

export interface InputReport {
	file: string
	/** Records, the unusable ones too. */
	records: number
	/** Records that can be predicted. */
	usable: number
	/** Residues of the usable records. */
	residues: number
	/** Length in residues of the usable records; null where there is none. */
	length: { min: number; median: number; max: number } | null
	/** Records longer than `maxResidues`, which lose their middle. */
	cut: number
	maxResidues: number
	/** Letters outside the 20 and how often they occur: B, J, O, U, X, Z. */
	nonStandard: Record<string, number>
	/** Records whose first residue is not M: fragments or mature proteins, which have lost their targeting signal. */
	firstNotMethionine: number
	/** Sequences that look like DNA or RNA: at least 30 letters, at least 95 % of them A, C, G, T, U or N. They can be predicted, which means nothing. */
	nucleotides: number
	/** The first of them; null where there is none. */
	firstNucleotides: string | null
	/** Ids that occur more than once, at most 100. */
	duplicateIds: string[]
	/** Records whose sequence an earlier record has. */
	duplicateSequences: number
	/** The first 100 problems. */
	problems: InputProblem[]
	/** All of them. */
	problemCount: number
}

const MOST_LISTED = 100

/**
 * Reads all of a FASTA file (path, `-` for stdin, or a stream; gzip too) and reports on it; holds an id and a digest a record in memory.
 *
 * Errors: `INPUT_MISSING`, `IO`, and `INVALID_FASTA` for a file that is damaged as a whole.
 */
export async function checkFasta(source: TextSource, { maxResidues = 1000 } = {}): Promise<InputReport> {
	const lengths: number[] = []
	const ids = new Set<string>()
	const sequences = new Set<string>()
	const duplicates = new Set<string>()
	const report: InputReport = {
		file: sourceName(source),
		records: 0,
		usable: 0,
		residues: 0,
		length: null,
		cut: 0,
		maxResidues,
		nonStandard: {},
		firstNotMethionine: 0,
		nucleotides: 0,
		firstNucleotides: null,
		duplicateIds: [],
		duplicateSequences: 0,
		problems: [],
		problemCount: 0,
	}
	for await (const { id, sequence, line, problem } of readFasta(source, { onProblem: 'report' })) {
		report.records += 1
		if (ids.has(id)) duplicates.add(id)
		ids.add(id)
		if (problem) {
			report.problemCount += 1
			const place = problem.line ?? line
			if (report.problems.length < MOST_LISTED) {
				report.problems.push({ code: problem.code, line: place, record: id, message: problem.message })
			}
			continue
		}
		lengths.push(sequence.length)
		report.residues += sequence.length
		if (sequence.length > maxResidues) report.cut += 1
		if (!sequence.startsWith('M')) report.firstNotMethionine += 1
		if (looksLikeDna(sequence)) {
			report.nucleotides += 1
			report.firstNucleotides ??= id
		}
		for (const letter of sequence.match(/[BJOUXZ]/g) ?? []) {
			if (!isStandard(letter)) report.nonStandard[letter] = (report.nonStandard[letter] ?? 0) + 1
		}
		const digest = createHash('sha256').update(sequence).digest('base64').slice(0, 22)
		if (sequences.has(digest)) report.duplicateSequences += 1
		sequences.add(digest)
	}
	report.usable = lengths.length
	report.length = summary(lengths)
	report.duplicateIds = [...duplicates].slice(0, MOST_LISTED)
	report.nonStandard = Object.fromEntries(Object.entries(report.nonStandard).sort())
	return report
}

function summary(lengths: number[]): InputReport['length'] {
	if (lengths.length === 0) return null
	const sorted = lengths.sort((a, b) => a - b)
	const middle = sorted.length >> 1
	const median = sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
	return { min: sorted[0]!, median, max: sorted.at(-1)! }
}
