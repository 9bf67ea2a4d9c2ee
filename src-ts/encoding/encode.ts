/** Records → what the native side reads: one byte a residue, and profile rows where the model wants them. */
import { SublocError } from '../errors.js'
import type { NativeRecords } from '../native/binding.js'
import { AMBIGUOUS, residueCodes } from '../sequence/alphabet.js'
import { type MiddleCut, middleCut } from '../sequence/middle-cut.js'
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
}

/** Encodes records in their order. Errors: `INVALID_PROFILE`. */
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
	let missingProfiles = 0
	for (const [index, record] of records.entries()) {
		const cut = cuts[index]!
		const from = offsets[index]!
		residueCodes(record.sequence.slice(0, cut.first), codes.subarray(from, from + cut.first))
		const [rest, end] = [cut.first + cut.removed, offsets[index + 1]!]
		codes.fill(AMBIGUOUS.X, from + cut.first, end - (cut.kept - cut.first))
		residueCodes(record.sequence.slice(rest), codes.subarray(end - (cut.kept - cut.first), end))
		if (!profiles) continue
		const given = record.rows
		const found = given === undefined ? await profileRows(options.profiles, record.id, record.sequence) : given
		if (!found) missingProfiles += 1
		const rows = found ?? impliedProfile(record.sequence, policyFor(record.id, options.missingProfile))
		profiles.set(rows.subarray(0, 20 * cut.first), 20 * from)
		profiles.set(rows.subarray(20 * rest), 20 * (end - (cut.kept - cut.first)))
	}
	return { native: { codes, offsets, profiles }, cuts, cutGap, missingProfiles }
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
