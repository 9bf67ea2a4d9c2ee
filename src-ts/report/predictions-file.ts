/** A table of predictions, as `subloc predict` and `subloc evaluate` write it, read back. */
import { SublocError } from '../errors.js'
import { TRUST_COLUMNS } from '../predict/format.js'
import type { Prediction } from '../predict/predict.js'

/** Columns before those of the classes (predict/format.ts writes them). */
const COLUMNS = ['id', 'status', 'compartment', 'probability', 'spread'] as const

/** Predictions of a table, and the classes that its header names. */
export interface PredictionsFile {
	classes: string[]
	predictions: Prediction[]
}

/** Whether a text begins like a table of predictions. */
export function isPredictionsFile(text: string): boolean {
	return text.startsWith(`${COLUMNS.join('\t')}\t`)
}

/**
 * Reads a TSV of predictions; `file` is its name in messages. Probabilities have the six decimals that were written; lengths (0), relatives, attention and members
 * are not in it. Errors: `INVALID_DATASET` with the line that is none of ours.
 */
export function parsePredictions(text: string, file: string): PredictionsFile {
	const fail = (line: number, why: string): never => {
		throw new SublocError('INVALID_DATASET', `no table of predictions: ${why}`, { file, line })
	}
	if (!isPredictionsFile(text)) fail(1, `its header does not begin with ${COLUMNS.join(', ')}`)
	const [header, ...lines] = text.split(/\r?\n/)
	const named = header!.split('\t').slice(COLUMNS.length)
	const hasTrust = named.slice(-TRUST_COLUMNS.length).join('\t') === TRUST_COLUMNS.join('\t')
	const classes = hasTrust ? named.slice(0, -TRUST_COLUMNS.length) : named
	const predictions: Prediction[] = []
	for (const [at, line] of lines.entries()) {
		if (line === '') continue
		const cells = line.split('\t')
		if (cells.length !== COLUMNS.length + named.length) fail(at + 2, `${cells.length} cells`)
		const [id, status, compartment, probability, spread, ...rest] = cells as [string, string, string, string, string]
		if (status.startsWith('skipped')) {
			predictions.push(skippedPrediction(id, status))
			continue
		}
		const [each, trust] = [rest.slice(0, classes.length), rest.slice(classes.length)]
		const numbers = [probability, spread, ...each].map(Number)
		if (status !== 'ok' || !classes.includes(compartment) || numbers.some((value) => !(value >= 0 && value <= 1)))
			fail(at + 2, 'status, class or probability')
		predictions.push({
			...{ id, status: 'ok', problem: null, length: 0, missingProfile: false, nucleotides: false },
			...{ compartment, probability: numbers[0]!, spread: numbers[1]! },
			...{ calibrated: trust[0] ? Number(trust[0]) : null, relative: null, attention: null, members: null },
			probabilities: Object.fromEntries(classes.map((name, index) => [name, numbers[index + 2]!])),
		})
	}
	return { classes, predictions }
}

function skippedPrediction(id: string, status: string): Prediction {
	const code = status.slice('skipped:'.length)
	const problem = new SublocError('INVALID_FASTA', code || 'it was skipped', { record: id })
	const nothing = {
		compartment: null,
		probability: null,
		calibrated: null,
		spread: null,
		probabilities: null,
		relative: null,
	}
	return {
		...{ id, status: 'skipped', problem, length: 0, missingProfile: false, nucleotides: false },
		...{ ...nothing, attention: null, members: null },
	}
}
