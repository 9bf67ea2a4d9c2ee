/** `--kingdom` of the commands that predict and score. */
import { Option } from 'commander'
import { absentClasses, KINGDOMS, type Kingdom, type LabelledRecord, type Model } from 'subloc-native'
import type { Log } from './log.js'
import { refuseLabelSets } from './multi-label.js'

export function kingdomOption(): Option {
	return new Option('--kingdom <name>', 'rule out compartments that its cells do not have').choices(KINGDOMS)
}

/** Tells what the kingdom, where there is one, rules out of a model's classes. Errors: `INVALID_OPTION` where no class is left, or the model gives several labels. */
export function tellKingdom(kingdom: Kingdom | undefined, model: Model, log: Log): void {
	if (kingdom === undefined) return
	refuseLabelSets(model.info, 'kingdom', 'whose probabilities do not share one sum to divide anew')
	const { classes } = model
	const absent = absentClasses(kingdom, classes)
	if (absent.length > 0) log.event('kingdom', `${kingdom}: ${absent.join(', ')} ruled out`, { kingdom, absent })
	else log.warning(`--kingdom ${kingdom} rules out none of the model's classes: ${classes.join(', ')}`)
}

/** Labelled proteins whose class is ruled out count as wrong: warns of them. */
export function warnOfRuledOut(
	kingdom: Kingdom | undefined,
	records: readonly LabelledRecord[],
	{ classes }: Model,
	log: Log,
): void {
	if (kingdom === undefined) return
	const absent = new Set(absentClasses(kingdom, classes))
	const wrong = records.filter((record) => absent.has(record.class)).length
	if (wrong > 0)
		log.warning(`${kingdom} rules out the class of ${wrong} of ${records.length} proteins: they count as wrong`)
}
