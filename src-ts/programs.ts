/** Programs of others: found on PATH, run, and their last words when they fail. */
import { spawn } from 'node:child_process'
import { access, constants, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Readable } from 'node:stream'
import { SublocError } from './errors.js'

/** How to get a program, for messages. */
const PACKAGES: Record<string, string> = {
	mmseqs: 'Debian: apt-get install mmseqs2; conda: mmseqs2',
	psiblast: 'Debian: apt-get install ncbi-blast+; conda: blast',
	makeblastdb: 'Debian: apt-get install ncbi-blast+; conda: blast',
}

/** Lines of a failed program that are told. */
const LAST_LINES = 8
/** Characters of its output that are kept. */
const KEPT = 1 << 14
/** Between asking a program to end and ending it, ms. */
const GRACE = 3000

/** Path of a program on PATH. Errors: `TOOL_UNAVAILABLE`. */
export async function findTool(name: string): Promise<string> {
	for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
		const path = join(folder, name)
		const isThere = await access(path, constants.X_OK).then(
			async () => (await stat(path)).isFile(),
			() => false,
		)
		if (isThere) return path
	}
	const message = `there is no ${name} on PATH${PACKAGES[name] ? ` (${PACKAGES[name]})` : ''}`
	throw new SublocError('TOOL_UNAVAILABLE', message, { tool: name })
}

export interface RunToolOptions {
	/** Folder it runs in. */
	cwd?: string
	/** Ends it and whatever it has started; the run rejects with the signal's reason. */
	signal?: AbortSignal
}

/** What a program that ended well has said: the end of it, at most 16 kB. */
export interface ToolOutput {
	stdout: string
	stderr: string
}

/** A program that ended otherwise: its code (null: by a signal) and its last lines. */
export class ToolFailed extends SublocError {
	readonly exit: number | null

	constructor(tool: string, exit: number | null, how: string, lines: readonly string[]) {
		const told =
			lines.length > 0 ? `; its last lines:\n${lines.map((line) => `    ${line}`).join('\n')}` : ' and said nothing'
		super('TOOL_UNAVAILABLE', `${tool} ended with ${how}${told}`, { tool, exit, lines })
		this.exit = exit
	}
}

/**
 * Runs a program with arguments, without a shell and without stdin, in a process group of its own. Errors: `TOOL_UNAVAILABLE` with its exit code and last lines; the signal's reason.
 */
export async function runTool(
	path: string,
	args: readonly string[],
	options: RunToolOptions = {},
): Promise<ToolOutput> {
	const { cwd, signal } = options
	signal?.throwIfAborted()
	const name = [path.split('/').at(-1)!, ...args.slice(0, 1).filter((arg) => /^[a-z]/.test(arg))].join(' ')
	const child = spawn(path, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
	const kill = (how: NodeJS.Signals) => {
		try {
			if (child.pid !== undefined) process.kill(-child.pid, how)
		} catch {
			// It has ended by itself.
		}
	}
	const atExit = () => kill('SIGKILL')
	process.on('exit', atExit)
	let timer: NodeJS.Timeout | undefined
	const stop = () => {
		kill('SIGTERM')
		timer = setTimeout(kill, GRACE, 'SIGKILL')
	}
	signal?.addEventListener('abort', stop)
	const [stdout, stderr, both] = [new Tail(), new Tail(), new Tail()]
	const keep = (stream: Readable, own: Tail) =>
		stream.setEncoding('utf8').on('data', (text: string) => {
			own.add(text)
			both.add(text)
		})
	keep(child.stdout, stdout)
	keep(child.stderr, stderr)
	try {
		const [code, by] = await new Promise<[number | null, NodeJS.Signals | null]>((done, failed) => {
			child.on('error', failed)
			child.on('close', (...how) => done(how))
		})
		signal?.throwIfAborted()
		if (code !== 0)
			throw new ToolFailed(name, code, code === null ? `the signal ${by}` : `exit code ${code}`, both.lines())
		return { stdout: stdout.text, stderr: stderr.text }
	} catch (error) {
		if (error instanceof SublocError || signal?.aborted) throw error
		const message = `${name} cannot be started: ${error instanceof Error ? error.message : error}`
		throw new SublocError('TOOL_UNAVAILABLE', message, { tool: name }, { cause: error })
	} finally {
		clearTimeout(timer)
		process.off('exit', atExit)
		signal?.removeEventListener('abort', stop)
	}
}

/** The end of a text that grows. */
class Tail {
	text = ''

	add(piece: string): void {
		this.text = (this.text + piece).slice(-KEPT)
	}

	/** Lines with something to say: of a progress bar, its last state. */
	lines(): string[] {
		const shown = this.text.split('\n').map((line) => line.split('\r').filter(Boolean).at(-1)?.trimEnd() ?? '')
		return shown.filter((line) => line.trim() !== '' && !/^\[[=> ]+\]/.test(line)).slice(-LAST_LINES)
	}
}
