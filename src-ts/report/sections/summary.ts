/** The top of the page: the one number, how sure it is, and what it means. */

import type { Evaluation } from '../../evaluate/evaluate.js'
import { wilson } from '../../evaluate/share.js'
import { readable } from '../../figures/style.js'
import type { ReportContent } from '../content.js'
import { html, type Markup } from '../markup.js'
import { type Meaning, meaningOf } from '../meaning.js'
import { counted, grouped, percent, wholePercent } from './words.js'

export function summarySection(content: ReportContent): Markup {
	const meaning = meaningOf(content)
	return html`<section id="summary" class="summary">
${content.evaluation ? score(content.evaluation, meaning) : composition(content)}
<aside class="meaning${meaning.caution ? ' caution' : ''}"><h2>What ${content.evaluation ? 'this number means' : 'these predictions mean'}</h2>
${meaning.sentences.map((sentence, at) => html`<p${at === 0 ? html` class="first"` : null}>${sentence}</p>\n`)}</aside>
</section>
${content.evaluation && tiles(content.evaluation, content)}`
}

function score(evaluation: Evaluation, meaning: Meaning): Markup {
	const { records, accuracy, majorityAccuracy, skipped } = evaluation
	const right = Math.round(accuracy * records)
	const { low, high } = evaluation.intervals?.accuracy ?? wilson(right, records)
	const isClustered = evaluation.intervals?.resampled === 'clusters'
	return html`<div class="score"><p class="big">${(100 * accuracy).toFixed(1)}<span> %</span></p>
<p class="of">accuracy on <strong>${meaning.label}</strong></p>
${ruler(accuracy, low, high, majorityAccuracy)}
<p class="quiet">${grouped(right)} of ${counted(records, 'protein')} in the right place. The 95 % confidence interval of the accuracy is from ${wholePercent(low)} to ${wholePercent(high)}${isClustered ? ' (clusters of relatives were drawn)' : ' if the proteins are independent of each other; relatives among them make it too narrow'}. ${without(evaluation)}${skipped > 0 && ` ${counted(skipped, 'protein')} could not be predicted and ${skipped === 1 ? 'stands' : 'stand'} in no score.`}</p></div>`
}

/** What is reached without a network. */
function without({ baselines, majorityAccuracy }: Evaluation): string {
	if (!baselines) return `Always naming the largest class: ${percent(majorityAccuracy)}.`
	const each = baselines.map(({ name, accuracy }) => `${BASELINES[name]} ${percent(accuracy)}`)
	return `Without a network: ${each.join(', ')}.`
}

const BASELINES = {
	...{ majority: 'always the largest class', composition: 'from the amino-acid composition' },
	...{ 'best hit': 'copying the nearest training protein', 'motif rules': 'by rules for known sorting signals' },
}

/** The accuracy with its interval on a line from 0 to 100 %, and what comes without learning. */
function ruler(accuracy: number, low: number, high: number, baseline: number): Markup {
	const x = (value: number) => (10 + 380 * value).toFixed(1)
	return html`<svg class="ruler" viewBox="0 0 400 46" role="img" aria-label="Accuracy ${percent(accuracy)}, 95 % interval ${percent(low)} to ${percent(high)}; always the largest class ${percent(baseline)}">
<line class="rail" x1="10" x2="390" y1="18" y2="18"/><line class="reached" x1="10" x2="${x(accuracy)}" y1="18" y2="18"/>
<line class="baseline" x1="${x(baseline)}" x2="${x(baseline)}" y1="9" y2="27"/><text class="tick" x="${x(baseline)}" y="41" text-anchor="middle">largest class</text>
<line class="interval" x1="${x(low)}" x2="${x(high)}" y1="18" y2="18"/><circle class="reached-end" cx="${x(accuracy)}" cy="18" r="6"/></svg>`
}

function tiles(evaluation: Evaluation, { calibration }: ReportContent): Markup {
	const { balancedAccuracy, macroF1, gorodkin, logLoss, clusters } = evaluation
	const all: [name: string, value: string, what: string][] = [
		['Balanced accuracy', percent(balancedAccuracy), 'mean over the classes: small ones count like large ones'],
		['Macro F1', macroF1.toFixed(3), 'mean of the classes’ F1'],
		['Gorodkin R_K', gorodkin.toFixed(3), 'correlation of all classes; 0 is chance, 1 is perfect'],
		['Log loss', logLoss.toFixed(3), 'mean surprise at the true place, nats'],
		...(calibration
			? [
					[
						'Calibration error',
						percent(calibration.expectedError),
						'by how much probabilities miss the share that is right',
					] as [string, string, string],
				]
			: []),
		...(clusters
			? [
					[
						'A homology cluster',
						percent(clusters.accuracy),
						`accuracy, ${counted(clusters.clusters, 'cluster')} counting alike`,
					] as [string, string, string],
				]
			: []),
	]
	return html`<dl class="tiles">${all.map(([name, value, what]) => html`<div><dt>${name}</dt><dd>${value}</dd><dd class="quiet">${what}</dd></div>\n`)}</dl>`
}

/** Without truth: how many proteins are predicted for each place. */
function composition({ classes, proteins, source }: ReportContent): Markup {
	const predictions = proteins.map(({ prediction }) => prediction)
	const known = predictions.filter(({ status }) => status === 'ok')
	const skipped = predictions.length - known.length
	const counts = classes.map((name) => known.filter(({ compartment }) => compartment === name).length)
	const most = Math.max(1, ...counts)
	const bars = classes.map((name, index) => {
		const width = ((220 * counts[index]!) / most).toFixed(1)
		return html`<tr data-class="${index}"><th scope="row"><span class="swatch" data-class="${index}"></span>${readable(name)}</th><td class="numeric">${grouped(counts[index]!)}</td><td><svg class="bar" viewBox="0 0 220 12" aria-hidden="true"><rect class="own" width="${width}" height="12" rx="2"/></svg></td><td class="numeric quiet">${known.length > 0 ? percent(counts[index]! / known.length) : '–'}</td></tr>\n`
	})
	return html`<div class="score"><p class="big">${grouped(known.length)}</p><p class="of">${known.length === 1 ? 'protein' : 'proteins'} of <strong>${source}</strong> predicted${skipped > 0 && html`, ${grouped(skipped)} skipped`}</p>
<table class="composition"><caption class="unseen">Proteins predicted for each place</caption><tbody>${bars}</tbody></table></div>`
}
