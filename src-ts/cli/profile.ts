import { stat } from 'node:fs/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import {
	type ImportReport,
	makeProfiles,
	PROFILE_TOOLS,
	type ProfiledRecord,
	type ProfileReport,
	type ProfileTool,
	PSSM_VALUES,
	type PssmValues,
	partFromEnvironment,
	readDataset,
	readFasta,
	SublocError,
	storeImportedProfiles,
} from 'subloc-native'
import type { Log } from './log.js'
import { type CommonOptions, openLog, type PartOrAuto, partOrAuto, wholeNumber, withLog } from './options.js'
import { untilStopped } from './process.js'
import { duration, percent } from './text.js'

interface ProfileFlags extends CommonOptions {
	output: string
	db?: string
	tool?: ProfileTool
	iterations?: number
	evalue?: number
	pssm?: PssmValues
	batch?: number
	import?: string[]
	lookup?: string
	resume?: boolean
	shard?: PartOrAuto
}

export function profileCommand(): Command {
	return withLog(
		new Command('profile')
			.summary('make profiles of proteins from alignments')
			.description(
				'Searches a database for relatives of each protein, with MMseqs2 or PSI-BLAST, and stores the profiles for --profiles of train and predict.\n' +
					'With --import it reads profiles that were made elsewhere. What is stored stays, however the command ends; --resume goes on.',
			)
			.argument('<in>', 'proteins: FASTA, plain or gzip, or - for stdin; or a dataset as for train (a folder, a .tsv)')
			.requiredOption('-o, --output <dir>', 'folder of the store')
			.option('--db <db>', 'database: FASTA, or the prefix of what mmseqs createdb or makeblastdb made')
			.addOption(new Option('--tool <name>', 'what searches (default: mmseqs)').choices(PROFILE_TOOLS))
			.option('--iterations <n>', 'rounds of the search (default: 3)', wholeNumber(1, 20))
			.option('--evalue <e>', 'largest E-value of a hit that counts (default: 1e-3)', aboveZero)
			.addOption(
				new Option(
					'--pssm <values>',
					'of PSI-BLAST: weighted percentages, or what the scores imply (default: percent)',
				).choices(PSSM_VALUES),
			)
			.option('--threads <n>', 'threads of MMseqs2, processes of PSI-BLAST (default: all cores)', wholeNumber(1, 1024))
			.option('--batch <n>', 'proteins a search of MMseqs2, which a stop costs (default: 5000)', wholeNumber(1))
			.option(
				'--import <files...>',
				'read these: PSI-BLAST text matrices, MMseqs2 profile2pssm, A3M, HHM, stores, folders of them',
			)
			.option('--lookup <file>', "with --import of MMseqs2's: <queryDB>.lookup (default: FILE.lookup)")
			.option(
				'--shard <i/n>',
				'one of N parts, balanced by residues, beside the others in -o; auto/N: the task of the array',
				partOrAuto,
			)
			.option('--resume', 'go on with the store in the folder'),
	)
		.addHelpText(
			'after',
			`
Examples:
  subloc profile proteome.faa.gz -o profiles --db uniref50           # after: mmseqs createdb uniref50.fasta.gz uniref50
  subloc profile proteome.faa.gz -o profiles --db uniref50 --resume  # after a stop
  subloc profile proteome.faa.gz -o profiles --db uniref50 --shard 3/16   # part 3 of 16, all into one folder
  subloc profile proteins.fasta -o profiles --import pssm/*.pssm
  subloc train proteins/ -o runs/first --profiles profiles --blocks onehot,blosum80,profile

Temporary files go to TMPDIR. A protein without relatives in the database has no profile; --missing-profile of train and predict says what then.`,
		)
		.action((input: string, flags: ProfileFlags) =>
			untilStopped((signal) => run(input, flags, signal), 'the profiles so far are stored (--resume goes on)'),
		)
}

async function run(input: string, flags: ProfileFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	requireOneSource(flags)
	const records = await readRecords(input, log, signal)
	if (flags.import) tellImported(await imported(records, flags, log, signal), records, log)
	else tellMade(await made(records, flags, log, signal), log)
}

/** Errors: `INVALID_OPTION` where the options do not go together. */
function requireOneSource(flags: ProfileFlags): void {
	const refuse = (option: string, message: string) => {
		throw new SublocError('INVALID_OPTION', message, { option })
	}
	if (flags.import === undefined && flags.db === undefined)
		refuse('db', 'name a database (--db), or profiles to read (--import)')
	if (flags.import === undefined && flags.lookup !== undefined) refuse('lookup', '--lookup goes with --import')
	if (flags.import === undefined) return
	const other = (['db', 'tool', 'iterations', 'evalue', 'threads', 'batch', 'shard'] as const).find(
		(name) => flags[name] !== undefined,
	)
	if (other) refuse(other, `--${other} is of a search, and --import reads profiles that were made elsewhere`)
}

