/** The package's one error: a stable code, a sentence for a person, and the facts as fields. docs/errors.md explains each code. */

/** What went wrong. The codes are part of the interface; messages are not. */
export type ErrorCode =
	| 'INVALID_OPTION'
	| 'INVALID_CONFIG'
	| 'INVALID_FASTA'
	| 'UNKNOWN_RESIDUE'
	| 'UNKNOWN_CLASS'
	| 'INVALID_DATASET'
	| 'INVALID_SPLIT'
	| 'INVALID_PROFILE'
	| 'INVALID_FEATURES'
	| 'INVALID_SHARD'
	| 'INPUT_MISSING'
	| 'INVALID_MODEL'
	| 'BACKEND_UNAVAILABLE'
	| 'TOOL_UNAVAILABLE'
	| 'OUT_OF_MEMORY'
	| 'DEVICE_LOST'
	| 'TRAINING_DIVERGED'
	| 'INTERNAL'
	| 'IO'
	| 'CANCELLED'

/** Facts about an error; which are there depends on the code. */
export interface ErrorFacts {
	/** Path of the file at fault. */
	file?: string
	/** Its line, from 1. */
	line?: number
	/** Id of the record at fault. */
	record?: string
	/** The character at fault. */
	residue?: string
	/** Place of the residue in its sequence, from 1. */
	position?: number
	/** Name of the option at fault, as in `optimizer.learningRate`. */
	option?: string
	/** The value at fault. */
	value?: unknown
	/** What would have been right. */
	allowed?: readonly string[]
	/** `create`, `write` or `read`: what failed, of `IO`. */
	stage?: string
	[fact: string]: unknown
}

/** Every error that this package throws on purpose. Cancelling is the exception: it rejects with the signal's own reason. */
export class SublocError extends Error {
	override readonly name = 'SublocError'
	/** Stable; compare this, never the message. */
	readonly code: ErrorCode
	/** File, line, record and whatever else is known. */
	readonly facts: Readonly<ErrorFacts>

	constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}, options?: ErrorOptions) {
		super(message, options)
		this.code = code
		this.facts = facts
	}

	/** Path of the file at fault. */
	get file(): string | undefined {
		return this.facts.file
	}

	/** Line of the file at fault, from 1. */
	get line(): number | undefined {
		return this.facts.line
	}

	/** Id of the record at fault. */
	get record(): string | undefined {
		return this.facts.record
	}

	/** The character at fault. */
	get residue(): string | undefined {
		return this.facts.residue
	}
}

/** Exit codes of the command line, after sysexits.h; docs/errors.md shows the table. */
const EXIT_CODES: Record<ErrorCode, number> = {
	INVALID_OPTION: 2,
	INVALID_CONFIG: 2,
	INVALID_FASTA: 65,
	UNKNOWN_RESIDUE: 65,
	UNKNOWN_CLASS: 65,
	INVALID_DATASET: 65,
	INVALID_SPLIT: 65,
	INVALID_PROFILE: 65,
	INVALID_FEATURES: 65,
	INVALID_SHARD: 65,
	INPUT_MISSING: 66,
	INVALID_MODEL: 69,
	BACKEND_UNAVAILABLE: 69,
	TOOL_UNAVAILABLE: 69,
	OUT_OF_MEMORY: 70,
	DEVICE_LOST: 70,
	TRAINING_DIVERGED: 70,
	INTERNAL: 70,
	IO: 74,
	CANCELLED: 75,
}

/** The exit code that the command line ends with for an error: 73 where a file cannot be created, 70 for what is no {@link SublocError}. */
export function exitCode(error: unknown): number {
	if (!(error instanceof SublocError)) return 70
	if (error.code === 'IO') return error.facts.stage === 'create' ? 73 : error.facts.stage === 'read' ? 66 : 74
	return EXIT_CODES[error.code]
}

