/** scripts/multiloc2-independent.mjs on a made-up folder of the form that docs/data.md describes. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { readDataset } from '../../src-ts/dataset/dataset.js'
import { temporaryFolder } from '../support/folder.js'

const ROOT = resolve(import.meta.dirname, '../..')

function convert(t: ExecutionContext, files: Record<string, string>) {
	const folder = temporaryFolder(t)
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
	return spawnSync(process.execPath, ['scripts/multiloc2-independent.mjs', folder], { cwd: ROOT, encoding: 'utf8' })
}

const FILES = {
	'plant_h40_pm.fasta': '>P3 x\nMKL\n',
	'plant_h40_pm.cluster': 'P3\n',
	'animal_h30_er.fasta': '>P1\nMKV\nLA\n>P2\nmk\n>P4\nMW\n',
	'animal_h30_er.cluster': 'P4 P1\nP2\n',
	'README.txt': 'not one of them',
}

test('the files become one table: the main set’s classes, and a cluster a line of a file', async (t) => {
	const { status, stdout, stderr } = convert(t, FILES)
	t.is(status, 0, stderr)
	t.deepEqual(stdout.split('\n'), [
		'id\tsequence\tclass\tcluster\torganism',
		'P1\tMKVLA\tER\tanimal_h30_er_1\tanimal',
		'P2\tMK\tER\tanimal_h30_er_2\tanimal',
		'P4\tMW\tER\tanimal_h30_er_1\tanimal',
		'P3\tMKL\tplasma_membrane\tplant_h40_pm_1\tplant',
		'',
	])
	const table = join(temporaryFolder(t), 'independent.tsv')
	writeFileSync(table, stdout)
	const { records, classes } = await readDataset(table)
	t.deepEqual(classes, ['ER', 'plasma_membrane'])
	t.deepEqual(
		records.map(({ cluster }) => cluster),
		['animal_h30_er_1', 'animal_h30_er_2', 'animal_h30_er_1', 'plant_h40_pm_1'],
	)
})

test('a protein without a cluster is named and gives no table', (t) => {
	const { status, stdout, stderr } = convert(t, { ...FILES, 'animal_h30_er.cluster': 'P4 P1\n' })
	t.not(status, 0)
	t.is(stdout, '')
	t.regex(stderr, /animal_h30_er\.fasta: P2 is in no cluster/)
})
