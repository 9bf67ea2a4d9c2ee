/** Records → what the native side reads: one byte a residue, and profile rows and own numbers where the model wants them. */
import { SublocError } from '../errors.js'
import type { NativeRecords } from '../native/binding.js'
import { AMBIGUOUS, residueCodes } from '../sequence/alphabet.js'
import { type MiddleCut, middleCut } from '../sequence/middle-cut.js'
import { type ExtraSource, extraRows } from './extra/source.js'
import { impliedProfile, type MissingProfile } from './profile/implied.js'
import { type ProfileSource, profileRows } from './profile/store.js'

/** How records are encoded. */
export interface EncodingOptions {
	/** Longer sequences lose their middle. */
	maxResidues: number
	/** X residues, with profile rows of zeros, that stand where a middle was taken out. */
	cutGap: number
	/** Whether the model reads profiles. */
	profile: boolean
	/** Where they come from; null: every profile is missing. */
	profiles: ProfileSource | null
	missingProfile: MissingProfile
	/** Whether the rows that stand in for a profile come along for every record: for a training that drops profiles. Default false. */
	standIns?: boolean
	/** Own numbers of each residue, d columns, where the model reads them. */
	extra?: { source: ExtraSource | null; columns: number } | null
}

/** Encoded records. */
export interface EncodedRecords {
	native: NativeRecords
	/** Where the residues of each record came from. */
	cuts: MiddleCut[]
	/** X residues at the junction of each record that was cut: `cutGap` of the options. Codes, profile rows and attention weights have them, `cuts` has not. */
	cutGap: number
	/** Records whose profile was missing; 0 where the model reads none. */
	missingProfiles: number
}

/** A record to encode. */
export interface EncodableRecord {
	id: string
	/** Letters A–Z, at least one. */
	sequence: string
	/** Its profile [T, 20], or null where it has none; where absent the source is asked. */
	rows?: Uint8Array | null
	/** Its own numbers [T, d], checked; where absent the source is asked. */
	numbers?: Float32Array | Float64Array
}

/** Encodes records in their order. Errors: `INVALID_PROFILE`, `INVALID_FEATURES`, `OUT_OF_MEMORY`. */
export async function encodeRecords(
	records: readonly EncodableRecord[],
	options: EncodingOptions,
): Promise<EncodedRecords> {
	const { cutGap } = options
	const cuts = records.map(({ sequence }) => middleCut(sequence.length, options.maxResidues))
	const offsets = new Float64Array(records.length + 1)
	for (const [index, cut] of cuts.entries()) offsets[index + 1] = offsets[index]! + encodedLength(cut, cutGap)
	const total = offsets[records.length]!
	const codes = new Uint8Array(total)
	const profiles = options.profile ? new Uint8Array(total * 20) : null
	const standIns = profiles && options.standIns ? new Uint8Array(total * 20) : null
	const columns = options.extra?.columns ?? 0
	const extra = columns > 0 ? numbersOf(total, columns) : null
	let missingProfiles = 0
	for (const [index, record] of records.entries()) {
		const cut = cuts[index]!
		const from = offsets[index]!
		residueCodes(record.sequence.slice(0, cut.first), codes.subarray(from, from + cut.first))
		const [rest, end] = [cut.first + cut.removed, offsets[index + 1]!]
		codes.fill(AMBIGUOUS.X, from + cut.first, end - (cut.kept - cut.first))
		residueCodes(record.sequence.slice(rest), codes.subarray(end - (cut.kept - cut.first), end))
		const kept = { rest, from, end: end - (cut.kept - cut.first) }
		if (extra) {
			const numbers =
				record.numbers ?? (await extraRows(options.extra!.source!, record.id, record.sequence, columns)).data
			extra.fill(Number.NaN, columns * (from + cut.first), columns * kept.end)
			putKept(extra, numbers, columns, cut.first, kept)
		}
		if (!profiles) continue
		const given = record.rows
		const found = given === undefined ? await profileRows(options.profiles, record.id, record.sequence) : given
		if (!found) missingProfiles += 1
		const rows = found ?? impliedProfile(record.sequence, policyFor(record.id, options.missingProfile))
		putKept(profiles, rows, 20, cut.first, kept)
		if (!standIns) continue
		const implied = impliedProfile(record.sequence, policyFor(record.id, options.missingProfile))
		putKept(standIns, implied, 20, cut.first, kept)
	}
	return { native: { codes, offsets, profiles, standIns, extra, extraColumns: columns }, cuts, cutGap, missingProfiles }
}

/** The rows of the residues that a cut keeps: `first` of them at `from`, those from `rest` on up to the end of the record, at `end`. */
function putKept(
	to: Uint8Array | Float32Array,
	rows: Uint8Array | Float32Array | Float64Array,
	columns: number,
	first: number,
	{ rest, from, end }: { rest: number; from: number; end: number },
): void {
	to.set(rows.subarray(0, columns * first), columns * from)
	to.set(rows.subarray(columns * rest), columns * end)
}

function numbersOf(residues: number, columns: number): Float32Array {
	try {
		return new Float32Array(residues * columns)
	} catch (error) {
		const gigabytes = ((residues * columns * 4) / 2 ** 30).toFixed(1)
		const message = `${residues} residues with ${columns} own numbers need ${gigabytes} GiB at once, which cannot be had`
		throw new SublocError('OUT_OF_MEMORY', message, { option: 'extra', residues, columns }, { cause: error })
	}
}

/** Residues of a record as the model reads it: those that are kept, and the gap where something was cut. */
export function encodedLength(cut: MiddleCut, cutGap: number): number {
	return cut.kept + (cut.removed > 0 ? cutGap : 0)
}

/** Place among the encoded residues of a kept one; both count from 0. */
export function encodedPlace(cut: MiddleCut, cutGap: number, kept: number): number {
	return kept < cut.first || cut.removed === 0 ? kept : kept + cutGap
}

/** The kept residue, from 1, at a place (from 0) among the encoded ones; null in the gap and beyond the ends. */
export function keptResidue(cut: MiddleCut, cutGap: number, place: number): number | null {
	if (place < 0 || place >= encodedLength(cut, cutGap)) return null
	if (place < cut.first) return place + 1
	const kept = place - (cut.removed > 0 ? cutGap : 0)
	return kept < cut.first ? null : kept + 1
}

/** @internal The row that stands in for a missing profile. Errors: `INVALID_PROFILE` where none may. */
export function policyFor(record: string, policy: MissingProfile): 'blosum' | 'onehot' {
	if (policy !== 'fail') return policy
	const message = 'it has no profile (--missing-profile blosum goes on without)'
	throw new SublocError('INVALID_PROFILE', message, { record, option: 'missingProfile' })
}
