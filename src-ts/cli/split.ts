import { Command, Option } from 'commander'
import { formatSplit, readDataset, stratifiedFolds, writeWhole } from 'subloc-native'
import { type CommonOptions, openLog, wholeNumber, withLog } from './options.js'

interface SplitFlags extends CommonOptions {
	output: string
	by: 'stratified'
	folds: number
	seed: number
	multiLabel?: boolean
}

export function splitCommand(): Command {
	return withLog(
		new Command('split')
			.summary('assign proteins to folds, to use the same folds again')
			.description(
				'Writes a TSV with id, class and fold, for `train --split FILE --fold I` and `cross-validate --split FILE`.',
			)
			.argument('<data>', 'folder of <class>.fasta, or a TSV')
			.requiredOption('-o, --output <file>', 'where to write')
			.addOption(
				new Option('--by <method>', 'stratified: every class alike in every fold')
					.choices(['stratified'])
					.default('stratified'),
			)
			.option('--folds <k>', 'number of folds', wholeNumber(2, 1000), 5)
			.option('--seed <n>', 'of the shuffle', wholeNumber(0), 1)
			.option('--multi-label', 'class values are labels joined by ;: each label alike in every fold')
			.addHelpText(
				'after',
				`
Examples:
  subloc split multiloc/ -o folds.tsv
  subloc split multiloc/ -o - --folds 10 --seed 3 | cut -f 2,3 | sort | uniq -c     records of each class and fold`,
			),
	).action(async (data: string, flags: SplitFlags) => {
		const log = openLog(flags)
		const dataset = await readDataset(data, { multiLabel: flags.multiLabel ?? false })
		const split = stratifiedFolds(dataset, flags)
		if (flags.output === '-') process.stdout.write(formatSplit(split, dataset))
		else await writeWhole(flags.output, formatSplit(split, dataset))
		log.event('written', `${dataset.records.length} proteins in ${flags.folds} folds: ${flags.output}`, {
			output: flags.output,
		})
	})
}