/** `file:line: record: message` with what is known of the place; a message that names the path itself is not given it twice. */
export function describeError({ file, line, record, message }: SublocError): string {
	// A path is found anywhere; a bare name might be a word, and counts where a colon follows.
	const isNamed = file && (` ${message}`.includes(` ${file}: `) || (file.includes('/') && message.includes(file)))
	const place = file && !isNamed ? (line ? `${file}:${line}` : file) : undefined
	return [place, record, message].filter(Boolean).join(': ')
}

/** @internal Refuses an option of a wrong type: not every caller is checked by TypeScript. Errors: `INVALID_OPTION`. */
export function requireOption(isRight: boolean, option: string, value: unknown, expected: string): void {
	if (isRight) return
	const isPlain = value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value)
	const found = isPlain ? `'${value}'` : `a value of type ${typeof value}`
	throw new SublocError('INVALID_OPTION', `${option}: needs ${expected}, not ${found}`, { option, value })
}

/** @internal Errors: `INVALID_OPTION` for a name that is none of `known`: a program in JavaScript has no compiler to tell. */
export function requireKnown(options: object, known: readonly string[]): void {
	const unknown = Object.keys(options).find((name) => !known.includes(name))
	if (unknown === undefined) return
	const message = `${unknown}: there is no such option; there are ${named(unknown, known)}`
	throw new SublocError('INVALID_OPTION', message, { option: unknown, allowed: known })
}

/** @internal The names that there are, and the one that was meant, where one is near. */
export function named(wrong: string, known: readonly string[]): string {
	const plain = (name: string) => name.toLowerCase().replace(/[\s_-]+/g, '')
	const asked = plain(wrong)
	const isBegun = (name: string) => asked.length >= 3 && plain(name).startsWith(asked)
	const far = known.map((name) => (isBegun(name) ? 0 : changes(asked, plain(name))))
	const least = Math.min(...far)
	const nearest = known[far.indexOf(least)]
	const isNear = nearest !== undefined && least <= Math.min(3, 0.4 * Math.max(asked.length, plain(nearest).length))
	return `${known.join(', ')}${isNear ? `; did you mean ${nearest}?` : ''}`
}

/** How many letters to put in, take out or replace make one text of another (Levenshtein), two swapped neighbours counting as one. */
function changes(a: string, b: string): number {
	const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)]
	for (let i = 1; i <= a.length; i++) {
		const row = [i]
		for (let j = 1; j <= b.length; j++) {
			const kept = rows[i - 1]![j - 1]! + Number(a[i - 1] !== b[j - 1])
			const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
			const swapped = isSwap ? rows[i - 2]![j - 2]! + 1 : Infinity
			row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, kept, swapped))
		}
		rows.push(row)
	}
	return rows[a.length]![b.length]!
}

/** @internal Errors: `INVALID_OPTION`. */
export function requireSignal(signal: unknown): void {
	requireOption(signal === undefined || signal instanceof AbortSignal, 'signal', signal, 'an AbortSignal')
}

/** Turns what a file operation threw into `INPUT_MISSING` or `IO`; other errors stay as they are. */
export function fileError(error: unknown, file: string, stage: 'create' | 'write' | 'read'): unknown {
	if (!(error instanceof Error) || error instanceof SublocError || !('code' in error)) return error
	const reason = REASONS[String(error.code)] ?? error.message
	const missing = stage === 'read' && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
	const code = missing ? 'INPUT_MISSING' : 'IO'
	const facts = { file, stage, reason: String(error.code) }
	return new SublocError(code, `cannot ${stage === 'write' ? 'write to' : stage} it: ${reason}`, facts, {
		cause: error,
	})
}

const REASONS: Record<string, string> = {
	ENOENT: 'there is no such file or folder',
	ENOTDIR: 'a part of the path is a file, not a folder',
	EISDIR: 'it is a folder',
	EACCES: 'permission denied',
	EPERM: 'not permitted',
	EROFS: 'the file system is read-only',
	ENOSPC: 'no space is left on the disk',
	EDQUOT: 'the disk quota is used up',
	EFBIG: 'it would grow past the file size limit',
	EEXIST: 'it exists already',
	EMFILE: 'too many files are open',
}
