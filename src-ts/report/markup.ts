/** HTML with everything escaped that is put into it: the one way by which a page is written. */

/** Text that is markup already. */
export class Markup {
	readonly text: string

	constructor(text: string) {
		this.text = text
	}
}

/** What may stand in a template; null and false are nothing. */
export type Content = Markup | string | number | null | false | readonly Content[]

/** A template whose values are escaped, unless they come from `html` or `raw` themselves. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Markup {
	return new Markup(strings.map((text, at) => text + (at < values.length ? written(values[at]!) : '')).join(''))
}

/** Markup of our own making, as it is. */
export function raw(text: string): Markup {
	return new Markup(text)
}

/** Text as it stands between tags or in a quoted attribute. */
export function escapeText(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** JSON that can stand in a script block: nothing in it ends the block or begins a comment. */
export function scriptJson(value: unknown): Markup {
	const escaped = JSON.stringify(value).replace(
		/[<>&\u2028\u2029]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	)
	return new Markup(escaped)
}

function written(value: Content): string {
	if (value === null || value === false) return ''
	if (value instanceof Markup) return value.text
	if (typeof value === 'object') return value.map(written).join('')
	return escapeText(String(value))
}
