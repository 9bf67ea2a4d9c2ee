// npm run reproduce [-- STAGE… --shared DIR --runs DIR --threads N] — trains what docs/reproduction.md tells, and writes that page.
//
// Each run has a folder in RUNS (default reproduction/): one that is DONE is not trained again, one that was stopped goes on from its checkpoint. So the
// command can be given again until everything is there; SIGINT stops it within a second. STAGE is `ablation`, or a stage of scripts/reproduce/plan.mjs.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { main, ROOT, Stop, say } from './lib/steps.mjs'
import { prepareData } from './reproduce/data.mjs'
import { reproductionPage } from './reproduce/page.mjs'
import { CROSS_VALIDATIONS, STAGES } from './reproduce/plan.mjs'

main(async () => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			shared: { type: 'string', default: join(ROOT, '../shared/data') },
			runs: { type: 'string', default: join(ROOT, 'reproduction') },
			threads: { type: 'string', default: '2' },
		},
	})
	const unknown = positionals.find((name) => !(name in STAGES))
	if (unknown) throw new Stop(`there is no stage '${unknown}'; there are ${Object.keys(STAGES).join(', ')}`)
	const data = await prepareData(values.shared)
	for (const stage of positionals.length > 0 ? positionals : Object.keys(STAGES)) {
		for (const { name, command } of STAGES[stage](data)) {
			const folder = join(values.runs, stage, name)
			if (existsSync(join(folder, 'DONE'))) continue
			mkdirSync(folder, { recursive: true })
			const resume = existsSync(join(folder, 'checkpoint')) ? ['--resume'] : []
			const args = [
				...command,
				'-o',
				folder,
				...resume,
				'--no-report',
				'--no-audit',
				'--threads',
				values.threads,
				'--quiet',
			]
			subloc(args)
			rmSync(join(folder, 'checkpoint'), { recursive: true, force: true })
		}
		if (CROSS_VALIDATIONS.includes(stage)) joinFolds(join(values.runs, stage), data.all)
	}
	const page = reproductionPage(values.runs, CROSS_VALIDATIONS)
	writeFileSync(join(ROOT, 'docs/reproduction.md'), page)
})

/** The folds of a stage as one cross-validation, with its scores, beside them. */
function joinFolds(folder, data) {
	const joined = join(folder, 'joined')
	if (existsSync(join(joined, 'evaluation.json'))) return
	rmSync(joined, { recursive: true, force: true })
	subloc(['merge', join(folder, 'folds'), '-o', joined, '--data', data, '--no-report', '--quiet'])
}

function subloc(args) {
	say(`subloc ${args.join(' ')}`)
	const { status } = spawnSync(process.execPath, [join(ROOT, 'dist/cli/start.js'), ...args], {
		cwd: ROOT,
		stdio: 'inherit',
	})
	if (status !== 0) throw new Stop(`subloc ${args[0]} ended with ${status}`)
}
