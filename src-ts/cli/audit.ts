import { existsSync, statSync } from 'node:fs'
import { Command } from 'commander'
import {
	auditLeak,
	auditSplitLeak,
	auditTsv,
	type HomologyEngine,
	type LeakAudit,
	LONGEST_ALIGNED,
	parseSplit,
	type RelativesOptions,
	RunFolder,
	readDataset,
	readFasta,
	readSplit,
	SublocError,
	writeWhole,
} from 'subloc-native'
import type { Log } from './log.js'
import { type CommonOptions, openLog, wholeNumber, withLog } from './options.js'
import { untilStopped } from './process.js'
import { coverageOption, engineOption, identityOption, tellAudit } from './split-audit.js'
import { leakText } from './text.js'

interface AuditFlags extends CommonOptions {
	output?: string
	json?: boolean
	exhaustive?: boolean
	multiLabel?: boolean
	split?: string
	engine?: HomologyEngine
	identity?: number
	coverage?: number
}

export function auditCommand(): Command {
	return withLog(
		new Command('audit')
			.summary('how much of an accuracy copying from relatives would explain')
			.description(
				'Finds the nearest relative of each protein of TEST among the labelled proteins TRAIN (local alignment, best bit score, E ≤ 0.001) and tells how many\n' +
					'have one at which identity, and what copying its class would score. TEST may be labelled or FASTA. With a run folder instead of TRAIN its\n' +
					'held-out part is compared with what it was trained on; TEST is then its data, by default where the training found it.\n' +
					'With --split the folds of a split of TRAIN are searched for relatives in different folds, as `split` does before it writes, with another engine too.',
			)
			.argument('<train>', 'labelled proteins (folder of <class>.fasta, or a TSV), or a run folder')
			.argument('[test]', 'labelled proteins or FASTA; of a run folder: its data')
			.option('-o, --output <file>', 'also write a TSV, a line a test protein; - is stdout')
			.option('--json', 'print JSON')
			.option(
				'--split <file>',
				'look for relatives in different folds of this split; an error where there are some. --engine, --identity and --coverage: by default those of the split',
			)
			.addOption(engineOption())
			.addOption(identityOption())
			.addOption(coverageOption())
			.option(
				'--multi-label',
				'class values are labels joined by ;: a copy is right where all labels are (of a run folder: as it was trained)',
			)
			.option('--exhaustive', 'align every pair, not only those that share seeds: slow')
			.option('--threads <n>', 'CPU threads (default: all)', wholeNumber(1, 1024))
			.addHelpText(
				'after',
				`
Examples:
  subloc audit train.tsv test.tsv
  subloc audit multiloc/ proteome.fasta -o nearest.tsv
  subloc audit runs/first                           the held-out part of its training
  subloc audit multiloc/ --split homology.tsv --engine mmseqs     does another program find relatives in different folds?`,
			),
	).action((train: string, test: string | undefined, flags: AuditFlags) =>
		untilStopped((signal) => run(train, test, flags, signal)),
	)
}

async function run(train: string, test: string | undefined, flags: AuditFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	const onProgress = (done: number, total: number) =>
		log.progress(`looking for relatives: ${done} of ${total} proteins`)
	const options = { threads: flags.threads, exhaustive: flags.exhaustive ?? false, onProgress, signal }
	if (flags.split !== undefined) return auditFile(train, test, flags.split, flags, options, log)
	refuseAlone(flags)
	const audit = await audited(train, test, flags.multiLabel ?? false, options, log)
	log.clearLine()
	if (flags.output === '-') process.stdout.write(auditTsv(audit))
	else if (flags.output) await writeWhole(flags.output, auditTsv(audit))
	if (flags.output === '-') return
	const { proteins: _, ...summary } = audit
	process.stdout.write(flags.json ? `${JSON.stringify(summary, null, 2)}\n` : `${leakText(audit)}\n`)
	if (flags.output) log.event('written', `written: ${flags.output}`, { output: flags.output })
}

