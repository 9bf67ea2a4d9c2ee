/** The data of the reproduction: MultiLoc, its folds, and the part of it that the ablation may see. Nothing of it lies in what is committed. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { formatSplit, readDataset, stratifiedFolds } from 'subloc-native'
import { ROOT } from '../lib/steps.mjs'
import { ABLATION } from './ablation.mjs'

/** Paths from the repository's root, as they stand in the run folders: the folder of all proteins, that of the ablation's proteins, the folds and the profiles. */
export async function prepareData(shared) {
	const folder = join(ROOT, 'runs/reproduce')
	const all = join(shared, 'multiloc')
	const dataset = await readDataset(all)
	const split = stratifiedFolds(dataset, { folds: 5, seed: 1 })
	const stratified = join(folder, 'stratified.tsv')
	const ablation = join(folder, 'ablation')
	mkdirSync(ablation, { recursive: true })
	writeFileSync(stratified, formatSplit(split, dataset))
	for (const own of dataset.classes) {
		const seen = dataset.records.filter((record, row) => record.class === own && split.parts[row] !== ABLATION.testFold)
		writeFileSync(join(ablation, `${own}.fasta`), seen.map(({ id, sequence }) => `>${id}\n${sequence}\n`).join(''))
	}
	const here = (path) => relative(ROOT, path)
	return {
		all: here(all),
		ablation: here(ablation),
		stratified: here(stratified),
		profiles: here(join(shared, 'profiles')),
	}
}
