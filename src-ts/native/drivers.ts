/** Where the drivers of a GPU may write. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

let driversPrepared = false

/**
 * What a GPU's driver may write, told to it before it is loaded: compiled kernels go to `SUBLOC_CACHE_DIR` (default: `subloc-native` in the user's cache
 * folder), or nowhere where that cannot be written. Without a runtime folder Mesa prints a line. What the user has set stays. A worker's environment is a
 * copy that drivers do not see: there, their own defaults hold.
 */
export function prepareDrivers(): void {
	if (driversPrepared) return
	driversPrepared = true
	const folder = cacheFolder()
	const wanted: Record<string, string> = folder
		? {
				MESA_SHADER_CACHE_DIR: folder,
				CUDA_CACHE_PATH: join(folder, 'cuda'),
				__GL_SHADER_DISK_CACHE_PATH: folder,
			}
		: { MESA_SHADER_CACHE_DISABLE: 'true', CUDA_CACHE_DISABLE: '1', __GL_SHADER_DISK_CACHE: '0' }
	for (const [name, value] of Object.entries({ ...wanted, XDG_RUNTIME_DIR: tmpdir() })) process.env[name] ??= value
}

function cacheFolder(): string | null {
	try {
		const folder =
			process.env.SUBLOC_CACHE_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'subloc-native')
		makeFolder(folder)
		accessSync(folder, constants.W_OK)
		return folder
	} catch {
		return null
	}
}

/** `mkdirSync`'s own recursion never ends where a folder exists in which none can be made, as in `/proc`. */
function makeFolder(folder: string): void {
	if (existsSync(folder)) return
	makeFolder(dirname(folder))
	try {
		mkdirSync(folder)
	} catch (error) {
		// Another process was faster.
		if (!existsSync(folder)) throw error
	}
}
