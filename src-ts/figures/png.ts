/** Figures as PNG, through the optional package @resvg/resvg-js and the font that is shipped here. */
import { fileURLToPath } from 'node:url'
import { requireOption, SublocError } from '../errors.js'
import { PIXELATED } from './indexed-png.js'

export interface PngOptions {
	/** Pixels of the PNG for each of the SVG; more than 0, at most 8. Default 2. */
	scale?: number
}

/** Seen from src-ts/figures as from dist/figures. */
const FONTS = ['SublocSans-Regular.otf', 'SublocSans-SemiBold.otf'].map((name) =>
	fileURLToPath(new URL(`../../fonts/${name}`, import.meta.url)),
)

/**
 * PNG of an SVG figure. Text is set in the shipped font (a part of Inter), never in one of the machine's, so that the picture is the same everywhere.
 *
 * Errors: `TOOL_UNAVAILABLE` where @resvg/resvg-js is not installed (`npm install @resvg/resvg-js@2.6.2`); `INVALID_OPTION` for another scale, or text that is no SVG.
 */
export async function figurePng(svg: string, { scale = 2 }: PngOptions = {}): Promise<Uint8Array> {
	requireOption(typeof scale === 'number' && scale > 0 && scale <= 8, 'scale', scale, 'a number above 0, at most 8')
	const { Resvg } = await resvg()
	try {
		const drawn = new Resvg(svg.replaceAll(PIXELATED, ''), {
			fitTo: { mode: 'zoom', value: scale },
			font: {
				fontFiles: FONTS,
				loadSystemFonts: false,
				defaultFontFamily: 'Subloc Sans',
				sansSerifFamily: 'Subloc Sans',
			},
		})
		return Uint8Array.from(drawn.render().asPng())
	} catch (error) {
		throw new SublocError(
			'INVALID_OPTION',
			`svg: it cannot be drawn (${(error as Error).message})`,
			{ option: 'svg' },
			{ cause: error },
		)
	}
}

async function resvg(): Promise<typeof import('@resvg/resvg-js')> {
	try {
		return await import('@resvg/resvg-js')
	} catch (error) {
		const message =
			'PNG needs the package @resvg/resvg-js, which is not installed here: npm install @resvg/resvg-js@2.6.2'
		throw new SublocError('TOOL_UNAVAILABLE', message, { tool: '@resvg/resvg-js' }, { cause: error })
	}
}
