/** The packed profile store: index files and gzip files of profile rows (docs/data.md). */
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { fileError, requireOption, SublocError } from '../../errors.js'

/** Where profiles come from. */
export interface ProfileSource {
	/**
	 * Rows [T, 20] of the whole sequence as round(200 · p), or null where it has none.
	 * Errors: `INVALID_PROFILE` where the profile's length is not the sequence's.
	 */
	rows(id: string, sequence: string): Promise<Uint8Array | null>
}

interface Entry {
	file: string
	firstRow: number
	length: number
	/** Index file and line, for messages. */
	index: string
	line: number
}

const COLUMNS = ['accession', 'file', 'first_row', 'length'] as const

/**
 * Opens every `*_index.tsv` of a folder. An index has the columns `accession`, `file`, `first_row` and `length` (others are ignored); a file is the gzip
 * of `rows × 20` bytes in the order ARNDCQEGHILKMFPSTWYV. A gzip file is unpacked into memory when its first profile is asked for, and stays there.
 *
 * Errors: `INPUT_MISSING` for a folder that is not there, `INVALID_PROFILE` with file and line, `IO` for an index that cannot be read.
 */
export async function openProfileStore(folder: string): Promise<ProfileSource> {
	let names: string[]
	try {
		names = (await readdir(folder)).filter((name) => name.endsWith('_index.tsv') && !name.startsWith('._')).sort()
	} catch (error) {
		throw fileError(error, folder, 'read')
	}
	if (names.length === 0) {
		throw new SublocError('INVALID_PROFILE', 'there is no *_index.tsv in the folder', { file: folder })
	}
	const entries = new Map<string, Entry>()
	for (const name of names) {
		const index = join(folder, name)
		const text = await readFile(index, 'utf8').catch((error) => {
			throw fileError(error, index, 'read')
		})
		readIndex(index, text, entries)
	}
	return new PackedStore(folder, entries)
}

function readIndex(index: string, text: string, entries: Map<string, Entry>): void {
	const lines = text.split(/\r?\n/)
	const header = lines[0]!.split('\t')
	const [accession, file, firstRow, length] = COLUMNS.map((column) => header.indexOf(column))
	const invalid = (why: string, line: number, record?: string) =>
		new SublocError('INVALID_PROFILE', why, { file: index, line, ...(record && { record }) })
	if ([accession, file, firstRow, length].includes(-1)) {
		throw invalid(`the header must have the columns ${COLUMNS.join(', ')}`, 1)
	}
	for (const [at, text] of lines.entries()) {
		if (at === 0 || text === '') continue
		const cells = text.split('\t')
		if (cells.length !== header.length) {
			throw invalid(`${cells.length} cells, the header has ${header.length}`, at + 1)
		}
		const id = cells[accession!]!
		if (![cells[firstRow!]!, cells[length!]!].every((cell) => /^\d{1,15}$/.test(cell))) {
			throw invalid('first_row and length must be whole numbers', at + 1, id)
		}
		const numbers = { firstRow: Number(cells[firstRow!]), length: Number(cells[length!]) }
		const name = cells[file!]!
		if (/[/\\]|^\.\.?$/.test(name)) throw invalid(`'${name}' is no plain file name`, at + 1, id)
		if (entries.has(id)) throw invalid('the accession occurs twice in the store', at + 1, id)
		entries.set(id, { file: name, ...numbers, index, line: at + 1 })
	}
}

const unpack = promisify(gunzip)

class PackedStore implements ProfileSource {
	readonly #folder: string
	readonly #entries: Map<string, Entry>
	readonly #files = new Map<string, Promise<Uint8Array>>()

	constructor(folder: string, entries: Map<string, Entry>) {
		this.#folder = folder
		this.#entries = entries
	}

	async rows(id: string, sequence: string): Promise<Uint8Array | null> {
		const entry = this.#entries.get(id)
		if (!entry) return null
		const { index, line, length } = entry
		if (length !== sequence.length) {
			const message = `the profile has ${length} rows, the sequence ${sequence.length} residues`
			throw new SublocError('INVALID_PROFILE', message, {
				...{ file: index, line, record: id, rows: length, residues: sequence.length },
			})
		}
		const bytes = await this.#bytes(entry.file)
		const rows = bytes.subarray(20 * entry.firstRow, 20 * (entry.firstRow + length))
		if (rows.length !== 20 * length) {
			const message = `${entry.file} ends before row ${entry.firstRow + length}`
			throw new SublocError('INVALID_PROFILE', message, { file: index, line, record: id })
		}
		return rows
	}

	#bytes(file: string): Promise<Uint8Array> {
		let bytes = this.#files.get(file)
		if (!bytes) {
			bytes = this.#read(join(this.#folder, file))
			bytes.catch(() => {})
			this.#files.set(file, bytes)
		}
		return bytes
	}

	async #read(path: string): Promise<Uint8Array> {
		let packed: Buffer
		try {
			packed = await readFile(path)
		} catch (error) {
			throw fileError(error, path, 'read')
		}
		if (packed[0] !== 0x1f || packed[1] !== 0x8b) return packed
		try {
			return await unpack(packed)
		} catch (error) {
			throw new SublocError(
				'INVALID_PROFILE',
				`the gzip file is damaged or ends too early`,
				{ file: path },
				{ cause: error },
			)
		}
	}
}

/** @internal Rows of a source, which may be anybody's: 20 bytes a residue, or null. Errors: `INVALID_PROFILE`. */
export async function profileRows(
	source: ProfileSource | null,
	id: string,
	sequence: string,
): Promise<Uint8Array | null> {
	const rows: unknown = (await source?.rows(id, sequence)) ?? null
	if (rows === null) return null
	const bytes = 20 * sequence.length
	if (rows instanceof Uint8Array && rows.length === bytes) return rows
	const found = rows instanceof Uint8Array ? `${rows.length} bytes` : `no Uint8Array (${typeof rows})`
	const message = `the source of profiles gave ${found}, not a Uint8Array of ${bytes} (20 a residue)`
	throw new SublocError('INVALID_PROFILE', message, { record: id, residues: sequence.length })
}

/** A source of profiles from an option: a folder's path or a source. Errors: `INVALID_OPTION` where it is neither. */
export async function profileSource(option: string | ProfileSource | undefined): Promise<ProfileSource | null> {
	if (option === undefined) return null
	if (typeof option !== 'string') {
		requireOption(typeof option?.rows === 'function', 'profiles', option, 'a folder or a source with a function rows')
		return option
	}
	if (existsSync(option) && !(await stat(option)).isDirectory()) {
		throw new SublocError('INVALID_OPTION', `profiles: ${option} is a file, not a folder`, {
			option: 'profiles',
			value: option,
		})
	}
	return openProfileStore(option)
}
