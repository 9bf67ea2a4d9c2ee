/** The programs that make profiles: real ones where the machine has them, and one that plays PSI-BLAST. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { temporaryFolder } from './folder.js'

const PACKAGES = { mmseqs: 'mmseqs2', psiblast: 'ncbi-blast+' }

/** Whether a program is there; a loud line where it is not. `.ci/run` installs both. */
export function hasTool(t: ExecutionContext, name: keyof typeof PACKAGES): boolean {
	if (spawnSync(name, [name === 'mmseqs' ? 'version' : '-version']).status === 0) return true
	const line = `SKIPPED for want of ${name}: "${t.title}" (Debian: apt-get install ${PACKAGES[name]})`
	console.error(line)
	t.log(line)
	t.pass()
	return false
}

/** A folder for PATH with shell scripts by their names. */
export function scripts(t: ExecutionContext, texts: Record<string, string>): string {
	const folder = join(temporaryFolder(t), 'bin')
	mkdirSync(folder)
	for (const [name, text] of Object.entries(texts)) {
		writeFileSync(join(folder, name), text)
		chmodSync(join(folder, name), 0o755)
	}
	return folder
}

/** Runs with another PATH; tests that use it are serial. */
export async function withPath<T>(path: string, work: () => Promise<T>): Promise<T> {
	const before = process.env['PATH']
	process.env['PATH'] = path
	try {
		return await work()
	} finally {
		process.env['PATH'] = before
	}
}

/**
 * Plays PSI-BLAST: a matrix whose percentages are 100 for the protein's own residues, and one hit. A protein without A has no hit; one with WWW fails; one with
 * HHHH waits for a minute, and says that it has begun in the file `begun` beside the script.
 */
const PLAYED = `#!${process.execPath}
const fs = require('node:fs')
const args = process.argv.slice(2)
if (args[0] === '-version') console.log('psiblast: 2.99.0+')
else if (args[0] === '-h') console.log('[-save_pssm_after_last_round]')
else {
	const value = (name) => args[args.indexOf(name) + 1]
	const sequence = fs.readFileSync(value('-query'), 'utf8').split('\\n')[1]
	fs.appendFileSync(__dirname + '/calls', sequence + '\\n')
	if (sequence.includes('WWW')) {
		console.error('first line\\nBLAST Database error: no such volume')
		process.exit(2)
	}
	if (sequence.includes('HHHH')) {
		fs.writeFileSync(__dirname + '/begun', String(process.pid))
		setTimeout(() => {}, 60_000)
	} else {
		const order = 'ARNDCQEGHILKMFPSTWYV'
		const hasHit = sequence.includes('A')
		const L = sequence.length
		fs.writeFileSync(value('-out'), hasHit ? ['self', 100, L, L, L].join('\\t') + '\\n' + ['s', 50, L, L, L].join('\\t') + '\\n' : '')
		const rows = [...sequence].map((letter, at) => [at + 1, letter, ...[...order].map(() => 0), ...[...order].map((a) => (a === letter ? 100 : 0))].join(' '))
		const head = '\\nLast position-specific scoring matrix computed, played\\n ' + [...order, ...order].join(' ') + '\\n'
		if (hasHit) fs.writeFileSync(value('-out_ascii_pssm'), head + rows.join('\\n') + '\\n\\n K Lambda\\n')
	}
}
`

/** A PATH on which PSI-BLAST is played, the script's folder, and a database for it. */
export function playedPsiblast(t: ExecutionContext): { path: string; folder: string; database: string } {
	const folder = scripts(t, { psiblast: PLAYED })
	const database = join(temporaryFolder(t), 'played')
	writeFileSync(`${database}.pin`, 'volume')
	return { path: [folder, process.env['PATH']].join(delimiter), folder, database }
}
