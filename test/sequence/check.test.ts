import { Readable } from 'node:stream'
import test from 'ava'
import { checkFasta } from '../../src-ts/sequence/check.js'

const check = (text: string) => checkFasta(Readable.from([Buffer.from(text)]), { maxResidues: 4 })

test('a report counts what a person wants to know', async (t) => {
	const report = await check('>a\nMKVLA\n>b\nKXXB\n>a\nMKVLA\n>c\n\n>d\nM1\n>e\nMK\n')
	t.like(report, {
		file: 'stream',
		records: 6,
		usable: 4,
		residues: 16,
		cut: 2,
		firstNotMethionine: 1,
		duplicateSequences: 1,
	})
	t.deepEqual(report.length, { min: 2, median: 4.5, max: 5 })
	t.deepEqual(report.nonStandard, { B: 1, X: 2 })
	t.deepEqual(report.duplicateIds, ['a'])
	t.deepEqual(
		report.problems.map(({ code, line, record }) => [code, line, record]),
		[
			['INVALID_FASTA', 7, 'c'],
			['UNKNOWN_RESIDUE', 10, 'd'],
		],
	)
	t.is(report.problemCount, 2)
})

test('a file without a usable record has no lengths', async (t) => {
	t.is((await check('>a\n>b\n')).length, null)
})
