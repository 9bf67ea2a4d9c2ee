/** Who may depend on whom: the table of ARCHITECTURE.md, read against `cargo metadata` and the import lines. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import test from 'ava'

const ROOT = resolve(import.meta.dirname, '../..')
const SOURCES = join(ROOT, 'src-ts')

// ---- Rust

/** crate → the packages that it may name; its own tests may name more. */
const CRATES: Record<string, RegExp> = {
	'lstm-kernels': /^(rayon|gemm|half)$/,
	'subloc-analysis': /^(lstm-kernels|rayon|block-aligner|parasail.*)$/,
	'subloc-model':
		/^(burn|burn-.*|cubecl|cubecl-.*|lstm-kernels|safetensors|serde|serde_json|libloading|rayon|half|bytemuck)$/,
	'subloc-addon': /^(lstm-kernels|mimalloc|subloc-.*|napi|napi-.*|rayon|serde|serde_json)$/,
	'subloc-bench': /^(lstm-kernels|subloc-model|subloc-analysis|rayon|serde|serde_json)$/,
}

interface CargoPackage {
	name: string
	dependencies: { name: string; kind: null | 'dev' | 'build' }[]
}

const cargoPackages = (): CargoPackage[] =>
	JSON.parse(cargo('metadata', '--no-deps', '--format-version', '1').stdout).packages

test('every crate has a row in the table', (t) => {
	for (const { name } of cargoPackages()) t.true(name in CRATES, `${name} has none`)
})

test('a crate depends on what its row allows', (t) => {
	for (const { name, dependencies } of cargoPackages()) {
		for (const dependency of dependencies.filter(({ kind }) => kind === null)) {
			t.regex(dependency.name, CRATES[name] ?? /^$/, `${name} depends on ${dependency.name}`)
		}
	}
})

const forbidden = test.macro<[crate: string, pattern: RegExp, except?: RegExp]>({
	exec(t, crate, pattern, except) {
		for (const file of files(join(ROOT, 'crates', crate, 'src'), '.rs')) {
			const path = relative(ROOT, file)
			if (except?.test(path)) continue
			for (const [index, line] of code(file).entries()) t.notRegex(line, pattern, `${path}:${index + 1}`)
		}
		t.pass()
	},
	title: (_, crate, pattern) => `${crate} never says ${pattern.source}`,
})

const PRINTING = /\b(e?print(ln)?|dbg)!\s*\(/
test(forbidden, 'lstm-kernels', /\bstd::(fs|time|env|net)\b/)
test(forbidden, 'lstm-kernels', PRINTING)
test(forbidden, 'subloc-model', /\bstd::env\b|\benv::var/, /device(\.rs|\/)/)
test(forbidden, 'subloc-model', PRINTING)
test(forbidden, 'subloc-model', /\bnapi\b/)
test(forbidden, 'subloc-addon', /\bburn\b|\bcubecl\b/)
test(forbidden, 'subloc-addon', PRINTING)
test(forbidden, 'subloc-analysis', /\bstd::(fs|time|env|net)\b|\b(burn|napi)\b/)
test(forbidden, 'subloc-analysis', PRINTING)
// The kernels' random numbers, and nothing else of them.
test(forbidden, 'subloc-analysis', /\blstm_kernels::(?!philox\b)/)

test('the LLVM bundle that is fetched at build time is not in the graph', (t) => {
	const { status, stdout, stderr } = cargo(
		'tree',
		'--workspace',
		'--features',
		'gpu',
		'--invert',
		'tracel-llvm-bundler',
	)
	t.not(status, 0, stdout)
	t.regex(stderr, /did not match any packages/)
})

test('fusion is not enabled', (t) => {
	const { status, stdout, stderr } = cargo(
		'tree',
		'--workspace',
		'--features',
		'gpu',
		'--edges',
		'features',
		'--invert',
		'burn-fusion',
	)
	t.true(status !== 0 ? /did not match any packages/.test(stderr) : stdout.trim() === '', stdout || stderr)
})

test('a dev-dependency brings no package that the crates do not share anyway', (t) => {
	// So that `cargo test` and the addon build compile the shared crates with the same features.
	for (const { name, dependencies } of cargoPackages()) {
		for (const dependency of dependencies.filter(({ kind }) => kind === 'dev')) {
			t.regex(
				dependency.name,
				/^(lstm-kernels|subloc-.*|rayon|serde|serde_json|safetensors|burn-.*|burn|proptest)$/,
				`${name}`,
			)
		}
	}
	t.pass()
})

function cargo(...args: string[]) {
	const [command, ...rest] = args
	return spawnSync('cargo', [command!, '--locked', ...rest], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 28 })
}

/** Lines of a file with their line comments taken out. */
function code(file: string): string[] {
	return readFileSync(file, 'utf8')
		.split('\n')
		.map((line) => line.replace(/\/\/.*$/, ''))
}

// ---- TypeScript

/** A stage may import those before it. `model` and the run folder belong to what a training hands over. */
const STAGES = [
	'programs',
	'sequence',
	'encoding',
	'dataset',
	'config',
	'model',
	'alignment',
	'train',
	'predict',
	'cross-validate',
	'evaluate',
	'explain',
	'figures',
	'report',
	'jobs',
]
const COMMON = ['errors', 'progress', 'native/binding']

/** What runs in a browser, and the types of what it is given. */
const PAGE = ['report/browser', 'report/page-data']

/** src-ts/dataset/split/x.ts → dataset; src-ts/train/train.ts → train; src-ts/native/binding.ts → native/binding; src-ts/report/browser/x.ts → report/browser. */
function room(file: string): string {
	const [first, second] = relative(SOURCES, file).split(sep) as [string, string?]
	if (first === 'native') return `native/${second!.replace(/(\.d)?\.[jt]s$/, '')}`
	if (first === 'report' && PAGE.includes(`report/${second!.replace(/\.[jt]s$/, '')}`))
		return `report/${second!.replace(/\.[jt]s$/, '')}`
	return first.replace(/\.[jt]s$/, '')
}

