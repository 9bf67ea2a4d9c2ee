/** Light and dark: as the system says, until the switch says otherwise. */
import { byId } from './elements.js'

/** Wires the switch; `redraw` is called when the colours have changed. */
export function connectTheme(redraw: () => void): void {
	const button = byId<HTMLButtonElement>('theme')
	const system = matchMedia('(prefers-color-scheme: dark)')
	const isDark = () => (document.documentElement.dataset['theme'] ?? (system.matches ? 'dark' : 'light')) === 'dark'
	const tell = () => {
		button.setAttribute('aria-pressed', String(isDark()))
		redraw()
	}
	button.addEventListener('click', () => {
		document.documentElement.dataset['theme'] = isDark() ? 'light' : 'dark'
		tell()
	})
	system.addEventListener('change', tell)
	// Paper is white.
	matchMedia('print').addEventListener('change', redraw)
	tell()
}

/** A custom property as a colour that a canvas takes: `light-dark()` resolved. */
export function colourOf(property: string): string {
	const probe = byId('probe')
	probe.style.color = `var(${property})`
	return getComputedStyle(probe).color
}
