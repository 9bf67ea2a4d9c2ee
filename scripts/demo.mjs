// npm run demo — from a bare clone to a trained model: set-up, build, then `subloc demo`.
import { buildTypeScript, ensureAnyBuild, ensurePackages } from './lib/setup.mjs'
import { main, requireTools, run, say } from './lib/steps.mjs'

main(async () => {
	requireTools()
	await ensurePackages()
	await ensureAnyBuild()
	await buildTypeScript()
	say('subloc demo')
	return run(process.execPath, ['dist/cli/start.js', 'demo', ...process.argv.slice(2)])
})
