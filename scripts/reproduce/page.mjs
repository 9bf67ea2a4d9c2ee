/** docs/reproduction.md: what was run, what came out, beside the paper's numbers. Scores are read from the run folders, expected hours from the plan. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ABLATION, CANDIDATES, TABLES } from './ablation.mjs'
import { PAIRS, STAGES, scoredFolder } from './plan.mjs'

/** A table of the ablation: the last epoch of each seed on the validation part, and what differs from the first. Candidates that have not run are left out. */
function ablationTable(runs, candidates) {
	const rows = candidates.flatMap((candidate) => {
		const last = lastEpochs(join(runs, 'ablation', candidate.folder))
		return last ? [{ ...candidate, last }] : []
	})
	const [reference] = candidates
	const against = rows.find(({ folder }) => folder === reference.folder)
	if (!against) return null
	const lines = rows.map(({ name, shown, last }) => {
		const accuracies = last.map(({ validationAccuracy }) => validationAccuracy)
		const losses = last.map(({ validationLoss }) => validationLoss)
		const differences = accuracies.map((value, seed) => value - against.last[seed].validationAccuracy)
		const cells = [
			name,
			shown.length > 0 ? `\`${shown.join(' ')}\`` : '',
			...accuracies.map((value) => value.toFixed(3)),
			mean(losses).toFixed(3),
			...(name === reference.name
				? ['', '']
				: [signed(mean(differences)), differences.map((difference) => signed(difference)).join(', ')]),
		]
		return `| ${cells.join(' | ')} |`
	})
	return [
		'| candidate | flags | seed 1 | seed 2 | loss | difference | each seed |',
		'| --- | --- | --- | --- | --- | --- | --- |',
		...lines,
	].join('\n')
}

/** The largest difference of two seeds of a candidate. */
function largestGap(runs) {
	const gaps = Object.keys(CANDIDATES).flatMap((folder) => {
		const accuracies = lastEpochs(join(runs, 'ablation', folder))?.map((last) => last.validationAccuracy)
		return accuracies ? [Math.max(...accuracies) - Math.min(...accuracies)] : []
	})
	return Math.max(...gaps)
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

/** Median wall time of an epoch of a run, all its networks together, in seconds. */
export function seconds({ epochSeconds }) {
	const sorted = epochSeconds.filter((value) => value !== null).sort((a, b) => a - b)
	return Math.round(sorted[Math.floor(sorted.length / 2)])
}

/** What the paper reports (Sønderby et al. 2015, Tables 1 and 2), on a split that is not published. */
const PAPER = [
	['R-LSTM', '0.879'],
	['A-LSTM', '0.854'],
	['R-LSTM, ten-member ensemble', '0.902'],
]

/** Matthews correlation of each class, of the paper's ten R-LSTMs (Table 2). */
const PAPER_MCC = {
	...{ ER: 0.796, Golgi: 0.932, chloroplast: 0.933, cytoplasmic: 0.863, extracellular: 0.911, lysosomal: 0.741 },
	...{ mitochondrial: 0.895, nuclear: 0.835, peroxisomal: 0.746, plasma_membrane: 0.954, vacuolar: 0.618 },
}

/** The page. Stages that have not run are said to be missing. */
export function reproductionPage(runs) {
	const told = Object.keys(STAGES)
		.filter((stage) => stage !== 'ablation')
		.map((stage) => [stage, resultOf(runs, stage)])
	const done = told.filter(([, found]) => found !== null)
	const missing = told.filter(([, found]) => found === null).map(([stage]) => stage)
	const tables = TABLES.flatMap(({ title, candidates }) => {
		const table = ablationTable(runs, candidates)
		return table ? [`${title}:\n\n${table}`] : []
	})
	return `# Reproduction

<!-- Written by scripts/reproduce.mjs: scores from the run folders in reproduction/, expected hours from scripts/reproduce/plan.mjs. -->

\`npm run reproduce\` trains what stands here and writes this page; run folders lie in \`reproduction/\`, without sequences and weights. It goes on where it was stopped.
An accuracy on the MultiLoc set means little without its split: a random split leaves relatives of the held-out proteins in the training data, and copying the class of
the best hit scores as much as stands beside it, without learning ([data.md](data.md)).

## Beside the paper

| paper (its split is not published, its profiles are from UniRef50) | accuracy |
| --- | --- |
${PAPER.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}

| here | split | one network | together | 95 % | best hit | gain over it, points | motif rules | composition | proteins |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${done.map(([stage, { evaluation, single, info }]) => rowOf(STAGES[stage].title, info.split.by, evaluation, single)).join('\n')}

"One network" is the accuracy of a network on its own held-out fold; of several, their mean and range. "Together" is the mean of the probabilities of a fold's networks (two of
each fold in a cross-validation), pooled over the folds, and the interval is of it. Intervals draw clusters of homologs where the split is by homology, else proteins; what another training or
another split would give is not in them. The gain is of "together" over copying the class of the best hit, on the same proteins, with its paired 95 % interval: below zero, the network
places fewer right than copying does. The MCCs of the paper's ten networks further down are of its own stratified split, with its own profiles.
${pairsText(runs)}${paperText(done)}
### What was aimed at

Set before the stages were run, for means of five folds with the \`modern\` preset, its R-LSTM then; the middle column says which networks stand for it.

| aim | reached | |
| --- | --- | --- |
${aims(done)
	.map((cells) => `| ${cells.join(' | ')} |`)
	.join('\n')}

${done.map(([stage, found]) => stageText(stage, found)).join('\n\n')}

## The plan, and what has not run

| stage | trains | hours on two cores, expected | state |
| --- | --- | --- | --- |
${Object.entries(STAGES)
	.map(([stage, { title, hours }]) => `| \`${stage}\` | ${title} | ${hours} | ${stateOf(runs, stage)} |`)
	.join('\n')}

