/** Configuration files: YAML or JSON, mistakes with their line. */
import { readFile } from 'node:fs/promises'
import { isNode, LineCounter, parseDocument } from 'yaml'
import { fileError, SublocError } from '../errors.js'
import { issues } from './resolve.js'
import { type ConfigFile, configFileSchema } from './schema.js'

/**
 * Reads a configuration file: any part of the configuration, and `preset` for the rest. JSON is read as the YAML that it is.
 *
 * Errors: `INPUT_MISSING`, `IO`, `INVALID_CONFIG` with file, line and the option's path.
 */
export async function loadConfig(path: string): Promise<ConfigFile> {
	let text: string
	try {
		text = await readFile(path, 'utf8')
	} catch (error) {
		throw fileError(error, path, 'read')
	}
	return parseConfig(text, path)
}

/** {@link loadConfig} for a text; `file` is its name in messages. */
export function parseConfig(text: string, file: string): ConfigFile {
	const { value, lineOf } = readYaml(text, file)
	const result = configFileSchema.safeParse(value ?? {})
	if (result.success) return result.data
	const [{ option, path, message }] = issues(result.error) as [ReturnType<typeof issues>[number]]
	const line = lineOf(path)
	throw new SublocError('INVALID_CONFIG', `${option}: ${message}`, { file, ...(line && { line }), option })
}

/** @internal What a YAML text says, and the line of each of its values. Errors: `INVALID_CONFIG`. */
export function readYaml(text: string, file: string) {
	const counter = new LineCounter()
	const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
	const [syntax] = document.errors
	if (syntax) {
		const { line } = counter.linePos(syntax.pos[0])
		throw new SublocError('INVALID_CONFIG', syntax.message, { file, line })
	}
	return { value: plain(), lineOf }

	/** Aliases are followed here, and may lead nowhere. */
	function plain(): unknown {
		try {
			return document.toJS()
		} catch (error) {
			throw new SublocError('INVALID_CONFIG', (error as Error).message, { file }, { cause: error })
		}
	}

	/** The line of the deepest part of a path that the text has. */
	function lineOf(path: readonly PropertyKey[]): number | undefined {
		for (let depth = path.length; depth >= 0; depth--) {
			const node = depth ? document.getIn(path.slice(0, depth), true) : document.contents
			if (isNode(node) && node.range) return counter.linePos(node.range[0]).line
		}
		return undefined
	}
}
