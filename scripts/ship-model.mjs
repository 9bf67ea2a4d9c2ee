// node scripts/ship-model.mjs [--runs DIR --shared DIR] — makes models/multiloc and docs/model.md from the joined homology folds of `npm run reproduce`.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { evaluate, findRelatives, fingerprint, learnBaselines, loadModel, readDataset } from 'subloc-native'
import { main, ROOT, Stop, say } from './lib/steps.mjs'
import { modelPage } from './reproduce/model-page.mjs'
import { seconds } from './reproduce/page.mjs'

/** Scores of all networks together on the second independent set of MultiLoc2, which is newer than what they saw. */
async function onNewerProteins(file, folder, training, calibration) {
	const table = join(ROOT, 'runs/reproduce/independent.tsv')
	const { stdout, status } = spawnSync(process.execPath, [join(ROOT, 'scripts/multiloc2-independent.mjs'), folder], {
		encoding: 'utf8',
	})
	if (status !== 0) throw new Stop(`no table of ${folder}`)
	mkdirSync(join(ROOT, 'runs/reproduce'), { recursive: true })
	writeFileSync(table, stdout)
	const dataset = await readDataset(table, { minimumClasses: 1 })
	const relatives = await findRelatives(training, dataset.records)
	const model = await loadModel(file)
	model.calibration = calibration
	const found = await evaluate(model, dataset, { on: "MultiLoc2's second independent set", training, relatives })
	model.close()
	return found
}

/** Classes of which less than a third is found. */
function weak({ perClass }) {
	const own = perClass.filter(({ sensitivity }) => sensitivity !== null && sensitivity < 1 / 3)
	return own.map((one) => `${one.class} ${(100 * one.sensitivity).toFixed(0)} %`).join(', ')
}

/** What the first M does, in a few words. */
function effectText({ methionine }) {
	const of = (change) => methionine.find((own) => own.change === change)
	const points = (change) => `${(100 * of(change).difference).toFixed(1).replace('-', '−')} points`
	return `without it ${points('removed')}, with one more ${points('added')}`
}

/** Larger would weigh on every install. */
const MOST_BYTES = 30e6

main(async () => {
	const { values } = parseArgs({
		options: {
			shared: { type: 'string', default: join(ROOT, '../shared/data') },
			runs: { type: 'string', default: join(ROOT, 'reproduction') },
		},
	})
	const from = join(values.runs, 'homology/joined')
	const to = join(ROOT, 'models/multiloc')
	const json = (name) => JSON.parse(readFileSync(join(from, name), 'utf8'))
	const [config, run, evaluation, calibration] = ['config', 'run', 'evaluation', 'calibration'].map((name) =>
		json(`${name}.json`),
	)
	const dataset = await readDataset(join(values.shared, 'multiloc'))
	if (dataset.digest !== run.dataset.digest) throw new Stop('the runs are of other data')
	if (!evaluation.methionine || !evaluation.importance)
		throw new Stop(`${from} was joined without --methionine and --importance: join its folds anew`)
	const bytes = readFileSync(join(from, 'model.safetensors'))
	if (bytes.length > MOST_BYTES) throw new Stop(`${bytes.length} bytes are more than ${MOST_BYTES}`)
	const newer = await onNewerProteins(
		join(from, 'model.safetensors'),
		join(values.shared, 'multiloc2-independent'),
		dataset.records,
		calibration,
	)
	const card = {
		name: 'multiloc',
		what: `${run.seeds.length} ${config.model === 'a-lstm' ? 'A-LSTMs' : 'R-LSTMs'} with H = ${config.hidden} that read the sequence alone, trained on the MultiLoc proteins`,
		model: { file: 'model.safetensors', bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
		data: {
			name: 'MultiLoc (Höglund et al. 2006), the training set of Sønderby et al. 2015',
			proteins: dataset.records.length,
			digest: dataset.digest,
			licence:
				'the data state no licence and do not come with the package; of each protein the card keeps 16 digits of a SHA-256',
			fingerprints: dataset.records.map(({ sequence }) => fingerprint(sequence)).sort(),
		},
		baselines: learnBaselines(dataset.records, dataset.classes),
		training: {
			split:
				'five folds by homology (clusters of single linkage, at least 30 % identity over 80 % of both proteins); each network has seen four of them',
			members: 'ten networks: five folds, two seeds each',
			command: 'npm run reproduce -- homology, then node scripts/ship-model.mjs',
			when: `${run.started.slice(0, 10)}, subloc-native ${run.versions.sublocNative}, ${run.device.backend} (${run.device.cpuIsa}), ${config.epochs} epochs of ${seconds(run)} s for all ten networks`,
			config,
		},
		scores: { on: evaluation.on, file: 'evaluation.json', newer: 'newer.json' },
		limits: [
			`Hardly found: ${weak(evaluation)} (share of such proteins that is found). Their proteins are few and look like others'; do not take their absence from a prediction for an answer.`,
			'The scores are of held-out proteins, each predicted by the two networks that did not see it. Ten together should be better than two; that is not measured, since no protein of the set is new to all ten.',
			`Newer proteins are harder: of the ${newer.records} of MultiLoc2's second independent set (seven places) ${(100 * newer.accuracy).toFixed(1)} % are right, ${(100 * newer.clusters.accuracy).toFixed(1)} % a homology cluster; motif rules alone reach ${(100 * newer.baselines.find(({ name }) => name === 'motif rules').accuracy).toFixed(1)} %. Probabilities say too much there.`,
			'The folds keep homologs apart as our search finds them; it misses some pairs of short proteins (six of those with at most 200 residues stand in different folds), and local similarity between folds remains (docs/splits.md).',
			'The settings were chosen on a validation part of four fifths of the same proteins (docs/reproduction.md), so the scores are a little too good.',
			'Eleven places, one a protein: proteins of several places, and of places that are not among the eleven, get one of the eleven all the same.',
			'Eukaryotic proteins of a data set of 2006. Bacteria and archaea are answered too, and mean nothing.',
			`Some training proteins lack their first M, which depends on the place (docs/data.md); a fragment may be misread for it (${effectText(evaluation)}).`,
			'Attention is not the whole reason: the networks also read the last states of both directions, so signals at the ends (transit peptides above all) show in the importance of residues (subloc explain), less in the attention.',
			'The temperature is fitted on what two networks say of held-out proteins. The mean of ten is usually less sure of itself, so `calibrated` may be too careful; not measured.',
		],
	}
	mkdirSync(to, { recursive: true })
	copyFileSync(join(from, 'model.safetensors'), join(to, 'model.safetensors'))
	const write = (name, value) => writeFileSync(join(to, name), `${JSON.stringify(value, null, 2)}\n`)
	write('evaluation.json', evaluation)
	write('newer.json', newer)
	write('calibration.json', calibration)
	write('card.json', card)
	writeFileSync(join(ROOT, 'docs/model.md'), modelPage(card, evaluation, calibration, newer))
	say(
		`models/multiloc: ${(bytes.length / 1e6).toFixed(1)} MB, accuracy ${evaluation.accuracy.toFixed(4)} on ${evaluation.on}`,
	)
})
