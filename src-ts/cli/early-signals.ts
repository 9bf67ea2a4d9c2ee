/**
 * Signals that come while the program is still being loaded: nothing is begun, so the process ends with the code of the signal. Without this SIGUSR1 would
 * open Node's debugger and the others would end with a code of the shell's. `start.ts` imports it before anything else.
 */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 75, SIGUSR1: 75, SIGUSR2: 75 }

const listeners = Object.entries(EXIT_CODES).map(([name, code]) => {
	const listener = () => process.exit(code)
	process.on(name, listener)
	return () => process.off(name, listener)
})

/** From here on somebody else listens. */
export function handOver(): void {
	for (const remove of listeners.splice(0)) remove()
}
