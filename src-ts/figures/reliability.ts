/** Whether a model's probabilities mean what they say: predicted probability against the share that is right. */
import { requireOption } from '../errors.js'
import type { Calibration } from '../evaluate/calibration.js'
import { type FigureOptions, PALETTES } from './style.js'
import { chart } from './vega.js'

/**
 * An SVG of a reliability diagram: for each bin of the winning class's probability the share of right predictions with its 95 % Wilson interval, beside the
 * diagonal of a perfectly calibrated model; below it how many predictions a bin has. The expected calibration error stands in the plot.
 * Errors: `INVALID_OPTION` for no predictions.
 */
export async function reliabilityFigure(calibration: Calibration, options: FigureOptions = {}): Promise<string> {
	requireOption(calibration.records > 0, 'calibration', calibration, 'at least one prediction')
	const { positive, quiet, line } = PALETTES[options.theme ?? 'light']
	const bins = calibration.bins.filter(({ count }) => count > 0)
	const values = bins.map(({ confidence, accuracy, interval, count }) => ({ confidence, accuracy, ...interval, count }))
	const x = (title: string | null) => ({
		...{ field: 'confidence', type: 'quantitative', title },
		...{ scale: { domain: [0, 1], nice: false }, axis: { format: '.0%', grid: true } },
	})
	const share = {
		type: 'quantitative',
		title: 'share that is right',
		scale: { domain: [0, 1], nice: false },
		axis: { format: '.0%' },
	}
	const most = Math.max(...bins.map(({ count }) => count))
	const histogram = calibration.bins.map(({ from, to, count }) => ({ from, to, count }))
	return chart(
		{
			spacing: 14,
			vconcat: [
				{
					...{ width: 300, height: 300 },
					layer: [
						{
							data: {
								values: [
									{ a: 0, b: 0 },
									{ a: 1, b: 1 },
								],
							},
							mark: { type: 'line', color: line, strokeDash: [4, 4] },
							encoding: { x: { ...x(null), field: 'a' }, y: { ...share, field: 'b' } },
						},
						{
							data: { values },
							mark: { type: 'rule', color: positive },
							encoding: { x: x(null), y: { ...share, field: 'low' }, y2: { field: 'high' } },
						},
						{
							data: { values },
							mark: { type: 'line', color: positive, strokeWidth: 2 },
							encoding: { x: x(null), y: { ...share, field: 'accuracy' } },
						},
						{
							data: { values },
							mark: { type: 'point', filled: true, color: positive, size: 55, opacity: 1 },
							encoding: { x: x(null), y: { ...share, field: 'accuracy' } },
						},
						{
							data: {
								values: [
									{
										a: 0.03,
										b: 0.95,
										text: `ECE ${calibration.expectedError.toFixed(3)}, ${calibration.records} proteins`,
									},
								],
							},
							mark: { type: 'text', align: 'left', color: quiet },
							encoding: { x: { ...x(null), field: 'a' }, y: { ...share, field: 'b' }, text: { field: 'text' } },
						},
					],
				},
				{
					...{ width: 300, height: 60, data: { values: histogram }, mark: { type: 'bar', color: quiet, opacity: 0.7 } },
					encoding: {
						x: { ...x('probability of the predicted class'), field: 'from', bin: 'binned' },
						x2: { field: 'to' },
						y: {
							field: 'count',
							type: 'quantitative',
							title: 'proteins',
							scale: { domain: [0, most], nice: true },
							axis: { tickCount: 3 },
						},
					},
				},
			],
		},
		'Reliability',
		options,
	)
}
