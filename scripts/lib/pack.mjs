// The two tarballs of a release: the TypeScript package, and the platform package with the native binary beside it.
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, Stop } from './steps.mjs'

const PLATFORM = 'linux-x64-gnu'
const LICENCES = ['LICENSE-MIT', 'LICENSE-APACHE']

/**
 * Packs dist and the addon of src-ts/native into `folder`.
 * Returns { name, path, files, packedBytes, unpackedBytes } of each tarball: main, platform.
 */
export function packAll(folder) {
	const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
	const binary = `${manifest.napi.binaryName}.${PLATFORM}.node`
	if (!existsSync(join(ROOT, 'src-ts/native', binary))) throw new Stop('no addon is built: npm run build:full')
	if (!existsSync(join(ROOT, 'dist/index.js'))) throw new Stop('nothing is compiled: npm run build:ts')
	mkdirSync(folder, { recursive: true })
	const stage = join(folder, 'stage')
	rmSync(stage, { recursive: true, force: true })
	stageMain(manifest, join(stage, 'main'))
	stagePlatform(manifest, binary, join(stage, PLATFORM))
	const packed = [pack(join(stage, 'main'), folder), pack(join(stage, PLATFORM), folder)]
	rmSync(stage, { recursive: true })
	return packed
}

function platformName(manifest) {
	return `${manifest.napi.packageName}-${PLATFORM}`
}

function stageMain({ scripts, devDependencies, napi, ...manifest }, folder) {
	mkdirSync(folder, { recursive: true })
	manifest.optionalDependencies = { [platformName({ napi })]: manifest.version }
	writeManifest(folder, manifest)
	// What begins with ! is for npm, which leaves it out when it packs.
	for (const file of ['README.md', ...manifest.files.filter((name) => !name.startsWith('!'))]) {
		if (!existsSync(join(ROOT, file))) throw new Stop(`package.json lists ${file}, which is missing`)
		cpSync(join(ROOT, file), join(folder, file), { recursive: true, filter: isPacked })
	}
}

/** Neither the binary, which has a package of its own, nor what Python leaves beside an example that was run. */
function isPacked(path) {
	return !path.endsWith('.node') && !path.endsWith('__pycache__')
}

/** As `napi create-npm-dirs` lays it out. */
function stagePlatform(manifest, binary, folder) {
	mkdirSync(folder, { recursive: true })
	const { version, license, engines, repository } = manifest
	const name = platformName(manifest)
	writeManifest(folder, {
		name,
		version,
		description: `The native binary of ${manifest.name} for ${PLATFORM}`,
		license,
		...(repository && { repository }),
		engines,
		os: ['linux'],
		cpu: ['x64'],
		libc: ['glibc'],
		main: binary,
		files: [binary, ...LICENCES],
	})
	writeFileSync(
		join(folder, 'README.md'),
		`# ${name}\n\nThe native binary of \`${manifest.name}\` for \`x86_64-unknown-linux-gnu\`.\n`,
	)
	for (const file of LICENCES) copyFileSync(join(ROOT, file), join(folder, file))
	copyFileSync(join(ROOT, 'src-ts/native', binary), join(folder, binary))
}

function writeManifest(folder, manifest) {
	writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

function pack(folder, destination) {
	const { status, stdout, stderr } = spawnSync(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', destination],
		{
			cwd: folder,
			encoding: 'utf8',
		},
	)
	if (status !== 0) throw new Stop(`npm pack: ${stderr}`)
	const answer = JSON.parse(stdout)
	const [report] = Array.isArray(answer) ? answer : Object.values(answer)
	return {
		name: report.name,
		path: join(destination, report.filename),
		files: report.entryCount,
		packedBytes: report.size,
		unpackedBytes: report.unpackedSize,
	}
}
