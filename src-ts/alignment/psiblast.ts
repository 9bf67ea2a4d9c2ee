/** Profiles by PSI-BLAST: a process a protein. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { readProfiles } from '../encoding/profile/formats/read.js'
import { mismatch, type ProfiledRecord } from '../encoding/profile/found.js'
import type { StoredProfile } from '../encoding/profile/store-writer.js'
import { fileError, SublocError } from '../errors.js'
import { findTool, runTool, ToolFailed } from '../programs.js'
import { type Aligner, type AlignerContext, isSearchable, type SearchSettings } from './aligner.js'

/** What older releases do not know. */
const NEEDED = '-save_pssm_after_last_round'

/** What it says of a query that it can make nothing of, such as one without standard residues. */
const NO_SEARCH = /Could not calculate ungapped Karlin-Altschul parameters/

/** Finds PSI-BLAST. Errors: `TOOL_UNAVAILABLE` where it is missing, too old or does not run. */
export async function findPsiblast(signal?: AbortSignal): Promise<Aligner> {
	const path = await findTool('psiblast')
	const { stdout } = await runTool(path, ['-version'], { signal })
	const version = /psiblast: (\S+)/.exec(stdout)?.[1] ?? stdout.trim().split('\n')[0]!
	const { stdout: help } = await runTool(path, ['-h'], { signal })
	if (!help.includes(NEEDED)) {
		const message = `${path} (${version}) does not know ${NEEDED}: a newer BLAST+ is needed`
		throw new SublocError('TOOL_UNAVAILABLE', message, { tool: 'psiblast', version })
	}
	return new Psiblast(path, version)
}

class Psiblast implements Aligner {
	readonly name = 'psiblast'
	readonly version: string
	/** A protein is stored as soon as its own search has ended. */
	readonly batch = 1000
	readonly #path: string

	constructor(path: string, version: string) {
		this.#path = path
		this.version = version
	}

	databaseParts(endings: readonly string[]): string[] {
		return endings.filter((ending) => /^(\.\d{2,3})?\.(pin|psq|pal)$/.test(ending))
	}

	databaseFolders(): string[] {
		return (process.env['BLASTDB'] ?? '').split(delimiter).filter(Boolean)
	}

	async makeDatabase(fasta: string, folder: string, signal: AbortSignal): Promise<string> {
		const database = join(folder, 'database')
		const args = ['-in', quoted(fasta), '-dbtype', 'prot', '-title', 'subloc', '-out', database]
		await runTool(await findTool('makeblastdb'), args, { signal })
		return database
	}

	commands(settings: SearchSettings): string[] {
		return [
			['psiblast', ...argumentsOf('QUERY', 'DB', settings)]
				.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg))
				.join(' '),
		]
	}

	async profile(records: readonly ProfiledRecord[], context: AlignerContext): Promise<void> {
		const stop = new AbortController()
		const signal = AbortSignal.any([context.signal, stop.signal])
		let next = 0
		let failed: { error: unknown } | null = null
		context.onStep('search')
		const work = async () => {
			while (next < records.length && !failed) {
				const record = records[next++]!
				try {
					await context.store([await this.#profileOne(record, next, { ...context, signal })])
				} catch (error) {
					// The other searches end: their proteins are done again when the run is resumed.
					failed ??= { error: named(error, record) }
					stop.abort()
				}
			}
		}
		await Promise.all(Array.from({ length: Math.min(context.threads, records.length) }, work))
		context.signal.throwIfAborted()
		if (failed) throw (failed as { error: unknown }).error
	}

	async #profileOne(record: ProfiledRecord, number: number, context: AlignerContext): Promise<StoredProfile> {
		const { id, sequence } = record
		const none = { id, sequence, rows: null, homologues: 0 }
		if (!isSearchable(sequence)) return none
		const query = join(context.temporary, `query-${number}`)
		const files = [`${query}.fasta`, `${query}.pssm`, `${query}.hits`]
		await writeFile(files[0]!, `>query\n${sequence}\n`).catch((error) => {
			throw fileError(error, files[0]!, 'create')
		})
		try {
			const args = argumentsOf(query, context.database, context.settings)
			await runTool(this.#path, args, { cwd: context.temporary, signal: context.signal })
			const homologues = countHomologues(await readFile(files[2]!, 'utf8'))
			// Without a hit but itself there is no matrix, or one of its own residues.
			if (homologues === 0) return none
			for await (const found of readProfiles(files[1]!, { pssm: context.settings.pssm, signal: context.signal })) {
				const wrong = mismatch(found, record)
				if (wrong) throw wrong
				return { id, sequence, rows: found.rows, homologues }
			}
			return none
		} catch (error) {
			if (!(error instanceof ToolFailed) || !NO_SEARCH.test(error.message)) throw error
			context.onWarning(`${id}: psiblast cannot search with this sequence; it has no profile`)
			return none
		} finally {
			for (const file of files) await rm(file, { force: true })
		}
	}
}

function argumentsOf(query: string, database: string, { iterations, evalue }: SearchSettings): string[] {
	return [
		...['-query', `${query}.fasta`, '-db', quoted(database), '-num_iterations', String(iterations)],
		...['-evalue', String(evalue), '-inclusion_ethresh', String(evalue), '-num_threads', '1'],
		...['-out_ascii_pssm', `${query}.pssm`, NEEDED],
		...['-outfmt', '6 sseqid pident length qlen slen', '-out', `${query}.hits`],
	]
}

/** Distinct subjects of all rounds that are not the protein itself. */
export function countHomologues(hits: string): number {
	const seen = new Set<string>()
	for (const line of hits.split('\n')) {
		const [subject, identity, ...lengths] = line.split('\t')
		if (lengths.length !== 3) continue
		const isItself = Number(identity) === 100 && new Set(lengths).size === 1
		if (!isItself) seen.add(subject!)
	}
	return seen.size
}

/** BLAST takes a blank in a path for the end of it, but not between quotes. */
function quoted(path: string): string {
	return path.includes(' ') ? `"${path}"` : path
}

function named(error: unknown, { id }: ProfiledRecord): unknown {
	if (!(error instanceof SublocError) || error.record !== undefined) return error
	return new SublocError(error.code, error.message, { ...error.facts, record: id }, { cause: error })
}
