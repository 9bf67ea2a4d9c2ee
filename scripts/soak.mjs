// npm run soak — the long forms of tests that `npm test` runs in a short form. Needs the full build and dist.
import { millionProteins } from './lib/million.mjs'
import { buildTypeScript, builtKind, ensurePackages, TARGET, tool } from './lib/setup.mjs'
import { main, requireTools, run, Stop, say } from './lib/steps.mjs'

main(async () => {
	requireTools()
	await ensurePackages()
	if (builtKind() === null) throw new Stop('no addon is built: npm run build:full')
	await buildTypeScript()
	say(
		'ava with SUBLOC_SOAK=1: 100 exits while a job runs, 100 ended workers, 100 kills of predict and of train, long random checks',
	)
	const tests = await run(tool('ava'), ['--timeout=60m', ...process.argv.slice(2)], { env: { SUBLOC_SOAK: '1' } })
	say('a million synthetic proteins through predict, and its memory')
	const isFlat = process.argv.length > 2 || (await millionProteins())
	say('cargo test, the ignored ones')
	const kind = builtKind()
	const features = kind === 'full' ? ['--features', 'gpu'] : []
	const cargo = [
		...['test', '--workspace', '--release', '--locked', '--target', TARGET, '--target-dir', `target/${kind}`],
		...[...features, '--', '--ignored'],
	]
	return (await run('cargo', cargo)) || tests || Number(!isFlat)
})
