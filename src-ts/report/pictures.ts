/** The pictures of a report that are drawn beforehand, each for light and for dark paper. */
import type { LabelledRecord } from '../dataset/dataset.js'
import type { LookOptions } from '../explain/encoded.js'
import { filterReports } from '../explain/filters.js'
import { attentionMap, attentionMapFigure } from '../figures/attention-map.js'
import { curvesFigure } from '../figures/curves.js'
import { logoSheetFigure } from '../figures/logo.js'
import { reliabilityFigure } from '../figures/reliability.js'
import type { Theme } from '../figures/style.js'
import type { Model } from '../model/model.js'
import type { ReportContent, ReportFigure, ReportProtein } from './content.js'
import { evenly } from './sample.js'

/** Every picture that the content allows, in the order of the page. */
export async function reportPictures(model: Model, content: ReportContent): Promise<ReportFigure[]> {
	return [
		...(await trainingPictures(model)),
		...(await reliabilityPictures(content)),
		...(await attentionPictures(model, content)),
	]
}

async function trainingPictures({ training }: Model): Promise<ReportFigure[]> {
	if (!training || training.history.length === 0) return []
	const drawn = await themed((theme) => curvesFigure(training.history, { theme }))
	const members = new Set(training.history.map(({ member }) => member)).size
	const band = members > 1 ? ` Mean of ${members} networks; the band is from the lowest to the highest.` : ''
	const each = members > 1 ? ', of each network, not of the ensemble' : ''
	const caption =
		`Loss and accuracy of each epoch.${band} Training values are means over the epoch, with dropout and while the weights change; ` +
		`the others are measured after it, without dropout${each}.`
	return [{ section: 'training', title: 'Learning curves', caption, ...drawn }]
}

async function reliabilityPictures({ calibration }: ReportContent): Promise<ReportFigure[]> {
	if (!calibration) return []
	const drawn = await themed((theme) => reliabilityFigure(calibration, { theme }))
	const caption =
		'Of the predictions with a probability, how many are right: on the diagonal a probability means what it says.'
	return [{ section: 'probabilities', title: 'Reliability', caption, ...drawn }]
}

/** One row a protein, so of true classes alone. */
async function attentionPictures(model: Model, { proteins, classes }: ReportContent): Promise<ReportFigure[]> {
	const rows = proteins.flatMap((own) => {
		const { attention, id } = own.prediction
		return attention && own.class !== null ? [{ id, class: own.class, weights: attention.weights }] : []
	})
	if (rows.length === 0) return []
	const map = attentionMap(rows, classes, model.info.maxResidues)
	const drawn = await themed((theme) => attentionMapFigure(map, { theme }))
	const caption =
		'A row is a protein, grouped by true place; both ends are aligned and the gap of shorter proteins lies in the middle. The stronger the colour, the larger the attention weight.'
	return [{ section: 'attention', title: 'Attention map', caption, ...drawn }]
}

/** Logos on a page. */
const LOGOS = 16

/**
 * The filters of the first network that matter most, as logos. `most`: proteins that this is measured on. None without known places.
 */
export async function filterPictures(
	model: Model,
	proteins: readonly ReportProtein[],
	most: number,
	options: Omit<LookOptions, 'member'>,
): Promise<ReportFigure[]> {
	const labelled = proteins.filter((own) => own.class !== null)
	const records = evenly(labelled, most).map((row): LabelledRecord => {
		const { prediction, sequence, class: own } = labelled[row]!
		return {
			...{ id: prediction.id, description: '', sequence: sequence!, line: 0, class: own! },
			...{ fold: '', cluster: '', annotations: [] },
		}
	})
	if (records.length === 0) return []
	const reports = await filterReports(model, records, { ...options, hits: 1 })
	const shown = reports.slice(0, LOGOS)
	const drawn = await themed((theme) => logoSheetFigure(shown, model.classes, { theme, accuracy: false }))
	const of = model.info.members > 1 ? ' of network 1' : ''
	const caption =
		`The ${shown.length} of ${reports.length} filters${of} that matter most: by how much the surprise at the true place (−ln p) grows when the filter is silenced, ` +
		`measured on ${records.length} proteins. subloc figures draws all of them, with their strongest hits.`
	return [{ section: 'filters', title: 'Filter logos', caption, ...drawn }]
}

async function themed(draw: (theme: Theme) => string | Promise<string>): Promise<{ light: string; dark: string }> {
	return { light: await draw('light'), dark: await draw('dark') }
}
