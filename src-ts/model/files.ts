/** Files that are whole or not there at all. */
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError } from '../errors.js'

/**
 * Writes a file beside its place and renames it; what stood there stays until then. A device or a pipe is written to as it is.
 * Errors: `IO` with `stage` `create` or `write`.
 */
export async function writeWhole(path: string, text: string | Uint8Array): Promise<void> {
	const inPlace = await stat(path).then(
		(found) => !found.isFile() && !found.isDirectory(),
		() => false,
	)
	const temporary = inPlace ? path : join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
	let stage: 'create' | 'write' = 'create'
	try {
		const file = await open(temporary, 'w')
		stage = 'write'
		try {
			await file.writeFile(text)
			if (!inPlace) await file.sync()
		} finally {
			await file.close()
		}
		// What fails now is the place: a folder stands there.
		stage = 'create'
		if (!inPlace) await rename(temporary, path)
	} catch (error) {
		if (!inPlace) await rm(temporary, { force: true }).catch(() => {})
		throw fileError(error, path, stage)
	}
}

/**
 * Removes what killed processes have left beside the places of the named files that they were writing, and nothing else: `.NAME.PID.tmp`, as `writeWhole` calls it, and
 * `NAME.PID.tmp` of a safetensors file, as the native part does. A process that is writing there still fails. Never an error: what stays is only in the way.
 */
export async function removeLeftovers(folder: string, names: readonly string[]): Promise<void> {
	for (const found of await readdir(folder).catch(() => [])) {
		const isOurs = names.some((name) => {
			const start = name.endsWith('.safetensors') && !found.startsWith('.') ? name : `.${name}`
			return found.startsWith(start) && /^\.\d+\.tmp$/.test(found.slice(start.length))
		})
		if (isOurs) await rm(join(folder, found), { force: true }).catch(() => {})
	}
}

/** Makes a folder with its parents. Errors: `IO` with `stage` `create`. */
export async function makeFolder(path: string): Promise<void> {
	try {
		await mkdir(path, { recursive: true })
	} catch (error) {
		throw fileError(error, path, 'create')
	}
}
