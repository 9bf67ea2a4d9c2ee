/** What makes two parts of a job belong together: digests of the model and of the options. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { extraDigest } from '../encoding/extra/source.js'
import { fileError, SublocError } from '../errors.js'
import { fileOf, type Model, nativeOf } from '../model/model.js'
import { RUNTIME_OPTIONS } from '../model/runtime.js'
import type { PredictOptions } from '../predict/predict.js'

/** SHA-256 of a file in hex. Errors: `INPUT_MISSING`, `IO`. */
export async function fileDigest(path: string): Promise<string> {
	const hash = createHash('sha256')
	try {
		await pipeline(createReadStream(path), hash)
	} catch (error) {
		throw fileError(error, path, 'read')
	}
	return hash.digest('hex')
}

const digests = new WeakMap<Model, Promise<string>>()

/** SHA-256 of a model's model.safetensors: of the file that it was loaded from, or would be saved as. */
export function modelDigest(model: Model): Promise<string> {
	let digest = digests.get(model)
	if (!digest) {
		const file = fileOf(model)
		digest = file === null ? savedDigest(model) : fileDigest(file)
		digests.set(model, digest)
	}
	return digest
}

async function savedDigest(model: Model): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'subloc-'))
	try {
		const file = join(folder, 'model.safetensors')
		await nativeOf(model).save(file)
		return await fileDigest(file)
	} finally {
		await rm(folder, { recursive: true, force: true })
	}
}

/** Options that do not change what is predicted, or that are compared by themselves. */
const APART: readonly string[] = [...RUNTIME_OPTIONS, 'signal', 'onWarning', 'profiles', 'extra']

/**
 * SHA-256 of the options that change what is predicted, the profiles included. The device is compared by itself.
 * Errors: `INVALID_OPTION` for a value that is not plain (a program's own object); those of reading the profiles.
 */
export async function optionsDigest(model: Model, options: PredictOptions, others: object): Promise<string> {
	const own = Object.entries(options).filter(([name, value]) => !APART.includes(name) && value !== undefined)
	for (const [option, value] of own) requirePlain(option, value)
	const missingProfile = model.readsProfiles
		? (options.missingProfile ?? model.training?.config.missingProfile ?? 'blosum')
		: null
	const given = Object.fromEntries(own)
	// It stands in `calibrated`.
	const tempered = model.calibration && { temperature: model.calibration.temperature }
	const profiles = model.readsProfiles ? await profilesDigest(options.profiles) : null
	const extra = model.info.extraFeatures > 0 ? { extra: await digestOfExtra(options.extra) } : {}
	const text = JSON.stringify(
		sorted({ onProblem: 'skip', ...given, ...tempered, missingProfile, profiles, ...extra, ...others }),
	)
	return createHash('sha256').update(text).digest('hex')
}

function requirePlain(option: string, value: unknown): void {
	if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return
	const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
	if (!isPlain) {
		const message = `${option}: a program's own object has no digest; it does not go with a journal, a shard or a cache`
		throw new SublocError('INVALID_OPTION', message, { option })
	}
	for (const item of Object.values(value as object)) requirePlain(option, item)
}

function sorted(value: object): object {
	return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

async function digestOfExtra(extra: PredictOptions['extra']): Promise<string | null> {
	if (extra === undefined || typeof extra === 'string') return extra === undefined ? null : extraDigest(extra)
	const message = 'extra: a source of own numbers has no digest; name a folder or an NPZ file'
	throw new SublocError('INVALID_OPTION', message, { option: 'extra' })
}

/** Of a store's indexes, and the sizes of its files. */
async function profilesDigest(profiles: PredictOptions['profiles']): Promise<string | null> {
	if (profiles === undefined) return null
	if (typeof profiles !== 'string') {
		const message = 'profiles: a source of profiles has no digest; name a folder with a packed store'
		throw new SublocError('INVALID_OPTION', message, { option: 'profiles' })
	}
	const hash = createHash('sha256')
	try {
		for (const name of (await readdir(profiles)).sort()) {
			const file = join(profiles, name)
			const content = name.endsWith('_index.tsv') ? await fileDigest(file) : (await stat(file)).size
			hash.update(`${name}\t${content}\n`)
		}
	} catch (error) {
		throw fileError(error, profiles, 'read')
	}
	return hash.digest('hex')
}
