/** Where a job runs. None of it changes a result on the CPU but the instruction set. */
import { SublocError } from '../errors.js'
import { autoBackend, compiledBackends, cpuInfo, type NativeRuntime } from '../native/binding.js'
import { defaultThreads } from './threads.js'

export interface RuntimeOptions {
	/** `auto` (default) takes the best device there is; a named backend that is missing is an error. */
	backend?: 'auto' | 'cpu' | 'wgpu' | 'cuda'
	/** CPU threads of the job; default: as many cores as the affinity mask, `SLURM_CPUS_PER_TASK` and the control group's quota leave. */
	threads?: number
	/** Instruction set of the CPU kernels; default `auto`, the best of this processor. Results agree to rounding between sets, to the bit within one. */
	cpuIsa?: 'auto' | 'avx512' | 'avx2' | 'portable'
}

const BACKENDS = ['auto', 'cpu', 'wgpu', 'cuda']
const ISAS = ['auto', 'avx512', 'avx2', 'portable']

/** Complete runtime. Errors: `INVALID_OPTION`; `BACKEND_UNAVAILABLE` for a backend that is not in this build. */
export function resolveRuntime({ backend = 'auto', threads, cpuIsa = 'auto' }: RuntimeOptions): NativeRuntime {
	const wrong = (option: string, value: unknown, allowed: string[]) =>
		new SublocError('INVALID_OPTION', `${option}: '${value}' is not one of ${allowed.join(', ')}`, {
			option,
			value,
			allowed,
		})
	if (!BACKENDS.includes(backend)) throw wrong('backend', backend, BACKENDS)
	if (!ISAS.includes(cpuIsa)) throw wrong('cpuIsa', cpuIsa, ISAS)
	if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 1024)) {
		const message = `threads: ${threads} is not a whole number from 1 to 1024`
		throw new SublocError('INVALID_OPTION', message, { option: 'threads', value: threads })
	}
	const compiled = compiledBackends()
	if (backend !== 'auto' && !compiled.includes(backend)) {
		const message = `backend ${backend} is not in this build, which has ${compiled.join(', ')}; npm run build:full makes one with all, --backend auto takes what there is`
		throw new SublocError('BACKEND_UNAVAILABLE', message, { option: 'backend', value: backend, allowed: compiled })
	}
	return { backend: backend === 'auto' ? autoBackend() : backend, threads: threads ?? defaultThreads(), cpuIsa }
}

/** What a runtime comes to on this machine, for run.json. */
export function describeRuntime({ backend, threads, cpuIsa }: NativeRuntime) {
	return {
		backend,
		cpuIsa: cpuIsa === 'auto' ? cpuInfo().isa[0]! : cpuIsa,
		threads,
	}
}
