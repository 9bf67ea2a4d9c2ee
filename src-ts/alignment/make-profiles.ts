/** Profiles of proteins by a program that is installed, into a store. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PSSM_VALUES, type PssmValues } from '../encoding/profile/formats/psiblast.js'
import type { ProfiledRecord } from '../encoding/profile/found.js'
import { shardPart } from '../encoding/profile/shard-parts.js'
import type { ProfileStoreWriter } from '../encoding/profile/store-writer.js'
import { fileError, requireKnown, requireOption } from '../errors.js'
import { defaultThreads } from '../model/threads.js'
import { Run } from '../progress.js'
import type { Aligner, SearchSettings } from './aligner.js'
import { describeDatabase, findDatabase } from './database.js'
import { distinct } from './distinct.js'
import { findMmseqs } from './mmseqs.js'
import { findPsiblast } from './psiblast.js'
import {
	openPart,
	type ProfilesInfo,
	readProfilesInfo,
	requireSame,
	requireSameParts,
	writeProfilesInfo,
} from './record-file.js'
import { digestOfRecords, recordsOfShard } from './shards.js'

/** Programs that make profiles. */
export const PROFILE_TOOLS = ['mmseqs', 'psiblast'] as const
export type ProfileTool = (typeof PROFILE_TOOLS)[number]

export interface MakeProfilesOptions {
	/** Folder of the store; made where it is not there. */
	output: string
	/** A FASTA file, or the prefix of a database that the tool has made (`mmseqs createdb`, `makeblastdb`). */
	database: string
	/** Default `mmseqs`. */
	tool?: ProfileTool
	/** Rounds of the search, 1 to 20. Default 3. */
	iterations?: number
	/** Largest E-value of a hit that counts, above 0. Default 1e-3. */
	evalue?: number
	/** Of PSI-BLAST: which table gives the rows. Default `percent`. */
	pssm?: PssmValues
	/** CPU threads of MMseqs2, processes of PSI-BLAST. Default: the cores that this process was given. */
	threads?: number
	/** Goes on with a store of the same tool, database and settings: proteins that it has are passed over. Default false. */
	resume?: boolean
	/** Proteins a batch; what a stop can cost with MMseqs2. Default 5000, of PSI-BLAST 1000, where each protein is stored by itself. */
	batch?: number
	/**
	 * One of `count` parts, from 1, balanced by residues: `records` are all of them, and every process takes its own. The parts lie side by side in `output` and
	 * are read as one store once all are finished. Default: all records, one part.
	 */
	shard?: { index: number; count: number }
	/** Ends the run; what is stored stays. */
	signal?: AbortSignal
}

/** How far a run is; some are skipped where they follow each other closely. */
export interface ProfileProgress {
	/** Proteins of the store, with those of earlier runs. */
	done: number
	/** All proteins. */
	total: number
	/** Those done that have a profile. */
	withProfile: number
	/** What is going on: `database`, `search`, `result2profile`, … */
	step: string
	/** Something to know; absent mostly. */
	warning?: string
}

/** What a run has made. */
export interface ProfileReport {
	output: string
	/** Proteins of the store. */
	proteins: number
	withProfile: number
	/** Those that were in the store before. */
	before: number
	info: ProfilesInfo
}

const OPTIONS = [
	'output',
	'database',
	'tool',
	'iterations',
	'evalue',
	'pssm',
	'threads',
	'resume',
	'batch',
	'shard',
	'signal',
]

/** Least time between two events that only count, ms. */
const QUIET = 200

/**
 * Searches a database for relatives of each protein and stores their profiles (docs/profiles.md). A protein that has no relatives there has no profile: the
 * store says so, and `missingProfile` decides what a model reads. Ids are unique; two proteins of one id must be equal.
 *
 * Temporary files go to TMPDIR and are removed. What is stored stays stored, however the run ends: with `resume` it goes on after it.
 *
 * Errors: `TOOL_UNAVAILABLE` with the tool's last lines, `INVALID_OPTION`, `INPUT_MISSING` for the database, `INVALID_CONFIG` for a resumed store of other
 * settings, `INVALID_SHARD` where the folder's other parts are of another input, database or setting, `INVALID_DATASET` for an id of two sequences, `IO`; the signal's reason.
 */
export function makeProfiles(
	records: readonly ProfiledRecord[],
	options: MakeProfilesOptions,
): Run<ProfileProgress, ProfileReport> {
	return new Run((emit, signal) => make(records, options, emit, signal), options.signal)
}

