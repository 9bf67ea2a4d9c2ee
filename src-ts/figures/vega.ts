/** Statistical charts by Vega-Lite: loaded when the first one is drawn, and the same bytes each time. */
import { escapeText, type FigureOptions, FONT, PALETTES, type Theme } from './style.js'

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

/** The SVG of a chart. `name` is what it is called where it has no title. */
export async function chart(
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
	const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.Error })
	try {
		const svg = await view.toSVG()
		return `${svg.replace(/^<svg /, '<svg role="img" ').replace('>', `><title>${escapeText(title ?? name)}</title>`)}\n`
	} finally {
		view.finalize()
	}
}
