/** Labelled or plain proteins as a model reads them. */
import { type EncodedRecords, encodeRecords } from '../encoding/encode.js'
import type { ExtraSource } from '../encoding/extra/source.js'
import type { MissingProfile } from '../encoding/profile/implied.js'
import { type ProfileSource, profileSource } from '../encoding/profile/store.js'
import { requireOption, requireSignal } from '../errors.js'
import type { Model } from '../model/model.js'
import { type RuntimeOptions, resolveRuntime } from '../model/runtime.js'
import type { NativeRuntime } from '../native/binding.js'
import { extraOf } from '../predict/inputs.js'

/** What everything that looks into a model takes. */
export interface LookOptions extends RuntimeOptions {
	/** The network that is looked into, from 1; networks of an ensemble have filters and states of their own. Default 1. */
	member?: number
	/** Profiles for a model that reads them: a folder with a packed store, or a source. */
	profiles?: string | ProfileSource
	/** What stands in for a missing profile; default: as the model was trained. */
	missingProfile?: MissingProfile
	/** Own numbers of each residue for a model that reads them, as for `predict`. */
	extra?: string | ExtraSource
	/** Ends the work within a second. */
	signal?: AbortSignal
}

/** Records as bytes, and where they are computed. */
export interface Encoded extends EncodedRecords {
	runtime: NativeRuntime
}

/** @internal Encodes records whose sequences are clean. Errors: `INVALID_OPTION`, `INVALID_PROFILE`, `INVALID_FEATURES`, `BACKEND_UNAVAILABLE`. */
export async function encoded(
	model: Model,
	records: readonly { id: string; sequence: string }[],
	options: LookOptions,
): Promise<Encoded> {
	requireSignal(options.signal)
	requireOption(records.length > 0, 'records', records, 'at least one protein')
	const runtime = resolveRuntime(options)
	const found = await encodeRecords(records, {
		maxResidues: model.info.maxResidues,
		cutGap: model.info.cutGap,
		profile: model.readsProfiles,
		profiles: model.readsProfiles ? await profileSource(options.profiles) : null,
		missingProfile: missingPolicy(model, options),
		extra:
			model.info.extraFeatures > 0
				? { source: await extraOf(model, options.extra), columns: model.info.extraFeatures }
				: null,
	})
	return { ...found, runtime }
}

/** @internal */
export function missingPolicy(model: Model, { missingProfile }: LookOptions): MissingProfile {
	return missingProfile ?? model.training?.config.missingProfile ?? 'blosum'
}

/** @internal A member, from 1, as the native side counts. Errors: `INVALID_OPTION`. */
export function memberIndex(model: Model, member = 1): number {
	const { members } = model.info
	requireOption(Number.isInteger(member) && member >= 1 && member <= members, 'member', member, `1 to ${members}`)
	return member - 1
}
