#!/usr/bin/env node
/** The command line: a user of the package. One file a command. */
import { Command } from 'commander'
import { packageVersion } from 'subloc-native'
import { auditCommand } from './audit.js'
import { checkCommand } from './check.js'
import { compareCommand } from './compare.js'
import { crossValidateCommand } from './cross-validate.js'
import { demoCommand } from './demo.js'
import { devicesCommand } from './devices.js'
import { evaluateCommand } from './evaluate.js'
import { explainCommand } from './explain.js'
import { figuresCommand } from './figures.js'
import { infoCommand } from './info.js'
import { initCommand } from './init.js'
import { mergeCommand } from './merge.js'
import { asksForJson, openLog } from './options.js'
import { planCommand } from './plan.js'
import { predictCommand } from './predict.js'
import { endWith } from './process.js'
import { profileCommand } from './profile.js'
import { reportCommand } from './report.js'
import { splitCommand } from './split.js'
import { trainCommand } from './train.js'

/** Options that must be given are looked for after all else: an unknown one may be the missing one, misspelt. */
function mandatoryLast(command: Command): Command {
	const mandatory = command.options.filter((option) => option.mandatory)
	for (const option of mandatory) option.makeOptionMandatory(false)
	return command.hook('preAction', () => {
		const missing = mandatory.find((option) => command.getOptionValue(option.attributeName()) === undefined)
		if (missing) command.error(`error: required option '${missing.flags}' not specified`)
	})
}

const isJson = asksForJson(process.argv)

const program = new Command('subloc')
	.description(
		'Predicts where in the cell a protein lives, with the convolutional LSTM networks of Sønderby et al. 2015.\n' +
			'Data goes to stdout or -o, everything else to stderr.',
	)
	.version(packageVersion(), '-V, --version', 'print the version alone')
	.helpCommand('help [command]', 'explain a command')
	.showHelpAfterError(isJson ? false : '(subloc --help explains)')
	.addHelpText(
		'after',
		`
First steps:
  subloc predict proteome.fasta                       where proteins live, by the model that comes with the package
  subloc demo                                         train on synthetic proteins and look at the result, in a minute
  subloc train DATA -o RUN --preset quick             DATA: a folder of <class>.fasta, or a TSV (id, sequence, class)
  subloc predict proteome.faa.gz --model RUN -o out.tsv
  subloc evaluate RUN independent.tsv
  subloc figures RUN DATA                             logos, attention map, t-SNE, curves, …
  subloc merge parts -o out.tsv                       after predict --shard auto/16 -o parts on a cluster (docs/hpc.md)
  subloc explain protein.fasta --model RUN -o DIR     which residues a prediction hangs on

Exit codes: 0 done · 2 wrong option or configuration · 65 wrong data · 66 missing input · 69 model, device or tool not usable ·
  70 training or the program failed · 73, 74 cannot create, cannot write · 75 stopped, can be resumed · 130, 143 interrupted`,
	)
	.exitOverride()

// A mistake in the arguments is found before any command runs and opens its log.
if (isJson) {
	const log = openLog({ logFormat: 'json' })
	program.configureOutput({
		outputError: (text) => {
			const message = text.replace(/^error: /, '').trim()
			log.error(text, { code: 'INVALID_OPTION', message })
		},
	})
}

for (const command of [
	...[trainCommand, predictCommand, evaluateCommand, crossValidateCommand, compareCommand],
	...[mergeCommand, planCommand, initCommand],
	...[figuresCommand, explainCommand, reportCommand],
	...[profileCommand, splitCommand, auditCommand, checkCommand, infoCommand, devicesCommand, demoCommand],
]) {
	program.addCommand(mandatoryLast(command().copyInheritedSettings(program)))
}

try {
	await program.parseAsync()
} catch (error) {
	endWith(error)
}
