/** Contiguous parts that are balanced by residues, against the definition written down. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { planShards, type ShardBlock } from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'

/** A record goes to the shard in which its middle lies; it weighs one more than its residues. */
function literal(lengths: readonly number[], count: number): ShardBlock[] {
	const total = lengths.reduce((all, length) => all + length + 1, 0)
	const shards = Array.from({ length: count }, () => ({ first: 0, records: 0, residues: 0 }))
	let before = 0
	for (const length of lengths) {
		const at = Math.min(count - 1, Math.floor((count * (before + (length + 1) / 2)) / total))
		shards[at]!.records += 1
		shards[at]!.residues += length
		before += length + 1
	}
	for (const [at, shard] of shards.entries())
		shard.first = shards.slice(0, at).reduce((all, { records }) => all + records, 0)
	return shards
}

const fasta = (lengths: readonly number[]) => lengths.map((length, at) => `>p${at}\n${'M'.repeat(length)}\n`).join('')
const stream = (text: string) => Readable.from([Buffer.from(text)])

test('any input in any number of parts is what the definition says', async (t) => {
	const lengths = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 40 })
	await fc.assert(
		fc.asyncProperty(lengths, fc.integer({ min: 1, max: 20 }), async (lengths, count) => {
			const plan = await planShards(stream(fasta(lengths)), count)
			t.deepEqual(plan.shards, literal(lengths, count))
			t.is(plan.records, lengths.length)
			t.is(plan.longest, Math.max(...lengths))
		}),
		{ numRuns: 60 },
	)
})

test('parts differ by no more than a long protein', async (t) => {
	const lengths = Array.from({ length: 3000 }, (_, at) => 50 + ((at * 7919) % 700))
	const { shards, residues } = await planShards(stream(fasta(lengths)), 16)
	for (const shard of shards) t.true(Math.abs(shard.residues - residues / 16) <= 750, `${shard.residues}`)
})

test('many records are kept as blocks: parts stay contiguous and even, and the memory bounded', async (t) => {
	const records = 300_000
	async function* pieces() {
		for (let at = 0; at < records; at += 1000) yield Buffer.from('>p\nMKV\n'.repeat(1000))
	}
	const { shards } = await planShards(Readable.from(pieces()), 16)
	t.is(
		shards.reduce((all, shard) => all + shard.records, 0),
		records,
	)
	let first = 0
	for (const shard of shards) {
		t.is(shard.first, first)
		// Blocks of four records.
		t.true(Math.abs(shard.records - records / 16) <= 4)
		first += shard.records
	}
})

test('the digest is of the records, not of how the file is written', async (t) => {
	const folder = temporaryFolder(t)
	writeFileSync(join(folder, 'a.fa'), '>a x\nMKV\nLAG\n>b\nM1\n')
	writeFileSync(join(folder, 'b.fa.gz'), gzipSync('>a\r\nmkvlag\r\n\r\n>b\r\nM1'))
	writeFileSync(join(folder, 'c.fa'), '>a\nMKVLAG\n>b\nM2K\n')
	writeFileSync(join(folder, 'd.fa'), '>a\nMKVLA\n>b\nM1\n')
	const digests = await Promise.all(
		['a.fa', 'b.fa.gz', 'c.fa', 'd.fa'].map(async (name) => (await planShards(join(folder, name), 2)).digest),
	)
	t.is(digests[0], digests[1])
	t.is(digests[0], digests[2], 'both records have the same problem and no sequence')
	t.not(digests[0], digests[3])
})
