/** Numbers as a report writes them. */

/** Percent with one decimal; a dash for nothing. */
export function percent(value: number | null): string {
	return value === null ? '–' : `${(100 * value).toFixed(1)} %`
}

/** Percent without a decimal. */
export function wholePercent(value: number): string {
	return `${Math.round(100 * value)} %`
}

/** `1 protein`, `2 proteins`. */
export function counted(count: number, one: string): string {
	return `${grouped(count)} ${one}${count === 1 ? '' : 's'}`
}

/** 12345 as `12 345`, with a space that does not break. */
export function grouped(count: number): string {
	return count < 10_000 ? String(count) : String(count).replace(/(?<=\d)(?=(\d{3})+$)/g, '\u202f')
}

/** A duration for a person. */
export function duration(seconds: number): string {
	if (seconds < 100) return `${Math.round(seconds)} s`
	const minutes = Math.round(seconds / 60)
	return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}