Hours are epochs times the seconds of an epoch on two quiet cores with AVX-512, the second of two that were measured: two A-LSTMs with H 64 and batches of 32 19.5 s, two R-LSTMs with H 64
15.7 s (taken for every candidate, with four fifths of the proteins), the R-LSTM with H 200 43.5 s. The A-LSTM with H 200 is taken from the ratio of both in [RESULTS.md](../bench/RESULTS.md); profiles
are taken to cost nothing. The seconds further up are as they were: on the machine of two cores that the repository's runs come from, beside other work.
${missingText(runs, missing)}${missing.includes('paper-ensemble') ? "The paper's 0.902 is of ten such R-LSTMs: that was **not** reproduced here.\n" : ''}
## Ablation of \`modern\`

${
	tables.length > 0
		? `${ablationCommand.replaceAll('`', '')}

The test fold is never read: the accuracy is of a validation part, a fifth of the other four folds, at the last epoch. Two seeds,
which differ by up to ${(100 * largestGap(runs)).toFixed(1)} points: a difference that is smaller, or has another sign with the other seed, says little.

\`modern\` is the first row of the third table, with 30 epochs. Its other habits stood in the base, and pay only where a row without them says so. H 128 pays too; H stays 64, since a network
then takes two fifths of the time on two cores. The last five rows of the third table were tried when the folds
above were trained already: a constant learning rate, weight decay and the masked cut gain a little with both seeds, less than two seeds of one row differ, and are not in the preset.

${tables.join('\n\n')}`
		: 'It has not run.'
}
`
}

/** All that the plan has and the folders have not. */
function missingText(runs, stages) {
	const candidates = TABLES.flatMap(({ candidates }) => candidates)
		.filter(({ folder }) => !lastEpochs(join(runs, 'ablation', folder)))
		.map(({ name }) => name)
	const pairs = PAIRS.filter(([first, second]) => !existsSync(pairFile(runs, first, second)))
	const told = [
		['Not run', stages.map((stage) => `\`${stage}\``)],
		['Candidates of the ablation that have not run', candidates],
		['Not compared', pairs.map(([first, second]) => `\`${first}\` with \`${second}\``)],
		['In no stage', ['`modern` with an R-LSTM on five folds, which two of the aims were set for']],
	]
	const lines = told.filter(([, names]) => names.length > 0).map(([what, names]) => `${what}: ${names.join(', ')}.\n`)
	return `\n${lines.join('\n')}\n`
}

