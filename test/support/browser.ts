/** A real Chromium, where the machine has one. */
import { existsSync } from 'node:fs'
import type { ExecutionContext } from 'ava'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** `SUBLOC_CHROMIUM`, or where distributions put it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium']

let launched: Promise<Browser> | null = null

/** The browser of this process; null with a loud line where there is none. */
export async function browser(t: ExecutionContext): Promise<Browser | null> {
	const executablePath = [process.env['SUBLOC_CHROMIUM'], ...PLACES].find((path) => path && existsSync(path))
	if (!executablePath) {
		const line = `SKIPPED for want of Chromium: "${t.title}" (Debian: apt-get install chromium; or set SUBLOC_CHROMIUM)`
		console.error(line)
		t.log(line)
		t.pass()
		return null
	}
	// As root, in a container, Chromium's own sandbox cannot start.
	launched ??= chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
	return launched
}

/** Ends the browser; for `test.after.always`. */
export async function closeBrowser(): Promise<void> {
	await (await launched)?.close()
}

/** An open page, and whatever it did that it must not do. */
export interface Opened {
	page: Page
	/** Requests for anything but the file itself, errors on the console, uncaught errors, violations of the policy. */
	problems(): Promise<string[]>
}

/** Opens a file and waits until its script has run. */
export async function open(
	t: ExecutionContext,
	path: string,
	options: BrowserContextOptions = {},
): Promise<Opened | null> {
	const chrome = await browser(t)
	if (!chrome) return null
	const context = await chrome.newContext({ viewport: { width: 1280, height: 900 }, ...options })
	t.teardown(() => context.close())
	const page = await context.newPage()
	const found: string[] = []
	page.on('request', (request) => {
		const url = request.url()
		if (url !== `file://${path}` && !url.startsWith('data:')) found.push(`request: ${url}`)
	})
	page.on('console', (message) => {
		if (message.type() === 'error' || message.type() === 'warning') found.push(`console: ${message.text()}`)
	})
	page.on('pageerror', (error) => found.push(`error: ${error.message}`))
	page.on('dialog', (dialog) => {
		found.push(`dialog: ${dialog.message()}`)
		dialog.dismiss().catch(() => {})
	})
	await page.addInitScript(
		`window.violations = []; addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI))`,
	)
	await page.goto(`file://${path}`)
	if (options.javaScriptEnabled !== false) await page.locator('html[data-ready]').waitFor({ state: 'attached' })
	return {
		page,
		problems: async () => {
			const violations = await page.evaluate<string[]>('window.violations ?? []')
			return [...found, ...violations.map((violation) => `policy: ${violation}`)]
		},
	}
}
