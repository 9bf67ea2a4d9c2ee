// npm run pack:all [FOLDER] — both tarballs of a release, from the addon that is built, and their sizes.
import { resolve } from 'node:path'
import { packAll } from './lib/pack.mjs'
import { buildTypeScript, builtKind, ensurePackages } from './lib/setup.mjs'
import { main, ROOT, requireNode, say } from './lib/steps.mjs'

main(async () => {
	requireNode()
	await ensurePackages()
	await buildTypeScript()
	say(`packing the ${builtKind() ?? 'missing'} build`)
	const folder = resolve(ROOT, process.argv[2] ?? 'target/packages')
	for (const { path, files, packedBytes, unpackedBytes } of packAll(folder)) {
		console.log(`${path}: ${files} files, ${mebibytes(packedBytes)} packed, ${mebibytes(unpackedBytes)} unpacked`)
	}
})

function mebibytes(bytes) {
	return `${(bytes / 2 ** 20).toFixed(2)} MiB`
}
