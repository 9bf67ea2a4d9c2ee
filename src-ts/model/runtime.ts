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
	 * What the LSTM multiplies; default `f32`. It always adds in f32, and weights, gradients, cell states and Adam are f32.
	 *
	 * On the CPU `bf16` makes its forward pass round x, h and the weights to 8 significant bits: faster where the processor has `avx512_bf16`
	 * (`cpuInfo().bf16`); elsewhere it rounds and gains no time. On cuda `tf32` (11 significant bits) and `bf16` take tensor cores for the products of
	 * many steps, x W and the gradients of x and the weights, forward and backward; the product of one step, h U, stays f32. Error of a factor: at
	 * most 2⁻¹¹ of itself in tf32, 2⁻⁸ in bf16. Over 1000 residues (H = 64 and 200, weights as a network begins with) the states and each gradient of one
	 * call were off by 1e-4 to 3e-4 of their norm in tf32 and by 1e-3 to 3e-3 in bf16, by an imitation of tensor cores (`subloc-bench rounding --backend
	 * wgpu`, table in docs/adr/0007): no card has computed it yet, and what it does to a training's accuracy was not measured.
	 *
	 * `auto` takes cuda where it would anyway, and for `bf16` else the CPU. A model does not remember its precision: predicting and evaluating take f32
	 * unless told otherwise. What bf16 does to accuracy on the CPU stands in bench/RESULTS.md.
	 *
	 * Errors: `INVALID_OPTION` for a backend that has not this precision (`wgpu` has f32, `cpu` f32 and bf16); `BACKEND_UNAVAILABLE` where the card
	 * has no such tensor cores, or there is no card.
	 */
	precision?: 'f32' | 'tf32' | 'bf16'
}

/** The names of {@link RuntimeOptions}, for the stages that check theirs. */
export const RUNTIME_OPTIONS = ['backend', 'threads', 'cpuIsa', 'precision'] as const

const BACKENDS = ['auto', 'cpu', 'wgpu', 'cuda']
const ISAS = ['auto', 'avx512', 'avx2', 'portable']
const PRECISIONS = ['f32', 'tf32', 'bf16']
/** The backends of each precision but f32, which all have. */
const ROUNDING: Record<string, string[]> = { tf32: ['cuda'], bf16: ['cuda', 'cpu'] }

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
	const takes = ROUNDING[precision] ?? BACKENDS
	if (backend !== 'auto' && !takes.includes(backend)) {
		const message = `precision ${precision} needs backend ${takes.join(' or ')}: ${backend} computes in ${backend === 'cpu' ? 'f32 or bf16' : 'f32'}`
		throw new SublocError('INVALID_OPTION', message, { option: 'precision', value: precision, backend })
	}
	if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 1024)) {
		const message = `threads: ${threads} is not a whole number from 1 to 1024`
		throw new SublocError('INVALID_OPTION', message, { option: 'threads', value: threads })
	}
	const automatic = () => {
		if (precision === 'tf32') return 'cuda'
		const best = autoBackend()
		return takes.includes(best) ? best : 'cpu'
	}
	const chosen = backend === 'auto' ? automatic() : backend
	const compiled = compiledBackends()
	if (!compiled.includes(chosen)) {
		const other = takes.includes('cpu') ? ', --backend auto takes what there is' : ''
		const message = `backend ${chosen} is not in this build, which has ${compiled.join(', ')}; npm run build:full makes one with all${other}`
		throw new SublocError('BACKEND_UNAVAILABLE', message, { option: 'backend', value: chosen, allowed: compiled })
	}
	return { backend: chosen, threads: threads ?? defaultThreads(), cpuIsa, precision }
}

/** What a runtime comes to on this machine, for run.json: two runs that agree in all but `threads` have the same bits. */
export function describeRuntime({ backend, threads, cpuIsa, precision }: NativeRuntime) {
	const { isa, bf16 } = cpuInfo()
	const set = cpuIsa === 'auto' ? isa[0]! : cpuIsa
	return {
		backend,
		cpuIsa: set,
		precision:
			precision === 'bf16' && backend === 'cpu' && !(bf16 && set === 'avx512') ? 'bf16, multiplied as f32' : precision,
		threads,
	}
}
