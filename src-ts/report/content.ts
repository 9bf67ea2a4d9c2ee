/** What a report tells: everything that the page is made of, gathered beforehand. */
import type { TrainingConfig } from '../config/schema.js'
import type { Annotation } from '../dataset/annotations.js'
import type { Calibration } from '../evaluate/calibration.js'
import type { Evaluation } from '../evaluate/evaluate.js'
import type { ModelInfo } from '../model/model.js'
import type { RunInfo } from '../model/run-folder.js'
import type { Prediction } from '../predict/predict.js'

/** A protein of a report. */
export interface ReportProtein {
	/** The rest of its header; empty where there is none. */
	description: string
	/** The whole sequence; null where it is not at hand. */
	sequence: string | null
	/** Its true place; null where that is not known. */
	class: string | null
	/** Known sorting signals. */
	annotations: readonly Annotation[]
	prediction: Prediction
}

/** A plane with a point for each of some proteins, as t-SNE gives it. Only the order of distances counts: axes have no unit. */
export interface ReportMap {
	title: string
	/** Rows of `proteins`, and where each of them is. */
	points: readonly { row: number; x: number; y: number }[]
}

/** A picture for both themes, as SVG. */
export interface ReportFigure {
	/** Where it stands. */
	section: 'training' | 'probabilities' | 'filters' | 'attention'
	/** What it is, in a word or two. */
	title: string
	/** What is seen, in a sentence. */
	caption: string
	light: string
	dark: string
}

/** What the proteins are, which decides what their accuracy means. */
export type ReportSubject =
	/** The part that the model's training held out. */
	| { kind: 'held-out' }
	/** Every fold of a cross-validation, each by the model that did not see it. */
	| { kind: 'cross-validation' }
	/** Labelled proteins of another source; `seen` more of it were training data and are left out, null where that is not known. */
	| { kind: 'independent'; seen: number | null }
	/** Proteins whose place is not known. */
	| { kind: 'unknown' }

export interface ReportContent {
	/** Headline; the page's title too. */
	title: string
	subject: ReportSubject
	/** Where the proteins come from: a file's name without its folder. */
	source: string
	/** Class names, in the order of the model. */
	classes: readonly string[]
	/** Null where only predictions are at hand. */
	model: ModelInfo | null
	/** Null where nothing is known of the training. */
	training: { config: TrainingConfig; info: RunInfo } | null
	/** Null without true places. */
	evaluation: Evaluation | null
	/** Null without true places. */
	calibration: Calibration | null
	/** Every protein, those that were skipped too, in the order of the input. */
	proteins: readonly ReportProtein[]
	maps: readonly ReportMap[]
	figures: readonly ReportFigure[]
}
