import { Readable } from 'node:stream'
import test from 'ava'
import { checkFasta } from '../../src-ts/sequence/check.js'
import { readFasta } from '../../src-ts/sequence/fasta.js'
import { looksLikeDna } from '../../src-ts/sequence/nucleotides.js'
import { sharedData } from '../support/shared.js'

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

test('genes are counted, and the first is named; short peptides and proteins of few letters are no genes', async (t) => {
	const gene = 'ATGGCNAAAGTTCTGGCTGGTGAAAGCACC'
	const text = `>short\n${gene.slice(1)}\n>gene\n${gene}\n>rna\n${gene.replaceAll('T', 'U')}\n`
	t.like(await check(text), { nucleotides: 2, firstNucleotides: 'gene' })
	t.like(await check('>a\nMKVLAGESTD\n'), { nucleotides: 0, firstNucleotides: null })
})

test('DNA: 95 % of the letters are A, C, G, T, U or N, at least', (t) => {
	// By hand: 38 of 40 are 95 %, 37 of 40 are 92.5 %.
	t.true(looksLikeDna('ACGT'.repeat(9).concat('ACMK')))
	t.false(looksLikeDna('ACGT'.repeat(9).concat('AMKL')))
	t.false(looksLikeDna(''))
})

test('no protein of the largest classes of MultiLoc looks like DNA', async (t) => {
	for (const name of ['cytoplasmic', 'plasma_membrane', 'extracellular', 'nuclear']) {
		const path = sharedData(t, `multiloc/${name}.fasta`)
		if (path === null) return
		let count = 0
		for await (const { id, sequence } of readFasta(path)) {
			count += 1
			t.false(looksLikeDna(sequence), id)
		}
		t.true(count > 500, name)
	}
})
