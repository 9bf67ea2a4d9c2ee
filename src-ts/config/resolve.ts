/** From what a person wrote to the complete configuration. */
import type { z } from 'zod'
import { orderedBlocks } from '../encoding/blocks.js'
import { named, SublocError } from '../errors.js'
import { PRESETS } from './presets.js'
import {
	type ConfigFile,
	configFileSchema,
	configJsonSchema,
	type TrainingConfig,
	trainingConfigSchema,
} from './schema.js'

export interface Resolved {
	config: TrainingConfig
	/** What was changed on the way, a sentence each. */
	warnings: string[]
}

/**
 * Fills in a configuration from its preset (default `modern`). Without a source of profiles the block `profile` is taken out, with a warning, unless it
 * was asked for by name; an R-LSTM has `pooling` attention, which is without effect there, unless another is asked for.
 *
 * Errors: `INVALID_OPTION` that names the option's path and what would be right.
 */
export function resolveConfig(options: ConfigFile, { hasProfiles }: { hasProfiles: boolean }): Resolved {
	const given = checked(configFileSchema, options)
	const { preset = 'modern', $schema: _, ...own } = given
	const base = PRESETS[preset]
	const warnings: string[] = []
	let blocks = orderedBlocks(own.blocks ?? base.blocks)
	if (blocks.includes('profile') && !hasProfiles) {
		if (own.blocks) {
			const message = 'blocks: profile is asked for, and there are no profiles (--profiles DIR, or leave the block out)'
			throw new SublocError('INVALID_OPTION', message, { option: 'blocks', value: own.blocks })
		}
		blocks = blocks.filter((block) => block !== 'profile')
		warnings.push(`no profiles are given: the blocks are ${blocks.join(', ')} (preset ${preset} has profile too)`)
	}
	// What the head of an A-LSTM sees is nothing to an R-LSTM.
	const pooling = own.model === 'r-lstm' ? 'attention' : base.pooling
	const config = checked(trainingConfigSchema, {
		...base,
		pooling,
		...own,
		blocks,
		optimizer: { ...base.optimizer, ...own.optimizer },
		dropout: { ...base.dropout, ...own.dropout },
	})
	checkTogether(config)
	return { config, warnings }
}

/** What a value's own range cannot say. */
function checkTogether(config: TrainingConfig): void {
	const wrong = (option: string, why: string): never => {
		throw new SublocError('INVALID_OPTION', `${option}: ${why}`, { option })
	}
	const { filterWidths, secondConv } = config
	if (new Set(filterWidths).size !== filterWidths.length) wrong('filterWidths', 'a width stands twice')
	if (secondConv && new Set(secondConv.widths).size !== secondConv.widths.length) {
		wrong('secondConv.widths', 'a width stands twice')
	}
	if (config.profileDropout > 0) {
		if (!config.blocks.includes('profile'))
			wrong('profileDropout', 'it needs the block profile, and profiles (--profiles)')
		if (config.missingProfile === 'fail')
			wrong(
				'profileDropout',
				'a dropped profile gives way to what missingProfile says, and that is fail: set blosum or onehot',
			)
	}
	if (config.pooling !== 'attention' && config.model !== 'a-lstm') {
		wrong('pooling', `${config.pooling} needs attention: set model to a-lstm`)
	}
	if (config.earlyStopping && config.validationFraction === 0) {
		wrong('earlyStopping', 'it needs validation records: set validationFraction, for example 0.1')
	}
	if (config.seed + config.members - 1 > Number.MAX_SAFE_INTEGER) wrong('seed', 'it is too large for so many members')
}

function checked<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
	const result = schema.safeParse(value)
	if (result.success) return result.data
	const [{ option, message }] = issues(result.error) as [Issue]
	throw new SublocError('INVALID_OPTION', `${option}: ${message}`, { option })
}

/** A mistake in a configuration. */
export interface Issue {
	/** Dotted path: `optimizer.learningRate`. */
	option: string
	path: PropertyKey[]
	message: string
}

/** A schema's complaints as sentences; the unknown key of an object counts as the place. */
export function issues(error: z.ZodError): Issue[] {
	return error.issues.map((issue) => {
		const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path
		const message = issue.code === 'unrecognized_keys' ? unknownKey(issue.path, issue.keys[0]!) : issue.message
		return { path, option: path.join('.') || 'the configuration', message }
	})
}

function unknownKey(group: readonly PropertyKey[], key: string): string {
	return `there is no such option; there are ${named(key, optionsOf(group))}`
}

/** The names that may stand in a group of options; of a group of several kinds those of all. */
function optionsOf(group: readonly PropertyKey[]): string[] {
	type Part = { properties?: Record<string, Part>; oneOf?: Part[]; anyOf?: Part[] }
	const kinds = (part: Part): Part[] => [part, ...[...(part.oneOf ?? []), ...(part.anyOf ?? [])].flatMap(kinds)]
	const inside = (parts: Part[], key: PropertyKey) =>
		parts.flatMap(({ properties }) => (properties?.[String(key)] ? kinds(properties[String(key)]!) : []))
	const parts = group.reduce(inside, kinds(configJsonSchema()))
	return [...new Set(parts.flatMap(({ properties = {} }) => Object.keys(properties)))].filter(
		(name) => name !== '$schema',
	)
}
