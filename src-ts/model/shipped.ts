/** The model that comes with the package: where it lies, what its card says, and whether its bytes are those of the card. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { fileError, SublocError } from '../errors.js'
import { FINGERPRINT_DIGITS } from '../sequence/fingerprint.js'

/** Folder of the model that comes with the package. */
export const SHIPPED_MODEL = fileURLToPath(new URL('../../models/multiloc', import.meta.url))

/** Name of a card in the folder of a model. */
export const CARD_FILE = 'card.json'

const cardSchema = z.looseObject({
	name: z.string(),
	what: z.string(),
	model: z.looseObject({
		file: z.literal('model.safetensors'),
		bytes: z.int().min(1),
		sha256: z.string().regex(/^[0-9a-f]{64}$/),
	}),
	data: z.looseObject({
		name: z.string(),
		proteins: z.int().min(1),
		digest: z.string(),
		licence: z.string(),
		fingerprints: z.array(z.string().length(FINGERPRINT_DIGITS)),
	}),
	/** What needs no network: see `LearnedBaselines`. */
	baselines: z
		.object({
			majority: z.string(),
			composition: z.object({
				...{ classes: z.array(z.string()), weights: z.array(z.number()), bias: z.array(z.number()) },
				...{ mean: z.array(z.number()), deviation: z.array(z.number()) },
			}),
		})
		.optional(),
	training: z.looseObject({ split: z.string(), members: z.string(), command: z.string(), when: z.string() }),
	scores: z.looseObject({ on: z.string(), file: z.string() }),
	limits: z.array(z.string()),
})

/** What a model that is given to others says about itself; its scores are in `scores.file` beside it. */
export type ModelCard = z.infer<typeof cardSchema>

/**
 * The card of a model's folder; null where it has none. Errors: `IO`; `INVALID_MODEL` where it is no card, or where the model's file is not the one it speaks of.
 */
export async function readCard(folder: string): Promise<ModelCard | null> {
	const path = join(folder, CARD_FILE)
	const text = await readFile(path, 'utf8').catch((error) => {
		if (error.code === 'ENOENT') return null
		throw fileError(error, path, 'read')
	})
	if (text === null) return null
	const card = parsedCard(text, path)
	const file = join(folder, basename(card.model.file))
	const bytes = await readFile(file).catch((error) => {
		throw fileError(error, file, 'read')
	})
	const found = createHash('sha256').update(bytes).digest('hex')
	if (found === card.model.sha256) return card
	const reason = `it is not the file of its card: SHA-256 ${found}, not ${card.model.sha256}; install the package again`
	throw new SublocError('INVALID_MODEL', `${file}: ${reason}`, { file, reason })
}

function parsedCard(text: string, file: string): ModelCard {
	try {
		return cardSchema.parse(JSON.parse(text))
	} catch (error) {
		const reason = 'it is no model card, or it is damaged'
		throw new SublocError('INVALID_MODEL', `${file}: ${reason}`, { file, reason }, { cause: error })
	}
}
