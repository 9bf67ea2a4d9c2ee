/** Colour scales of pictures made of pixels. */
import { mix, PALETTES, type Theme } from './style.js'

/** From nothing to most: paper first, so that what is not there is not seen. */
const RISING: Record<Theme, readonly string[]> = {
	light: ['#ffffff', '#fdebc8', '#f8b76d', '#e0643c', '#9c2a4a', '#3b0f45'],
	dark: ['#10151c', '#3b1152', '#8a2a62', '#d6563f', '#f6a04a', '#fdf3c0'],
}

/** `count` colours of a scale without a sign. */
export function risingScale(count: number, theme: Theme): string[] {
	return along(RISING[theme], count)
}

/** `count` colours (odd) from most negative over none in the middle to most positive. */
export function signedScale(count: number, theme: Theme): string[] {
	const { paper, negative, positive } = PALETTES[theme]
	const deep = theme === 'light' ? ['#6b2205', '#06305a'] : ['#ffd2b0', '#c4e3ff']
	return along(
		[deep[0]!, negative, mix(negative, paper, 0.55), paper, mix(positive, paper, 0.55), positive, deep[1]!],
		count,
	)
}

function along(stops: readonly string[], count: number): string[] {
	return Array.from({ length: count }, (_, index) => {
		const place = (index / (count - 1)) * (stops.length - 1)
		const first = Math.min(Math.floor(place), stops.length - 2)
		return mix(stops[first]!, stops[first + 1]!, place - first)
	})
}
