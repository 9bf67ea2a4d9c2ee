/** What the members of an ensemble say together. Arrays are [M, N, K]: members, records, classes. */

/** M, N and K. */
export interface Shape {
	members: number
	records: number
	classes: number
}

/** Mean over the members of [M, N, K] at one record; in f64, members in order. */
export function meanProbabilities(values: Float32Array, row: number, { members, records, classes }: Shape): number[] {
	return Array.from({ length: classes }, (_, index) => {
		let sum = 0
		for (let member = 0; member < members; member++) sum += values[(member * records + row) * classes + index]!
		return sum / members
	})
}

/** Each member's row of [M, N, K]. */
export function memberProbabilities(
	values: Float32Array,
	row: number,
	{ members, records, classes }: Shape,
): Float32Array[] {
	return Array.from({ length: members }, (_, member) => {
		const from = (member * records + row) * classes
		return values.slice(from, from + classes)
	})
}

/** Standard deviation over the members of one class's probability at one record; 0 for one member. */
export function spreadOf(
	values: Float32Array,
	row: number,
	index: number,
	{ members, records, classes }: Shape,
): number {
	const own = Array.from({ length: members }, (_, member) => values[(member * records + row) * classes + index]!)
	const mean = own.reduce((a, b) => a + b, 0) / members
	return Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / members)
}

/** Mean over the members of [M, ΣT] at one place. */
export function meanWeight(values: Float32Array, members: number, residues: number, place: number): number {
	let sum = 0
	for (let member = 0; member < members; member++) sum += values[member * residues + place]!
	return sum / members
}
