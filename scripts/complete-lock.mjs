// node scripts/complete-lock.mjs — run after `npm install` changed package-lock.json.
//
// Some registry mirrors carry the platform packages of one platform only. npm then leaves the others out of the lock file, and `npm ci`
// refuses such a lock everywhere. This adds what is missing by name, version and platform, without a digest: npm installs none of them
// here, and elsewhere takes the digest from the registry.
import { readFileSync, writeFileSync } from 'node:fs'

const LOCK = new URL('../package-lock.json', import.meta.url)
const SYSTEMS = {
	android: 'android',
	darwin: 'darwin',
	freebsd: 'freebsd',
	linux: 'linux',
	win32: 'win32',
	wasm32: null,
}
const CPUS = ['arm64', 'arm', 'x64', 'ia32', 'riscv64', 's390x', 'ppc64', 'wasm32']

const lock = JSON.parse(readFileSync(LOCK, 'utf8'))
let added = 0
for (const [path, entry] of Object.entries(lock.packages)) {
	for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
		if (`node_modules/${name}` in lock.packages || `${path}/node_modules/${name}` in lock.packages) continue
		const words = name.split(/[/-]/)
		const os = words.find((word) => SYSTEMS[word])
		const cpu = CPUS.find((word) => words.includes(word))
		lock.packages[`node_modules/${name}`] = {
			version,
			...(cpu && { cpu: [cpu] }),
			dev: true,
			optional: true,
			...(os && { os: [os] }),
		}
		added += 1
	}
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`)
console.error(`${added} platform packages added`)
