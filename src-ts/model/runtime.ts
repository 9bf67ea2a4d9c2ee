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
	/**
	 * What the LSTM multiplies on the CPU; default `f32`. With `bf16` its forward pass rounds x, h and the weights to 8 significant bits and adds in
	 * f32: faster where the processor has `avx512_bf16` (`cpuInfo().bf16`); elsewhere it rounds and gains no time. Training with it keeps weights,
	 * gradients and Adam in f32. A model does not remember it: predicting and evaluating take f32 unless told otherwise. What it does to accuracy
	 * stands in bench/RESULTS.md. Errors: `INVALID_OPTION` with another backend than `auto` and `cpu`.
	 */
	precision?: 'f32' | 'bf16'
}

/** The names of {@link RuntimeOptions}, for the stages that check theirs. */
export const RUNTIME_OPTIONS = ['backend', 'threads', 'cpuIsa', 'precision'] as const

const BACKENDS = ['auto', 'cpu', 'wgpu', 'cuda']
const ISAS = ['auto', 'avx512', 'avx2', 'portable']
const PRECISIONS = ['f32', 'bf16']

/** Complete runtime. Errors: `INVALID_OPTION`; `BACKEND_UNAVAILABLE` for a backend that is not in this build. */
export function resolveRuntime({
	backend = 'auto',
	threads,
	cpuIsa = 'auto',
	precision = 'f32',
}: RuntimeOptions): NativeRuntime {
	const wrong = (option: string, value: unknown, allowed: string[]) =>
		new SublocError('INVALID_OPTION', `${option}: '${value}' is not one of ${allowed.join(', ')}`, {
			option,
			value,
			allowed,
		})
	if (!BACKENDS.includes(backend)) throw wrong('backend', backend, BACKENDS)
	if (!ISAS.includes(cpuIsa)) throw wrong('cpuIsa', cpuIsa, ISAS)
	if (!PRECISIONS.includes(precision)) throw wrong('precision', precision, PRECISIONS)
	if (precision !== 'f32' && backend !== 'auto' && backend !== 'cpu') {
		const message = `precision ${precision} needs backend cpu: ${backend} computes in f32`
		throw new SublocError('INVALID_OPTION', message, { option: 'precision', value: precision })
	}
	if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 1024)) {
		const message = `threads: ${threads} is not a whole number from 1 to 1024`
		throw new SublocError('INVALID_OPTION', message, { option: 'threads', value: threads })
	}
	const compiled = compiledBackends()
	if (backend !== 'auto' && !compiled.includes(backend)) {
		const message = `backend ${backend} is not in this build, which has ${compiled.join(', ')}; npm run build:full makes one with all, --backend auto takes what there is`
		throw new SublocError('BACKEND_UNAVAILABLE', message, { option: 'backend', value: backend, allowed: compiled })
	}
	// Only the CPU computes in bf16.
	const automatic = () => (precision === 'f32' ? autoBackend() : 'cpu')
	return {
		backend: backend === 'auto' ? automatic() : backend,
		threads: threads ?? defaultThreads(),
		cpuIsa,
		precision,
	}
}

/** What a runtime comes to on this machine, for run.json: two runs that agree in all but `threads` have the same bits. */
export function describeRuntime({ backend, threads, cpuIsa, precision }: NativeRuntime) {
	const { isa, bf16 } = cpuInfo()
	const set = cpuIsa === 'auto' ? isa[0]! : cpuIsa
	return {
		backend,
		cpuIsa: set,
		precision: precision === 'bf16' && !(bf16 && set === 'avx512') ? 'bf16, multiplied as f32' : precision,
		threads,
	}
}
