/** The packed profile store: index files and gzip files of profile rows (docs/data.md). */
import { existsSync } from 'node:fs'
import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { fileError, requireOption, SublocError } from '../../errors.js'
import { textLines } from '../../sequence/lines.js'
import { requireAllShards } from './shard-parts.js'

/** Where profiles come from. */
export interface ProfileSource {
	/**
	 * Rows [T, 20] of the whole sequence as round(200 · p), or null where it has none.
	 * Errors: `INVALID_PROFILE` where the profile is another sequence's.
	 */
	rows(id: string, sequence: string): Promise<Uint8Array | null>
}

/** @internal A protein of an index. */
export interface IndexEntry {
	/** The file with its rows; null where the protein was searched and has no profile. */
	file: string | null
	firstRow: number
	length: number
	/** The sequence that the profile was made for; null in an index without that column. */
	sequence: string | null
	/** Index file and line, for messages. */
	index: string
	line: number
}

const COLUMNS = ['accession', 'file', 'first_row', 'length'] as const

/** What stands for a file where a protein has no profile. */
const NO_FILE = '-'

/**
 * Opens every `*_index.tsv` of a folder. An index has the columns `accession`, `file`, `first_row` and `length`, and may have `sequence` (others are ignored);
 * a file is `rows × 20` bytes in the order ARNDCQEGHILKMFPSTWYV, plain or gzip; `-` in place of a file says that the protein has no profile. A gzip file is
 * unpacked into memory when its first profile is asked for, and stays there; of a plain one (`.u8`) only the rows asked for are read.
 *
 * Errors: `INPUT_MISSING` for a folder that is not there, `INVALID_PROFILE` with file and line, `INVALID_SHARD` where it holds shards (docs/profiles.md) that
 * are not all there and finished, `IO` for an index that cannot be read.
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
	await requireAllShards(folder, names)
	const entries = new Map<string, IndexEntry>()
	for (const name of names) {
		for await (const [id, entry] of readIndex(join(folder, name))) {
			if (entries.has(id)) {
				const place = { file: entry.index, line: entry.line, record: id }
				throw new SublocError('INVALID_PROFILE', 'the accession occurs twice in the store', place)
			}
			entries.set(id, entry)
		}
	}
	return new PackedStore(folder, entries)
}

/** @internal Entries of an index file with their accessions. Errors: `INVALID_PROFILE` with file and line, `IO`. */
export async function* readIndex(index: string): AsyncGenerator<[accession: string, entry: IndexEntry]> {
	const invalid = (why: string, line: number, record?: string) =>
		new SublocError('INVALID_PROFILE', why, { file: index, line, ...(record && { record }) })
	let header: string[] | null = null
	let places: number[] = []
	for await (const batch of textLines(index, invalid)) {
		for (const { text, number } of batch) {
			if (!header) {
				header = text.split('\t')
				places = [...COLUMNS, 'sequence'].map((column) => header!.indexOf(column))
				if (places.slice(0, 4).includes(-1)) throw invalid(`the header must have the columns ${COLUMNS.join(', ')}`, 1)
				continue
			}
			if (text === '') continue
			const cells = text.split('\t')
			if (cells.length !== header.length) {
				throw invalid(`${cells.length} cells, the header has ${header.length}`, number)
			}
			const [id, file, first, size, sequence] = places.map((place) => cells[place]) as [
				string,
				string,
				string,
				string,
				string?,
			]
			if (![first, size].every((cell) => /^\d{1,15}$/.test(cell))) {
				throw invalid('first_row and length must be whole numbers', number, id)
			}
			const [firstRow, length] = [Number(first), Number(size)]
			if (/[/\\]|^\.\.?$/.test(file)) throw invalid(`'${file}' is no plain file name`, number, id)
			if (sequence !== undefined && sequence.length !== length) {
				throw invalid(`the sequence has ${sequence.length} residues, length says ${length}`, number, id)
			}
			const entry = { file: file === NO_FILE ? null : file, firstRow, length, sequence: sequence ?? null }
			yield [id, { ...entry, index, line: number }]
		}
	}
	if (!header) throw invalid(`the header must have the columns ${COLUMNS.join(', ')}`, 1)
}

