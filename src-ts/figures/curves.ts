/** Learning curves: how loss and accuracy went, an epoch at a time. */
import { requireOption } from '../errors.js'
import type { NativeEpochReport } from '../native/binding.js'
import { type FigureOptions, PALETTES } from './style.js'
import { chart } from './vega.js'

/** What was measured, in the order of the legend. */
const SETS = [
	['training', 'trainingLoss', 'trainingAccuracy'],
	['validation', 'validationLoss', 'validationAccuracy'],
	['held out', 'testLoss', 'testAccuracy'],
] as const

interface CurvePoint {
	set: string
	epoch: number
	mean: number
	low: number
	high: number
}

/**
 * An SVG of two panels, loss (nats) and accuracy, against the epoch: training (mean over the epoch's proteins, with dropout and while the weights change), and
 * where they were measured validation and held-out, after the epoch and without dropout. Of several members the mean is drawn, with a band from the lowest to the
 * highest. Errors: `INVALID_OPTION` for no epochs.
 */
export async function curvesFigure(
	history: readonly NativeEpochReport[],
	options: FigureOptions = {},
): Promise<string> {
	requireOption(history.length > 0, 'history', history, 'at least one epoch')
	const { theme = 'light' } = options
	const { quiet, positive, negative } = PALETTES[theme]
	const [losses, accuracies] = [points(history, 1), points(history, 2)]
	const sets = SETS.map(([name]) => name).filter((name) => losses.some(({ set }) => set === name))
	const epochs = [Math.min(...history.map(({ epoch }) => epoch)), Math.max(...history.map(({ epoch }) => epoch))]
	const colours = { training: quiet, validation: negative, 'held out': positive }
	const dashes = { training: [1, 0], validation: [2, 2], 'held out': [6, 3] }
	const scale = (values: Record<(typeof SETS)[number][0], unknown>) => ({
		domain: sets,
		range: sets.map((name) => values[name]),
	})
	const legend = { title: null, symbolType: 'stroke', symbolStrokeWidth: 2, symbolOpacity: 1, symbolSize: 300 }
	const encoding = {
		x: {
			field: 'epoch',
			type: 'quantitative',
			title: 'epoch',
			scale: { domain: epochs, nice: false },
			axis: { tickMinStep: 1, grid: false },
		},
		color: {
			field: 'set',
			type: 'nominal',
			title: null,
			scale: scale(colours),
			legend,
		},
	}
	const panel = (values: CurvePoint[], title: string, domain: [number, number], format?: string) => {
		const y = {
			type: 'quantitative',
			title,
			scale: { domain, nice: false, clamp: true },
			axis: format ? { format } : {},
		}
		const spread = values.some(({ low, high }) => high > low)
		return {
			...{ width: 330, height: 250, data: { values }, encoding },
			layer: [
				...(spread
					? [{ mark: { type: 'area', opacity: 0.18 }, encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } } }]
					: []),
				{
					mark: { type: 'line', strokeWidth: 2, point: epochs[0] === epochs[1] },
					encoding: {
						y: { ...y, field: 'mean' },
						strokeDash: { field: 'set', type: 'nominal', scale: scale(dashes), legend },
					},
				},
			],
		}
	}
	const highest = Math.max(...losses.map(({ high }) => high))
	return chart(
		{
			hconcat: [panel(losses, 'loss (nats)', [0, highest * 1.05]), panel(accuracies, 'accuracy', [0, 1], '.0%')],
			spacing: 40,
			resolve: { scale: { color: 'shared', strokeDash: 'shared' } },
		},
		'Learning curves',
		options,
	)
}

/** Mean and range over the members, an epoch and set; what was not measured is left out. */
function points(history: readonly NativeEpochReport[], column: 1 | 2): CurvePoint[] {
	const epochs = [...new Set(history.map(({ epoch }) => epoch))].sort((a, b) => a - b)
	return SETS.flatMap((set) =>
		epochs.flatMap((epoch) => {
			const own = history.filter((report) => report.epoch === epoch).map((report) => report[set[column]])
			const values = own.filter(
				(value): value is number => value !== null && value !== undefined && Number.isFinite(value),
			)
			if (values.length === 0) return []
			const mean = values.reduce((a, b) => a + b, 0) / values.length
			return [{ set: set[0], epoch, mean, low: Math.min(...values), high: Math.max(...values) }]
		}),
	)
}
