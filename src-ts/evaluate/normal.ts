/** The normal distribution. */

/**
 * The complementary error function of x ≥ 0, to about 1e-14 of its value: the series of erf below 2 (Abramowitz & Stegun 7.1.6), the continued fraction above
 * (7.1.14).
 */
export function erfc(x: number): number {
	if (x < 2) {
		let term = x
		let sum = x
		for (let n = 1; Math.abs(term) > 1e-18 * sum; n++) {
			term *= (2 * x * x) / (2 * n + 1)
			sum += term
		}
		return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
	}
	let fraction = x
	for (let n = 120; n >= 1; n--) fraction = x + n / 2 / fraction
	return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction
}

/** z of a two-sided interval that holds a share `level` (above 0, below 1) of the standard normal: 1.96 of 0.95. To about 1e-12. */
export function twoSidedZ(level: number): number {
	let [low, high] = [0, 40]
	for (let step = 0; step < 60; step++) {
		const middle = (low + high) / 2
		if (erfc(middle / Math.SQRT2) > 1 - level) low = middle
		else high = middle
	}
	return (low + high) / 2
}
