/** The sequences that are searched: what a path is, and which bytes it stands for. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileError, SublocError } from '../errors.js'

/** A database and its contents. */
export interface DatabaseInfo {
	/** As it was given. */
	path: string
	/** A FASTA file, or what the tool has made of one. */
	form: 'fasta' | 'made'
	/** Of all files that the digest covers. */
	bytes: number
	/** SHA-256 of the file, or of the lines `name, bytes, SHA-256` of its files in order of name. */
	sha256: string
	/** Newest change of a file, ms since 1970: a resumed run hashes again where this or the size differs. */
	changed: number
}

/** A file that holds sequences, or the names of the volumes. */
interface Part {
	path: string
	name: string
	size: number
	changed: number
}

/**
 * What a database's path is: the prefix of one that the tool has made (`databaseParts` picks its files), or a FASTA file.
 * Errors: `INPUT_MISSING`, `IO`.
 */
export async function findDatabase(
	path: string,
	databaseParts: (endings: readonly string[]) => string[],
	folders: readonly string[] = [],
): Promise<{ form: 'fasta' | 'made'; path: string; parts: Part[] }> {
	for (const place of [path, ...(path.includes('/') ? [] : folders.map((folder) => join(folder, path)))]) {
		const parts = await partsOf(place, databaseParts)
		if (parts.length > 0) return { form: 'made', path: resolve(place), parts }
	}
	try {
		const found = await stat(path)
		if (!found.isFile())
			throw new SublocError('INPUT_MISSING', 'the folder is no database: name its prefix or a FASTA file', {
				file: path,
			})
		const part = { path, name: basename(path), size: found.size, changed: found.mtimeMs }
		return { form: 'fasta', path: resolve(path), parts: [part] }
	} catch (error) {
		throw fileError(error, path, 'read')
	}
}

async function partsOf(prefix: string, databaseParts: (endings: readonly string[]) => string[]): Promise<Part[]> {
	const [folder, name] = [dirname(prefix), basename(prefix)]
	const names = await readdir(folder).catch(() => [])
	const endings = names.filter((found) => found.startsWith(name)).map((found) => found.slice(name.length))
	return Promise.all(
		databaseParts(endings.sort()).map(async (ending) => {
			const found = name + ending
			const path = join(folder, found)
			const { size, mtimeMs } = await stat(path)
			return { path, name: found, size, changed: mtimeMs }
		}),
	)
}

/** Size and digest of a database; a digest that is known for the same sizes and times is not computed again. Errors: `IO`; the signal's reason. */
export async function describeDatabase(
	given: string,
	{ form, parts }: { form: 'fasta' | 'made'; parts: readonly Part[] },
	known: DatabaseInfo | null,
	signal: AbortSignal,
): Promise<DatabaseInfo> {
	const bytes = parts.reduce((sum, { size }) => sum + size, 0)
	const changed = Math.max(...parts.map(({ changed }) => changed))
	const described = { path: given, form, bytes, changed }
	if (known && known.bytes === bytes && known.changed === changed && known.path === given) {
		return { ...described, sha256: known.sha256 }
	}
	const digests: string[] = []
	for (const { path } of parts) digests.push(await fileDigest(path, signal))
	if (parts.length === 1) return { ...described, sha256: digests[0]! }
	const all = createHash('sha256')
	for (const [at, { name, size }] of parts.entries()) all.update(`${name}\t${size}\t${digests[at]}\n`)
	return { ...described, sha256: all.digest('hex') }
}

async function fileDigest(path: string, signal: AbortSignal): Promise<string> {
	const hash = createHash('sha256')
	try {
		await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal })
	} catch (error) {
		signal.throwIfAborted()
		throw fileError(error, path, 'read')
	}
	return hash.digest('hex')
}
