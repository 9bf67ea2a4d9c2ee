/** What stands beside an accuracy, a line each: baselines, probabilities, strata, the first M, attention. */
import type { Evaluation, Interval, MethionineEffect, ProbabilityScores, SignalShare, Stratum } from 'subloc-native'
import { percent, percentRange } from './text.js'

const NAMES = {
	majority: 'largest class',
	composition: 'composition',
	'best hit': 'best hit',
	'motif rules': 'motif rules',
}

/** What is reached without a network. */
export function baselinesLine({ baselines, majorityAccuracy }: Evaluation): string {
	const each = baselines
		? baselines.map(({ name, accuracy }) => `${NAMES[name]} ${percent(accuracy)}`)
		: [`always the largest class ${percent(majorityAccuracy)}`]
	return `without a network: ${each.join(' · ')}`
}

/** The other parts of an evaluation that are there. */
export function statisticsLines(evaluation: Evaluation): string[] {
	const { strata, methionine, attention, importance } = evaluation
	return [
		...probabilityLines(evaluation),
		...selectiveLines(evaluation),
		...(strata?.identity ? leakLines(strata.identity) : []),
		...(strata ? [`length: ${strataText(strata.length)}`] : []),
		...(methionine ?? []).flatMap(methionineLines),
		...signalLines('attention', attention),
		...signalLines('importance', importance),
	]
}

function probabilityLines({ probabilities }: Evaluation): string[] {
	if (!probabilities) return []
	const { calibrated } = probabilities
	const line = `probabilities: ${probabilityText(probabilities)}`
	if (!calibrated) return [line]
	const temperatures = calibrated.temperatures.map((temperature) => temperature.toFixed(2)).join(', ')
	const scores = `${probabilityText(calibrated)} · log loss ${calibrated.logLoss.toFixed(3)} nats`
	return [
		line,
		`with temperature ${temperatures} (${calibrated.on}, ${calibrated.temperatures.length > 1 ? 'each on up to ' : ''}${calibrated.fitted} proteins): ${scores}`,
	]
}

function probabilityText({ expectedError, brier, intervals }: ProbabilityScores): string {
	const { expectedError: errors, brier: squares } = intervals ?? {}
	const range = errors ? ` (${percentRange(errors)})` : ''
	const briers = squares ? ` (${squares.low.toFixed(3)}–${squares.high.toFixed(3)})` : ''
	return `calibration error ${percent(expectedError)}${range} · Brier ${brier.toFixed(3)}${briers}`
}

function selectiveLines({ selective }: Evaluation): string[] {
	if (!selective) return []
	const { targets, abstained } = selective
	const kept = targets.flatMap(({ accuracy, point, interval }) => {
		if (!point || point.coverage === 1) return []
		const range = interval ? `, ${percentRange(interval)} %` : ''
		const what = `p ≥ ${point.threshold.toFixed(2)}, ${point.records} proteins${range}`
		return [`${(100 * accuracy).toFixed(0)} % among ${percent(point.coverage)} (${what})`]
	})
	const lines = kept.length > 0 ? [`right among the surest: ${kept.join(' · ')}`] : []
	if (!abstained) return lines
	const { threshold, coverage, records, accuracy, interval } = abstained
	const right = accuracy === null ? 'none is left' : `${percent(accuracy)} right (${percentRange(interval)})`
	return [...lines, `abstaining below ${threshold}: ${percent(coverage)} answered (${records} proteins), ${right}`]
}

/** How much of the accuracy relatives in the training data explain: the model beside copying, by identity. */
function leakLines(strata: readonly Stratum[]): string[] {
	const all = strata.reduce((sum, { records }) => sum + records, 0)
	const related = all - (strata[0]?.records ?? 0)
	const each = strata
		.filter(({ records }) => records > 0)
		.map(({ name, accuracy, records, copyAccuracy }) => {
			const copied = copyAccuracy === null || copyAccuracy === undefined ? '' : `, copying ${percent(copyAccuracy)}`
			return `${name}: ${percent(accuracy)} of ${records}${copied}`
		})
	return [
		`relatives in the training data: ${percent(related / all)} of the proteins have one; by identity, model${strata.some(({ copyAccuracy }) => typeof copyAccuracy === 'number') ? ' and copying its class' : ''}:`,
		`  ${each.join(' · ')}`,
	]
}

function strataText(strata: readonly Stratum[]): string {
	const present = strata.filter(({ records }) => records > 0)
	return present.map(({ name, accuracy, records }) => `${name}: ${percent(accuracy)} of ${records}`).join(' · ')
}

function methionineLines({ change, records, before, after, difference, interval, moved }: MethionineEffect): string[] {
	const what = change === 'removed' ? 'first M removed' : 'M added in front'
	if (records === 0) return []
	const sure = `${points(difference!)}${interval ? `, ${pointRange(interval)}` : ''}`
	return [
		`${what} (${records} proteins): accuracy ${percent(before)} → ${percent(after)} (${sure}); ${moved} predicted elsewhere`,
	]
}

function signalLines(what: string, shares: readonly SignalShare[] | null): string[] {
	// Where a kind occurs in several classes the first row is all of them.
	const first = new Map<string, SignalShare>()
	for (const share of shares ?? []) if (!first.has(share.kind)) first.set(share.kind, share)
	return [...first.values()].map(({ kind, records, share, uniform, ratio, ratioInterval }) => {
		const range = ratioInterval ? ` (${ratioInterval.low.toFixed(1)}–${ratioInterval.high.toFixed(1)})` : ''
		return `${what} in ${kind}: ${percent(share)} on ${percent(uniform)} of the residues, ×${ratio.toFixed(1)}${range}, ${records} proteins`
	})
}

/** A difference of shares: `−5.1 points`. */
export function points(difference: number): string {
	return `${signed(difference)} points`
}

/** `−7.0 to −3.2` */
export function pointRange({ low, high }: Interval): string {
	return `${signed(low)} to ${signed(high)}`
}

function signed(share: number): string {
	const text = (100 * Math.abs(share)).toFixed(1)
	return text === '0.0' ? '0.0' : `${share < 0 ? '−' : '+'}${text}`
}
