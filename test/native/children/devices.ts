/** Lists the devices and trains on the backend of the first argument; prints what the drivers were told and how the training ended. */
import { listDevices, startTraining } from '../../../src-ts/native/binding.js'
import { problem } from '../problem.js'

const [backend = 'cpu'] = process.argv.slice(2)
listDevices()
const told = ['MESA_SHADER_CACHE_DIR', 'MESA_SHADER_CACHE_DISABLE', 'CUDA_CACHE_PATH', 'XDG_RUNTIME_DIR']
const job = startTraining({ ...problem(), backend }, () => {})
const ended = await job.result.then(
	() => 'trained',
	(error) => error.code,
)
console.log(JSON.stringify({ ended, told: Object.fromEntries(told.map((name) => [name, process.env[name] ?? null])) }))
