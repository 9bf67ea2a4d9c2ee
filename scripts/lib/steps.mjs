// What the scripts share: running commands, telling what runs, and finding the tools. Plain Node: this runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

const OLDEST_NODE = [20, 19]
const OLDEST_RUST = [1, 95]

/** A mistake that the user can mend; its message is all that is shown. */
export class Stop extends Error {}

/** Runs a script's main function; a {@link Stop} ends it with its message alone. */
export async function main(body) {
	try {
		process.exitCode = (await body()) ?? 0
	} catch (error) {
		console.error(error instanceof Stop ? `\n${error.message}` : error)
		process.exitCode = 1
	}
}

/** Says what runs now. */
export function say(line) {
	console.error(`\u2192 ${line}`)
}

/**
 * Runs a command in the repository's root with its output on the terminal.
 * `onLine` sees every line of its output as well. Resolves with the exit code.
 */
export function run(command, args, { env = {}, onLine, cwd = ROOT } = {}) {
	return new Promise((done, fail) => {
		const child = spawn(command, args, {
			cwd,
			env: { ...process.env, ...env },
			stdio: ['ignore', onLine ? 'pipe' : 'inherit', onLine ? 'pipe' : 'inherit'],
		})
		for (const [stream, terminal] of onLine
			? [
					[child.stdout, process.stdout],
					[child.stderr, process.stderr],
				]
			: []) {
			let rest = ''
			stream.setEncoding('utf8').on('data', (text) => {
				terminal.write(text)
				const lines = (rest + text).split('\n')
				rest = lines.pop()
				for (const line of lines) onLine(line)
			})
			stream.on('end', () => rest && onLine(rest))
		}
		child.on('error', fail)
		child.on('close', (code, signal) => done(signal ? 1 : code))
	})
}

/** Runs a command; stops the script when it fails. */
export async function must(what, command, args, options) {
	say(what)
	const code = await run(command, args, options)
	if (code !== 0) throw new Stop(`${what}: failed (exit code ${code})`)
}

/** What a command prints on stdout, or null when it cannot be run or fails. */
export function output(command, args) {
	const { status, stdout } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' })
	return status === 0 ? stdout.trim() : null
}

/** Stops with what to install where Node, Rust or a C compiler is missing or too old. */
export function requireTools() {
	requirePlatform()
	requireNode()
	const rust = output('rustc', ['--version'])
	const wanted = OLDEST_RUST.join('.')
	if (!rust || !output('cargo', ['--version'])) {
		throw new Stop(
			`Rust is missing: install Rust ${wanted} or newer (rustup.rs), so that \`rustc\` and \`cargo\` are on the PATH.`,
		)
	}
	if (isOlder(rust.split(' ')[1], OLDEST_RUST)) {
		throw new Stop(`${rust} is too old: Rust ${wanted} or newer is needed (\`rustup update stable\`).`)
	}
	const linker = process.env.CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER ?? 'cc'
	if (output(linker, ['--version']) === null) {
		throw new Stop(
			`A C compiler is missing (\`${linker}\`): install one, for example \`apt-get install gcc libc6-dev\`.`,
		)
	}
}

/**
 * Stops where the scripts cannot build: they name one target.
 * @param {{ platform: string, arch: string, glibc?: string }} [machine]
 */
export function requirePlatform({ platform, arch, glibc } = thisPlatform()) {
	if (platform === 'linux' && arch === 'x64' && glibc) return
	const here = `${platform} ${arch}${platform === 'linux' && !glibc ? ' without glibc' : ''}`
	throw new Stop(`This is ${here}: the native part is built and tested on Linux x86-64 with glibc alone so far.`)
}

function thisPlatform() {
	const { platform, arch } = process
	return { platform, arch, glibc: process.report.getReport().header.glibcVersionRuntime }
}

/** Stops where Node is too old. */
export function requireNode() {
	if (isOlder(process.versions.node, OLDEST_NODE)) {
		throw new Stop(`Node ${process.versions.node} is too old: Node ${OLDEST_NODE.join('.')} or newer is needed.`)
	}
}

function isOlder(version, [major, minor]) {
	const [a, b] = version.split('.').map(Number)
	return a < major || (a === major && b < minor)
}
