/** The profile of an alignment: numbers by hand, and a literal form of the method. */
import test from 'ava'
import fc from 'fast-check'
import { profileOfAlignment } from '../../src-ts/encoding/profile/alignment.js'
import { impliedProfile } from '../../src-ts/encoding/profile/implied.js'
import { ALPHABET } from '../../src-ts/sequence/alphabet.js'

test('one sequence alone has what BLOSUM62 implies', (t) => {
	t.deepEqual(profileOfAlignment(['MKVXBZ']), impliedProfile('MKVXBZ', 'blosum'))
	t.deepEqual(profileOfAlignment(['MKV', 'MKV']), impliedProfile('MKV', 'blosum'))
})

test('two residues in one column', (t) => {
	// Weights 1/2 each, 2 distinct residues, so α = 1: p = (f + 5 g) / 6. In Python, with the implied rows of A and R: [round(200 p)].
	const wanted = [45, 42, 6, 5, 2, 8, 9, 10, 3, 5, 10, 13, 3, 3, 6, 13, 9, 1, 3, 7]
	t.deepEqual([...profileOfAlignment(['A', 'R'])], wanted)
})

test('a column that only X covers has the background', (t) => {
	t.deepEqual(profileOfAlignment(['AX', 'R-']).subarray(20), impliedProfile('X', 'blosum'))
})

/** The method as its page says it, a sum at a time; letters of the 20 and gaps. */
function literal(aligned: string[]): number[] {
	const sequences = aligned.filter((row, at) => aligned.indexOf(row) === at)
	const isInside = (row: string, at: number) => /[A-Z]/.test(row.slice(0, at + 1)) && /[A-Z]/.test(row.slice(at))
	const columns = [...sequences[0]!].map((_, at) => sequences.filter((row) => isInside(row, at)).map((row) => row[at]!))
	const weightOf = (row: string) => {
		const covered = [...row].flatMap((letter, at) => {
			if (!isInside(row, at)) return []
			const column = columns[at]!
			return [1 / (new Set(column).size * column.filter((other) => other === letter).length)]
		})
		return covered.reduce((a, b) => a + b, 0) / covered.length
	}
	const distinct = columns.map((column) => new Set(column.filter((letter) => letter !== '-')).size)
	return columns.flatMap((_, at) => {
		const near = distinct.filter((_, other) => Math.abs(other - at) <= 15)
		const alpha = near.reduce((a, b) => a + b, 0) / near.length - 1
		const mass = [...ALPHABET].map((a) =>
			sequences.filter((row) => row[at] === a).reduce((sum, row) => sum + weightOf(row), 0),
		)
		const total = mass.reduce((a, b) => a + b, 0)
		const f = mass.map((value) => value / total)
		return [...ALPHABET].map((_, b) => {
			const g = [...ALPHABET].reduce((sum, a, index) => sum + f[index]! * impliedExact(a)[b]!, 0)
			return (200 * (alpha * f[b]! + 5 * g)) / (alpha + 5)
		})
	})
}

/** Bytes of the implied row as shares: exact to half a step, 0.0025. */
function impliedExact(residue: string): number[] {
	return [...impliedProfile(residue, 'blosum')].map((value) => value / 200)
}

test('the fast form is the literal one, to the rounding of the implied rows', (t) => {
	const letter = fc.constantFrom(...ALPHABET, '-', '-')
	const alignment = fc.integer({ min: 1, max: 40 }).chain((length) => {
		const row = (of: fc.Arbitrary<string>) =>
			fc.array(of, { minLength: length, maxLength: length }).map((all) => all.join(''))
		const others = fc.array(
			row(letter).filter((text) => /[A-Z]/.test(text)),
			{ maxLength: 6 },
		)
		return fc.tuple(row(fc.constantFrom(...ALPHABET)), others).map(([query, rest]) => [query, ...rest])
	})
	fc.assert(
		fc.property(alignment, (aligned) => {
			const wanted = literal(aligned)
			// A byte is off by at most half for its own rounding, and half for that of the implied rows.
			return [...profileOfAlignment(aligned)].every((value, at) => Math.abs(value - wanted[at]!) <= 1.01)
		}),
		{ numRuns: 60 },
	)
	t.pass()
})
