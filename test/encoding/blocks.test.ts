import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { encodingTable, orderedBlocks } from '../../src-ts/encoding/blocks.js'
import { BLOSUM80, HSDM } from '../../src-ts/encoding/matrices.js'
import { ALPHABET, residueCodes } from '../../src-ts/sequence/alphabet.js'
import { sharedData } from '../support/shared.js'

test('letters have the codes of the method page', (t) => {
	t.deepEqual([...residueCodes(ALPHABET)], [...Array(20).keys()])
	t.deepEqual([...residueCodes('BZJXUO')], [20, 21, 22, 23, ALPHABET.indexOf('C'), ALPHABET.indexOf('K')])
})

test('the one-hot block is the identity with means and zero rows', (t) => {
	const { data, shape } = encodingTable(['onehot'])
	t.deepEqual(shape, [25, 20])
	const row = (code: number) => [...data.subarray(code * 20, code * 20 + 20)]
	for (let code = 0; code < 20; code++)
		t.deepEqual(
			row(code),
			row(code).map((_, column) => Number(column === code)),
		)
	t.deepEqual(
		row(20),
		row(20).map((_, column) => ('ND'.includes(ALPHABET[column]!) ? 0.5 : 0)),
	)
	t.deepEqual(
		row(21),
		row(21).map((_, column) => ('QE'.includes(ALPHABET[column]!) ? 0.5 : 0)),
	)
	t.deepEqual(
		row(22),
		row(22).map((_, column) => ('IL'.includes(ALPHABET[column]!) ? 0.5 : 0)),
	)
	t.true([...row(23), ...row(24)].every((value) => value === 0))
})

test('substitution blocks have standard deviation 1 over the 20 × 20 table', (t) => {
	for (const block of ['blosum80', 'hsdm'] as const) {
		const values = [...encodingTable([block]).data.subarray(0, 400)]
		const mean = values.reduce((a, b) => a + b, 0) / 400
		const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 400)
		t.true(Math.abs(deviation - 1) < 1e-6)
	}
	// Method page, 3: factors 0.269 and 0.238; A/A is 7 and 5.50.
	t.true(Math.abs(encodingTable(['blosum80']).data[0]! - 7 * 0.269) < 7e-3)
	t.true(Math.abs(encodingTable(['hsdm']).data[0]! - 5.5 * 0.238) < 7e-3)
})

test('blocks stand in the order of the method page whatever order they are named in', (t) => {
	t.deepEqual(orderedBlocks(['profile', 'hsdm', 'onehot']), ['onehot', 'hsdm', 'profile'])
	const { data, shape } = encodingTable(['hsdm', 'onehot'])
	t.deepEqual(shape, [25, 40])
	t.is(data[0], 1)
	t.is(data[20], encodingTable(['hsdm']).data[0])
	for (const wrong of [[], ['onehot', 'onehot'], ['pssm']])
		t.throws(() => orderedBlocks(wrong), { code: 'INVALID_OPTION' })
})

test('the matrices are the published files, cell by cell', (t) => {
	for (const [name, matrix] of [
		['BLOSUM80', BLOSUM80],
		['HSDM', HSDM],
	] as const) {
		const folder = sharedData(t, 'matrices')
		if (!folder) return
		const lines = readFileSync(join(folder, `${name}.txt`), 'utf8')
			.split('\n')
			.filter((line) => line.trim() && !line.startsWith('#'))
		const columns = lines[0]!.trim().split(/\s+/)
		for (const line of lines.slice(1)) {
			const [letter, ...values] = line.trim().split(/\s+/)
			for (const [at, value] of values.entries()) {
				const [row, column] = [ALPHABET.indexOf(letter!), ALPHABET.indexOf(columns[at]!)]
				if (row >= 0 && column >= 0) t.is(matrix[row * 20 + column], Number(value), `${name} ${letter}/${columns[at]}`)
			}
		}
	}
})
