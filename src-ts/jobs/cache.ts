/**
 * Predictions by what they depend on, on a file system that many processes share. They lie in segments: files that are written beside their place, renamed,
 * and never changed, so that writers need no lock and a reader sees whole ones alone. An index of 20 bytes an entry is in memory.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError } from '../errors.js'
import { makeFolder } from '../model/files.js'

/** Bytes of new entries that make a segment. */
const SEGMENT = 1 << 19
/** This many small segments are joined. */
const MOST_SMALL = 64
/** Segments are joined to no more than this. */
const MOST_JOINED = 1 << 25
/** Temporary files of processes that have died. */
const OLD_MILLISECONDS = 24 * 3600 * 1000

/** A cache in a folder. What cannot be read is a miss; what cannot be written is left out: a cache never fails a job once it is open. */
export class PredictionCache {
	readonly #folder: string
	readonly #maxBytes: number
	readonly #index = new Index()
	readonly #names: string[] = []
	/** Of the segments; undefined where one has gone. */
	readonly #descriptors = new Map<number, number | undefined>()
	readonly #used = new Set<number>()
	#fresh = new Map<string, string>()
	#freshSize = 0

	private constructor(folder: string, maxBytes: number) {
		this.#folder = folder
		this.#maxBytes = maxBytes
	}

