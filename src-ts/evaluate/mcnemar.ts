/** Whether two models differ on the same proteins: McNemar's test (McNemar 1947; Edwards 1948 for the continuity correction). */
import { erfc } from './normal.js'

/** What the test found. */
export interface McNemar {
	/** Records that the first alone has right. */
	onlyFirst: number
	/** Records that the second alone has right. */
	onlySecond: number
	/** `exact`: the binomial, below 25 records on which they differ; `chi-square`: with continuity correction, one degree of freedom. */
	method: 'exact' | 'chi-square'
	/** (|b − c| − 1)² / (b + c); null for the exact test. */
	statistic: number | null
	/** Two-sided: how often a difference of this size or larger comes by chance where both are right equally often. */
	p: number
}

/** With fewer discordant records the chi-square is no good approximation. */
const FEW = 25

/** McNemar's test of `first` and `second`, [N] each: whether record n is right. It takes records as independent of each other, which relatives are not. */
export function mcnemar(first: ArrayLike<boolean>, second: ArrayLike<boolean>): McNemar {
	let [onlyFirst, onlySecond] = [0, 0]
	for (let record = 0; record < first.length; record++) {
		onlyFirst += Number(first[record] && !second[record])
		onlySecond += Number(!first[record] && second[record])
	}
	const discordant = onlyFirst + onlySecond
	if (discordant < FEW) {
		const p = binomialTwoSided(Math.min(onlyFirst, onlySecond), discordant)
		return { onlyFirst, onlySecond, method: 'exact', statistic: null, p }
	}
	const statistic = Math.max(0, Math.abs(onlyFirst - onlySecond) - 1) ** 2 / discordant
	// A chi-square of one degree of freedom is the square of a standard normal.
	return { onlyFirst, onlySecond, method: 'chi-square', statistic, p: erfc(Math.sqrt(statistic / 2)) }
}

/** min(1, 2 P(X ≤ k)) of a binomial of n fair coins. */
function binomialTwoSided(k: number, n: number): number {
	let term = 0.5 ** n
	let sum = 0
	for (let heads = 0; heads <= k; heads++) {
		sum += term
		term *= (n - heads) / (heads + 1)
	}
	return Math.min(1, 2 * sum)
}
