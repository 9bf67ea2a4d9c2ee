/** Options that several commands share, with their checks. */
import { existsSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { cpuInfo, type RuntimeOptions, SHIPPED_MODEL, SublocError } from 'subloc-native'
import { Log, type LogFormat } from './log.js'

/** What every command understands. */
export interface CommonOptions extends RuntimeOptions {
	quiet?: boolean
	logFormat?: LogFormat
}

/** Adds `--quiet` and `--log-format`. */
export function withLog(command: Command): Command {
	return command
		.option('--quiet', 'tell warnings and errors alone')
		.addOption(new Option('--log-format <format>', 'how stderr is written').choices(['text', 'json']).default('text'))
}

/** Whether arguments ask for JSON on stderr; looked for by hand, since they may be wrong otherwise. */
export function asksForJson(args: readonly string[]): boolean {
	const at = args.lastIndexOf('--log-format')
	return (at >= 0 && args[at + 1] === 'json') || args.includes('--log-format=json')
}

/** Adds `--backend`, `--threads`, `--cpu-isa` and `--precision`, and the log options. */
export function withRuntime(command: Command): Command {
	return withLog(
		command
			.addOption(
				new Option('--backend <name>', 'where to compute').choices(['auto', 'cpu', 'wgpu', 'cuda']).default('auto'),
			)
			.option(
				'--threads <n>',
				'CPU threads (default: the cores that affinity, Slurm and the control group leave this process)',
				wholeNumber(1, 1024),
			)
			.addOption(
				new Option('--cpu-isa <set>', 'instruction set of the CPU kernels')
					.choices(['auto', 'avx512', 'avx2', 'portable'])
					.default('auto'),
			)
			.addOption(
				new Option(
					'--precision <name>',
					'of the LSTM; bf16 rounds to 8 bits, on the CPU faster where subloc devices names it; tf32 (11 bits) and bf16 on cuda take tensor cores',
				)
					.choices(['f32', 'tf32', 'bf16'])
					.default('f32'),
			),
	)
}

/** The log that a command's options ask for; from here on everything tells through it. */
export function openLog(options: CommonOptions): Log {
	Log.current = new Log(options)
	// A backend that has no bf16 refuses it; cuda has its own.
	const onCpu = options.backend === 'auto' || options.backend === 'cpu'
	if (options.precision === 'bf16' && onCpu && !cpuInfo().bf16)
		Log.current.warning('this processor does not multiply bf16: on it --precision bf16 rounds, and gains no time')
	return Log.current
}

/** The part of a command's options that says where to compute. */
export function runtimeOf({ backend, threads, cpuIsa, precision }: CommonOptions): RuntimeOptions {
	return { backend, threads, cpuIsa, precision }
}

/** A run folder or model file that was named; `shipped`, where there is nothing of that name, is the model that comes with the package. */
export function modelPath(name: string): string {
	return name === 'shipped' && !existsSync(name) ? SHIPPED_MODEL : name
}

/** Parser of a whole number in a range. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
	return (text) => {
		const value = Number(text)
		if (/^\d+$/.test(text) && value >= min && value <= max) return value
		throw new InvalidArgumentError(
			`a whole number ${max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`} is needed.`,
		)
	}
}

/** Parser of a fraction from 0 to below 1. */
export function fraction(text: string): number {
	const value = Number(text)
	if (text.trim() !== '' && value >= 0 && value < 1) return value
	throw new InvalidArgumentError('a number from 0 to below 1 is needed.')
}

/** Parser of a probability, 0 and 1 included. */
export function probability(text: string): number {
	const value = Number(text)
	if (text.trim() !== '' && value >= 0 && value <= 1) return value
	throw new InvalidArgumentError('a number from 0 to 1 is needed.')
}

/** The option of commands that work without a model of the user's: name, help, and what makes a path of it. */
export const MODEL_OPTION = [
	'--model <run>',
	'run folder or model.safetensors; default: the model that comes with the package',
	modelPath,
] as const

/** Name and help of the option of commands that read proteins for a model. */
export const EXTRA_OPTION = [
	'--extra <path>',
	'own numbers of each residue, for a model that reads them: an NPZ file, or a folder of NPY arrays',
] as const

/** The options of commands that score which try more than the proteins as they are. */
export interface TrialFlags {
	methionine?: boolean
	/** Proteins of each known signal. */
	importance?: number
}

/** A changed protein's own numbers are not known. Errors: `INVALID_OPTION`. */
export function refuseTrials({ methionine, importance, extra }: TrialFlags & { extra?: string }): void {
	const option = methionine ? 'methionine' : importance === undefined ? null : 'importance'
	if (option === null || extra === undefined) return
	const message = `--${option}: nobody knows the own numbers (--extra) of a changed protein`
	throw new SublocError('INVALID_OPTION', message, { option })
}

/** Name and help of {@link TrialFlags.methionine}. */
export const METHIONINE_OPTION = ['--methionine', 'also try the proteins without, and with, a first M'] as const

/** Name, help and parser of {@link TrialFlags.importance}. */
export const IMPORTANCE_OPTION = [
	'--importance <n>',
	'occlusion of N proteins of each known signal: is what matters inside? (slow: a prediction a residue)',
	wholeNumber(1),
] as const

/** `I/N` with 1 ≤ I ≤ N. */
export interface PartOf {
	index: number
	count: number
}

/** Parser of `I/N`, counted from 1. */
export function partOf(text: string): PartOf {
	const [, index, count] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? []
	if (index && count && index <= count) return { index, count }
	throw new InvalidArgumentError('I/N with I from 1 to N is needed, for example 2/5.')
}

/** `I/N`, or `auto/N`: the scheduler's environment tells which one this process is. */
export interface PartOrAuto {
	/** From 1; null for `auto`. */
	index: number | null
	count: number
}

/** Parser of `I/N` and `auto/N`, counted from 1. */
export function partOrAuto(text: string): PartOrAuto {
	const count = Number(/^auto\/(\d+)$/.exec(text)?.[1])
	if (count >= 1) return { index: null, count }
	try {
		return partOf(text)
	} catch {
		throw new InvalidArgumentError('I/N with I from 1 to N, or auto/N, is needed, for example 2/5.')
	}
}

/** Parser of a comma-separated list. */
export function list(text: string): string[] {
	return text.split(',').map((part) => part.trim())
}
