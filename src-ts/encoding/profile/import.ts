/** Profiles that were made elsewhere, brought to the proteins that they are for. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileError, SublocError } from '../../errors.js'
import type { PssmValues } from './formats/psiblast.js'
import { readProfiles } from './formats/read.js'
import { type FoundProfile, mismatch, type ProfiledRecord } from './found.js'
import { openProfileStore } from './store.js'
import type { StoredProfile } from './store-writer.js'

export interface ImportProfilesOptions {
	/** Which table of a PSI-BLAST matrix. Default `percent`. */
	pssm?: PssmValues
	/**
	 * MMseqs2's list of its queries (`<queryDB>.lookup`), which says whose profile `sequence N` is. Default: a file of the profile's name with the ending
	 * `.lookup`, where there is one.
	 */
	lookup?: string
	/** Ends the reading. */
	signal?: AbortSignal
}

/** A profile that none of the proteins claims. */
export interface UnclaimedProfile {
	file: string
	line: number
	/** Its name; the file's where it has none. */
	name: string
}

/** What {@link importProfiles} gives: a protein's profile, or one that nobody wants. */
export type ImportedProfile = { profile: StoredProfile; file: string } | { unclaimed: UnclaimedProfile }

/**
 * Reads profiles and finds the protein of each: by the file's name without its endings (`P12345.pssm`), by the name inside the file (A3M, HHM; `sp|P12345|X` is
 * also P12345), by MMseqs2's lookup file, or, where no name fits and the letters are the protein's own, as the only protein with that sequence. Each is checked
 * against its protein's length and residues. A folder stands for its files, in order of name, without those that begin with a dot; the folder of a
 * packed store gives its profiles of the proteins.
 *
 * Errors: `INVALID_PROFILE` with file, line, record and the first residue that differs, also where two profiles are for one protein; `INPUT_MISSING`; `IO`.
 */
export async function* importProfiles(
	files: readonly string[],
	records: readonly ProfiledRecord[],
	{ pssm, lookup, signal }: ImportProfilesOptions = {},
): AsyncGenerator<ImportedProfile> {
	const known = new KnownRecords(records)
	const given = new Map<string, Place>()
	for (const file of await filesOf(files)) {
		if (await isStore(file)) {
			const store = await openProfileStore(file)
			for (const { id, sequence } of records) {
				signal?.throwIfAborted()
				const rows = await store.rows(id, sequence)
				if (!rows) continue
				claim(given, id, { file, line: 1 })
				yield { profile: { id, sequence, rows, homologues: null }, file }
			}
			continue
		}
		const names = await readLookup(file, lookup)
		for await (const found of readProfiles(file, { ...(pssm && { pssm }), ...(signal && { signal }) })) {
			const record = known.of(found, names)
			if (!record) {
				yield { unclaimed: { file, line: found.line, name: nameOf(found, names) ?? basename(file) } }
				continue
			}
			const wrong = mismatch(found, record)
			if (wrong) throw wrong
			claim(given, record.id, found)
			const { rows, homologues } = found
			yield { profile: { ...record, rows, homologues }, file }
		}
	}
}

type Place = Pick<FoundProfile, 'file' | 'line'>

/** Errors: `INVALID_PROFILE` for a second profile of one protein. */
function claim(given: Map<string, Place>, record: string, { file, line }: Place): void {
	const former = given.get(record)
	if (former) {
		const message = `the protein has a profile already, from ${former.file}:${former.line}`
		throw new SublocError('INVALID_PROFILE', message, { file, line, record })
	}
	given.set(record, { file, line })
}

/** Whether a path is the folder of a packed store. */
async function isStore(path: string): Promise<boolean> {
	const names = await readdir(path).catch(() => [])
	return names.some((name) => name.endsWith('_index.tsv'))
}

/** Proteins by the names that a profile may have for them. */
class KnownRecords {
	readonly #byId = new Map<string, ProfiledRecord>()
	/** null: several have this sequence. */
	readonly #bySequence = new Map<string, ProfiledRecord | null>()

	constructor(records: readonly ProfiledRecord[]) {
		for (const { id, sequence } of records) {
			const record = { id, sequence }
			for (const name of shortNames(id)) if (!this.#byId.has(name)) this.#byId.set(name, record)
			this.#bySequence.set(sequence, this.#bySequence.has(sequence) ? null : record)
		}
		for (const { id, sequence } of records) this.#byId.set(id, { id, sequence })
	}

	of(found: FoundProfile, lookup: Map<number, string> | null): ProfiledRecord | null {
		const own = nameOf(found, lookup)
		if (found.key !== null && own === null) {
			const message = `the query's name is not in the file: give MMseqs2's <queryDB>.lookup (--lookup)`
			throw new SublocError('INVALID_PROFILE', message, { file: found.file, line: found.line, sequence: found.key })
		}
		const names =
			found.key === null ? [...fileNames(found.file), ...(own === null ? [] : shortNames(own))] : shortNames(own!)
		const named = names.map((name) => this.#byId.get(name)).find(Boolean)
		return named ?? (found.isConsensus ? null : (this.#bySequence.get(found.letters) ?? null))
	}
}

function nameOf({ key, name }: FoundProfile, lookup: Map<number, string> | null): string | null {
	return key === null ? name : (lookup?.get(key) ?? null)
}

/** A name, and the accession in `db|accession|name`. */
function shortNames(name: string): string[] {
	const [, accession] = /^\w+\|([^|]+)\|/.exec(name) ?? []
	return accession ? [name, accession] : [name]
}

/** A file's name with fewer and fewer endings. */
function fileNames(file: string): string[] {
	const names = [basename(file)]
	for (let at = names[0]!.lastIndexOf('.'); at > 0; at = names.at(-1)!.lastIndexOf('.'))
		names.push(names.at(-1)!.slice(0, at))
	return names
}

/** The files, with those of folders in their place. */
async function filesOf(paths: readonly string[]): Promise<string[]> {
	const all: string[] = []
	for (const path of paths) {
		try {
			if (!(await stat(path)).isDirectory() || (await isStore(path))) {
				all.push(path)
				continue
			}
			const found = await readdir(path, { withFileTypes: true })
			const names = found.filter((entry) => entry.isFile() && !/^\.|\.lookup$/.test(entry.name)).map(({ name }) => name)
			all.push(...names.sort().map((name) => join(path, name)))
		} catch (error) {
			throw fileError(error, path, 'read')
		}
	}
	return all
}

/** MMseqs2's lookup: number, name and file number, separated by tabs. */
async function readLookup(profile: string, given: string | undefined): Promise<Map<number, string> | null> {
	const path = given ?? `${profile}.lookup`
	let text: string
	try {
		text = await readFile(path, 'utf8')
	} catch (error) {
		const failed = fileError(error, path, 'read')
		if (given === undefined && failed instanceof SublocError && failed.code === 'INPUT_MISSING') return null
		throw failed
	}
	const names = new Map<number, string>()
	for (const [at, line] of text.split(/\r?\n/).entries()) {
		if (line === '') continue
		const [key, name] = line.split('\t')
		if (!/^\d+$/.test(key!) || !name) {
			const message = 'a lookup has lines of number, name and file number, separated by tabs'
			throw new SublocError('INVALID_PROFILE', message, { file: path, line: at + 1 })
		}
		names.set(Number(key), name)
	}
	return names
}
