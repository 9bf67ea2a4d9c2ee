// npm run build:cpu | build:full — builds the addon into src-ts/native.
import { BUILDS, buildNative, ensurePackages } from './lib/setup.mjs'
import { main, requireTools, Stop, say } from './lib/steps.mjs'

main(async () => {
	const kind = process.argv[2]
	if (!(kind in BUILDS)) throw new Stop(`usage: node scripts/build-native.mjs ${Object.keys(BUILDS).join('|')}`)
	requireTools()
	await ensurePackages()
	for (const file of await buildNative(kind)) say(`src-ts/native/${file} has changed: commit it`)
})
