// The set-up that `npm run demo` and `npm test` do by themselves.
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildPage } from './page.mjs'
import { must, output, ROOT, Stop, say } from './steps.mjs'

/** The two builds: their cargo features and target folders. */
export const BUILDS = {
	cpu: { features: [], target: 'target/cpu', minutes: 5 },
	full: { features: ['gpu'], target: 'target/full', minutes: 14 },
}

/** napi builds for a named target, which has a folder of its own: cargo's other commands must name it too, or they compile everything again. */
export const TARGET = 'x86_64-unknown-linux-gnu'

const NATIVE = join(ROOT, 'src-ts/native')
const GENERATED = ['index.js', 'index.d.ts']
const BINARY = 'subloc.linux-x64-gnu.node'

/** A tool of node_modules. */
export function tool(name) {
	return join(ROOT, 'node_modules/.bin', name)
}

/** Installs the JavaScript packages where they are missing or older than the lock file. */
export async function ensurePackages() {
	const installed = join(ROOT, 'node_modules/.package-lock.json')
	const wanted = join(ROOT, 'package-lock.json')
	if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return
	const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm']
	await must('npm ci', npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'])
}

/**
 * Builds the addon into src-ts/native. Resolves with the generated files (loader, types) that the build changed:
 * none, unless they were not committed with the sources.
 */
export async function buildNative(kind) {
	const { features, target, minutes } = BUILDS[kind]
	const before = GENERATED.map(read)
	const first = existsSync(join(ROOT, target)) ? '' : `, ${minutes} to ${2 * minutes} minutes the first time on 2 cores`
	await must(`native build: ${kind}${first}`, tool('napi'), [
		...['build', '--platform', '--release', '--esm', '--no-dts-cache'],
		...['--manifest-path', 'crates/subloc-addon/Cargo.toml', '--target', TARGET, '--target-dir', target],
		...['--output-dir', 'src-ts/native', '--js', 'index.js', '--dts', 'index.d.ts'],
		...features.flatMap((feature) => ['--features', feature]),
	])
	placeNative()
	return GENERATED.filter((file, index) => read(file) !== before[index])
}

/** Puts the loader and the addon beside the compiled TypeScript, where there is some. */
function placeNative() {
	const native = join(ROOT, 'dist/native')
	if (!existsSync(native)) return
	for (const file of GENERATED) copyFileSync(join(NATIVE, file), join(native, file))
	rmSync(join(native, BINARY), { force: true })
	if (existsSync(join(NATIVE, BINARY))) linkSync(join(NATIVE, BINARY), join(native, BINARY))
}

function read(file) {
	const path = join(NATIVE, file)
	return existsSync(path) ? readFileSync(path, 'utf8') : null
}

/** Which build lies in src-ts/native, from its own mouth: 'cpu', 'full', or null where none does or it cannot be loaded. */
export function builtKind() {
	if (!existsSync(join(NATIVE, BINARY))) return null
	const ask = `console.log(require(${JSON.stringify(join(NATIVE, BINARY))}).nativeInfo().value.build)`
	return output(process.execPath, ['-e', ask])
}

/** Compiles src-ts to dist and puts the loader and the addon beside it. */
export async function buildTypeScript() {
	rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
	await must('tsc', tool('tsc'), ['-p', 'tsconfig.json'])
	await buildPage(tool('tsc'))
	mkdirSync(join(ROOT, 'dist/native'), { recursive: true })
	placeNative()
	for (const name of ['start.js', 'main.js']) {
		const path = join(ROOT, 'dist/cli', name)
		if (existsSync(path)) makeRunnable(path)
	}
}

function makeRunnable(path) {
	const text = readFileSync(path, 'utf8')
	if (!text.startsWith('#!')) throw new Stop(`${path} must begin with #!/usr/bin/env node`)
	writeFileSync(path, text, { mode: 0o755 })
}

/** The quick build, unless the full one is there. */
export async function ensureAnyBuild() {
	const kind = builtKind() === 'full' ? 'full' : 'cpu'
	await buildNative(kind)
	say(`the addon is the ${kind} build`)
}
