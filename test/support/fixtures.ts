/** Files of test/fixtures. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const FIXTURES = resolve(import.meta.dirname, '../fixtures')

/** Path of a fixture. */
export function fixture(name: string): string {
	return join(FIXTURES, name)
}

/** Text of a fixture. */
export function fixtureText(name: string): string {
	return readFileSync(fixture(name), 'utf8')
}
