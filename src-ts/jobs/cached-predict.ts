/** Prediction that computes each different protein once: with a cache, and within a run. */
import { createHash } from 'node:crypto'
import { type ExtraSource, extraRows } from '../encoding/extra/source.js'
import { type ProfileSource, profileRows, profileSource } from '../encoding/profile/store.js'
import type { Model } from '../model/model.js'
import { describeRuntime, resolveRuntime } from '../model/runtime.js'
import { chunked } from '../predict/chunks.js'
import { extraOf } from '../predict/inputs.js'
import { type Prediction, type PredictOptions, type ProteinRecord, predict } from '../predict/predict.js'
import { cleanSequence } from '../sequence/residues.js'
import type { PredictionCache } from './cache.js'
import { modelDigest, optionsDigest } from './digests.js'

/**
 * As `predict`, with answers from a cache where it has them. An answer is kept under the SHA-256 of sequence, profile, own numbers, model, options and device, so that it
 * is what would be computed here, to the bit on the CPU. Attention and members' answers are not kept: the options must not ask for them.
 */
export async function* cachedPredict(
	model: Model,
	records: AsyncIterable<ProteinRecord> | Iterable<ProteinRecord>,
	options: PredictOptions,
	cache: PredictionCache,
): AsyncGenerator<Prediction> {
	const profiles = model.readsProfiles ? await profileSource(options.profiles) : null
	const extra = await extraOf(model, options.extra)
	const predicting = { ...options, profiles: profiles ?? undefined, extra: extra ?? undefined }
	const { backend, cpuIsa, precision } = describeRuntime(resolveRuntime(options))
	const others = { ...options, profiles: undefined, extra: undefined, onProblem: undefined }
	const digests = [await modelDigest(model), await optionsDigest(model, others, { backend, cpuIsa, precision })]
	for await (const { records: batch, failure } of chunked(records, model.info.extraFeatures)) {
		// One after the other: arrays may be large, and each is a file to open. They are read again where there is no answer.
		const keys: (string | null)[] = []
		for (const record of batch) keys.push(await keyOf(record, { profiles, extra }, digests))
		const answers = batch.map((record, at) => restored(keys[at]! === null ? null : cache.get(keys[at]!), record))
		const first = new Map<string, number>()
		const wanted: number[] = []
		for (const [at, key] of keys.entries()) {
			if (answers[at] || (key !== null && first.has(key))) continue
			if (key !== null) first.set(key, at)
			wanted.push(at)
		}
		let next = 0
		for await (const prediction of predict(
			model,
			wanted.map((at) => batch[at]!),
			predicting,
		)) {
			const at = wanted[next++]!
			answers[at] = prediction
			const key = keys[at]!
			if (key !== null && prediction.status === 'ok') await cache.set(key, stored(prediction))
		}
		for (const [at, record] of batch.entries()) {
			const twin = answers[at] ?? answers[first.get(keys[at]!)!]!
			yield twin.status === 'ok' ? { ...twin, id: record.id } : twin
		}
		if (failure) throw failure
	}
}

/** What an answer depends on; null for a record that cannot be predicted, or whose profile does not fit. */
async function keyOf(
	{ id, sequence: text, problem }: ProteinRecord,
	{ profiles, extra }: { profiles: ProfileSource | null; extra: ExtraSource | null },
	digests: readonly string[],
): Promise<string | null> {
	const clean = cleanSequence(text)
	if (problem || !('sequence' in clean) || clean.sequence === '') return null
	const hash = createHash('sha256')
	hash.update([...digests, clean.sequence].join('\n'))
	try {
		const rows = await profileRows(profiles, id, clean.sequence)
		if (rows) hash.update('\n').update(rows)
		if (extra) hash.update('\n').update((await extraRows(extra, id, clean.sequence, null)).data)
	} catch {
		return null // `predict` tells.
	}
	return hash.digest('hex')
}

function stored({ id: _, problem: __, attention: ___, members: ____, ...answer }: Prediction): string {
	return JSON.stringify(answer)
}

function restored(text: string | null, { id }: ProteinRecord): Prediction | null {
	if (text === null) return null
	try {
		return { id, problem: null, relative: null, attention: null, members: null, ...JSON.parse(text) }
	} catch {
		return null
	}
}
