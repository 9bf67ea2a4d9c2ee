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

/** Runs `subloc …`; `input` is its stdin. `onStart` may signal it. */
export async function subloc(
	args: readonly string[],
	{ input, cwd, onStart }: { input?: string | Buffer; cwd?: string; onStart?: (child: ChildProcess) => void } = {},
): Promise<Finished> {
	const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, NO_COLOR: '1' } })
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
