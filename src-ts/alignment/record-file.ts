/** `profiles.json`: what a store of profiles was made with. A part of another name has `<part>.json`. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ProfileStoreWriter } from '../encoding/profile/store-writer.js'
import { fileError, SublocError } from '../errors.js'
import { makeFolder, writeWhole } from '../model/files.js'
import type { DatabaseInfo } from './database.js'

/** What `profiles.json` says. */
export interface ProfilesInfo {
	/** Of this file. */
	formatVersion: 1
	/** `mmseqs`, `psiblast`, or `import` where they were made elsewhere. */
	tool: { name: 'mmseqs' | 'psiblast' | 'import'; version: string | null }
	/** null for imported ones. */
	database: DatabaseInfo | null
	settings: {
		/** Rounds of the search. */
		iterations: number | null
		evalue: number | null
		/** Of PSI-BLAST: the table that gave the rows. */
		pssm: 'percent' | 'score'
	}
	/** Of a shard: which part of how many, and the SHA-256 over ids and sequences of the whole input; absent where the input is one piece. */
	shard?: { index: number; count: number; input: string }
	/** Command lines, with QUERY and DB for what changes; or the files that were imported. */
	commands: string[]
	/** Records of the store so far. */
	proteins: number
	/** Those of them that have a profile. */
	withProfile: number
	/** Every run that has added to the store. */
	runs: { started: string; finished: string | null; threads: number | null; version: string; added: number }[]
}

const schema = z.object({
	formatVersion: z.literal(1),
	tool: z.object({ name: z.enum(['mmseqs', 'psiblast', 'import']), version: z.string().nullable() }),
	database: z
		.object({
			path: z.string(),
			form: z.enum(['fasta', 'made']),
			bytes: z.number(),
			sha256: z.string(),
			changed: z.number(),
		})
		.nullable(),
	settings: z.object({
		iterations: z.number().nullable(),
		evalue: z.number().nullable(),
		pssm: z.enum(['percent', 'score']),
	}),
	shard: z.object({ index: z.int().min(1), count: z.int().min(1), input: z.string() }).optional(),
	commands: z.array(z.string()),
	proteins: z.number(),
	withProfile: z.number(),
	runs: z.array(
		z.object({
			started: z.string(),
			finished: z.string().nullable(),
			threads: z.number().nullable(),
			version: z.string(),
			added: z.number(),
		}),
	),
})

/** What a folder's profiles were made with; null where there is no such file. Errors: `INVALID_CONFIG` for a damaged one, `IO`. */
export async function readProfilesInfo(folder: string, part: string): Promise<ProfilesInfo | null> {
	const file = join(folder, `${part}.json`)
	let text: string
	try {
		text = await readFile(file, 'utf8')
	} catch (error) {
		const failed = fileError(error, file, 'read')
		if (failed instanceof SublocError && failed.code === 'INPUT_MISSING') return null
		throw failed
	}
	try {
		return schema.parse(JSON.parse(text)) as ProfilesInfo
	} catch (error) {
		const why = 'the file is damaged, or of another version'
		throw new SublocError('INVALID_CONFIG', why, { file }, { cause: error })
	}
}

/** Errors: `IO`. */
export async function writeProfilesInfo(folder: string, part: string, info: ProfilesInfo): Promise<void> {
	await writeWhole(join(folder, `${part}.json`), `${JSON.stringify(info, null, 2)}\n`)
}

/** Why a store cannot be gone on with. Errors: `INVALID_OPTION` where it was not asked for, `INVALID_CONFIG` where it was made otherwise. */
export function requireSame(
	former: ProfilesInfo | null,
	now: ProfilesInfo,
	resume: boolean,
	output: string,
	part: string,
): void {
	if (!former) return
	if (!resume) {
		const message = `${output} holds profiles already: go on with them (--resume), or name another folder`
		throw new SublocError('INVALID_OPTION', message, { option: 'output', value: output })
	}
	const other = firstOther(former, now)
	if (!other) return
	const [what, before, value] = other
	const message = `the profiles were made otherwise: ${what} was ${before} and is ${value} now`
	throw new SublocError('INVALID_CONFIG', message, { file: join(output, `${part}.json`), option: what, value })
}

/**
 * The other parts of a folder must be shards of the same input, made in the same way. Errors: `INVALID_SHARD` that names the part which is not; `INVALID_CONFIG`
 * for a damaged file, `IO`.
 */
export async function requireSameParts(output: string, part: string, now: ProfilesInfo): Promise<void> {
	const names = await readdir(output).catch(() => [])
	const others = names.filter((name) => name.endsWith('_index.tsv')).map((name) => name.slice(0, -'_index.tsv'.length))
	for (const other of others.filter((name) => name !== part)) {
		const then = await readProfilesInfo(output, other)
		if (!then) continue
		const [what, before, value] = firstOther(then, now) ?? []
		if (what === undefined) continue
		const message = `${output} holds ${other} already, which is no part of the same: ${what} was ${before ?? 'none'} and is ${value ?? 'none'} now`
		throw new SublocError('INVALID_SHARD', message, {
			file: join(output, `${other}.json`),
			stranger: other,
			option: what,
		})
	}
}

/** The part of a store that is written to. Errors: `INVALID_CONFIG` where it holds profiles and nothing says how they were made; `IO`, `INVALID_PROFILE`. */
export async function openPart(output: string, part: string, former: ProfilesInfo | null): Promise<ProfileStoreWriter> {
	await makeFolder(output)
	const store = await ProfileStoreWriter.open(output, part)
	if (former || store.size === 0) return store
	await store.close()
	const file = join(output, `${part}.json`)
	throw new SublocError(
		'INVALID_CONFIG',
		'the folder has profiles, and this file is missing that says how they were made',
		{ file },
	)
}

/** The first thing in which a run that goes on differs from what the store was made with: [what, then, now]; null where nothing does. */
function firstOther(then: ProfilesInfo, now: ProfilesInfo): [string, unknown, unknown] | null {
	const pairs: [string, unknown, unknown][] = [
		['tool', then.tool.name, now.tool.name],
		['the tool’s version', then.tool.version, now.tool.version],
		['the database’s SHA-256', then.database?.sha256 ?? null, now.database?.sha256 ?? null],
		['iterations', then.settings.iterations, now.settings.iterations],
		['evalue', then.settings.evalue, now.settings.evalue],
		['pssm', then.settings.pssm, now.settings.pssm],
		['the number of shards', then.shard?.count ?? 1, now.shard?.count ?? 1],
		['the digest of the whole input', then.shard?.input ?? null, now.shard?.input ?? null],
	]
	return pairs.find(([, a, b]) => a !== b) ?? null
}
