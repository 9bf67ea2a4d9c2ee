/** What a tool does for a list of proteins: the one interface between the tools and the rest. */
import type { ProfiledRecord } from '../encoding/profile/found.js'
import type { StoredProfile } from '../encoding/profile/store-writer.js'

/** How profiles are searched for; the same for every protein of a store. */
export interface SearchSettings {
	/** Rounds of the search, at least 1. */
	iterations: number
	/** Largest E-value of a hit, and of one that goes into the profile; above 0. */
	evalue: number
	/** Of PSI-BLAST: which table gives the rows. */
	pssm: 'percent' | 'score'
}

/** Where and with what a tool works. */
export interface AlignerContext {
	/** Prefix of the database, as the tool has made it. */
	database: string
	settings: SearchSettings
	threads: number
	/** A folder of the run's own, in TMPDIR; removed with it. */
	temporary: string
	signal: AbortSignal
	/** Takes profiles as they are ready; they are on the disk when it resolves. */
	store(profiles: readonly StoredProfile[]): Promise<void>
	/** Says what is going on: `search`, `result2profile`, … */
	onStep(step: string): void
	onWarning(message: string): void
}

/** A program that makes profiles. */
export interface Aligner {
	readonly name: 'mmseqs' | 'psiblast'
	/** What it says of its version. */
	readonly version: string
	/** Proteins that are handed over together: what a kill can cost. */
	readonly batch: number
	/** The files of a database among those whose names begin with its prefix, by what follows the prefix; none where it is no database. */
	databaseParts(endings: readonly string[]): string[]
	/** Folders in which a database is looked for by its bare name. */
	databaseFolders(): string[]
	/** Makes a database of a FASTA file in a folder, and gives its prefix. */
	makeDatabase(fasta: string, folder: string, signal: AbortSignal): Promise<string>
	/** Its command lines, with DB, QUERY, … for what changes from protein to protein. */
	commands(settings: SearchSettings, threads: number): string[]
	/** Makes the profiles of records; every one goes to `store` once. Errors: `TOOL_UNAVAILABLE`, `IO`; the signal's reason. */
	profile(records: readonly ProfiledRecord[], context: AlignerContext): Promise<void>
}

/** Whether a sequence has a residue that a search can use. */
export function isSearchable(sequence: string): boolean {
	return /[ARNDCQEGHILKMFPSTWYV]/.test(sequence)
}
