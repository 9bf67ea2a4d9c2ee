/** An input in parts: contiguous blocks of records with about as many residues each. */
import { createHash, type Hash } from 'node:crypto'
import { requireOption } from '../errors.js'
import { readFasta } from '../sequence/fasta.js'
import type { TextSource } from '../sequence/lines.js'
import type { SequenceRecord } from '../sequence/record.js'

/** One of `count` parts, from 1. */
export interface Shard {
	index: number
	count: number
}

/** The records of a shard. */
export interface ShardBlock {
	/** Records before it. */
	first: number
	records: number
	residues: number
}

/** What an input holds, and how it is divided. */
export interface ShardPlan {
	records: number
	residues: number
	/** Residues of the longest record. */
	longest: number
	/** SHA-256 over ids and sequences: the same for a file that is packed or wrapped otherwise. */
	digest: string
	/** [N], in order; together they hold every record once. */
	shards: ShardBlock[]
}

/** Blocks that are kept at most: what bounds the memory, whatever the input's length. */
const MOST_BLOCKS = 1 << 17

/**
 * Divides the records of a FASTA file (gzip too) into `count` contiguous shards that are balanced by residues, in one pass and bounded memory. It depends
 * on the records alone. A shard of an input with fewer records than shards may be empty. Inputs of more than 131,072 records are cut between blocks of
 * 2, 4, 8, … records, as the memory asks for.
 *
 * Errors: those of `readFasta` for a file that is damaged as a whole; `INVALID_OPTION`.
 */
export async function planShards(input: TextSource, count: number, signal?: AbortSignal): Promise<ShardPlan> {
	requireOption(Number.isInteger(count) && count >= 1, 'shards', count, 'a whole number from 1')
	const digest = inputHash()
	const blocks = new Blocks()
	let [records, residues, longest] = [0, 0, 0]
	for await (const record of readFasta(input, { onProblem: 'report', signal })) {
		addRecord(digest, record)
		const { length } = record.sequence
		blocks.add(length)
		records += 1
		residues += length
		longest = Math.max(longest, length)
	}
	return { records, residues, longest, digest: digest.digest('hex'), shards: blocks.divide(count, records, residues) }
}

/** @internal The running digest of an input. */
export function inputHash(): Hash {
	return createHash('sha256')
}

/** @internal Adds a record to an input's digest. */
export function addRecord(
	hash: Hash,
	{ id, sequence, problem }: Pick<SequenceRecord, 'id' | 'sequence' | 'problem'>,
): void {
	hash.update(`>${id}\n${sequence}\n${problem ? `!${problem.code}\n` : ''}`)
}

/** Residues of runs of `#size` records that follow one another. */
class Blocks {
	#size = 1
	#open = 0
	#records = 0
	#residues: number[] = []

	add(residues: number): void {
		this.#open += residues
		this.#records += 1
		if (this.#records < this.#size) return
		this.#residues.push(this.#open)
		this.#open = 0
		this.#records = 0
		if (this.#residues.length < MOST_BLOCKS) return
		this.#residues = Array.from(
			{ length: MOST_BLOCKS / 2 },
			(_, at) => this.#residues[2 * at]! + this.#residues[2 * at + 1]!,
		)
		this.#size *= 2
	}

	/** A block goes to the shard in which its middle lies. A record weighs one more than its residues, so that empty ones weigh too. */
	divide(count: number, records: number, residues: number): ShardBlock[] {
		const total = residues + records
		const shards = Array.from({ length: count }, () => ({ first: 0, records: 0, residues: 0 }))
		let before = 0
		const place = (size: number, own: number) => {
			const weight = own + size
			const shard = shards[Math.min(count - 1, Math.floor((count * (before + weight / 2)) / total))]!
			shard.records += size
			shard.residues += own
			before += weight
		}
		for (const own of this.#residues) place(this.#size, own)
		if (this.#records > 0) place(this.#records, this.#open)
		let first = 0
		for (const shard of shards) {
			shard.first = first
			first += shard.records
		}
		return shards
	}
}
