import { Command, Option } from 'commander'
import {
	columnSplit,
	formatSplit,
	homologyFolds,
	readDataset,
	type Split,
	SublocError,
	stratifiedFolds,
	writeWhole,
} from 'subloc-native'
import type { Log } from './log.js'
import { type CommonOptions, openLog, wholeNumber, withLog } from './options.js'
import { untilStopped } from './process.js'
import { coverageOption, engineOption, identityOption, tellAudit } from './split-audit.js'

interface SplitFlags extends CommonOptions {
	output: string
	by: 'stratified' | 'homology' | 'column'
	folds: number
	seed: number
	multiLabel?: boolean
	identity: number
	coverage: number
	linkage: 'single' | 'greedy'
	engine: 'own' | 'mmseqs'
	exhaustive?: boolean
	audit?: boolean
	allowLeaks?: boolean
}

export function splitCommand(): Command {
	return withLog(
		new Command('split')
			.summary('assign proteins to folds, to use the same folds again')
			.description(
				'Writes a TSV with id, class and fold, for `train --split FILE --fold I` and `cross-validate --split FILE`. Folds by homology keep proteins together\n' +
					'that are alike (docs/splits.md); they are audited before they are written, and their clusters stand in the file.',
			)
			.argument('<data>', 'folder of <class>.fasta, or a TSV')
			.requiredOption('-o, --output <file>', 'where to write')
			.addOption(
				new Option(
					'--by <method>',
					'stratified: every class alike in every fold; homology: whole clusters of relatives; column: the fold column of DATA',
				)
					.choices(['stratified', 'homology', 'column'])
					.default('stratified'),
			)
			.option('--folds <k>', 'number of folds', wholeNumber(2, 1000), 5)
			.option('--seed <n>', 'of the shuffle', wholeNumber(0), 1)
			.option('--multi-label', 'class values are labels joined by ;: each label alike in every fold')
			.addOption(identityOption().default(0.3))
			.addOption(coverageOption().default(0.8))
			.addOption(
				new Option('--linkage <name>', 'single: no relatives in two clusters; greedy: smaller clusters, some are')
					.choices(['single', 'greedy'])
					.default('single'),
			)
			.addOption(engineOption().default('own'))
			.option('--exhaustive', 'align every pair, not only those that share seeds: slow')
			.option('--audit', 'look for relatives in different folds also where the split is not by homology')
			.option('--allow-leaks', 'write the split even where the audit fails')
			.option('--threads <n>', 'CPU threads (default: all)', wholeNumber(1, 1024))
			.addHelpText(
				'after',
				`
Examples:
  subloc split multiloc/ -o folds.tsv
  subloc split multiloc/ -o homology.tsv --by homology
  subloc split data.tsv -o folds.tsv --by column --audit      does the fold column keep relatives together?
  subloc split multiloc/ -o - --folds 10 --seed 3 | cut -f 2,3 | sort | uniq -c     records of each class and fold`,
			),
	).action((data: string, flags: SplitFlags) => untilStopped((signal) => run(data, flags, signal)))
}

async function run(data: string, flags: SplitFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	const dataset = await readDataset(data, { multiLabel: flags.multiLabel ?? false })
	const { folds, seed, identity, coverage, linkage, engine, threads, exhaustive = false } = flags
	const search = {
		...{ identity, coverage, engine, threads, exhaustive, signal },
		onProgress: (done: number, total: number) => log.progress(`looking for relatives: ${done} of ${total} proteins`),
	}
	const split = await {
		stratified: async () => stratifiedFolds(dataset, { folds, seed }),
		column: async () => columnSplit(dataset),
		homology: () => homologyFolds(dataset, { folds, seed, linkage, ...search }),
	}[flags.by]()
	if (flags.by === 'homology') {
		tellClusters(split, log)
		warnOfLopsided(split, log)
	}
	if (flags.by === 'homology' || flags.audit) {
		const { failure: leaks } = await tellAudit(split, dataset, search, log)
		if (leaks && flags.allowLeaks) log.warning(leaks.message)
		else if (leaks)
			throw new SublocError(
				'INVALID_SPLIT',
				`${leaks.message}; --allow-leaks writes the split all the same`,
				leaks.details,
			)
	}
	if (flags.output === '-') process.stdout.write(formatSplit(split, dataset))
	else await writeWhole(flags.output, formatSplit(split, dataset))
	const where = split.folds === 0 ? 'three parts' : `${split.folds} folds`
	log.event('written', `${dataset.records.length} proteins in ${where}: ${flags.output}`, { output: flags.output })
}

function tellClusters({ clusters = [] }: Split, log: Log): void {
	const sizes = new Map<string, number>()
	for (const cluster of clusters) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1)
	const largest = [...sizes.values()].reduce((a, b) => Math.max(a, b), 0)
	log.event('clusters', `${sizes.size} homology clusters, the largest with ${largest} proteins`, {
		...{ clusters: sizes.size, largest },
	})
}

/** Folds of which the largest is more than this many times the least are told. */
const LOPSIDED = 1.5

/** Few clusters, or a large one, may not fill folds evenly: a fold's score is then of few proteins. */
function warnOfLopsided({ parts, folds }: Split, log: Log): void {
	const sizes = Array.from({ length: folds }, (_, at) => parts.filter((part) => part === at + 1).length)
	const [least, most] = [Math.min(...sizes), Math.max(...sizes)]
	if (most > LOPSIDED * least)
		log.warning(`the folds have from ${least} to ${most} proteins: relatives stay together, and clusters cannot be cut`)
}
