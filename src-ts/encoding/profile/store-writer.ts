/** Writes a profile store that grows: what it has taken stays, however the process ends. */
import { type FileHandle, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError, SublocError } from '../../errors.js'
import type { ProfiledRecord } from './found.js'
import { differsFrom, type IndexEntry, readIndex } from './store.js'

/** A protein's profile, to be stored. */
export interface StoredProfile extends ProfiledRecord {
	/** [T, 20], round(200 · p); null where it was searched and has none. */
	rows: Uint8Array | null
	/** Sequences of the database that were aligned, other than the protein itself; null where that is not known. */
	homologues: number | null
}

const HEADER = ['accession', 'file', 'first_row', 'length', 'homologues', 'sequence']

/**
 * A part of a store: `<part>.u8` and `<part>_index.tsv`, both only ever added to. Rows are on the disk before the line that names them; what a crash has cut
 * off is taken away when the part is opened again.
 */
export class ProfileStoreWriter {
	readonly #entries: Map<string, IndexEntry>
	readonly #rows: FileHandle
	readonly #index: FileHandle
	readonly #paths: { rows: string; index: string }
	readonly #part: string
	/** Why nothing more can be added: a half-written row would shift all that follow. */
	#failed: unknown = null
	#rowCount: number
	#withProfile: number

	private constructor(
		part: string,
		paths: { rows: string; index: string },
		files: { rows: FileHandle; index: FileHandle },
		entries: Map<string, IndexEntry>,
	) {
		this.#part = part
		this.#paths = paths
		this.#rows = files.rows
		this.#index = files.index
		this.#entries = entries
		const stored = [...entries.values()].filter(({ file }) => file !== null)
		this.#rowCount = stored.reduce((end, { firstRow, length }) => Math.max(end, firstRow + length), 0)
		this.#withProfile = stored.length
	}

	/** Opens a part of a folder, which must be there, and makes it where it is not. Errors: `IO`, `INVALID_PROFILE`. */
	static async open(folder: string, part = 'profiles'): Promise<ProfileStoreWriter> {
		const paths = { rows: join(folder, `${part}.u8`), index: join(folder, `${part}_index.tsv`) }
		await cutTornLine(paths.index)
		const index = await opened(paths.index)
		const entries = new Map<string, IndexEntry>()
		try {
			if ((await index.stat()).size === 0) await index.appendFile(`${HEADER.join('\t')}\n`)
			for await (const [id, entry] of readIndex(paths.index)) entries.set(id, entry)
			const rows = await opened(paths.rows)
			const writer = new ProfileStoreWriter(part, paths, { rows, index }, entries)
			await writer.#cutRows()
			return writer
		} catch (error) {
			await index.close()
			throw error
		}
	}

	/** Proteins that are in the part. */
	get size(): number {
		return this.#entries.size
	}

	/** Those of them that have a profile. */
	get withProfile(): number {
		return this.#withProfile
	}

	/** Whether the protein is in the part already. Errors: `INVALID_PROFILE` where that profile is another sequence's. */
	has({ id, sequence }: ProfiledRecord): boolean {
		const entry = this.#entries.get(id)
		const wrong = entry && differsFrom(entry, id, sequence)
		if (wrong) throw wrong
		return entry !== undefined
	}

	/** Adds proteins and waits until the disk has them. Errors: `IO`; `INVALID_PROFILE` for rows that are not 20 bytes a residue, or an id that is there. */
	async add(profiles: readonly StoredProfile[]): Promise<void> {
		let row = this.#rowCount
		const entries = profiles.map(({ id, sequence, rows }): [StoredProfile['id'], IndexEntry] => {
			if (this.#entries.has(id) || (rows && rows.length !== 20 * sequence.length)) {
				const message = rows ? `${rows.length} bytes or an id that is stored already` : 'the id is stored already'
				throw new SublocError('INVALID_PROFILE', message, { file: this.#paths.index, record: id })
			}
			const line = this.#entries.size + 2
			const place = { index: this.#paths.index, line, length: sequence.length, sequence }
			const entry = rows ? { ...place, file: `${this.#part}.u8`, firstRow: row } : { ...place, file: null, firstRow: 0 }
			if (rows) row += sequence.length
			return [id, entry]
		})
		const lines = entries.map(([id, { file, firstRow, length, sequence }], at) =>
			[id, file ?? '-', firstRow, length, profiles[at]!.homologues ?? '', sequence].join('\t'),
		)
		await this.#requireAlone()
		await this.#write(this.#rows, this.#paths.rows, Buffer.concat(profiles.flatMap(({ rows }) => rows ?? [])))
		await this.#write(this.#index, this.#paths.index, Buffer.from(lines.map((line) => `${line}\n`).join('')))
		for (const [id, entry] of entries) this.#entries.set(id, entry)
		this.#rowCount = row
		this.#withProfile += entries.filter(([, { file }]) => file !== null).length
	}

	async close(): Promise<void> {
		await this.#rows.close()
		await this.#index.close()
	}

	async #write(file: FileHandle, path: string, bytes: Uint8Array): Promise<void> {
		if (bytes.length === 0) return
		if (this.#failed) throw this.#failed
		try {
			await file.appendFile(bytes)
			await file.datasync()
		} catch (error) {
			this.#failed = fileError(error, path, 'write')
			throw this.#failed
		}
	}

	/** Two processes that add to one part would spoil it. Errors: `IO`. */
	async #requireAlone(): Promise<void> {
		if ((await this.#rows.stat()).size === 20 * this.#rowCount) return
		const message = 'another process writes into the store: this one stops, and what it has stored stays'
		this.#failed ??= new SublocError('IO', message, { file: this.#paths.rows, stage: 'write' })
		throw this.#failed
	}

	/** Takes away rows that no line names. */
	async #cutRows(): Promise<void> {
		const { size } = await this.#rows.stat()
		const wanted = 20 * this.#rowCount
		if (size < wanted) {
			const message = `the file has ${size} bytes, its index names ${wanted}: it is damaged`
			throw new SublocError('INVALID_PROFILE', message, { file: this.#paths.rows })
		}
		if (size > wanted) await this.#rows.truncate(wanted)
	}
}

/** Takes away half a line at the end of a file. */
async function cutTornLine(path: string): Promise<void> {
	if (!(await stat(path).catch(() => null))) return
	try {
		const file = await open(path, 'r+')
		try {
			let { size: end } = await file.stat()
			const bytes = Buffer.alloc(1 << 16)
			while (end > 0) {
				const from = Math.max(0, end - bytes.length)
				const { bytesRead } = await file.read(bytes, 0, end - from, from)
				const at = bytes.subarray(0, bytesRead).lastIndexOf(10)
				if (at >= 0) {
					end = from + at + 1
					break
				}
				end = from
			}
			await file.truncate(end)
		} finally {
			await file.close()
		}
	} catch (error) {
		throw fileError(error, path, 'write')
	}
}

async function opened(path: string): Promise<FileHandle> {
	try {
		return await open(path, 'a+')
	} catch (error) {
		throw fileError(error, path, 'create')
	}
}
