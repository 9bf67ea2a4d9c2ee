// npm run reproduce [-- STAGE… --shared DIR --runs DIR --threads N --preset NAME --folds K --members M --quick] — trains what docs/reproduction.md tells, and writes
// that page.
//
// Each run has a folder in RUNS (default reproduction/): one that is DONE is not trained again, one that was stopped goes on from its checkpoint. So the
// command can be given again until everything is there; SIGINT stops it within a second. STAGE is one of scripts/reproduce/plan.mjs. With `--preset`, `--members`,
// `--folds` (the first K of five alone) or `--quick` (two epochs, to see that it runs) it is another experiment: RUNS is then a folder named by these options, as in
// runs/reproduction/quick-members-10, and no page is written. A run that is DONE must have the configuration (config.json) that the command asks for, or all stops;
// whether it was trained on the same records and folds is not compared.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { main, ROOT, Stop, say } from './lib/steps.mjs'
import { prepareData } from './reproduce/data.mjs'
import { reproductionPage } from './reproduce/page.mjs'
import { PAIRS, STAGES, scoredFolder } from './reproduce/plan.mjs'
import { experimentName, isDone } from './reproduce/settings.mjs'

/** Proteins of each known signal whose residues are hidden in turn. */
const IMPORTANT = '50'

main(async () => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			shared: { type: 'string', default: join(ROOT, '../shared/data') },
			runs: { type: 'string' },
			threads: { type: 'string', default: '2' },
			preset: { type: 'string' },
			folds: { type: 'string' },
			members: { type: 'string' },
			quick: { type: 'boolean', default: false },
		},
	})
	const unknown = positionals.find((name) => !(name in STAGES))
	if (unknown) throw new Stop(`there is no stage '${unknown}'; there are ${Object.keys(STAGES).join(', ')}`)
	const own = [
		...(values.preset ? ['--preset', values.preset] : []),
		...(values.members ? ['--members', values.members] : []),
		...(values.quick ? ['--epochs', '2'] : []),
	]
	const experiment = experimentName(values)
	const isPlan = experiment === ''
	const runs = values.runs ?? join(ROOT, isPlan ? 'reproduction' : `runs/reproduction/${experiment}`)
	const most = values.folds === undefined ? Number.POSITIVE_INFINITY : Number(values.folds)
	if (!(most >= 1)) throw new Stop(`--folds ${values.folds}: a number from 1 is needed`)
	const data = await prepareData(values.shared)
	for (const stage of positionals.length > 0 ? positionals : Object.keys(STAGES)) {
		const { runs: plan, folds } = STAGES[stage]
		const wanted = plan(data)
		const chosen = folds ? wanted.slice(0, most) : wanted
		for (const { name, command } of chosen) {
			// Folds are compared with their relatives once joined, candidates never.
			const audit = folds || stage === 'ablation' ? ['--no-audit'] : []
			const isScored = stage !== 'ablation'
			await train(join(runs, stage, name), [...command, ...own], [...audit, '--threads', values.threads], isScored)
		}
		if (folds && chosen.length === wanted.length) {
			const trials = ['--methionine', '--importance', values.quick ? '2' : IMPORTANT]
			joinFolds(join(runs, stage), data.all, wanted[0].command, [...trials, '--threads', values.threads])
		}
	}
	for (const [first, second] of PAIRS) compare(runs, first, second)
	if (isPlan) writeFileSync(join(ROOT, 'docs/reproduction.md'), reproductionPage(runs))
})

/** Trains a run that is not there, or goes on with it, and scores it where that `isScored`; `flags` change nothing of what is trained. */
async function train(folder, command, flags, isScored) {
	const done = await isDone(folder, command)
	if (done && (!isScored || existsSync(join(folder, 'evaluation.json')))) return
	mkdirSync(folder, { recursive: true })
	const resume = done || existsSync(join(folder, 'checkpoint')) ? ['--resume'] : []
	subloc([...command, '-o', folder, ...resume, '--no-report', '--quiet', ...flags])
	rmSync(join(folder, 'checkpoint'), { recursive: true, force: true })
}

/** The folds of a stage, one of which `command` trains, as one cross-validation, with its scores, beside them. */
function joinFolds(folder, data, command, flags) {
	const joined = join(folder, 'joined')
	if (existsSync(join(joined, 'evaluation.json'))) return
	rmSync(joined, { recursive: true, force: true })
	const profiles = command.indexOf('--profiles')
	subloc([
		...['merge', join(folder, 'folds'), '-o', joined, '--data', data, '--no-report', '--quiet'],
		...flags,
		...(profiles < 0 ? [] : command.slice(profiles, profiles + 2)),
	])
}

/** Writes how the answers of two stages differ, where both are at hand: predictions are not committed, what comes of them is. */
function compare(runs, first, second) {
	const folders = [first, second].map((stage) => join(runs, scoredFolder(stage)))
	if (!folders.every((folder) => existsSync(join(folder, 'predictions.tsv')))) return
	mkdirSync(join(runs, 'pairs'), { recursive: true })
	const { runs: _folders, ...found } = JSON.parse(subloc(['compare', ...folders, '--json', '--quiet'], 'pipe'))
	writeFileSync(join(runs, 'pairs', `${first}-${second}.json`), `${JSON.stringify(found, null, 2)}\n`)
}

/** Runs a command of subloc; what it prints, where `stdout` is a pipe. */
function subloc(args, stdout = 'inherit') {
	say(`subloc ${args.join(' ')}`)
	const command = [join(ROOT, 'dist/cli/start.js'), ...args]
	const ended = spawnSync(process.execPath, command, {
		cwd: ROOT,
		stdio: ['inherit', stdout, 'inherit'],
		encoding: 'utf8',
	})
	if (ended.status !== 0) throw new Stop(`subloc ${args[0]} ended with ${ended.status}`)
	return ended.stdout
}
