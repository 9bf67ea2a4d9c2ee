/** evaluation.json, as this version and older ones wrote it. */
import { SublocError } from '../errors.js'
import type { Evaluation } from './evaluate.js'

/** Parts that older versions did not write. */
const LATER = {
	...{ intervals: null, baselines: null, probabilities: null, selective: null },
	...{ strata: null, methionine: null, attention: null, importance: null },
} satisfies Partial<Evaluation>

/**
 * An evaluation from parsed JSON; what an older version did not write is null. `file` is its name in messages. Errors: `INVALID_CONFIG` where it is none.
 */
export function parseEvaluation(value: unknown, file: string): Evaluation {
	const found = value as Partial<Evaluation> | null
	const isOne =
		typeof found === 'object' &&
		found !== null &&
		[found.records, found.accuracy].every((number) => typeof number === 'number') &&
		[found.confusion, found.classes, found.perClass].every(Array.isArray) &&
		typeof found.on === 'string'
	if (!isOne) throw new SublocError('INVALID_CONFIG', 'the file holds no scores of a model', { file })
	return { ...LATER, ...(found as Evaluation) }
}
