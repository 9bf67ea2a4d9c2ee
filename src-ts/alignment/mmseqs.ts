/** Profiles by MMseqs2: an iterated search, its profile, and the profile's text form. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readProfiles } from '../encoding/profile/formats/read.js'
import { mismatch, type ProfiledRecord } from '../encoding/profile/found.js'
import type { StoredProfile } from '../encoding/profile/store-writer.js'
import { fileError, SublocError } from '../errors.js'
import { findTool, runTool } from '../programs.js'
import { textLines } from '../sequence/lines.js'
import type { Aligner, AlignerContext, SearchSettings } from './aligner.js'

/** The oldest release that the commands were tried with is 14; 13 has them all. */
const OLDEST = 13

/** Proteins a search: each search reads the database once, and a kill costs what is in work. */
const BATCH = 5000

/** Profiles that are handed to the store at a time. */
const PIECE = 200

/** Finds MMseqs2. Errors: `TOOL_UNAVAILABLE` where it is missing, too old or does not run. */
export async function findMmseqs(signal?: AbortSignal): Promise<Aligner> {
	const path = await findTool('mmseqs')
	const { stdout } = await runTool(path, ['version'], { signal })
	const version = stdout.trim()
	// Releases are named 14-7e284 or 15.6f452; builds from source have a commit, which has no order.
	const [, release] = /^(\d{1,3})[-.]/.exec(version) ?? []
	if (release !== undefined && Number(release) < OLDEST) {
		const message = `${path} is release ${version}; release ${OLDEST} or newer is needed`
		throw new SublocError('TOOL_UNAVAILABLE', message, { tool: 'mmseqs', version })
	}
	return new Mmseqs(path, version)
}

class Mmseqs implements Aligner {
	readonly name = 'mmseqs'
	readonly version: string
	readonly batch = BATCH
	readonly #path: string

	constructor(path: string, version: string) {
		this.#path = path
		this.version = version
	}

	databaseParts(endings: readonly string[]): string[] {
		return endings.includes('.dbtype') ? endings.filter((ending) => /^(|\.\d+|\.index|\.dbtype)$/.test(ending)) : []
	}

	databaseFolders(): string[] {
		return []
	}

	async makeDatabase(fasta: string, folder: string, signal: AbortSignal): Promise<string> {
		const database = join(folder, 'database')
		await runTool(this.#path, ['createdb', fasta, database], { signal })
		return database
	}

	commands(settings: SearchSettings, threads: number): string[] {
		return steps('QUERY', 'DB', settings, threads).map((args) => ['mmseqs', ...args].join(' '))
	}

	async profile(records: readonly ProfiledRecord[], context: AlignerContext): Promise<void> {
		const { temporary, database, settings, threads, signal, onStep } = context
		const query = join(temporary, 'query')
		// Numbers for names: MMseqs2 shortens some names, and orders its database as it likes.
		await writeText(`${query}.fasta`, records.map(({ sequence }, at) => `>${at}\n${sequence}\n`).join(''))
		for (const args of steps(query, database, settings, threads)) {
			onStep(args[0]!)
			await runTool(this.#path, args, { cwd: temporary, signal })
		}
		onStep('reading')
		const homologues = await countHomologues(`${query}.hits`, records.length, signal)
		const numbers = await readNumbers(`${query}.lookup`, signal)
		let ready: StoredProfile[] = []
		const seen = new Set<number>()
		for await (const found of readProfiles(`${query}.pssm`, { signal })) {
			const at = numbers.get(found.key!)
			const record = at === undefined ? undefined : records[at]
			if (!record) throw unexpected(found.file, found.line, `there is no query of the number ${found.key}`)
			const wrong = mismatch(found, record)
			if (wrong) throw wrong
			seen.add(at!)
			const count = homologues[at!]!
			ready.push({ ...record, rows: count > 0 ? found.rows : null, homologues: count })
			if (ready.length < PIECE) continue
			await context.store(ready)
			ready = []
		}
		await context.store(ready)
		if (seen.size === records.length) return
		const missing = records.find((_, at) => !seen.has(at))!
		throw unexpected(
			`${query}.pssm`,
			1,
			`mmseqs wrote ${seen.size} of ${records.length} profiles; ${missing.id} has none`,
		)
	}
}

/** The commands one after the other. Q: prefix of the queries' files, in a folder that is also the temporary one. */
function steps(query: string, database: string, { iterations, evalue }: SearchSettings, threads: number): string[][] {
	const common = ['--threads', String(threads)]
	const [hits, profile] = [`${query}.result`, `${query}.profile`]
	const limits = ['-e', String(evalue), '--e-profile', String(evalue)]
	return [
		['createdb', `${query}.fasta`, query],
		[
			'search',
			query,
			database,
			hits,
			`${query}.tmp`,
			'-a',
			'--num-iterations',
			String(iterations),
			...limits,
			...common,
		],
		[
			'convertalis',
			query,
			database,
			hits,
			`${query}.hits`,
			'--format-output',
			'query,target,fident,qcov,tcov',
			...common,
		],
		// A masked row would be one of zeros.
		['result2profile', query, database, hits, profile, '--mask-profile', '0', '--e-profile', String(evalue), ...common],
		['profile2pssm', profile, `${query}.pssm`, ...common],
	]
}

/** Distinct aligned sequences of each query, other than itself. */
async function countHomologues(path: string, queries: number, signal: AbortSignal): Promise<Uint32Array> {
	const counts = new Uint32Array(queries)
	const seen = new Set<string>()
	for await (const batch of textLines(path, (why, line) => unexpected(path, line, why), signal)) {
		for (const { text, number } of batch) {
			const [query, target, ...measures] = text.split('\t')
			if (measures.length !== 3 || !/^\d+$/.test(query!)) throw unexpected(path, number, 'a hit must have 5 columns')
			const isItself = measures.every((value) => Number(value) === 1)
			const pair = `${query}\t${target}`
			if (isItself || seen.has(pair)) continue
			seen.add(pair)
			counts[Number(query)]! += 1
		}
	}
	return counts
}

/** MMseqs2's number of a query → its place in the list. */
async function readNumbers(path: string, signal: AbortSignal): Promise<Map<number, number>> {
	const numbers = new Map<number, number>()
	for await (const batch of textLines(path, (why, line) => unexpected(path, line, why), signal)) {
		for (const { text } of batch) {
			const [key, name] = text.split('\t')
			numbers.set(Number(key), Number(name))
		}
	}
	return numbers
}

function unexpected(file: string, line: number, why: string): SublocError {
	return new SublocError('TOOL_UNAVAILABLE', `what mmseqs wrote is not as expected: ${why}`, {
		file,
		line,
		tool: 'mmseqs',
	})
}

async function writeText(path: string, text: string): Promise<void> {
	await writeFile(path, text).catch((error) => {
		throw fileError(error, path, 'create')
	})
}
