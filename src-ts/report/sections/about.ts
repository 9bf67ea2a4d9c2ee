/** The bottom of the page: what the model is, how it was trained, and how to get the same again. */
import type { TrainingConfig } from '../../config/schema.js'
import { readable } from '../../figures/style.js'
import type { ModelInfo } from '../../model/model.js'
import type { RunInfo } from '../../model/run-folder.js'
import type { ReportContent } from '../content.js'
import { html, type Markup } from '../markup.js'
import { counted, duration, grouped } from './words.js'

type Facts = [name: string, value: string][]

export function aboutSection({ model, training, proteins }: ReportContent): Markup {
	const missing = proteins.filter(({ prediction }) => prediction.missingProfile).length
	const warnings = [
		...(training?.info.warnings ?? []),
		...(missing > 0 ? [`${counted(missing, 'protein')} had no profile: another row stood in`] : []),
	]
	return html`<section id="about"><h2>About</h2><div class="facts">
${model && facts('Model', modelFacts(model))}${training && facts('Training', trainingFacts(training.info, training.config))}${training && facts('Data', dataFacts(training.info))}</div>
${warnings.length > 0 && html`<h3>Warnings</h3><ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>`}
<p class="quiet">Convolutional LSTM networks after Sønderby, Sønderby, Nielsen &amp; Winther, <cite>Convolutional LSTM Networks for Subcellular Localization of Proteins</cite>, AlCoB 2015. Made with subloc-native; this file needs nothing but itself.</p></section>`
}

function facts(title: string, all: Facts): Markup {
	return html`<div><h3>${title}</h3><dl>${all.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl></div>\n`
}

function modelFacts(model: ModelInfo): Facts {
	const { kind, members, parameters, hidden, attention, dense, blocks, filterWidths, filtersPerWidth } = model
	return [
		['Network', networkName(model)],
		['Members', members === 1 ? 'one network' : `ensemble of ${members}, probabilities averaged`],
		['Weights', `${grouped(parameters)} a network`],
		['Filters', `${filtersPerWidth} of each width ${filterWidths.join(', ')}`],
		...secondFilters(model),
		['Units', `${hidden} LSTM a direction${kind === 'a-lstm' ? `, ${attention} attention` : ''}, ${dense} dense`],
		['Features', blocks.join(', ')],
		['Residues', `at most ${model.maxResidues}; longer proteins are read by their ends`],
		['Places', model.classes.map(readable).join(', ')],
	]
}

function networkName({ kind, pooling }: ModelInfo): string {
	if (kind === 'r-lstm') return 'R-LSTM (last states)'
	return pooling === 'attention' ? 'A-LSTM (attention)' : 'A-LSTM (attention and last states)'
}

function secondFilters({ secondConv }: ModelInfo): Facts {
	if (!secondConv) return []
	return [['Second filters', `${secondConv.filtersPerWidth} of each width ${secondConv.widths.join(', ')}`]]
}

function trainingFacts(info: RunInfo, config: TrainingConfig): Facts {
	const { started, finished, epochSeconds, seeds, device, versions } = info
	const known = epochSeconds.filter((seconds) => seconds !== null)
	return [
		['Epochs', String(config.epochs)],
		['Optimiser', `Adam, learning rate ${config.optimizer.learningRate}, batches of ${config.batchSize}`],
		[
			'Dropout',
			`${config.dropout.residues} residues, ${config.dropout.lstmInput} LSTM, ${config.dropout.denseInput} dense, ${config.dropout.softmaxInput} output`,
		],
		['Seeds', seeds.join(', ')],
		['Computed on', `${device.backend} (${device.cpuIsa}, ${counted(device.threads, 'thread')})`],
		['Took', known.length > 0 ? duration(known.reduce((sum, seconds) => sum + seconds, 0)) : '–'],
		['Started', started],
		['Finished', finished ?? 'not finished'],
		['Versions', `subloc-native ${versions.sublocNative}, Node ${versions.node}`],
	]
}

function dataFacts({ dataset, split, rows, folds }: RunInfo): Facts {
	const fold = folds !== null ? `, ${folds} folds` : split.fold === null ? '' : `, fold ${split.fold} held out`
	return [
		['Source', dataset.source],
		['Proteins', grouped(dataset.records)],
		['Split', `${split.by}${fold}`],
		['Trained on', grouped(rows.train)],
		...(rows.validation > 0 ? [['Validation', grouped(rows.validation)] as [string, string]] : []),
		['Held out', grouped(rows.test)],
		['SHA-256', dataset.digest],
	]
}
