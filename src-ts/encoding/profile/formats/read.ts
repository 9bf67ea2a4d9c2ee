/** Profiles of a file in any of the formats that are known. */
import type { FoundProfile, ProfileFormat } from '../found.js'
import { readA3m } from './a3m.js'
import { HHM_BEGINS, readHhm } from './hhm.js'
import { LineReader } from './line-reader.js'
import { MMSEQS_BEGINS, readMmseqs } from './mmseqs.js'
import { PSIBLAST_BEGINS, type PssmValues, readPsiblast } from './psiblast.js'

export interface ReadProfilesOptions {
	/** Which table of a PSI-BLAST matrix. Default `percent`. */
	pssm?: PssmValues
	/** Ends the reading. */
	signal?: AbortSignal
}

/**
 * Profiles of a file, one at a time: PSI-BLAST's text matrix, MMseqs2's `profile2pssm`, HMMs of the HH-suite, A3M or aligned FASTA. The first line tells which;
 * lines may end in any way, gzip is recognised by its first bytes.
 *
 * Errors: `INVALID_PROFILE` with file and line, `INPUT_MISSING`, `IO`.
 */
export async function* readProfiles(
	file: string,
	{ pssm = 'percent', signal }: ReadProfilesOptions = {},
): AsyncGenerator<FoundProfile> {
	const lines = new LineReader(file, signal)
	try {
		const first = await lines.peekText()
		if (!first) throw lines.invalid('the file is empty', 1)
		switch (formatOf(first.text)) {
			case 'psiblast':
				yield* readPsiblast(lines, pssm)
				break
			case 'mmseqs':
				yield* readMmseqs(lines)
				break
			case 'hhm':
				yield* readHhm(lines)
				break
			case 'a3m':
				yield* readA3m(lines)
				break
			default:
				throw lines.invalid(
					'the first line is of no known format: a PSI-BLAST text matrix, MMseqs2 profile2pssm, HHM or A3M',
					first.number,
				)
		}
	} finally {
		await lines.close()
	}
}

function formatOf(line: string): ProfileFormat | null {
	if (line.startsWith(PSIBLAST_BEGINS)) return 'psiblast'
	if (MMSEQS_BEGINS.test(line)) return 'mmseqs'
	if (HHM_BEGINS.test(line)) return 'hhm'
	return /^[>#]/.test(line) ? 'a3m' : null
}
