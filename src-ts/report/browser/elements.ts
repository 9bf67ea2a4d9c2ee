/** Making elements. Text goes in as text, never as markup. */

type Attributes = Record<string, string | number | null>

/** An HTML element with attributes (null: none) and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
	name: K,
	attributes: Attributes = {},
	...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
	const made = document.createElement(name)
	set(made, attributes)
	made.append(...children)
	return made
}

/** An SVG element. */
export function drawn<K extends keyof SVGElementTagNameMap>(
	name: K,
	attributes: Attributes = {},
	...children: (Node | string)[]
): SVGElementTagNameMap[K] {
	const made = document.createElementNS('http://www.w3.org/2000/svg', name)
	set(made, attributes)
	made.append(...children)
	return made
}

function set(target: Element, attributes: Attributes): void {
	for (const [name, value] of Object.entries(attributes)) if (value !== null) target.setAttribute(name, String(value))
}

/** The element with an id, which the page has. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
	return document.getElementById(id) as T
}
