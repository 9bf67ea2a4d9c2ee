/** What the README shows is run: the demo, then its examples, as they stand there. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { temporaryFolder } from './support/folder.js'
import { ROOT, subloc } from './support/subloc.js'

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
const blocks = (language: string) =>
	[...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code]) => code!)

test('the demo, the import examples and the commands work as they stand', async (t) => {
	const folder = temporaryFolder(t)
	mkdirSync(join(folder, 'node_modules'))
	symlinkSync(ROOT, join(folder, 'node_modules/subloc-native'))
	writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')

	const demo = await subloc(['demo'], { cwd: folder })
	t.is(demo.code, 0, demo.stderr)
	t.regex(demo.stdout, /accuracy \d\d\.\d % on held-out synthetic proteins/)
	t.regex(demo.stdout, /new_mitochondrial +mitochondrial/)
	t.true(existsSync(join(folder, 'demo-output/run/figures/confusion.svg')))
	// The page again, from the proteins that the demo has left: all but its title is the same.
	const page = () => readFileSync(join(folder, 'demo-output/run/report.html'), 'utf8')
	const proteins = () => /<script type="application\/json" id="report-data">[\s\S]*?<\/script>/.exec(page())![0]
	const first = proteins()
	t.regex(page(), /These proteins are synthetic/)
	const again = await subloc(['report', 'demo-output/run'], { cwd: folder })
	t.is(again.code, 0, again.stderr)
	t.regex(page(), /These proteins are synthetic/)
	t.is(proteins(), first)

	const examples = blocks('ts')
	t.is(examples.length, 2)
	for (const [at, code] of examples.entries()) {
		const file = join(folder, `example${at}.ts`)
		writeFileSync(file, code)
		const { status, stdout, stderr } = spawnSync(
			process.execPath,
			['--import', join(ROOT, 'node_modules/tsx/dist/loader.mjs'), file],
			{ cwd: folder, encoding: 'utf8' },
		)
		t.is(status, 0, stderr)
		if (at === 0) t.regex(stdout, /^new_\w+ \w+ \d\.\d\d\nnew_/)
		if (at === 1) {
			const lines = stdout.trim().split('\n')
			t.is(lines.length, 13)
			t.true(Number(lines.at(-1)!.split(' ')[0]) > 0.3, 'it has learned something')
		}
	}

	// The commands of the second and third shell block, on a tenth of the epochs and with what the demo has made.
	cpSync(join(folder, 'demo-output/proteins'), join(folder, 'proteins'), { recursive: true })
	cpSync(join(folder, 'demo-output/new.fasta'), join(folder, 'proteome.faa.gz'))
	writeFileSync(join(folder, 'independent.tsv'), 'id\tsequence\tclass\nx\tMKSKL\tperoxisomal\n')
	writeFileSync(join(folder, 'proteome.fasta'), readFileSync(join(folder, 'demo-output/new.fasta')))
	const lines = (block: number) =>
		blocks('sh')
			[block]!.trim()
			.split('\n')
			.map((line) => line.replace(/^npx /, ''))
	const commands = [...lines(1), ...lines(2)]
	t.is(commands.length, 5)
	for (const command of commands) {
		const [name, ...args] = command.replace(/ +#.*$/, '').split(' ')
		t.is(name, 'subloc')
		const { code, stderr } = await subloc(args[0] === 'train' ? [...args, '--epochs', '2'] : args, { cwd: folder })
		t.is(code, 0, stderr)
	}
})

test('what the README links to is there', (t) => {
	for (const [, path] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) t.true(existsSync(join(ROOT, path!)), path)
})
