// node scripts/multiloc2-independent.mjs FOLDER > independent.tsv
//
// The second independent set of MultiLoc2 (docs/data.md): 18 FASTA files by organism and class with their homology clusters, as one TSV with
// the columns id, sequence, class, cluster, organism. Classes get the names of the main set.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readFasta } from 'subloc-native'

const CLASSES = {
	er: 'ER',
	ext: 'extracellular',
	gol: 'Golgi',
	lys: 'lysosomal',
	per: 'peroxisomal',
	pm: 'plasma_membrane',
	vac: 'vacuolar',
}

const [folder] = process.argv.slice(2)
if (!folder) {
	console.error('usage: node scripts/multiloc2-independent.mjs FOLDER > independent.tsv')
	process.exit(2)
}

const lines = ['id\tsequence\tclass\tcluster\torganism']
for (const name of readdirSync(folder).sort()) {
	const found = /^(animal|fungi|plant)_(h\d+)_([a-z]+)\.fasta$/.exec(name)
	if (!found) continue
	const [, organism, , place] = found
	const clusters = new Map()
	const text = readFileSync(join(folder, name.replace('.fasta', '.cluster')), 'utf8')
	for (const [index, line] of text.trim().split('\n').entries()) {
		for (const id of line.trim().split(/\s+/)) clusters.set(id, `${name.replace('.fasta', '')}_${index + 1}`)
	}
	for await (const { id, sequence } of readFasta(join(folder, name))) {
		if (!clusters.has(id)) throw new Error(`${name}: ${id} is in no cluster`)
		lines.push([id, sequence, CLASSES[place], clusters.get(id), organism].join('\t'))
	}
}
process.stdout.write(`${lines.join('\n')}\n`)
