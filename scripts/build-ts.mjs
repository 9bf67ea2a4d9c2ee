// npm run build:ts — compiles src-ts to dist.
import { buildTypeScript, ensurePackages } from './lib/setup.mjs'
import { main, requireNode } from './lib/steps.mjs'

main(async () => {
	requireNode()
	await ensurePackages()
	await buildTypeScript()
})
