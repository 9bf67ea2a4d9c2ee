/** The command line in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')
const MAIN = join(ROOT, 'dist/cli/start.js')

export interface Finished {
	code: number | null
	stdout: string
	stderr: string
}

interface SublocOptions {
	/** Its stdin. */
	input?: string | Buffer
	cwd?: string
	/** Added to this process's environment. */
	env?: Record<string, string | undefined>
	/** May signal it. */
	onStart?: (child: ChildProcess) => void
}

/** Runs `subloc …`. */
export async function subloc(
	args: readonly string[],
	{ input, cwd, env, onStart }: SublocOptions = {},
): Promise<Finished> {
	const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, NO_COLOR: '1', ...env } })
	const [stdout, stderr] = [text(child.stdout), text(child.stderr)]
	child.stdin.on('error', () => {})
	child.stdin.end(input ?? '')
	onStart?.(child)
	const code = await new Promise<number | null>((done) => child.on('close', done))
	return { code, stdout: await stdout, stderr: await stderr }
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
	let all = ''
	for await (const piece of stream) all += piece
	return all
}
