/** `subloc predict` into a file: with a journal, of a whole input or of a shard. */
import { stat } from 'node:fs/promises'
import type { Model, Prediction, PredictionFormat, PredictOptions } from 'subloc-native'
import { partFromEnvironment, predictFile, SublocError } from 'subloc-native'
import type { Log } from './log.js'
import type { PartOrAuto } from './options.js'

/** Flags that a job in a file understands. */
export interface JobFlags {
	output: string
	shard?: PartOrAuto
	resume?: boolean
	journal?: string
	gff?: boolean
	cache?: string
	cacheSize?: number
	requeue?: boolean
	trust?: boolean
}

/** Whether predictions go into a file that can be gone on with; a pipe, a device and a page beside the table cannot. Errors: `INVALID_OPTION`. */
export async function isJob(flags: JobFlags & { report?: string }): Promise<boolean> {
	const found = flags.output === '-' ? null : await stat(flags.output).catch(() => null)
	const isPlace = flags.output !== '-' && (found === null || found.isFile() || found.isDirectory())
	const isFile = isPlace && flags.report === undefined
	if (isFile) return true
	for (const option of ['shard', 'resume', 'journal', 'gff', 'cache'] as const) {
		if (flags[option] === undefined) continue
		const why = isPlace
			? '--report keeps all proteins and writes the table alone: it does not go with it'
			: `it needs a file, and -o is ${flags.output}`
		throw new SublocError('INVALID_OPTION', `--${option}: ${why}`, { option })
	}
	return false
}

/** Predicts into a file or a folder of shards, and tells how it went. */
export async function runJob(
	model: Model,
	input: string,
	{ flags, options, format, log }: { flags: JobFlags; options: PredictOptions; format: PredictionFormat; log: Log },
): Promise<void> {
	const { output, shard, resume, journal, gff, trust, cache, cacheSize } = flags
	if (gff && model.info.kind !== 'a-lstm')
		throw new SublocError('INVALID_OPTION', '--gff: an R-LSTM has no attention', { option: 'gff' })
	const started = Date.now()
	const skipped: string[] = []
	let count = 0
	const onPrediction = ({ id, problem }: Prediction) => {
		count += 1
		if (problem && skipped.length < 6) skipped.push(`${id} (${problem.message})`)
		if (count % 100 === 0) log.progress(`${count} proteins, ${rate(count, started)} a second`)
	}
	const part = shard && { ...shard, index: shard.index ?? (await partFromEnvironment(shard.count, output)) }
	const done = await predictFile(model, input, output, {
		...{ ...options, format, shard: part, resume, journal, spans: gff, trust, onPrediction },
		...{ cache, ...(cacheSize !== undefined && { cacheBytes: cacheSize * 2 ** 20 }) },
		onWarning: (warning) => log.warning(warning),
	})
	const { problems, missingProfiles, records, resumed } = done
	if (done.wasFinished) {
		return log.event('predicted', `shard ${part!.index} of ${part!.count} is there already: ${done.output}`, {
			...done,
		})
	}
	const shown = skipped.slice(0, 5)
	for (const one of shown) log.warning(`skipped ${one}`)
	if (problems > shown.length) log.warning(`… and ${problems - shown.length} more, see their status`)
	if (missingProfiles > 0) {
		log.warning(
			`${missingProfiles} of ${records} proteins have no profile, which the model reads: another row stood in (--profiles DIR)`,
		)
	}
	const predicted = `${records - problems} ${records - problems === 1 ? 'protein' : 'proteins'} predicted`
	const former = resumed > 0 ? ` (${resumed} rows were there already)` : ''
	const speed = `${rate(records - resumed, started)} a second`
	log.event('predicted', `${predicted}, ${problems} skipped, ${speed}: ${done.output}${former}`, {
		...{ ...done, skipped: problems, ...(part && { shard: part }) },
	})
}

/** Records a second, for a person. */
export function rate(count: number, started: number): string {
	const rate = count / Math.max((Date.now() - started) / 1000, 0.001)
	return rate.toFixed(rate < 10 ? 1 : 0)
}
