/** Records → what the native side reads: one byte a residue, and profile rows where the model wants them. */
import { SublocError } from '../errors.js'
import type { NativeRecords } from '../native/binding.js'
import { residueCodes } from '../sequence/alphabet.js'
import { applyCut, type MiddleCut, middleCut } from '../sequence/middle-cut.js'
import { impliedProfile, type MissingProfile } from './profile/implied.js'
import { type ProfileSource, profileRows } from './profile/store.js'

/** How records are encoded. */
export interface EncodingOptions {
	/** Longer sequences lose their middle. */
	maxResidues: number
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
	const cuts = records.map(({ sequence }) => middleCut(sequence.length, options.maxResidues))
	const offsets = new Float64Array(records.length + 1)
	for (const [index, { kept }] of cuts.entries()) offsets[index + 1] = offsets[index]! + kept
	const total = offsets[records.length]!
	const codes = new Uint8Array(total)
	const profiles = options.profile ? new Uint8Array(total * 20) : null
	let missingProfiles = 0
	for (const [index, record] of records.entries()) {
		const cut = cuts[index]!
		const from = offsets[index]!
		residueCodes(applyCut(record.sequence, cut), codes.subarray(from, from + cut.kept))
		if (!profiles) continue
		const given = record.rows
		const found = given === undefined ? await profileRows(options.profiles, record.id, record.sequence) : given
		if (!found) missingProfiles += 1
		const rows = found ?? impliedProfile(record.sequence, policyFor(record.id, options.missingProfile))
		profiles.set(rows.subarray(0, 20 * cut.first), 20 * from)
		profiles.set(rows.subarray(20 * (cut.first + cut.removed)), 20 * (from + cut.first))
	}
	return { native: { codes, offsets, profiles }, cuts, missingProfiles }
}

/** @internal The row that stands in for a missing profile. Errors: `INVALID_PROFILE` where none may. */
export function policyFor(record: string, policy: MissingProfile): 'blosum' | 'onehot' {
	if (policy !== 'fail') return policy
	const message = 'it has no profile (--missing-profile blosum goes on without)'
	throw new SublocError('INVALID_PROFILE', message, { record, option: 'missingProfile' })
}
