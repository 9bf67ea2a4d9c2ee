import { Command } from 'commander'
import {
	type Comparison,
	compareAnswers,
	type Dataset,
	flatProbabilities,
	type LabelledRecord,
	loadModel,
	type Model,
	type Prediction,
	type PredictOptions,
	parsePredictions,
	predictAll,
	RunFolder,
	readDataset,
	type ScoreDifference,
	SublocError,
	splitRows,
	unseenRecords,
} from 'subloc-native'
import { refuseLabelSets } from './multi-label.js'
import { type CommonOptions, EXTRA_OPTION, modelPath, openLog, runtimeOf, withRuntime } from './options.js'
import { untilStopped } from './process.js'
import { pointRange, points } from './statistics-text.js'
import { percent, table } from './text.js'

interface CompareFlags extends CommonOptions {
	profiles?: string
	extra?: string
	json?: boolean
}

export function compareCommand(): Command {
	return withRuntime(
		new Command('compare')
			.summary('is one model better than another, and how sure is that')
			.description(
				'Compares two models on the same proteins, those that neither was trained on: differences with 95 % intervals (paired bootstrap) and McNemar’s test.\n' +
					'Without DATA the predictions of their run folders are compared, with DATA (labelled proteins) both predict it.',
			)
			.argument('<run-a>', 'run folder; shipped: the model that comes with the package', modelPath)
			.argument('<run-b>', 'run folder; shipped likewise', modelPath)
			.argument('[data]', 'labelled proteins; of those that a model was trained on only what it held out counts')
			.option('--profiles <dir>', 'folder of a profile store, for models that read profiles')
			.option(...EXTRA_OPTION)
			.option('--json', 'print JSON')
			.addHelpText(
				'after',
				`
Examples:
  subloc compare runs/first runs/second
  subloc compare runs/first runs/second independent.tsv`,
			),
	).action((first: string, second: string, data: string | undefined, flags: CompareFlags, command: Command) =>
		untilStopped(async (signal) => {
			if (data === undefined) refuseComputing(command)
			await run([first, second], data, flags, signal)
		}),
	)
}

/** Flags of a prediction, which nothing is without DATA. Errors: `INVALID_OPTION`. */
function refuseComputing(command: Command): void {
	for (const option of ['backend', 'threads', 'cpuIsa', 'precision', 'profiles', 'extra']) {
		if (command.getOptionValueSource(option) !== 'cli') continue
		const flag = command.options.find((known) => known.attributeName() === option)!.long
		const message = `${flag}: without DATA nothing is computed, what the run folders hold is compared: name labelled proteins, subloc compare A B DATA`
		throw new SublocError('INVALID_OPTION', message, { option })
	}
}

/** Labelled proteins, and what both models say of them. */
interface Material {
	classes: readonly string[]
	records: LabelledRecord[]
	predictions: [Prediction[], Prediction[]]
}

async function run(
	folders: [string, string],
	data: string | undefined,
	flags: CompareFlags,
	signal: AbortSignal,
): Promise<void> {
	const log = openLog(flags)
	const onWarning = (warning: string) => log.warning(warning)
	const options = { profiles: flags.profiles, extra: flags.extra, signal, onWarning, ...runtimeOf(flags) }
	const found = data === undefined ? await written(folders) : await predicted(folders, data, options)
	const { classes, records } = found
	// Those that both could predict.
	const [a, b] = found.predictions
	const rows = [...records.keys()].filter((row) => a[row]!.status === 'ok' && b[row]!.status === 'ok')
	if (rows.length === 0) {
		throw new SublocError('INVALID_DATASET', 'there is no protein that neither model was trained on', { file: data })
	}
	const known = rows.map((row) => records[row]!)
	const answersOf = (predictions: Prediction[]) =>
		flatProbabilities(
			known,
			rows.map((row) => predictions[row]!),
			classes,
		)
	const clusters = known.some(({ cluster }) => cluster !== '') ? known.map(({ cluster }) => cluster) : null
	const comparison = compareAnswers(answersOf(a), answersOf(b), classes, { clusters })
	const on = data ?? 'the proteins that both held out'
	const text = flags.json
		? JSON.stringify({ on, runs: folders, ...comparison }, null, 2)
		: textOf(comparison, folders, on)
	process.stdout.write(`${text}\n`)
}

/** Why other models are refused. */
const ONE_CLASS = 'and only models of one class a protein are compared (subloc evaluate scores each)'

/** A probability of 0 in a table of six decimals is anything below this: as 0 it would cost 34 nats. */
const LEAST_WRITTEN = 5e-7

/** What both run folders hold: predictions.tsv, and the classes of splits.tsv. */
async function written(folders: [string, string]): Promise<Material> {
	const [first, second] = await Promise.all(folders.map(readRun))
	const classes = sameClasses(first!.classes, second!.classes)
	const records: [LabelledRecord[], LabelledRecord[]] = [[], []]
	const predictions: [Prediction[], Prediction[]] = [[], []]
	for (const [id, prediction] of first!.predictions) {
		const other = second!.predictions.get(id)
		const [ours, theirs] = [first!.splitOf.get(id), second!.splitOf.get(id)]
		if (!other || !ours || !theirs) continue
		const isAnother = ours.fingerprint !== '' && theirs.fingerprint !== '' && ours.fingerprint !== theirs.fingerprint
		if (isAnother || ours.class !== theirs.class) {
			const message = isAnother
				? 'the runs have different sequences of this id'
				: `the runs know the protein as ${ours.class} and as ${theirs.class}`
			throw new SublocError('INVALID_DATASET', message, { file: folders[1], record: id })
		}
		const record = { id, description: '', sequence: '', line: 0, class: ours.class, fold: '', annotations: [] }
		records[0].push({ ...record, cluster: ours.cluster })
		records[1].push({ ...record, cluster: theirs.cluster })
		predictions[0].push(aboveZero(prediction))
		predictions[1].push(aboveZero(other))
	}
	return { classes, records: clusteredOnce(...records), predictions }
}

