// npm test — set-up, the full build, then every check. The last line is `N passed, N failed`.
//
//   npm test -- --no-build          uses the addon that is there; refuses one that is not the full build
//   npm test -- --only cargo,ava    runs some parts alone: types, biome, format, clippy, cargo, ava, api
//
// Everything after the build runs even when something before it failed, so that one run tells all.
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { committedApi, rollUp } from './lib/api.mjs'
import { BUILDS, buildNative, buildTypeScript, builtKind, ensurePackages, TARGET, tool } from './lib/setup.mjs'
import { main, ROOT, requireTools, run, Stop, say } from './lib/steps.mjs'

const { features, target } = BUILDS.full
// The same features, profile and target folder as the full build: nothing is compiled twice.
const CARGO = [
	...['--workspace', '--release', '--locked', '--target', TARGET],
	...['--target-dir', target, '--features', features.join(',')],
]

/** name → [title, () => { passed, failed }] */
const PARTS = {
	types: ['tsc over sources and tests', () => check(tool('tsc'), ['-p', 'tsconfig.test.json'])],
	biome: ['biome', () => check(tool('biome'), ['ci', '.'])],
	format: ['cargo fmt', () => check('cargo', ['fmt', '--all', '--check'])],
	clippy: ['clippy', () => check('cargo', ['clippy', ...CARGO, '--all-targets', '--', '-D', 'warnings'])],
	cargo: ['cargo test', cargoTest],
	ava: ['ava', avaTest],
	api: ['index.d.ts is what src-ts/index.ts exports', apiDrift],
}

main(async () => {
	const started = Date.now()
	requireTools()
	const totals = { passed: 0, failed: 0 }
	const parts = wantedParts()
	await ensurePackages()
	if (!process.argv.includes('--no-build')) {
		const changed = await buildNative('full')
		add(totals, 'the generated loader is the committed one', { passed: +!changed.length, failed: +!!changed.length })
		for (const file of changed) say(`src-ts/native/${file} was not up to date: commit it`)
	}
	const kind = builtKind()
	if (kind !== 'full') {
		throw new Stop(
			`the tests need the full build, here is ${kind ?? 'none'}: run \`npm run build:full\` (or npm test without --no-build)`,
		)
	}
	await buildTypeScript()
	for (const name of parts) {
		const [title, part] = PARTS[name]
		say(title)
		const result = await part()
		if (result.failed) say(`${title}: FAILED`)
		add(totals, title, result)
	}
	console.log(`\n${minutes(Date.now() - started)} minutes`)
	for (const { title, passed, failed } of totals.parts)
		console.log(`${failed ? '✘' : '✔'} ${title}: ${passed} passed, ${failed} failed`)
	console.log(`${totals.passed} passed, ${totals.failed} failed`)
	return totals.failed ? 1 : 0
})

function wantedParts() {
	const at = process.argv.indexOf('--only')
	const names = at < 0 ? Object.keys(PARTS) : (process.argv[at + 1] ?? '').split(',')
	for (const name of names) {
		if (!(name in PARTS)) throw new Stop(`--only ${name}: there are ${Object.keys(PARTS).join(', ')}`)
	}
	return names
}

function add(totals, title, { passed, failed }) {
	totals.passed += passed
	totals.failed += failed
	totals.parts = [...(totals.parts ?? []), { title, passed, failed }]
}

function minutes(milliseconds) {
	return (milliseconds / 60_000).toFixed(1)
}

/** A command that passes or fails as a whole. */
async function check(command, args) {
	return (await run(command, args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/** A test runner: `count` reads its lines. A runner that fails without a failed test (it crashed) counts as one failure. */
async function tests(command, args, env, count) {
	const result = { passed: 0, failed: 0 }
	const code = await run(command, args, { env, onLine: (line) => count(line, result) })
	if (code !== 0 && result.failed === 0) result.failed = 1
	if (code === 0 && result.passed === 0) throw new Stop(`${command} ran no test`)
	return result
}

function cargoTest() {
	// Without a runtime folder Mesa's software GPU, on which the kernels are tested, prints a line.
	const env = { XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir() }
	return tests('cargo', ['test', ...CARGO, '--no-fail-fast'], env, (line, result) => {
		const closing = /^test result: \w+\. (\d+) passed; (\d+) failed/.exec(line)
		if (!closing) return
		result.passed += Number(closing[1])
		result.failed += Number(closing[2])
	})
}

function avaTest() {
	// NO_COLOR: the closing lines are read.
	return tests(tool('ava'), [], { NO_COLOR: '1', FORCE_COLOR: '0' }, (line, result) => {
		const closing =
			/^ {2}(\d+) (tests? passed|tests? failed|uncaught exceptions?|unhandled rejections?|tests? remained pending.*)$/.exec(
				line,
			)
		if (!closing) return
		result[closing[2].endsWith('passed') ? 'passed' : 'failed'] += Number(closing[1])
	})
}

async function apiDrift() {
	if (!existsSync(join(ROOT, 'src-ts/index.ts'))) return { passed: 0, failed: 1 }
	try {
		if ((await rollUp()) === committedApi()) return { passed: 1, failed: 0 }
		say('index.d.ts differs: run `npm run api`, look at what changed for the users, and commit it')
	} catch (error) {
		if (!(error instanceof Stop)) throw error
		say(error.message)
	}
	return { passed: 0, failed: 1 }
}