const unpack = promisify(gunzip)

class PackedStore implements ProfileSource {
	readonly #folder: string
	readonly #entries: Map<string, IndexEntry>
	/** Contents of gzip files; null for a plain one. */
	readonly #files = new Map<string, Promise<Uint8Array | null>>()

	constructor(folder: string, entries: Map<string, IndexEntry>) {
		this.#folder = folder
		this.#entries = entries
	}

	async rows(id: string, sequence: string): Promise<Uint8Array | null> {
		const entry = this.#entries.get(id)
		if (!entry) return null
		const { index, line, length, firstRow, file } = entry
		const wrong = differsFrom(entry, id, sequence)
		if (wrong) throw wrong
		if (file === null) return null
		const rows = await this.#read(file, 20 * firstRow, 20 * length)
		if (rows.length !== 20 * length) {
			const message = `${file} ends before row ${firstRow + length}`
			throw new SublocError('INVALID_PROFILE', message, { file: index, line, record: id })
		}
		return rows
	}

	/** Bytes of a file; fewer where it ends. */
	async #read(file: string, from: number, count: number): Promise<Uint8Array> {
		let unpacked = this.#files.get(file)
		if (!unpacked) {
			unpacked = unpackedFile(join(this.#folder, file))
			unpacked.catch(() => {})
			this.#files.set(file, unpacked)
		}
		const bytes = await unpacked
		return bytes ? bytes.subarray(from, from + count) : readPart(join(this.#folder, file), from, count)
	}
}

/** @internal Why an entry is not the profile of a sequence: its length, or the first other residue where the index has the sequence. */
export function differsFrom(entry: IndexEntry, id: string, sequence: string): SublocError | null {
	const { index: file, line, length } = entry
	if (entry.sequence === sequence) return null
	const at = entry.sequence === null ? -1 : firstOther(entry.sequence, sequence)
	const differs = at >= 0 && at < length && at < sequence.length
	const difference = differs
		? `residue ${at + 1} is ${entry.sequence![at]} in the profile and ${sequence[at]} in the sequence`
		: ''
	const place = { file, line, record: id, ...(differs && { residue: entry.sequence![at], position: at + 1 }) }
	if (length !== sequence.length) {
		const lengths = `the profile has ${length} rows, the sequence ${sequence.length} residues`
		const facts = { ...place, rows: length, residues: sequence.length }
		return new SublocError('INVALID_PROFILE', differs ? `${lengths}; ${difference}` : lengths, facts)
	}
	return differs ? new SublocError('INVALID_PROFILE', `${difference}: it was made for another sequence`, place) : null
}

function firstOther(a: string, b: string): number {
	let at = 0
	while (at < a.length && a[at] === b[at]) at += 1
	return at
}

/** What a gzip file holds; null for a plain one. Errors: `INVALID_PROFILE`, `IO`, `INPUT_MISSING`. */
async function unpackedFile(path: string): Promise<Uint8Array | null> {
	if (path.endsWith('.u8') || !isGzip(await readPart(path, 0, 2))) return null
	let packed: Buffer
	try {
		packed = await readFile(path)
	} catch (error) {
		throw fileError(error, path, 'read')
	}
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

function isGzip(head: Uint8Array): boolean {
	return head[0] === 0x1f && head[1] === 0x8b
}

/** Node ends the process where one read asks for 2³¹ bytes or more. */
const MOST_READ = 2 ** 30

/** @internal Bytes of a file; fewer where it ends, and no more memory than it has bytes. Errors: `IO`, `INPUT_MISSING`. */
export async function readPart(path: string, from: number, count: number): Promise<Uint8Array> {
	let file: FileHandle | undefined
	try {
		file = await open(path)
		const { size } = await file.stat()
		const bytes = new Uint8Array(Math.max(0, Math.min(count, size - from)))
		let done = 0
		while (done < bytes.length) {
			const { bytesRead } = await file.read(bytes, done, Math.min(MOST_READ, bytes.length - done), from + done)
			if (bytesRead === 0) break
			done += bytesRead
		}
		return bytes.subarray(0, done)
	} catch (error) {
		throw fileError(error, path, 'read')
	} finally {
		await file?.close()
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