function aboveZero(prediction: Prediction): Prediction {
	const { probabilities } = prediction
	if (!probabilities) return prediction
	const raised = Object.entries(probabilities).map(([name, p]) => [name, Math.max(p, LEAST_WRITTEN)])
	return { ...prediction, probabilities: Object.fromEntries(raised) }
}

async function readRun(path: string) {
	const folder = new RunFolder(path)
	const config = await folder.readConfig()
	if (config) refuseLabelSets(config, path, ONE_CLASS)
	const [text, split] = [await folder.read('predictions'), await folder.read('split')]
	if (text === null || split === null) {
		const message = 'the run has no predictions of what it held out: name labelled proteins, subloc compare A B DATA'
		throw new SublocError('INPUT_MISSING', message, { file: folder.file(text === null ? 'predictions' : 'split') })
	}
	const { classes, predictions } = parsePredictions(text, folder.file('predictions'))
	const splitOf = new Map(splitRows(split).map((row) => [row.id, row]))
	return { classes, splitOf, predictions: new Map(predictions.map((prediction) => [prediction.id, prediction])) }
}

async function predicted(folders: [string, string], data: string, options: PredictOptions): Promise<Material> {
	using first = await loadModel(folders[0])
	using second = await loadModel(folders[1])
	refuseLabelSets(first.info, folders[0], ONE_CLASS)
	refuseLabelSets(second.info, folders[1], ONE_CLASS)
	const classes = sameClasses(first.classes, second.classes)
	const dataset = await readDataset(data, { minimumClasses: 1, classes })
	const [a, b] = [await unseen(first, dataset), await unseen(second, dataset)]
	const both = dataset.records.filter(({ id }) => a.has(id) && b.has(id))
	const records = clusteredOnce(
		both.map(({ id }) => a.get(id)!),
		both.map(({ id }) => b.get(id)!),
	)
	return {
		...{ classes, records },
		predictions: [await predictAll(first, records, options), await predictAll(second, records, options)],
	}
}

/** The same records as two splits know them: with the clusters of the first, or where it has none of the second. Names of two splits are never mixed. */
function clusteredOnce(first: LabelledRecord[], second: LabelledRecord[]): LabelledRecord[] {
	return first.some(({ cluster }) => cluster !== '') ? first : second
}

/** Records that a model was not trained on, by id. */
async function unseen(model: Model, dataset: Dataset): Promise<Map<string, LabelledRecord>> {
	return new Map((await unseenRecords(model, dataset)).records.map((record) => [record.id, record]))
}

function sameClasses(first: readonly string[], second: readonly string[]): readonly string[] {
	if (first.join('\t') === second.join('\t')) return first
	const message = `the models know different classes: ${first.join(', ')}; ${second.join(', ')}`
	throw new SublocError('INVALID_OPTION', message, { option: 'run-b' })
}

/** Of a test: never 0, which no test gives. */
function probabilityOf(p: number): string {
	if (p < 1e-300) return '< 1e-300'
	return `= ${p < 0.001 ? p.toExponential(1) : p.toFixed(3)}`
}

function textOf(comparison: Comparison, [first, second]: [string, string], on: string): string {
	const { records, resampled, mcnemar, accuracy, balancedAccuracy, macroF1, gorodkin, logLoss } = comparison
	const shares = (name: string, { first: a, second: b, difference, interval }: ScoreDifference) => [
		...[name, percent(a), percent(b), points(difference), interval ? pointRange(interval) : '–'],
	]
	const numbers = (name: string, { first: a, second: b, difference, interval }: ScoreDifference) => {
		const text = (value: number) => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(3)}`
		return [
			name,
			text(a),
			text(b),
			text(difference),
			interval ? `${text(interval.low)} to ${text(interval.high)}` : '–',
		]
	}
	const { onlyFirst, onlySecond, method, p } = mcnemar
	const test = method === 'exact' ? 'exact binomial' : 'chi-square with continuity correction'
	return [
		`A: ${first}\nB: ${second}\n${records} proteins (${on}); intervals: paired bootstrap of ${resampled}`,
		'',
		table(
			['', 'A', 'B', 'A − B', '95 % interval'],
			[
				shares('accuracy', accuracy),
				shares('balanced accuracy', balancedAccuracy),
				numbers('macro F1', macroF1),
				numbers('Gorodkin R_K', gorodkin),
				numbers('log loss, nats', logLoss),
			],
		),
		'',
		`McNemar: A alone is right for ${onlyFirst}, B alone for ${onlySecond}; p ${probabilityOf(p)} (${test})`,
	].join('\n')
}
