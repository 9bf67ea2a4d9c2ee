/** Where a model is right: by what is known of a protein's relatives in the training data, by its length, and by its class. */
import type { Relative } from './relative.js'
import { type Interval, shareInterval } from './share.js'

/** Proteins of one kind. */
export interface Stratum {
	/** What they have in common: `30–50 %`, `100–249`, a class. */
	name: string
	records: number
	right: number
	/** Null where there are none. */
	accuracy: number | null
	/** Of the accuracy; see {@link shareInterval}. */
	interval: Interval
	/** Of strata of identity: what copying the class of the relative gets right of the same proteins; null where it was not tried. */
	copyAccuracy?: number | null
}

/** The same proteins, sorted three ways. */
export interface Strata {
	/** By the identity of the nearest training protein; null where relatives were not looked for. */
	identity: Stratum[] | null
	/** By residues of the whole sequence. */
	length: Stratum[]
	/** By true class: its accuracy is its sensitivity. */
	class: Stratum[]
}

/** A protein whose prediction is right or not. */
export interface Scored {
	id: string
	class: string
	/** Residues. */
	length: number
	/** Empty: none. */
	cluster: string
	right: boolean
	/** Whether the class of the nearest relative is right; null where it was not tried. */
	copied: boolean | null
}

/** Lower ends of the bins: identities of the nearest training relative, and residues. */
const IDENTITIES = [0, 0.3, 0.5, 0.7, 0.9]
const LENGTHS = [1, 100, 250, 500, 1000]

/**
 * Scores by strata. `relatives` names the nearest training protein of each one that has any (docs/evaluation.md); null: not looked for. `byClusters`: whether
 * intervals take relatives among the proteins into account. `level` of the intervals: default 0.95.
 */
export function strata(
	scored: readonly Scored[],
	classes: readonly string[],
	relatives: readonly Relative[] | null,
	byClusters: boolean,
	level?: number,
): Strata {
	const stratum = (name: string, own: readonly Scored[]): Stratum => {
		const right = own.filter((one) => one.right).length
		const accuracy = own.length === 0 ? null : right / own.length
		const clusters = byClusters ? own.map(({ cluster }) => cluster) : null
		return {
			name,
			records: own.length,
			right,
			accuracy,
			interval: shareInterval(
				own.map((one) => one.right),
				clusters,
				level,
			),
		}
	}
	const binned = (
		starts: readonly number[],
		nameOf: (from: number, to: number | undefined) => string,
		of: (one: Scored) => number | null,
		stratumOf = stratum,
	) =>
		starts.map((from, index) => {
			const to = starts[index + 1]
			const own = scored.filter((one) => {
				const value = of(one)
				return value !== null && value >= from && (to === undefined || value < to)
			})
			return stratumOf(nameOf(from, to), own)
		})
	const identities =
		relatives && new Map(relatives.map(({ id, relative, identity }) => [id, relative === null ? null : identity]))
	const identityOf = ({ id }: Scored) => identities?.get(id) ?? null
	const percent = (share: number) => Math.round(100 * share)
	const withCopies = (name: string, own: readonly Scored[]): Stratum => {
		const isTried = own.length > 0 && own.every(({ copied }) => copied !== null)
		const copyAccuracy = isTried ? own.filter(({ copied }) => copied).length / own.length : null
		return { ...stratum(name, own), copyAccuracy }
	}
	return {
		identity: identities && [
			withCopies(
				'none found',
				scored.filter((one) => identityOf(one) === null),
			),
			...binned(
				IDENTITIES,
				(from, to) =>
					to === undefined
						? `≥ ${percent(from)} %`
						: from === 0
							? `< ${percent(to)} %`
							: `${percent(from)}–${percent(to)} %`,
				identityOf,
				withCopies,
			),
		],
		length: binned(
			LENGTHS,
			(from, to) => (to === undefined ? `≥ ${from}` : `${from}–${to - 1}`),
			({ length }) => length,
		),
		class: classes.map((name) =>
			stratum(
				name,
				scored.filter((one) => one.class === name),
			),
		),
	}
}
