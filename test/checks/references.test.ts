/** The places in the code that docs/method.md and docs/deviations.md name: each file is there, and holds what is named. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import test from 'ava'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGES = ['docs/method.md', 'docs/deviations.md']

/** The short paths of docs/method.md. */
const SHORT: [RegExp, string][] = [
	[/^kernels\//, 'crates/lstm-kernels/src/'],
	[/^model\//, 'crates/subloc-model/src/'],
]

const sources = ['src-ts', 'crates'].flatMap((folder) =>
	readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.(rs|ts)$/.test(entry.name))
		.map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')),
)

interface Reference {
	file: string
	/** Empty where a file is named as a whole. */
	symbol: string
}

/** Code spans like `layers/head.rs:Head::forward` or `predict.rs`. */
function references(page: string): Reference[] {
	const found = page.matchAll(/`([\w./-]+\.(?:rs|ts))(?::([\w:]+))?`/g)
	return [...found].map(([, file, symbol = '']) => ({ file: file!, symbol }))
}

/** Whether a file of that path, or one whose path ends with it, defines every name of `A::b`. */
function exists({ file, symbol }: Reference): boolean {
	const path = SHORT.reduce((short, [prefix, whole]) => short.replace(prefix, whole), file)
	const names = symbol.split('::').filter(Boolean)
	return sources
		.filter((source) => source === path || source.endsWith(`/${path}`))
		.map((source) => readFileSync(join(ROOT, source), 'utf8'))
		.some((text) => names.every((name) => defines(text, name)))
}

function defines(text: string, name: string): boolean {
	return new RegExp(`\\b(fn|struct|enum|trait|type|const|static|function|class|interface)\\s+${name}\\b`).test(text)
}

const missing = (page: string) =>
	references(page)
		.filter((reference) => !exists(reference))
		.map(({ file, symbol }) => (symbol ? `${file}:${symbol}` : file))

for (const page of PAGES) {
	test(`every place in the code that ${page} names is there`, (t) => {
		const text = readFileSync(join(ROOT, page), 'utf8')
		t.true(references(text).length > 5)
		t.deepEqual(missing(text), [])
	})
}

test('a place that is not there is found, and all of them at once', (t) => {
	const page =
		'`kernels/nothing.rs:forward`, `kernels/residue_conv.rs:forward`, `model/layers/head.rs:Head::backwards`, `gone.ts`, `train.ts`'
	t.deepEqual(missing(page), ['kernels/nothing.rs:forward', 'model/layers/head.rs:Head::backwards', 'gone.ts'])
})
