/** Statistical charts by Vega-Lite: loaded when the first one is drawn, and the same bytes each time. */
import { SublocError } from '../errors.js'
import { escapeText, type FigureOptions, FONT, PALETTES, type Theme, widthOf } from './style.js'

/** A Vega-Lite specification without what all charts share. */
export type ChartSpec = Record<string, unknown>

/** Colours and sizes of axes, legends and titles. */
function config(theme: Theme): object {
	const { ink, quiet, line, faint, paper } = PALETTES[theme]
	return {
		background: paper,
		font: FONT,
		view: { stroke: null },
		padding: { left: 12, right: 16, top: 10, bottom: 10 },
		title: {
			color: ink,
			subtitleColor: quiet,
			fontSize: 16,
			fontWeight: 600,
			subtitleFontSize: 12,
			anchor: 'start',
			offset: 14,
		},
		axis: {
			...{ labelColor: ink, titleColor: quiet, domainColor: line, tickColor: line, gridColor: faint },
			...{ labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal', labelFontWeight: 'normal' },
		},
		legend: {
			labelColor: ink,
			titleColor: quiet,
			labelFontSize: 12,
			titleFontSize: 11,
			titleFontWeight: 'normal',
			symbolSize: 80,
		},
		header: { labelColor: ink, titleColor: quiet, labelFontSize: 13, labelFontWeight: 600, labelAnchor: 'start' },
		text: { color: ink, fontSize: 11 },
	}
}

/** What Vega has of text, and its typings have not. */
interface TextMetrics {
	width(item: { fontSize?: number }, text: unknown): number
}

/** Charts are drawn one at a time: names of gradients and clips, and the measure of text, are the library's own state. */
let drawing: Promise<unknown> = Promise.resolve()

/** The SVG of a chart. `name` is what it is called where it has no title. */
export function chart(spec: ChartSpec, name: string, options: FigureOptions): Promise<string> {
	const drawn = drawing.then(() => draw(spec, name, options))
	drawing = drawn.catch(() => {})
	return drawn
}

/** Vega tells an error and goes on with half a picture: it must not be taken for a whole one. */
function recorder(problems: unknown[]): import('vega').LoggerInterface {
	const logger = {
		level: () => logger,
		error: (...found: readonly unknown[]) => {
			problems.push(...found)
			return logger
		},
		warn: () => logger,
		info: () => logger,
		debug: () => logger,
	}
	return logger as unknown as import('vega').LoggerInterface
}

async function draw(
	spec: ChartSpec,
	name: string,
	{ title, subtitle, theme = 'light' }: FigureOptions,
): Promise<string> {
	const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')])
	const heading = title || subtitle ? { title: { text: title ?? '', ...(subtitle && { subtitle }) } } : {}
	const whole = { ...heading, ...spec, config: { ...config(theme), ...(spec['config'] as object) } }
	const { spec: compiled } = compile(whole as unknown as Parameters<typeof compile>[0])
	// Names of gradients and clips count up in a process: two charts would differ by what was drawn before.
	vega.resetSVGDefIds()
	// Vega measures text by a canvas where one is installed, and guesses widely where not: the picture would hang on the machine.
	const { textMetrics } = vega as unknown as { textMetrics: TextMetrics }
	const { width } = textMetrics
	textMetrics.width = ({ fontSize = 11 }, text) => widthOf(String(text ?? ''), fontSize)
	const problems: unknown[] = []
	const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger: recorder(problems) })
	try {
		const svg = await view.toSVG()
		if (problems.length > 0) {
			throw new SublocError('INTERNAL', `the chart could not be drawn: ${problems[0]}`, {}, { cause: problems[0] })
		}
		return `${svg.replace(/^<svg /, '<svg role="img" ').replace('>', () => `><title>${escapeText(title ?? name)}</title>`)}\n`
	} finally {
		view.finalize()
		textMetrics.width = width
	}
}
