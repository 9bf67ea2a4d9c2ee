/** docs/reproduction.md: what was run, what came out, beside the paper's numbers. Every number is read from the run folders. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ABLATION, CANDIDATES, folderName } from './ablation.mjs'

/** Rows of the ablation: the last epoch of each seed on the validation part, and what differs from the base. Candidates that have not run are left out. */
export function ablationTable(runs) {
	const rows = Object.entries(CANDIDATES).flatMap(([name, flags]) => {
		const last = lastEpochs(join(runs, 'ablation', folderName(name)))
		return last ? [{ name, flags, last }] : []
	})
	const base = rows.find(({ name }) => name === 'base')
	if (!base) return null
	const lines = rows.map(({ name, flags, last }) => {
		const accuracies = last.map(({ validationAccuracy }) => validationAccuracy)
		const losses = last.map(({ validationLoss }) => validationLoss)
		const differences = accuracies.map((value, seed) => value - base.last[seed].validationAccuracy)
		const cells = [
			name,
			flags.length > 0 ? `\`${flags.join(' ')}\`` : '',
			...accuracies.map((value) => value.toFixed(3)),
			mean(losses).toFixed(3),
			...(name === 'base' ? ['', ''] : [signed(mean(differences)), differences.map(signed).join(', ')]),
		]
		return `| ${cells.join(' | ')} |`
	})
	return [
		'| candidate | flags | seed 1 | seed 2 | loss | difference | each seed |',
		'| --- | --- | --- | --- | --- | --- | --- |',
		...lines,
	].join('\n')
}

/** What every candidate was trained with, as one line. */
export const ablationCommand = `subloc train DATA ${ABLATION.flags.join(' ')}`

/** The last epoch of each member of a finished run, in the order of its seeds; null for one that is not finished. */
export function lastEpochs(folder) {
	if (!existsSync(join(folder, 'DONE'))) return null
	const lines = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trim().split('\n').map(JSON.parse)
	const members = [...new Set(lines.map(({ member }) => member))].sort((a, b) => a - b)
	return members.map((member) => lines.findLast((line) => line.member === member))
}

/** Names of the finished runs of a stage. */
export function finished(runs, stage) {
	const folder = join(runs, stage)
	if (!existsSync(folder)) return []
	return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'DONE')))
}

function mean(values) {
	return values.reduce((a, b) => a + b, 0) / values.length
}

function signed(value) {
	return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`
}

/** The page. */
export function reproductionPage(runs) {
	return `${ablationTable(runs) ?? ''}\n`
}
