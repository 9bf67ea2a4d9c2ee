// index.d.ts at the root is what a user sees: every exported type in one file, rolled up from src-ts/index.ts.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tool } from './setup.mjs'
import { must, ROOT } from './steps.mjs'

const API = join(ROOT, 'index.d.ts')
const ROLLED = join(ROOT, 'dist/.api.d.ts')
const HEADER = '// Generated from src-ts/index.ts by `npm run api`; not edited by hand.\n\n'

/** The rolled-up public API as it should be. */
export async function rollUp() {
	await must('roll up the public API', tool('dts-bundle-generator'), [
		...['--silent', '--no-banner', '--export-referenced-types=false'],
		...['--project', 'tsconfig.json', '-o', ROLLED, 'src-ts/index.ts'],
	])
	const text = HEADER + readFileSync(ROLLED, 'utf8')
	rmSync(ROLLED)
	return text
}

/** The committed one; empty where there is none. */
export function committedApi() {
	try {
		return readFileSync(API, 'utf8')
	} catch {
		return ''
	}
}

/** Writes index.d.ts. */
export function writeApi(text) {
	writeFileSync(API, text)
}
