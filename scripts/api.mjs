// npm run api — writes index.d.ts; with --check it only says whether the committed one is up to date.
import { committedApi, rollUp, writeApi } from './lib/api.mjs'
import { ensurePackages } from './lib/setup.mjs'
import { main, requireNode, Stop, say } from './lib/steps.mjs'

main(async () => {
	requireNode()
	await ensurePackages()
	const text = await rollUp()
	if (text === committedApi()) return say('index.d.ts is up to date')
	if (process.argv.includes('--check')) {
		throw new Stop('index.d.ts differs from src-ts/index.ts: run `npm run api` and look at what changed for the users')
	}
	writeApi(text)
	say('index.d.ts has changed: commit it, and say in CHANGELOG.md what changed')
})