interface Import {
	from: string
	line: number
}

function imports(file: string): Import[] {
	const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
	const found = text.matchAll(
		/(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g,
	)
	return [...found].map((match) => ({
		from: match[1] ?? match[2]!,
		line: text.slice(0, match.index).split('\n').length,
	}))
}

function mayImport(importer: string, imported: string): boolean {
	if (importer === imported) return true
	if (importer === 'native/binding')
		return ['native/index', 'native/types', 'native/drivers', 'errors'].includes(imported)
	if (importer === 'native/types') return imported === 'native/binding'
	if (importer === 'native/drivers') return false
	if (importer === 'errors') return false
	if (importer === 'progress') return imported === 'errors'
	if (importer === 'index') return STAGES.includes(imported) || COMMON.includes(imported)
	if (importer === 'cli') return false
	if (importer === 'report/browser') return imported === 'report/page-data'
	if (importer === 'report' && imported === 'report/page-data') return true
	const stage = STAGES.indexOf(importer)
	return stage >= 0 && (COMMON.includes(imported) || (STAGES.includes(imported) && STAGES.indexOf(imported) < stage))
}

test('every file of src-ts belongs to a room', (t) => {
	for (const file of sources()) {
		t.true(
			[...STAGES, ...COMMON, ...PAGE, 'native/types', 'native/drivers', 'native/index', 'cli', 'index'].includes(
				room(file),
			),
			relative(ROOT, file),
		)
	}
})

test('a stage imports the binding, errors, progress and the stages before it', (t) => {
	for (const file of sources()) {
		for (const { from, line } of imports(file)) {
			if (!from.startsWith('.')) continue
			const imported = room(resolve(dirname(file), from))
			t.true(mayImport(room(file), imported), `${relative(ROOT, file)}:${line} imports ${imported}`)
		}
	}
})

test('the command line uses the package by its name, and it alone uses commander', (t) => {
	for (const file of sources()) {
		for (const { from, line } of imports(file)) {
			const place = `${relative(ROOT, file)}:${line}`
			if (from === 'subloc-native' || from === 'commander') t.is(room(file), 'cli', place)
		}
	}
})

test('figures write no files', (t) => {
	for (const file of sources().filter((file) => room(file) === 'figures')) {
		for (const { from, line } of imports(file))
			t.notRegex(from, /^node:(fs|child_process)/, `${relative(ROOT, file)}:${line}`)
	}
	t.pass()
})

test('programs.ts alone starts programs, for alignment and for MMseqs2 where a split asks for it; but for scontrol, which queues a stopped job again', (t) => {
	const others = ['src-ts/programs.ts', 'src-ts/cli/process.ts']
	const users = ['src-ts/dataset/split/mmseqs.ts']
	for (const file of sources().filter((file) => !file.endsWith('.js'))) {
		for (const { from, line } of imports(file)) {
			const place = `${relative(ROOT, file)}:${line}`
			if (from === 'node:child_process') t.true(others.includes(relative(ROOT, file)), place)
			if (!from.endsWith('/programs.js') || users.includes(relative(ROOT, file))) continue
			t.is(room(file), 'alignment', place)
		}
	}
	t.pass()
})

test('a report reads its page’s script and style, and writes nothing; the page uses nothing but itself', (t) => {
	for (const file of sources().filter((file) => room(file).startsWith('report'))) {
		for (const { from, line } of imports(file)) {
			const place = `${relative(ROOT, file)}:${line}`
			t.notRegex(from, /^node:(fs\/|child_process)/, place)
			if (from === 'node:fs') t.regex(file, /report\/page\.ts$/, place)
			if (room(file) === 'report/browser') t.regex(from, /^\./, place)
		}
	}
	t.regex(readFileSync(join(SOURCES, 'report/page.ts'), 'utf8'), /import \{ readFileSync \} from 'node:fs'/)
})

test('index.ts is a page of contents: exports only', (t) => {
	const text = readFileSync(join(SOURCES, 'index.ts'), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
	t.is(text.replace(/export\s+(type\s+)?(\{[^}]*\}|\*(\s+as\s+\w+)?)\s*from\s*'[^']+';?/g, '').trim(), '')
})

test('examples and benchmarks import the package by its name', (t) => {
	for (const folder of ['examples', 'bench']) {
		for (const file of files(join(ROOT, folder), '.ts', '.mjs')) {
			for (const { from, line } of imports(file)) t.notRegex(from, /src-ts|dist\//, `${relative(ROOT, file)}:${line}`)
		}
	}
	t.pass()
})

test('a test imports the room it mirrors and what that room may use', (t) => {
	for (const file of files(join(ROOT, 'test'), '.ts')) {
		const mirrored = relative(join(ROOT, 'test'), file)
			.split(sep)[0]!
			.replace(/\.test\.ts$/, '')
		for (const { from, line } of imports(file)) {
			if (!from.includes('src-ts')) continue
			const imported = room(resolve(dirname(file), from))
			const allowed = mirrored === imported.split('/')[0] || COMMON.includes(imported) || mayImport(mirrored, imported)
			t.true(allowed, `${relative(ROOT, file)}:${line} imports ${imported}: use the package's name, or move the test`)
		}
	}
	t.pass()
})

function sources(): string[] {
	return files(SOURCES, '.ts')
}

function files(folder: string, ...endings: string[]): string[] {
	if (!existsSync(folder)) return []
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
		.map((entry) => join(entry.parentPath, entry.name))
}
