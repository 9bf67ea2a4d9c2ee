/** MMseqs2 as the engine of a homology split, where it is asked for. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findTool, runTool } from '../../programs.js'
import { type Homolog, type HomologyOptions, type HomologyRecord, homologyLimits } from '../homology.js'

/** Columns that are asked for. */
const COLUMNS = 'query,target,fident,qcov,tcov,bits,evalue'
const SEQUENCE_IDENTITY_MODES = { alignment: 0, shorter: 1, longer: 2 }

/**
 * Pairs of homologs as `mmseqs search -s 7.5` finds them, all against all; query before target, each pair once, by the alignment that covers more.
 * Errors: `TOOL_UNAVAILABLE` where `mmseqs` is not on the PATH, or fails (with its last lines); `INVALID_OPTION`. Rejects with the signal's reason once aborted.
 */
export async function mmseqsHomologs(
	records: readonly HomologyRecord[],
	options: Pick<HomologyOptions, 'identity' | 'coverage' | 'maxExpect' | 'identityOver' | 'threads' | 'signal'> = {},
): Promise<Homolog[]> {
	const limits = homologyLimits(options)
	options.signal?.throwIfAborted()
	const mmseqs = await findTool('mmseqs')
	const folder = await mkdtemp(join(tmpdir(), 'subloc-mmseqs-'))
	try {
		const [fasta, output] = [join(folder, 'proteins.fasta'), join(folder, 'hits.tsv')]
		await writeFile(fasta, records.map(({ sequence }, row) => `>${row}\n${sequence}\n`).join(''))
		await runTool(
			mmseqs,
			[
				...['easy-search', fasta, fasta, output, join(folder, 'tmp')],
				...['-s', '7.5', '-e', String(limits.maxExpect), '--max-seqs', String(Math.max(300, records.length))],
				...['--alignment-mode', '3', '--seq-id-mode', String(SEQUENCE_IDENTITY_MODES[limits.identityOver])],
				...['--format-output', COLUMNS],
				...(options.threads === undefined ? [] : ['--threads', String(options.threads)]),
			],
			{ signal: options.signal },
		)
		return parse(await readFile(output, 'utf8'), limits)
	} finally {
		await rm(folder, { recursive: true, force: true })
	}
}

function parse(text: string, limits: { identity: number; coverage: number }): Homolog[] {
	const found = new Map<string, Homolog>()
	for (const line of text.split('\n')) {
		if (line === '') continue
		const [a, b, identity, own, other, bits, expect] = line.split('\t').map(Number) as [
			...[number, number, number, number, number, number, number],
		]
		if (a === b || identity < limits.identity || Math.min(own, other) < limits.coverage) continue
		const [query, target] = [Math.min(a, b), Math.max(a, b)]
		const [queryCoverage, targetCoverage] = a < b ? [own, other] : [other, own]
		// A pair is told twice, from either end: what covers more decides whether it is a homolog.
		const former = found.get(`${query} ${target}`)
		if (former && Math.min(former.queryCoverage, former.targetCoverage) >= Math.min(own, other)) continue
		found.set(`${query} ${target}`, { query, target, identity, queryCoverage, targetCoverage, bits, expect })
	}
	return [...found.values()].sort((a, b) => a.query - b.query || a.target - b.target)
}
