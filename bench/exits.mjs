// node bench/exits.mjs [--backend cuda] [--addon FILE] [--model FILE] [--times 100] [--seconds 90] [--out FILE]
//
// Does a process that has used a GPU end as it should? Each of so many processes opens the addon, predicts one protein on the device and leaves, by turns at the
// end of its work and by process.exit(). Drivers have threads of their own, which is where a process that ends may crash. One line of JSON with the number of
// clean exits, also appended to --out; exit code 1 where one was not clean, 69 where the device is not there. Needs nothing of node_modules: the addon and a
// model's file alone (`bash bench/gpu.sh pack` brings both).
import { spawnSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const PACK = join(import.meta.dirname, 'gpu-pack')
/** A process that has not ended by then hangs. */
const HANGS = 60_000
const { values: options } = parseArgs({
	options: {
		backend: { type: 'string', default: 'cuda' },
		addon: { type: 'string', default: join(PACK, 'subloc.node') },
		model: { type: 'string', default: join(PACK, 'model.safetensors') },
		times: { type: 'string', default: '100' },
		seconds: { type: 'string', default: '90' },
		out: { type: 'string' },
		child: { type: 'string' },
	},
})

if (options.child) await predictAndLeave(options.child)
else count()

async function predictAndLeave(how) {
	const { BindingJob, BindingModel } = createRequire(import.meta.url)(resolve(options.addon))
	const answer = ({ value, error }) => {
		if (value) return value
		console.error(`${error.code}: ${error.message}`)
		process.exit(error.code === 'BACKEND_UNAVAILABLE' ? 69 : 1)
	}
	const model = answer(await BindingModel.load(resolve(options.model)))
	const records = {
		codes: Uint8Array.from({ length: 30 }, (_, at) => at % 20),
		offsets: BigUint64Array.of(0n, 30n),
		extraColumns: 0,
	}
	const outputs = { attention: false, states: false, lastStates: false }
	const where = { backend: options.backend, threads: 1, cpuIsa: 'auto', precision: 'f32' }
	const { probabilities } = answer(await model.predict(new BindingJob(() => {}), records, outputs, where))
	const sum = probabilities.reduce((all, p) => all + p, 0)
	if (!(Math.abs(sum - 1) < 1e-3)) throw new Error(`probabilities sum to ${sum}`)
	if (how === 'exit') process.exit(0)
}

function count() {
	const began = Date.now()
	const times = Number(options.times)
	const bad = []
	let done = 0
	for (; done < times && Date.now() - began < 1000 * Number(options.seconds); done++) {
		const how = done % 2 === 0 ? 'end' : 'exit'
		const own = ['--backend', options.backend, '--addon', options.addon, '--model', options.model, '--child', how]
		const ended = spawnSync(process.execPath, [import.meta.filename, ...own], { encoding: 'utf8', timeout: HANGS })
		if (ended.status === 69) {
			console.error(ended.stderr.trim())
			process.exit(69)
		}
		if (ended.status !== 0)
			bad.push({ process: done + 1, how, status: ended.status, signal: ended.signal, said: ended.stderr.slice(-300) })
	}
	const seconds = (Date.now() - began) / 1000
	const clean = done - bad.length
	const line = JSON.stringify({ what: 'exits', backend: options.backend, asked: times, done, clean, seconds, bad })
	console.log(line)
	if (options.out) appendFileSync(options.out, `${line}\n`)
	process.exit(bad.length === 0 && done > 0 ? 0 : 1)
}
