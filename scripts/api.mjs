// npm run api — writes what is generated for users: index.d.ts from src-ts/index.ts, schema/config.schema.json for editors, and
// docs/configuration.md. With --check it only says whether the committed index.d.ts is up to date (tests check the others).
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { committedApi, rollUp, writeApi } from './lib/api.mjs'
import { buildTypeScript, ensurePackages } from './lib/setup.mjs'
import { main, ROOT, requireNode, Stop, say } from './lib/steps.mjs'

main(async () => {
	requireNode()
	await ensurePackages()
	const text = await rollUp()
	if (process.argv.includes('--check')) {
		if (text === committedApi()) return say('index.d.ts is up to date')
		throw new Stop('index.d.ts differs from src-ts/index.ts: run `npm run api` and look at what changed for the users')
	}
	if (text !== committedApi()) say('index.d.ts has changed: commit it, and say in CHANGELOG.md what changed')
	writeApi(text)
	await buildTypeScript()
	const { configJsonSchema } = await import(join(ROOT, 'dist/config/schema.js'))
	const { configurationPage } = await import(join(ROOT, 'dist/config/page.js'))
	writeFileSync(join(ROOT, 'docs/configuration.md'), configurationPage())
	mkdirSync(join(ROOT, 'schema'), { recursive: true })
	writeFileSync(join(ROOT, 'schema/config.schema.json'), `${JSON.stringify(configJsonSchema(), null, '\t')}\n`)
})
