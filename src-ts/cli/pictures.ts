/** Where pictures go, and how they look: what `figures` and `explain` share. */
import { dirname, join } from 'node:path'
import { type Command, Option } from 'commander'
import { figurePng, makeFolder, type Theme, writeWhole } from 'subloc-native'

/** As commander gives them. */
export interface PictureFlags {
	theme: Theme
	png?: boolean
	colourBlind?: boolean
}

/** Adds `--theme`, `--png` and `--colour-blind`. */
export function withPictures(command: Command): Command {
	return command
		.addOption(
			new Option('--theme <name>', 'dark ink on light paper, or the other way')
				.choices(['light', 'dark'])
				.default('light'),
		)
		.option('--png', 'also PNG, at twice the size (needs the package @resvg/resvg-js)')
		.option('--colour-blind', 'letters of logos in colours that colour-blind readers can tell apart')
}

/** A folder that pictures and their data are written to. */
export class Pictures {
	/** Names of the files that were written, relative to the folder. */
	readonly written: string[] = []
	readonly folder: string
	readonly theme: Theme
	readonly colours: 'chemistry' | 'colour-blind'
	readonly #png: boolean

	private constructor(folder: string, { theme, png = false, colourBlind = false }: PictureFlags) {
		this.folder = folder
		this.theme = theme
		this.colours = colourBlind ? 'colour-blind' : 'chemistry'
		this.#png = png
	}

	/** Makes the folder; a missing package is told before any long work. Errors: `IO`, `TOOL_UNAVAILABLE`. */
	static async open(folder: string, flags: PictureFlags): Promise<Pictures> {
		if (flags.png) await figurePng('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')
		await makeFolder(folder)
		return new Pictures(folder, flags)
	}

	/** Writes an SVG, and where asked for its PNG. `name` has no ending and may have a folder. */
	async draw(name: string, svg: string): Promise<void> {
		await this.write(`${name}.svg`, svg)
		if (this.#png) await this.write(`${name}.png`, await figurePng(svg))
	}

	/** Writes the data of a picture. */
	async write(name: string, content: string | Uint8Array): Promise<void> {
		const path = join(this.folder, name)
		if (dirname(name) !== '.') await makeFolder(dirname(path))
		await writeWhole(path, content)
		this.written.push(name)
	}
}
