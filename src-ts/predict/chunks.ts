/** A stream of proteins in chunks. */
import { requireOption } from '../errors.js'
import type { ProteinRecord } from './predict.js'

/** Proteins, residues and own numbers (20 million, 80 MB as f32) of a chunk: what bounds the memory. */
const CHUNK = { records: 1024, residues: 400_000, numbers: 20_000_000 }

/** Records read, and what ended the reading early. */
export interface Chunk {
	records: ProteinRecord[]
	failure?: unknown
}

/**
 * Chunks in the order of the source; each has at least one record, and ends with the record that reaches a bound. `extraFeatures` is d, own numbers a residue.
 * Errors: `INVALID_OPTION` for what is no record; a source that fails does so after what it gave (`failure`).
 */
export async function* chunked(
	source: AsyncIterable<ProteinRecord> | Iterable<ProteinRecord>,
	extraFeatures: number,
): AsyncGenerator<Chunk, void> {
	const mostResidues =
		extraFeatures > 0 ? Math.min(CHUNK.residues, Math.ceil(CHUNK.numbers / extraFeatures)) : CHUNK.residues
	let records: ProteinRecord[] = []
	let residues = 0
	try {
		for await (const record of source) {
			const isRecord = typeof record?.id === 'string' && typeof record.sequence === 'string'
			requireOption(isRecord, 'input', record, 'records with the texts id and sequence')
			records.push(record)
			residues += record.sequence.length
			if (records.length < CHUNK.records && residues < mostResidues) continue
			yield { records }
			records = []
			residues = 0
		}
	} catch (failure) {
		if (records.length === 0) throw failure
		yield { records, failure }
		return
	}
	if (records.length > 0) yield { records }
}