/** Proteins of a FASTA file or a dataset; records that cannot be used are told and left out. */
async function readRecords(input: string, log: Log, signal: AbortSignal): Promise<ProfiledRecord[]> {
	const isFolder = input !== '-' && (await stat(input).catch(() => null))?.isDirectory()
	if (isFolder || /\.tsv(\.gz)?$/i.test(input)) return [...(await readDataset(input, { minimumClasses: 1 })).records]
	const records: ProfiledRecord[] = []
	let skipped = 0
	for await (const { id, sequence, problem } of readFasta(input, { onProblem: 'report', signal })) {
		if (!problem) records.push({ id, sequence })
		else if (skipped++ < 5) log.warning(`skipped ${id} (${problem.message})`)
	}
	if (skipped > 5) log.warning(`… and ${skipped - 5} more`)
	return records
}

async function made(
	records: ProfiledRecord[],
	flags: ProfileFlags,
	log: Log,
	signal: AbortSignal,
): Promise<ProfileReport> {
	const { output, tool, iterations, evalue, pssm, threads, batch, resume, shard: part } = flags
	const shard = part && { count: part.count, index: part.index ?? (await partFromEnvironment(part.count, output)) }
	const searching = { output, database: flags.db!, tool, iterations, evalue, pssm, threads, batch, resume, signal }
	const options = { ...searching, ...(shard && { shard }) }
	const run = makeProfiles(records, options)
	const started = Date.now()
	let first = -1
	for await (const { done, total, withProfile, step, warning } of run) {
		if (warning) log.warning(warning)
		if (first < 0) first = done
		const rate = (done - first) / Math.max(1e-3, (Date.now() - started) / 1000)
		const left = rate > 0 && done < total ? `, about ${duration((total - done) / rate)} left` : ''
		log.progress(`${done} of ${total} proteins, ${withProfile} with a profile; ${step}${left}`)
	}
	return run
}

function tellMade({ output, proteins, withProfile, before, info }: ProfileReport, log: Log): void {
	const without = proteins - withProfile
	if (without > 0) log.warning(withoutProfile(without, proteins))
	const earlier = before > 0 ? `, ${before} of them from before` : ''
	const { name, version } = info.tool
	log.event('profiled', `${withProfile} profiles of ${proteins} proteins${earlier}, by ${name} ${version}: ${output}`, {
		...{ output, proteins, withProfile, before, tool: name, version, database: info.database },
	})
}

function imported(
	records: ProfiledRecord[],
	flags: ProfileFlags,
	log: Log,
	signal: AbortSignal,
): Promise<ImportReport> {
	const { output, pssm, lookup, resume } = flags
	const onProgress = (stored: number) => log.progress(`${stored} of ${records.length} profiles`)
	const options = { output, onProgress, signal, ...(pssm && { pssm }), ...(lookup !== undefined && { lookup }) }
	return storeImportedProfiles(records, flags.import!, { ...options, ...(resume && { resume }) })
}

function tellImported(
	{ output, imported, withProfile, missing, unclaimed }: ImportReport,
	records: ProfiledRecord[],
	log: Log,
): void {
	for (const { file, line, name } of unclaimed.slice(0, 5))
		log.warning(`${file}:${line}: ${name} is none of the proteins`)
	if (unclaimed.length > 5) log.warning(`… and ${unclaimed.length - 5} more that are none of the proteins`)
	if (missing.length > 0) {
		const shown = missing.slice(0, 5).join(', ') + (missing.length > 5 ? ', …' : '')
		log.warning(`${withoutProfile(missing.length, records.length)} (${shown})`)
	}
	log.event('profiled', `${imported} profiles imported, ${withProfile} in the store: ${output}`, {
		...{ output, imported, withProfile, missing: missing.length, unclaimed: unclaimed.length },
	})
}

function withoutProfile(without: number, all: number): string {
	return `${without} of ${all} proteins (${percent(without / all)}) have no profile: --missing-profile of train and predict says what they get`
}

/** Parser of a number above 0. */
function aboveZero(text: string): number {
	const value = Number(text)
	if (text.trim() !== '' && value > 0 && value < Infinity) return value
	throw new InvalidArgumentError('a number above 0 is needed.')
}
