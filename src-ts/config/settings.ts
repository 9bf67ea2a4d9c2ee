/** Single settings over a configuration: `schedule.finalFraction=0.1`. */
import { SublocError } from '../errors.js'
import { readYaml } from './load.js'
import { PRESETS } from './presets.js'
import { issues } from './resolve.js'
import { type ConfigFile, configFileSchema } from './schema.js'

type Values = Record<string, unknown>

/**
 * Puts settings `path=value` (the value is YAML) over a configuration, and checks what comes out. A part of a group is set in the group as it is with the
 * configuration and its preset; another `kind` begins the group anew.
 *
 * Errors: `INVALID_OPTION` for a setting without a path; `INVALID_CONFIG` that names the setting as `file`.
 */
export function withSettings(config: ConfigFile, settings: readonly string[]): ConfigFile {
	const own = settings.map(parseSetting)
	const set = own.map(({ tree }) => tree).reduce(merge, {})
	const { preset = 'modern' } = { ...config, ...set } as ConfigFile
	const groups = Object.entries(PRESETS[preset] ?? {}).filter(([name]) => isPlain(set[name]) && !(name in config))
	const merged = merge({ ...Object.fromEntries(groups), ...config }, set)
	const result = configFileSchema.safeParse(merged)
	if (result.success) return result.data
	const [{ option, message }] = issues(result.error) as [ReturnType<typeof issues>[number]]
	// The last one that had a say in it.
	const guilty = own.findLast(({ path }) => `${option}.`.startsWith(`${path}.`) || path.startsWith(`${option}.`))
	throw new SublocError('INVALID_CONFIG', `${option}: ${message}`, { ...(guilty && { file: guilty.name }), option })
}

function parseSetting(setting: string): { name: string; path: string; tree: Values } {
	const [, path, text] = /^([\w.]+)=(.*)$/s.exec(setting) ?? []
	const name = `--set ${setting}`
	if (path === undefined || text === undefined) {
		const message = `${name}: write path=value, as in optimizer.learningRate=0.001`
		throw new SublocError('INVALID_OPTION', message, { option: 'set', value: setting })
	}
	const { value } = readYaml(text, name)
	return { name, path, tree: path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Values }
}

function merge(under: Values, over: Values): Values {
	const merged = { ...under }
	for (const [key, value] of Object.entries(over)) {
		const former = merged[key]
		merged[key] = isPlain(former) && isPlain(value) && !isOtherKind(former, value) ? merge(former, value) : value
	}
	return merged
}

function isOtherKind(former: Values, value: Values): boolean {
	return 'kind' in former && 'kind' in value && former['kind'] !== value['kind']
}

function isPlain(value: unknown): value is Values {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
}
