/** What a command of the reproduction asks for, beside what a run folder says it was trained with. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { firstDifference, RUN_FILES, RunFolder, resolveConfig, withSettings } from 'subloc-native'
import { Stop } from '../lib/steps.mjs'

const NUMBERS = ['hidden', 'epochs', 'batch-size', 'members', 'seed', 'test-fraction', 'validation-fraction']

/** The complete configuration that a command of `subloc train` or `subloc cross-validate` asks for; a flag that stands twice counts as it stands last. */
export function configOfCommand([, ...args]) {
	const names = ['preset', 'model', 'blocks', 'profiles', 'split', 'fold', ...NUMBERS]
	const { values } = parseArgs({
		args,
		allowPositionals: true,
		options: {
			...Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
			set: { type: 'string', multiple: true, default: [] },
		},
	})
	const camel = (name) => name.replace(/-(.)/, (_, letter) => letter.toUpperCase())
	const given = Object.fromEntries([
		...['preset', 'model'].filter((name) => name in values).map((name) => [name, values[name]]),
		...NUMBERS.filter((name) => name in values).map((name) => [camel(name), Number(values[name])]),
		...(values.blocks ? [['blocks', values.blocks.split(',')]] : []),
	])
	const options = { ...withSettings(given, values.set), ...given }
	return resolveConfig(options, { hasProfiles: values.profiles !== undefined }).config
}

/** Whether a folder holds the finished run of a command. Stops where the run is another: any value of the configuration differs. */
export async function isDone(folder, command) {
	if (!existsSync(join(folder, RUN_FILES.done))) return false
	const wanted = configOfCommand(command)
	const found = await new RunFolder(folder).readConfig()
	const option = found === null ? RUN_FILES.config : firstDifference(found, wanted)
	if (option === null) return true
	const value = (config) => JSON.stringify(option.split('.').reduce((inner, key) => inner?.[key], config))
	const difference = found === null ? `${option} is missing` : `${option} is ${value(found)}, not ${value(wanted)}`
	throw new Stop(`${folder} is DONE, and is not what is asked for: ${difference}. Name another folder (--runs)`)
}

/**
 * The folder's name of an experiment that is not the plan: its options, in one order. Empty for the plan itself.
 * @param {{ preset?: string, folds?: string, members?: string, quick?: boolean }} options
 */
export function experimentName({ preset, folds, members, quick }) {
	return [
		...(quick ? ['quick'] : []),
		...Object.entries({ preset, members, folds }).flatMap(([name, value]) =>
			value === undefined ? [] : [name, value],
		),
	].join('-')
}
