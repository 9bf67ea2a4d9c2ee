/** How far probabilities can be believed: as they are, and with the temperature that a validation part asked for. */
import { type TemperatureScaling, temperedProbabilities } from '../model/temperature.js'
import type { Answers } from './answers.js'
import { type BootstrapOptions, bootstrapIntervals, canBeDrawn } from './bootstrap.js'
import { type Calibration, calibration, drawnCalibrationError } from './calibration.js'
import { weightedMean } from './intervals.js'
import { brierScore, logLoss, recordBriers, recordLosses } from './metrics.js'
import type { Interval } from './share.js'

/** Scores of probabilities. */
export interface ProbabilityScores {
	/** Expected calibration error of the winning class, ten bins (Naeini et al. 2015). */
	expectedError: number
	/** Mean Σ_k (p_k − y_k)² (Brier 1950), 0 to 2. */
	brier: number
	/** Mean −ln p of the true class, nats. */
	logLoss: number
	/** How sure they are, by the bootstrap; absent of fewer than five proteins (or clusters), and in the file of an older version; null where every draw says the same. The calibration error of a draw is rather too large: chance adds to it. */
	intervals?: { expectedError: Interval | null; brier: Interval | null; logLoss: Interval | null }
}

/** Scores as the model gives its probabilities, the bins of a reliability diagram, and the same with temperature. */
export interface ProbabilityReport extends ProbabilityScores {
	bins: Calibration['bins']
	/** Null where the model has no temperature. `fitted` is the number of records that a temperature was fitted on; the largest where there are several. */
	calibrated: (ProbabilityScores & { temperatures: number[]; on: string; fitted: number }) | null
}

/**
 * Scores of the probabilities of answers. `scaling` is one for all of them, or one for each (folds of a cross-validation); `calibrated` is null where one of
 * them has none. The temperature must not have been fitted on these records.
 */
export function probabilityReport(
	answers: Answers,
	classes: number,
	scaling: TemperatureScaling | null | readonly (TemperatureScaling | null)[] = null,
	bootstrap: BootstrapOptions = {},
): ProbabilityReport {
	const { truth, probabilities, confidence, right } = answers
	const { bins } = calibration(confidence, right, undefined, bootstrap)
	const plain = probabilityScores(answers, classes, bootstrap)
	const scalings = truth.map((_, record) => (isList(scaling) ? scaling[record]! : scaling))
	const known = scalings.filter((own) => own !== null)
	if (known.length < truth.length || truth.length === 0) return { ...plain, bins, calibrated: null }
	const tempered = Float64Array.from(
		known.flatMap(({ temperature }, record) =>
			temperedProbabilities(probabilities.subarray(record * classes, (record + 1) * classes), temperature),
		),
	)
	const surest = truth.map((_, record) => Math.max(...tempered.subarray(record * classes, (record + 1) * classes)))
	const distinct = [...new Set(known)]
	return {
		...plain,
		bins,
		calibrated: {
			...probabilityScores({ truth, right, probabilities: tempered, confidence: surest }, classes, bootstrap),
			temperatures: distinct.map(({ temperature }) => temperature),
			on: distinct[0]!.on,
			fitted: Math.max(...distinct.map(({ records }) => records)),
		},
	}
}

function probabilityScores(
	answers: Pick<Answers, 'truth' | 'probabilities' | 'confidence' | 'right'>,
	classes: number,
	bootstrap: BootstrapOptions,
): ProbabilityScores {
	const { truth, probabilities, confidence, right } = answers
	const briers = recordBriers(truth, probabilities, classes)
	const losses = recordLosses(answers.truth, answers.probabilities, classes)
	const [expectedError, brier, loss] = bootstrapIntervals(
		truth.length,
		(counts) => [
			drawnCalibrationError(confidence, right, counts),
			weightedMean(briers, counts),
			weightedMean(losses, counts),
		],
		bootstrap,
	)
	return {
		expectedError: calibration(confidence, right).expectedError,
		brier: brierScore(truth, probabilities, classes),
		logLoss: logLoss(truth, probabilities, classes),
		...(canBeDrawn(truth.length, bootstrap.clusters) && {
			intervals: { expectedError: expectedError!, brier: brier!, logLoss: loss! },
		}),
	}
}

function isList<T>(value: T | null | readonly (T | null)[]): value is readonly (T | null)[] {
	return Array.isArray(value)
}