	/** Opens, or makes, a cache of at most `maxBytes`; the longest unused segments go first. Errors: `IO`. */
	static async open(folder: string, maxBytes: number): Promise<PredictionCache> {
		await makeFolder(folder)
		const cache = new PredictionCache(folder, maxBytes)
		let names: string[]
		try {
			names = await readdir(folder)
		} catch (error) {
			throw fileError(error, folder, 'read')
		}
		for (const name of names.filter((name) => /^[0-9a-f]{16}\.seg$/.test(name)).sort()) {
			const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0))
			const segment = cache.#names.push(name) - 1
			for (const { key, offset, length } of entriesOf(bytes)) cache.#index.set(key, { segment, offset, length })
		}
		return cache
	}

	/** The text that was stored for a key (64 hex digits), or null. */
	get(key: string): string | null {
		const fresh = this.#fresh.get(key)
		if (fresh !== undefined) return fresh
		const place = this.#index.get(key)
		if (!place) return null
		const line = this.#read(place)
		if (!line?.startsWith(`${key} `)) return null
		this.#used.add(place.segment)
		return line.slice(key.length + 1)
	}

	/** Stores a text without line ends. */
	async set(key: string, value: string): Promise<void> {
		this.#fresh.set(key, value)
		this.#freshSize += key.length + value.length + 2
		if (this.#freshSize >= SEGMENT) await this.#flush()
	}

	/** Writes what is new, and keeps the cache small. */
	async close(): Promise<void> {
		await this.#flush()
		for (const descriptor of this.#descriptors.values()) if (descriptor !== undefined) closeSync(descriptor)
		this.#descriptors.clear()
		const now = new Date()
		for (const segment of this.#used) await utimes(join(this.#folder, this.#names[segment]!), now, now).catch(() => {})
		await this.#tidy().catch(() => {})
	}

	#read({ segment, offset, length }: Place): string | null {
		try {
			if (!this.#descriptors.has(segment)) {
				this.#descriptors.set(segment, undefined)
				this.#descriptors.set(segment, openSync(join(this.#folder, this.#names[segment]!), 'r'))
			}
			const descriptor = this.#descriptors.get(segment)
			if (descriptor === undefined) return null
			const bytes = Buffer.alloc(length)
			return readSync(descriptor, bytes, 0, length, offset) === length ? bytes.toString() : null
		} catch {
			return null // Another process has removed it.
		}
	}

	async #flush(): Promise<void> {
		if (this.#fresh.size === 0) return
		const bytes = Buffer.from([...this.#fresh].map(([key, value]) => `${key} ${value}\n`).join(''))
		this.#fresh = new Map()
		this.#freshSize = 0
		const name = await this.#write(bytes).catch(() => null)
		if (name === null) return
		const segment = this.#names.push(name) - 1
		for (const { key, offset, length } of entriesOf(bytes)) this.#index.set(key, { segment, offset, length })
	}

	async #write(bytes: Buffer): Promise<string> {
		const name = `${randomBytes(8).toString('hex')}.seg`
		const temporary = join(this.#folder, `${name}.tmp`)
		const file = await open(temporary, 'wx')
		try {
			await file.writeFile(bytes)
		} finally {
			await file.close()
		}
		await rename(temporary, join(this.#folder, name))
		return name
	}

	/** Joins small segments, and removes the longest unused ones. Two processes may do it at once: entries are then there twice, or gone. */
	async #tidy(): Promise<void> {
		const found: { path: string; size: number; used: number }[] = []
		for (const name of await readdir(this.#folder)) {
			const path = join(this.#folder, name)
			const about = await stat(path).catch(() => null)
			if (!about) continue
			if (name.endsWith('.seg')) found.push({ path, size: about.size, used: about.mtimeMs })
			else if (name.endsWith('.seg.tmp') && Date.now() - about.mtimeMs > OLD_MILLISECONDS)
				await rm(path, { force: true })
		}
		const small = found.filter(({ size }) => size < SEGMENT)
		if (small.length > MOST_SMALL) {
			let sum = 0
			const some = small.filter(({ size }) => {
				sum += size
				return sum <= MOST_JOINED
			})
			const pieces = await Promise.all(some.map(({ path }) => readFile(path).catch(() => Buffer.alloc(0))))
			await this.#write(Buffer.concat(pieces))
			for (const { path } of some) await rm(path, { force: true })
		}
		let total = found.reduce((all, { size }) => all + size, 0)
		for (const { path, size } of found.sort((a, b) => a.used - b.used)) {
			if (total <= this.#maxBytes) break
			await rm(path, { force: true })
			total -= size
		}
	}
}

interface Place {
	segment: number
	offset: number
	/** Bytes of the line, without its end. */
	length: number
}

/** Lines of a segment: 64 hex digits, a blank, the text. */
function* entriesOf(bytes: Buffer): Generator<{ key: string; offset: number; length: number }> {
	for (let offset = 0; offset < bytes.length; ) {
		const end = bytes.indexOf(10, offset)
		if (end < 0) return
		if (end - offset > 65) yield { key: bytes.toString('latin1', offset, offset + 64), offset, length: end - offset }
		offset = end + 1
	}
}

/** A hash table of places by the first 64 bits of a key, open addressing, in typed arrays. The whole key stands in the segment. */
class Index {
	#size = 0
	#table = new Uint32Array(5 << 10)

	set(key: string, { segment, offset, length }: Place): void {
		if (2 * this.#size >= this.#table.length / 5) this.#grow()
		const [high, low] = words(key)
		const at = this.#find(high, low)
		if (this.#table[at + 4] === 0) this.#size += 1
		// A length of 0 marks a free place.
		this.#table.set([high, low, segment, offset, length], at)
	}

	get(key: string): Place | null {
		const at = this.#find(...words(key))
		const [, , segment, offset, length] = this.#table.subarray(at, at + 5)
		return length === 0 ? null : { segment: segment!, offset: offset!, length: length! }
	}

	#find(high: number, low: number): number {
		const places = this.#table.length / 5
		for (let place = low % places; ; place = (place + 1) % places) {
			const at = 5 * place
			if (this.#table[at + 4] === 0 || (this.#table[at] === high && this.#table[at + 1] === low)) return at
		}
	}

	#grow(): void {
		const old = this.#table
		this.#table = new Uint32Array(2 * old.length)
		for (let at = 0; at < old.length; at += 5) {
			if (old[at + 4] !== 0) this.#table.set(old.subarray(at, at + 5), this.#find(old[at]!, old[at + 1]!))
		}
	}
}

function words(key: string): [number, number] {
	return [Number.parseInt(key.slice(0, 8), 16), Number.parseInt(key.slice(8, 16), 16)]
}
