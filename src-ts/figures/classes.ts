/** How good a model is on each class, and how sure that is. */
import { wilson } from '../evaluate/share.js'
import { compartmentColours } from './colours.js'
import { type FigureOptions, PALETTES } from './style.js'
import { chart } from './vega.js'

/** Names without underscores: two classes that read alike stay two. */
const READABLE = "replace(datum.label, /_/g, ' ')"

/** One bar. */
interface ClassBar {
	class: string
	score: string
	value: number
	low: number
	high: number
	label: string
}

/** What is counted of a class: records of it, records that are predicted as it, and those that are both. */
interface ClassCounts {
	class: string
	support: number
	predicted: number
	right: number
}

/**
 * An SVG with two bars a label of a multi-label evaluation, sensitivity and precision, as {@link classesFigure} draws those of classes.
 */
export async function labelsFigure(
	{ perLabel }: { perLabel: readonly ClassCounts[] },
	options: FigureOptions = {},
): Promise<string> {
	return countsFigure(perLabel, 'Sensitivity and precision of each label', options)
}

/**
 * An SVG with two bars a class, sensitivity and precision, each with its 95 % Wilson interval, in the class's own colour; beside each name the number of
 * proteins. What has no denominator (precision of a class that is never predicted) has no bar. Input is a confusion matrix [K, K], rows true, columns predicted.
 */
export async function classesFigure(
	{ classes, confusion }: { classes: readonly string[]; confusion: readonly (readonly number[])[] },
	options: FigureOptions = {},
): Promise<string> {
	const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
	const counts = classes.map((name, index) => ({
		...{ class: name, right: confusion[index]![index]!, support: sum(confusion[index]!) },
		predicted: sum(confusion.map((row) => row[index]!)),
	}))
	return countsFigure(counts, 'Sensitivity and precision of each class', options)
}

async function countsFigure(counts: readonly ClassCounts[], name: string, options: FigureOptions): Promise<string> {
	const { theme = 'light' } = options
	const { ink, paper } = PALETTES[theme]
	const classes = counts.map((own) => own.class)
	const names = counts.map((own) => `${own.class} (${own.support})`)
	const values = counts.flatMap(({ right, support, predicted }, index): ClassBar[] => {
		const shares = [
			['sensitivity', support],
			['precision', predicted],
		] as const
		return shares
			.filter(([, count]) => count > 0)
			.map(([score, count]) => ({
				...{ class: names[index]!, score, value: right / count, ...wilson(right, count) },
				label: `${right}/${count}`,
			}))
	})
	const y = {
		field: 'class',
		type: 'nominal',
		title: null,
		sort: names,
		scale: { domain: names },
		axis: { ticks: false, domain: false, labelLimit: 300, labelExpr: READABLE },
	}
	const x = {
		type: 'quantitative',
		title: null,
		scale: { domain: [0, 1], nice: false },
		axis: { format: '.0%', tickCount: 5 },
	}
	const panel = (score: string, isFirst: boolean) => {
		const own = { ...y, axis: isFirst ? y.axis : null }
		const data = { values: values.filter((bar) => bar.score === score) }
		return {
			...{ width: 290, height: { step: 25 }, data, title: { text: score, fontSize: 13, offset: 6 } },
			layer: [
				{
					mark: { type: 'bar', height: 15, cornerRadiusEnd: 2 },
					encoding: {
						...{ y: own, x: { ...x, field: 'value' } },
						color: {
							field: 'class',
							type: 'nominal',
							legend: null,
							scale: { domain: names, range: compartmentColours(classes, theme) },
						},
					},
				},
				{
					mark: { type: 'rule', color: paper, strokeWidth: 5, opacity: 0.65 },
					encoding: { y: own, x: { ...x, field: 'low' }, x2: { field: 'high' } },
				},
				{
					mark: { type: 'rule', color: ink, strokeWidth: 1.3 },
					encoding: { y: own, x: { ...x, field: 'low' }, x2: { field: 'high' } },
				},
				...(['low', 'high'] as const).map((end) => ({
					mark: { type: 'tick', color: ink, thickness: 1.3, size: 7 },
					encoding: { y: own, x: { ...x, field: end } },
				})),
			],
		}
	}
	return chart({ hconcat: [panel('sensitivity', true), panel('precision', false)], spacing: 26 }, name, options)
}