/** The audit of a split file of `data`. Errors: `INVALID_SPLIT` where homologs stand in different folds. */
async function auditFile(
	data: string,
	test: string | undefined,
	file: string,
	flags: AuditFlags,
	options: RelativesOptions,
	log: Log,
): Promise<void> {
	const [extra] = [test, flags.output && '--output'].filter((own) => own)
	if (extra)
		throw new SublocError('INVALID_OPTION', `${extra}: not with --split, which is of pairs (--json)`, {
			option: 'split',
		})
	const dataset = await readDataset(data, { minimumClasses: 1, multiLabel: flags.multiLabel ?? false })
	const split = await readSplit(file, dataset)
	const { engine, identity, coverage } = flags
	const { audit, failure } = await tellAudit(split, dataset, { ...options, engine, identity, coverage }, log)
	if (flags.json) process.stdout.write(`${JSON.stringify({ ...audit, local: audit.local.length }, null, 2)}\n`)
	if (failure) throw new SublocError('INVALID_SPLIT', failure.message, { ...failure.details, file })
}

/** Errors: `INVALID_OPTION` for an option of `--split` without it. */
function refuseAlone(flags: AuditFlags): void {
	const option = (['engine', 'identity', 'coverage'] as const).find((name) => flags[name] !== undefined)
	if (option) throw new SublocError('INVALID_OPTION', `--${option}: only with --split`, { option })
}

async function audited(
	train: string,
	test: string | undefined,
	multiLabel: boolean,
	options: RelativesOptions,
	log: Log,
): Promise<LeakAudit> {
	if (train === 'shipped' && !existsSync(train)) {
		const message =
			'the training proteins of the shipped model do not come with the package (docs/data.md says where they are): name them in place of it'
		throw new SublocError('INPUT_MISSING', message, { file: train })
	}
	const folder = new RunFolder(train)
	const info = await folder.readRun()
	if (info) {
		const text = await folder.read('split')
		if (text === null) throw new SublocError('INPUT_MISSING', 'the run folder has no splits.tsv', { file: train })
		const asTrained = (await folder.readConfig())?.loss === 'multi-label'
		const dataset = await readDataset(test ?? info.dataset.source, { minimumClasses: 1, multiLabel: asTrained })
		const split = await parseSplit(text, dataset, folder.file('split'))
		const folds = info.split.fold === null ? undefined : [info.split.fold]
		return auditSplitLeak(split, dataset, { ...options, ...(folds && { folds }) })
	}
	if (test === undefined) {
		throw new SublocError(
			'INVALID_OPTION',
			'test: name the test proteins, a run folder alone, or a split (--split FILE)',
			{ option: 'test' },
		)
	}
	const training = await readDataset(train, { minimumClasses: 1, multiLabel })
	return auditLeak(training.records, alignable(await testRecords(test, multiLabel), test, log), options)
}

interface TestRecord {
	id: string
	sequence: string
	class?: string
	problem?: SublocError
}

/** Labelled proteins, or those of a FASTA file, whose mistakes are each a record's own. */
async function testRecords(path: string, multiLabel: boolean): Promise<readonly TestRecord[]> {
	const isFasta = /\.(fasta|fas|fsa|fa|faa)(\.gz)?$/i.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile()
	if (!isFasta) return (await readDataset(path, { minimumClasses: 1, multiLabel })).records
	const records: TestRecord[] = []
	for await (const { id, sequence, problem } of readFasta(path, { onProblem: 'report' })) {
		records.push({ id, sequence, problem })
	}
	return records
}

/** The records that can be compared, with a word on the others. Errors: `INVALID_DATASET` where there is none. */
function alignable(records: readonly TestRecord[], file: string, log: Log): readonly TestRecord[] {
	const whyNot = ({ sequence, problem }: TestRecord) =>
		problem?.message ?? (sequence.length > LONGEST_ALIGNED ? `${sequence.length} residues are too many to align` : null)
	const left = records.filter((record) => whyNot(record) === null)
	const first = records.find((record) => whyNot(record) !== null)
	if (!first) return records
	const told = `${records.length - left.length} of ${records.length} proteins cannot be compared (first: ${first.id}: ${whyNot(first)})`
	if (left.length === 0) throw new SublocError('INVALID_DATASET', told, { file })
	log.warning(`${told}: they are left out`)
	return left
}
