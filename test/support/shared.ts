/** The real data, where this checkout has it beside it. None of it is committed. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ExecutionContext } from 'ava'

const DATA = resolve(import.meta.dirname, '../../../shared/data')

/** Path of real data, or null with a loud line where it is not there. */
export function sharedData(t: ExecutionContext, name: string): string | null {
	const path = join(DATA, name)
	if (existsSync(path)) return path
	const line = `SKIPPED for want of data: "${t.title}" needs shared/data/${name} beside the checkout`
	console.error(line)
	t.log(line)
	t.pass()
	return null
}
