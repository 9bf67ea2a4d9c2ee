import { Command } from 'commander'
import { checkFasta, type InputReport } from 'subloc-native'
import { type CommonOptions, openLog, withLog } from './options.js'

export function checkCommand(): Command {
	return withLog(
		new Command('check')
			.summary('look at a FASTA file before a long job')
			.description(
				'Reads all of a FASTA file and reports lengths, odd letters, duplicates and records that cannot be used.',
			)
			.argument('<in>', 'FASTA, plain or gzip, or - for stdin')
			.option('--json', 'print JSON')
			.addHelpText('after', '\nEnds with exit code 65 where a record cannot be used.'),
	).action(async (input: string, flags: CommonOptions & { json?: boolean }) => {
		openLog(flags)
		const report = await checkFasta(input)
		process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report))
		if (report.problemCount > 0) process.exitCode = 65
	})
}

function reportText(report: InputReport): string {
	const { records, usable, residues, length, cut, maxResidues, nonStandard, duplicateIds, problems, problemCount } =
		report
	const letters = Object.entries(nonStandard).map(([letter, count]) => `${letter} ${count}`)
	const lines = [
		`${report.file}: ${records} records, ${usable} can be predicted, ${residues} residues`,
		...(length ? [`length: ${length.min} to ${length.max}, median ${length.median}`] : []),
		...(cut > 0 ? [`${cut} are longer than ${maxResidues} residues: their middle is left out`] : []),
		...(letters.length > 0 ? [`letters outside the 20: ${letters.join(', ')}`] : []),
		...(report.nucleotides > 0
			? [
					`${report.nucleotides} look like DNA or RNA (first: ${report.firstNucleotides}): translate them into proteins first`,
				]
			: []),
		...(report.firstNotMethionine > 0
			? [
					`${report.firstNotMethionine} do not begin with M: fragments and mature proteins have lost their targeting signal`,
				]
			: []),
		...(duplicateIds.length > 0
			? [
					`ids that occur more than once: ${duplicateIds.slice(0, 10).join(', ')}${duplicateIds.length > 10 ? ', …' : ''}`,
				]
			: []),
		...(report.duplicateSequences > 0 ? [`${report.duplicateSequences} sequences occur again`] : []),
		...problems.slice(0, 20).map(({ line, record, message }) => `${report.file}:${line}: ${record}: ${message}`),
		...(problemCount > 20 ? [`… ${problemCount - 20} more problems (--json lists 100)`] : []),
	]
	return `${lines.join('\n')}\n`
}