async function make(
	given: readonly ProfiledRecord[],
	options: MakeProfilesOptions,
	emit: (event: ProfileProgress) => void,
	signal: AbortSignal,
): Promise<ProfileReport> {
	const { output, resume = false, shard } = options
	const settings = checked(options)
	const threads = options.threads ?? defaultThreads()
	const all = distinct(given)
	const records = shard ? recordsOfShard(all, shard) : all
	const part = shard ? shardPart(shard) : 'profiles'
	const aligner = await (options.tool === 'psiblast' ? findPsiblast(signal) : findMmseqs(signal))
	const former = await readProfilesInfo(output, part)
	const database = await findDatabase(
		options.database,
		(endings) => aligner.databaseParts(endings),
		aligner.databaseFolders(),
	)
	const described = await describeDatabase(options.database, database, former?.database ?? null, signal)
	const run = { started: new Date().toISOString(), finished: null, threads, version: aligner.version, added: 0 }
	const fresh: ProfilesInfo = {
		...{ formatVersion: 1, tool: { name: aligner.name, version: aligner.version }, database: described, settings },
		...(shard && { shard: { ...shard, input: digestOfRecords(all) } }),
		...{ commands: aligner.commands(settings, threads), proteins: 0, withProfile: 0, runs: [] },
	}
	requireSame(former, fresh, resume, output, part)
	await requireSameParts(output, part, fresh)
	const store = await openPart(output, part, former)
	const temporary = await temporaryFolder()
	const before = store.size
	const runs: ProfilesInfo['runs'] = [...(former?.runs ?? []), run]
	const save = (finished: string | null = null) => {
		const added = store.size - before
		const own = { ...run, added, finished }
		return writeProfilesInfo(output, part, {
			...fresh,
			proteins: store.size,
			withProfile: store.withProfile,
			runs: [...runs.slice(0, -1), own],
		})
	}
	try {
		const waiting = records.filter((record) => !store.has(record))
		await save()
		let step = 'database'
		let told = 0
		const tell = (warning?: string) => {
			told = Date.now()
			emit({
				done: store.size,
				total: store.size + left(),
				withProfile: store.withProfile,
				step,
				...(warning && { warning }),
			})
		}
		const left = () => waiting.length - (store.size - before)
		tell()
		if (waiting.length > 0) {
			const prefix =
				database.form === 'made' ? database.path : await aligner.makeDatabase(database.path, temporary, signal)
			const onStep = (name: string) => {
				step = name
				tell()
			}
			const context = { database: prefix, settings, threads, temporary, signal, onStep, onWarning: tell }
			await profileRecords(aligner, waiting, store, {
				...context,
				batch: options.batch ?? aligner.batch,
				onStored: () => Date.now() - told >= QUIET && tell(),
			})
		}
		const finished = new Date().toISOString()
		await save(finished)
		const info = (await readProfilesInfo(output, part))!
		return { output, proteins: store.size, withProfile: store.withProfile, before, info }
	} catch (error) {
		// What was stored is counted, as far as the disk allows.
		await save().catch(() => {})
		throw error
	} finally {
		await store.close()
		await rm(temporary, { recursive: true, force: true }).catch(() => {})
	}
}

/** What {@link profileRecords} needs to know. */
export interface ProfileRecordsContext {
	/** Prefix of the database, as the tool has made it. */
	database: string
	settings: SearchSettings
	threads: number
	/** Folder for temporary files; each batch has one of its own in it. */
	temporary: string
	/** Proteins a batch. */
	batch: number
	signal: AbortSignal
	onStep(step: string): void
	onWarning(message: string): void
	/** After proteins were stored. */
	onStored(): unknown
}

/** @internal Profiles a list of proteins that a store does not have yet, batch by batch. A shard is a list of its own and a store part of its own. */
export async function profileRecords(
	aligner: Aligner,
	records: readonly ProfiledRecord[],
	store: ProfileStoreWriter,
	context: ProfileRecordsContext,
): Promise<void> {
	const { batch, signal } = context
	// One writer at a time: PSI-BLAST's processes end when they like.
	let writing = Promise.resolve()
	for (let from = 0; from < records.length; from += batch) {
		signal.throwIfAborted()
		const temporary = await temporaryFolder(context.temporary)
		try {
			await aligner.profile(records.slice(from, from + batch), {
				...{ ...context, temporary },
				store: (profiles) => {
					const written = writing.then(async () => {
						await store.add(profiles)
						context.onStored()
					})
					writing = written.catch(() => {})
					return written
				},
			})
		} finally {
			await rm(temporary, { recursive: true, force: true }).catch(() => {})
		}
	}
}

async function temporaryFolder(within = tmpdir()): Promise<string> {
	try {
		return await mkdtemp(join(within, 'subloc-profile-'))
	} catch (error) {
		throw fileError(error, within, 'create')
	}
}

/** Checks the options; the settings of the search. Errors: `INVALID_OPTION`. */
function checked(options: MakeProfilesOptions): SearchSettings {
	requireKnown(options, OPTIONS)
	const {
		output,
		database,
		tool = 'mmseqs',
		iterations = 3,
		evalue = 1e-3,
		pssm = 'percent',
		threads,
		batch,
		shard,
	} = options
	requireOption(typeof output === 'string' && output !== '', 'output', output, 'a folder')
	requireOption(
		typeof database === 'string' && database !== '',
		'database',
		database,
		'a FASTA file or the prefix of a database',
	)
	requireOption(PROFILE_TOOLS.includes(tool), 'tool', tool, `one of ${PROFILE_TOOLS.join(', ')}`)
	const whole = (value: unknown, most: number) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most
	requireOption(whole(iterations, 20), 'iterations', iterations, 'a whole number from 1 to 20')
	requireOption(typeof evalue === 'number' && evalue > 0 && evalue < Infinity, 'evalue', evalue, 'a number above 0')
	requireOption(PSSM_VALUES.includes(pssm), 'pssm', pssm, `one of ${PSSM_VALUES.join(', ')}`)
	requireOption(threads === undefined || whole(threads, 1024), 'threads', threads, 'a whole number from 1 to 1024')
	requireOption(batch === undefined || whole(batch, Number.MAX_SAFE_INTEGER), 'batch', batch, 'a whole number from 1')
	const isShard = shard === undefined || (whole(shard?.count, 100_000) && whole(shard.index, shard.count))
	requireOption(isShard, 'shard', shard, 'a part from 1 to their number, { index, count }')
	return { iterations, evalue, pssm }
}