/** Where a comparison of two stages lies. */
function pairFile(runs, first, second) {
	return join(runs, 'pairs', `${first}-${second}.json`)
}

/** What a stage came to: its joined folds, or its only run. Null where it has not run. */
function resultOf(runs, stage) {
	const folder = join(runs, scoredFolder(stage))
	if (!existsSync(join(folder, 'evaluation.json'))) return null
	const json = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'))
	const folds = readdirSync(join(runs, stage, 'folds')).sort()
	const single = folds.flatMap((fold) => lastEpochs(join(runs, stage, 'folds', fold)).map((last) => last.testAccuracy))
	return { evaluation: json('evaluation.json'), info: json('run.json'), config: json('config.json'), single }
}

/** How stages differ on the same proteins, as far as they were compared. */
function pairsText(runs) {
	const rows = PAIRS.flatMap(([first, second]) => {
		const file = pairFile(runs, first, second)
		if (!existsSync(file)) return []
		const { records, accuracy, macroF1, mcnemar } = JSON.parse(readFileSync(file, 'utf8'))
		const cells = [
			`\`${first}\` − \`${second}\``,
			withInterval(accuracy.difference, accuracy.interval, points),
			withInterval(macroF1.difference, macroF1.interval, signed),
			`${mcnemar.onlyFirst}, ${mcnemar.onlySecond}`,
			mcnemar.p < 0.001 ? '< 0.001' : mcnemar.p.toFixed(3),
			records,
		]
		return [`| ${cells.join(' | ')} |`]
	})
	if (rows.length === 0) return ''
	return `
Stages in pairs (\`subloc compare\`: paired bootstrap, McNemar's test), each on the same proteins in the same folds:

| stages | accuracy, points | macro F1 | right alone | p | proteins |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}

/** What the paper's own settings came to beside its number. */
function paperText(done) {
	const found = done.find(([stage]) => stage === 'paper-r-lstm')?.[1].evaluation
	if (!found) return ''
	const [paper, own] = [Number(PAPER[0][1]), found.accuracy]
	const verdict = own >= paper ? 'is reached' : 'is **not** reached'
	return `
The paper's ${paper.toFixed(3)} of one R-LSTM ${verdict} with its settings: ${own.toFixed(3)} here, on one fold. Its split is not known, and its profiles were made from UniRef50, ours from a far smaller set
([data.md](data.md)); how much either matters was not measured.
`
}

/** How far a stage has come. */
function stateOf(runs, stage) {
	const { folds } = STAGES[stage]
	const isAblation = stage === 'ablation'
	const done = finished(runs, isAblation ? stage : join(stage, 'folds')).length
	const all = isAblation ? Object.keys(CANDIDATES).length : folds ? 5 : 1
	return done === all ? 'done' : done === 0 ? 'not run' : `${done} of ${all} runs`
}

function rowOf(title, by, { accuracy, intervals, baselines, records }, single) {
	const range = single.length > 1 ? ` (${Math.min(...single).toFixed(3)}–${Math.max(...single).toFixed(3)})` : ''
	const of = (name) => baselines.find((own) => own.name === name)?.accuracy.toFixed(3) ?? '–'
	const { low, high } = intervals.accuracy
	const copying = baselines.find(({ name }) => name === 'best hit')
	const gain = copying ? withInterval(copying.gain, copying.gainInterval, points) : '–'
	const cells = [title, by, `${mean(single).toFixed(3)}${range}`, `**${accuracy.toFixed(3)}**`]
	const more = [
		`${low.toFixed(3)}–${high.toFixed(3)}`,
		of('best hit'),
		gain,
		of('motif rules'),
		of('composition'),
		records,
	]
	return `| ${[...cells, ...more].join(' | ')} |`
}

/** A difference and its interval, where there is one. */
function withInterval(difference, interval, text) {
	return interval ? `${text(difference)} (${text(interval.low)} to ${text(interval.high)})` : text(difference)
}

/** A difference of shares in percentage points, with its sign. */
function points(difference) {
	return signed(100 * difference, 1)
}

/** What was aimed at beside what was reached: for each aim the stages that stand for it, and what of them. */
function aims(done) {
	const of = (stage) => done.find(([name]) => name === stage)?.[1]
	const together = (stage, how) => [of(stage)?.evaluation.accuracy, how]
	const profiles = of('profiles')
	const rows = [
		['homology folds ≥ 0.70', 0.7, [together('homology', 'five folds, two networks each')]],
		[
			'sequence only, ensemble, stratified folds ≥ 0.88',
			0.88,
			[together('stratified', 'five folds, two networks each')],
		],
		[
			'one R-LSTM, stratified folds ≥ 0.89',
			0.89,
			[
				together('paper-r-lstm', 'one fold, the paper preset'),
				[profiles && mean(profiles.single), 'one network of `modern` with profiles, an A-LSTM, mean of ten'],
			],
		],
		[
			'ensemble, stratified folds ≥ 0.92',
			0.92,
			[
				together('paper-ensemble', 'one fold, ten networks of the paper preset'),
				together('profiles', '`modern` with profiles, five folds, two networks each'),
			],
		],
	]
	return rows.map(([aim, least, reached]) => {
		const found = reached.filter(([accuracy]) => accuracy !== undefined)
		if (found.length === 0) return [aim, 'not run', '']
		const met = found.some(([accuracy]) => accuracy >= least)
		return [
			aim,
			found.map(([accuracy, how]) => `${accuracy.toFixed(3)} (${how})`).join('; '),
			met ? 'met' : '**missed**',
		]
	})
}

function stageText(stage, { evaluation, info, config, single }) {
	const { device, versions, started, finished } = info
	const identity = (evaluation.strata?.identity ?? [])
		.filter(({ records }) => records > 0)
		.map((own) => `| ${own.name} | ${own.records} | ${own.accuracy.toFixed(3)} | ${own.copyAccuracy.toFixed(3)} |`)
	const classes = evaluation.perClass.map(
		(own) =>
			`| ${own.class} | ${own.support} | ${own.sensitivity.toFixed(3)} | ${own.mcc.toFixed(3)} | ${PAPER_MCC[own.class].toFixed(3)} |`,
	)
	const hours = info.epochSeconds.reduce((sum, value) => sum + (value ?? 0), 0) / 3600
	return `### ${STAGES[stage].title}

${config.epochs} epochs, about ${seconds(info)} s an epoch${single.length > 1 ? ` for all ${single.length} networks together` : ''}, ${hours.toFixed(1)} hours in all (${[device.backend, device.backend === 'cpu' ? device.cpuIsa : device.name].filter(Boolean).join(', ')}, ${device.threads} threads); ${started.slice(0, 10)} to ${finished.slice(0, 10)}, subloc-native ${versions.sublocNative}.
Command: \`npm run reproduce -- ${stage}\`. Macro F1 ${evaluation.macroF1.toFixed(3)}, Gorodkin R_K ${evaluation.gorodkin.toFixed(3)}, balanced accuracy ${evaluation.balancedAccuracy.toFixed(3)}.

| identity to the nearest training protein | proteins | accuracy | copying its class |
| --- | --- | --- | --- |
${identity.join('\n')}

| class | proteins | sensitivity | MCC | MCC of the paper's ten R-LSTMs |
| --- | --- | --- | --- | --- |
${classes.join('\n')}`
}

function mean(values) {
	return values.reduce((a, b) => a + b, 0) / values.length
}

function signed(value, digits = 3) {
	return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`
}
