/** The data of the reproduction: MultiLoc, its folds, and the part of it that the ablation may see. Nothing of it lies in what is committed. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { formatSplit, homologyFolds, readDataset, stratifiedFolds } from 'subloc-native'
import { ROOT, say } from '../lib/steps.mjs'
import { ABLATION } from './ablation.mjs'

/** Paths from the repository's root, as they stand in the run folders: the folder of all proteins, that of the ablation's proteins, the folds of both splits and the profiles. */
export async function prepareData(shared) {
	const folder = join(ROOT, 'runs/reproduce')
	const all = join(shared, 'multiloc')
	const dataset = await readDataset(all)
	const split = stratifiedFolds(dataset, { folds: 5, seed: 1 })
	const stratified = join(folder, 'stratified.tsv')
	const ablation = join(folder, 'ablation')
	mkdirSync(ablation, { recursive: true })
	writeFileSync(stratified, formatSplit(split, dataset))
	const homology = join(folder, 'homology.tsv')
	if (!existsSync(homology)) {
		say('folds by homology: some minutes, once')
		writeFileSync(homology, formatSplit(await homologyFolds(dataset, { folds: 5, seed: 1 }), dataset))
	}
	for (const own of dataset.classes) {
		const seen = dataset.records.filter((record, row) => record.class === own && split.parts[row] !== ABLATION.testFold)
		writeFileSync(join(ablation, `${own}.fasta`), seen.map(({ id, sequence }) => `>${id}\n${sequence}\n`).join(''))
	}
	const here = (path) => relative(ROOT, path)
	return {
		all: here(all),
		ablation: here(ablation),
		stratified: here(stratified),
		homology: here(homology),
		profiles: here(join(shared, 'profiles')),
	}
}
