/** Files that are whole or not there at all. */
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError } from '../errors.js'

/**
 * Writes a file beside its place and renames it; what stood there stays until then.
 * Errors: `IO` with `stage` `create` or `write`.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
	const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
	let stage: 'create' | 'write' = 'create'
	try {
		const file = await open(temporary, 'w')
		stage = 'write'
		try {
			await file.writeFile(text)
			await file.sync()
		} finally {
			await file.close()
		}
		await rename(temporary, path)
	} catch (error) {
		await rm(temporary, { force: true }).catch(() => {})
		throw fileError(error, path, stage)
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
