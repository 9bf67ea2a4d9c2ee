// The script of a report's page: its modules, written one after the other into one file that stands inside the page.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { must, ROOT, Stop } from './steps.mjs'

const FOLDER = join(ROOT, 'dist/report/browser')

/** Compiles src-ts/report/browser, and leaves its script.js and style.css for what writes the page. */
export async function buildPage(tsc) {
	await must('tsc: the page of a report', tsc, ['-p', 'tsconfig.page.json'])
	const text = joined(join(FOLDER, 'main.js'))
	if (/<\/script|<!--/i.test(text)) throw new Stop('the script of the page holds what would end its own block')
	rmSync(FOLDER, { recursive: true })
	mkdirSync(FOLDER)
	const script = join(FOLDER, 'script.js')
	writeFileSync(script, text)
	// Two modules may have given one name to different things.
	await must('node --check script.js', process.execPath, ['--check', script])
	copyFileSync(join(ROOT, 'src-ts/report/browser/style.css'), join(FOLDER, 'style.css'))
}

/** A module after those that it imports, each once, without the words import and export. */
function joined(file, seen = new Set()) {
	if (seen.has(file)) return ''
	seen.add(file)
	const text = readFileSync(file, 'utf8')
	const before = [...text.matchAll(/^import [^;]*?from '(\.[^']+)';$/gm)].map(([, path]) =>
		joined(join(dirname(file), path), seen),
	)
	const own = text.replace(/^import [^;]*;\n/gm, '').replace(/^export (?=(async )?(function|class|const|let) )/gm, '')
	if (/^(import|export)\b/m.test(own)) throw new Stop(`${file}: only named exports and imports of its neighbours`)
	return `${before.join('')}${own}`
}
