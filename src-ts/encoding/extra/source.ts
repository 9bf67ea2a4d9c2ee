/** Own numbers of each residue, such as the embeddings of a protein language model: where they come from (docs/features.md). */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type ErrorFacts, fileError, requireOption, SublocError } from '../../errors.js'
import { parseNpy } from './npy.js'
import { type ZipEntry, zipDirectory, zipEntry } from './zip.js'

/** Numbers of a protein's residues. */
export interface ExtraRows {
	/** Row-major, [L, d]; all finite. */
	data: Float32Array | Float64Array
	/** L rows, one a residue of the whole sequence, and d columns. */
	shape: readonly [residues: number, columns: number]
	/** Where they stand, for messages. */
	file?: string
}

/** Where own numbers come from. */
export interface ExtraSource {
	/** Of the whole sequence, before any cut; null where the protein has none, which is an error: nothing stands in for them. */
	rows(id: string, sequence: string): Promise<ExtraRows | null>
	/** The file or folder, for messages. */
	name?: string
}

/**
 * Opens a folder with one `ID.npy` a protein, or an NPZ with an array a protein under its id. Arrays are [L, d] of f2, f4 or f8. Of a folder the names are
 * read when a protein is asked for, of an NPZ its directory now, which stays in memory; arrays are read one at a time.
 *
 * Errors: `INPUT_MISSING` where it is not there, `INVALID_FEATURES` for a file that is no NPZ, `IO`.
 */
export async function openExtra(path: string): Promise<ExtraSource> {
	const found = await stat(path).catch((error) => {
		throw fileError(error, path, 'read')
	})
	return found.isDirectory() ? folderSource(path) : npzSource(path)
}

const invalid = (why: string, facts: ErrorFacts) => new SublocError('INVALID_FEATURES', why, facts)

function folderSource(folder: string): ExtraSource {
	return {
		name: folder,
		async rows(id) {
			// A name with a path in it is no file of this folder.
			if (/[/\\\0]/.test(id)) return null
			const file = join(folder, `${id}.npy`)
			try {
				return matrixOf(await readFile(file), file, id)
			} catch (error) {
				// No file has a name that is too long for one.
				if (['ENOENT', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code!)) return null
				throw error instanceof SublocError ? error : fileError(error, file, 'read')
			}
		},
	}
}

async function npzSource(file: string): Promise<ExtraSource> {
	const entries = await zipDirectory(file, (why) => invalid(why, { file }))
	return {
		name: file,
		async rows(id) {
			const entry = entries.get(`${id}.npy`)
			if (!entry) return null
			return matrixOf(await zipEntry(file, entry, (why) => invalid(why, { file, record: id })), file, id)
		},
	}
}

function matrixOf(bytes: Uint8Array, file: string, record: string): ExtraRows {
	const found = parseNpy(bytes)
	if (typeof found === 'string') throw invalid(found, { file, record })
	return { ...found, file }
}

/** A source from an option: a path or a source. Errors: `INVALID_OPTION` where it is neither; those of {@link openExtra}. */
export async function extraSource(option: string | ExtraSource): Promise<ExtraSource> {
	if (typeof option === 'string') return openExtra(option)
	requireOption(
		typeof option?.rows === 'function',
		'extra',
		option,
		'a folder, an NPZ file, or a source with a function rows',
	)
	return option
}

/**
 * @internal A protein's numbers, checked: there, a row a residue, finite, and of `columns` columns where that is known.
 * Errors: `INVALID_FEATURES` that names record, file, what was expected and what found; with the fact `option` where the width is wrong, which it then is for all.
 */
export async function extraRows(
	source: ExtraSource,
	id: string,
	sequence: string,
	columns: number | null,
): Promise<{ data: Float32Array | Float64Array; columns: number }> {
	const found = await source.rows(id, sequence)
	const file = found?.file ?? source.name
	const place = { record: id, ...(file !== undefined && { file }) }
	if (!found) throw invalid(`there are no numbers of it (an array ${id}.npy is expected)`, place)
	const [rows, width] = found.shape
	const isArray = found.data instanceof Float32Array || found.data instanceof Float64Array
	if (!isArray || found.data.length !== rows * width)
		throw invalid(`the data are no Float32Array or Float64Array of ${rows} × ${width} numbers`, place)
	if (width === 0) throw invalid('the array has no columns', place)
	if (columns !== null && width !== columns) {
		const why = `the array has ${width} columns, ${columns} are expected`
		throw invalid(why, { ...place, option: 'extra', expected: columns, found: width })
	}
	if (rows !== sequence.length) {
		const ends = rows === sequence.length + 2 ? ' (rows of a start and an end token have to be taken off)' : ''
		const why = `the array has ${rows} rows, the sequence ${sequence.length} residues${ends}`
		throw invalid(why, { ...place, expected: sequence.length, found: rows })
	}
	const at = found.data.findIndex((value) => !(Math.abs(value) <= LARGEST))
	if (at >= 0) {
		const [position, column] = [Math.floor(at / width) + 1, (at % width) + 1]
		const why = `the number of residue ${position} in column ${column} is ${found.data[at]}; finite numbers of 32 bits are needed`
		throw invalid(why, { ...place, position, column, value: String(found.data[at]) })
	}
	return { data: found.data, columns: width }
}

/** The largest f32. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127

/** @internal What tells one set of arrays from another: of an NPZ its entries' check sums, of a folder names, sizes and times. Errors: as {@link openExtra}. */
export async function extraDigest(path: string): Promise<string> {
	const hash = createHash('sha256')
	const found = await stat(path).catch((error) => {
		throw fileError(error, path, 'read')
	})
	if (!found.isDirectory()) {
		const entries = await zipDirectory(path, (why) => invalid(why, { file: path }))
		for (const [name, { crc, bytes }] of entries as Map<string, ZipEntry>) hash.update(`${name}\t${bytes}\t${crc}\n`)
		return hash.digest('hex')
	}
	for (const name of (await readdir(path)).filter((name) => name.endsWith('.npy')).sort()) {
		const { size, mtimeMs } = await stat(join(path, name))
		hash.update(`${basename(name)}\t${size}\t${mtimeMs}\n`)
	}
	return hash.digest('hex')
}
