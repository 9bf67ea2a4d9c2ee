/** What a model reads of a protein besides its residues: a profile, own numbers. */
import { policyFor } from '../encoding/encode.js'
import { type ExtraSource, extraRows, extraSource } from '../encoding/extra/source.js'
import type { MissingProfile } from '../encoding/profile/implied.js'
import { type ProfileSource, profileRows, profileSource } from '../encoding/profile/store.js'
import { SublocError } from '../errors.js'
import type { Model } from '../model/model.js'
import { cleanSequence } from '../sequence/residues.js'
import type { PredictOptions, ProteinRecord } from './predict.js'

/** A record with its profile, null where there is none, and its own numbers where the model reads them. */
export type Profiled = ProteinRecord & { rows: Uint8Array | null; numbers?: Float32Array | Float64Array }

/** The sources of a prediction. */
export class Inputs {
	readonly missingProfile: MissingProfile
	readonly #model: Model
	readonly #profiles: ProfileSource | null
	readonly #extra: ExtraSource | null

	private constructor(
		model: Model,
		missingProfile: MissingProfile,
		profiles: ProfileSource | null,
		extra: ExtraSource | null,
	) {
		this.#model = model
		this.missingProfile = missingProfile
		this.#profiles = profiles
		this.#extra = extra
	}

	/** Errors: those of opening a source; `INVALID_OPTION` for a model that reads own numbers where there are none. */
	static async open(model: Model, options: PredictOptions): Promise<Inputs> {
		const missingProfile = options.missingProfile ?? model.training?.config.missingProfile ?? 'blosum'
		const profiles = model.readsProfiles ? await profileSource(options.profiles) : null
		return new Inputs(model, missingProfile, profiles, await extraOf(model, options.extra))
	}

	/** Records with what is read of them; where that does not fit it is the record's problem. Errors: `INVALID_FEATURES` for numbers of another width. */
	async of(records: readonly ProteinRecord[]): Promise<Profiled[]> {
		const profiled = await Promise.all(records.map((record) => this.#withProfile(record)))
		if (!this.#extra) return profiled
		// One after the other: arrays may be large, and each is a file to open.
		const all: Profiled[] = []
		for (const record of profiled) all.push(await this.#withNumbers(record, this.#extra))
		return all
	}

	/** A profile that does not fit, or may not be missing, is the record's own problem. */
	async #withProfile(record: ProteinRecord): Promise<Profiled> {
		if (!this.#model.readsProfiles || record.problem) return { ...record, rows: null }
		const clean = cleanSequence(record.sequence)
		if (!('sequence' in clean)) return { ...record, rows: null }
		try {
			const rows = await profileRows(this.#profiles, record.id, clean.sequence)
			if (!rows) policyFor(record.id, this.missingProfile)
			return { ...record, rows }
		} catch (error) {
			if (error instanceof SublocError && error.code === 'INVALID_PROFILE' && error.record === record.id) {
				return { ...record, rows: null, problem: error }
			}
			throw error
		}
	}

	/** Own numbers that are missing or do not fit are the record's problem; those of another width are that of all. */
	async #withNumbers(record: Profiled, source: ExtraSource): Promise<Profiled> {
		if (record.problem) return record
		const clean = cleanSequence(record.sequence)
		if (!('sequence' in clean) || clean.sequence === '') return record
		try {
			const { data } = await extraRows(source, record.id, clean.sequence, this.#model.info.extraFeatures)
			return { ...record, numbers: data }
		} catch (error) {
			const isOwn = error instanceof SublocError && error.code === 'INVALID_FEATURES' && error.record === record.id
			if (isOwn && error.facts.option === undefined) return { ...record, problem: error }
			throw error
		}
	}
}

/**
 * @internal The source of own numbers for a model; null where it reads none.
 * Errors: `INVALID_OPTION` where it reads them and there are none; those of opening it.
 */
export async function extraOf(model: Model, extra: PredictOptions['extra']): Promise<ExtraSource | null> {
	const { extraFeatures: expected } = model.info
	if (expected === 0) return null
	if (extra !== undefined) return extraSource(extra)
	const message = `extra: the model reads ${expected} own numbers a residue, and none are given (--extra FILE.npz|DIR)`
	throw new SublocError('INVALID_OPTION', message, { option: 'extra', expected })
}
