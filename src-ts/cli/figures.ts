import { join } from 'node:path'
import { Command, Option } from 'commander'
import {
	type Dataset,
	type LabelledRecord,
	loadModel,
	type Model,
	readDataset,
	SublocError,
	unseenRecords,
} from 'subloc-native'
import { type Drawing, FIGURE_DRAWERS, FIGURES, type FigureName, Undrawable } from './draw.js'
import { scoredRecords } from './evaluate.js'
import type { Log } from './log.js'
import {
	type CommonOptions,
	EXTRA_OPTION,
	list,
	modelPath,
	openLog,
	runtimeOf,
	wholeNumber,
	withRuntime,
} from './options.js'
import { type PictureFlags, Pictures, withPictures } from './pictures.js'
import { untilStopped } from './process.js'
import { captionOf } from './text.js'

interface FiguresFlags extends CommonOptions, PictureFlags {
	output?: string
	profiles?: string
	extra?: string
	only?: string[]
	member: number
	beside?: string
	track?: string[]
	perplexity: number
	seed: number
}

export function figuresCommand(): Command {
	const command = new Command('figures')
		.summary('draw what a model has learned')
		.description(
			'Draws a run: confusion matrix, scores of each class, learning curves; with DATA (labelled proteins) also the reliability diagram, the filters\n' +
				'by importance, the attention map, attention along single proteins, and t-SNE maps of the states. On the data that the model was trained on, its\n' +
				'held-out part alone is used. What cannot be drawn is told with the reason. Data stand beside the pictures (TSV, MEME, NPZ).',
		)
		.argument('<run>', 'run folder; shipped: the model that comes with the package', modelPath)
		.argument('[data]', 'labelled proteins: a folder of <class>.fasta, or a TSV')
		.option('-o, --output <dir>', 'where to draw (default: RUN/figures)')
		.option('--profiles <dir>', 'folder of a profile store, for a model that reads profiles')
		.option(...EXTRA_OPTION)
		.option('--only <list>', `some of ${FIGURES.join(',')}`, list)
		.option('--member <n>', 'the network of an ensemble whose filters and states are drawn', wholeNumber(1), 1)
		.option('--beside <run>', 'an R-LSTM and an A-LSTM on one t-SNE figure: the other run')
		.option('--track <ids>', 'proteins whose attention is drawn (default: of each class the one predicted best)', list)
		.addOption(
			new Option('--perplexity <p>', 't-SNE: about how many neighbours').argParser(wholeNumber(1, 10_000)).default(30),
		)
		.option('--seed <n>', 't-SNE: of the jitter', wholeNumber(0), 1)
	return withRuntime(withPictures(command))
		.addHelpText(
			'after',
			`
Examples:
  subloc figures runs/first                                   from what the run folder holds
  subloc figures runs/first multiloc/ --png                   everything, as PNG too
  subloc figures runs/r multiloc/ --beside runs/a --only tsne`,
		)
		.action((folder: string, data: string | undefined, flags: FiguresFlags) =>
			untilStopped((signal) => run(folder, data, flags, signal), 'the pictures so far are whole'),
		)
}

async function run(folder: string, data: string | undefined, flags: FiguresFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	const wanted = wantedFigures(flags.only)
	using model = await loadModel(folder)
	if (model.info.loss === 'multi-label' && data !== undefined) {
		const message =
			'model: it gives several labels a protein; pictures of labelled proteins need one class each (evaluate draws its labels)'
		throw new SublocError('INVALID_OPTION', message, { option: 'model' })
	}
	using other = flags.beside === undefined ? null : await loadModel(flags.beside)
	if (other?.info.kind === model.info.kind) {
		const message = `beside: needs a model of the other kind; both are ${model.info.kind}`
		throw new SublocError('INVALID_OPTION', message, { option: 'beside', value: flags.beside })
	}
	requireMember(flags.member, model)
	const pictures = await Pictures.open(flags.output ?? join(folder, 'figures'), flags)
	const dataset = data === undefined ? null : await readDataset(data, { minimumClasses: 1, classes: model.classes })
	const scored = dataset && (await scoredRecords(model, dataset, log))
	requireTracks(flags.track, scored?.records)
	const shared = dataset && other && (await sharedRecords(scored!.records, other, dataset, log))
	const drawing: Drawing = {
		...{ folder, model, other, pictures, log, signal, member: flags.member, tracks: flags.track ?? null },
		...{ records: scored?.records ?? null, on: scored && captionOf(scored.on), shared },
		...{ perplexity: flags.perplexity, seed: flags.seed },
		options: { profiles: flags.profiles, extra: flags.extra, signal, ...runtimeOf(flags) },
	}
	await drawAll(wanted, drawing, log)
}

function wantedFigures(only: string[] | undefined): FigureName[] {
	const unknown = only?.find((name) => !(FIGURES as readonly string[]).includes(name))
	if (unknown !== undefined) {
		const facts = { option: 'only', value: unknown, allowed: FIGURES }
		throw new SublocError('INVALID_OPTION', `only: '${unknown}' is not one of ${FIGURES.join(', ')}`, facts)
	}
	return FIGURES.filter((name) => only?.includes(name) ?? true)
}

function requireMember(member: number, { info: { members } }: Model): void {
	if (member <= members) return
	const message = `member: needs 1 to ${members}, not '${member}'`
	throw new SublocError('INVALID_OPTION', message, { option: 'member', value: member })
}

/** Refuses a protein that is not there to be drawn, whatever else is drawn. */
function requireTracks(tracks: string[] | undefined, records: readonly LabelledRecord[] | undefined): void {
	const missing = tracks?.find((id) => !records?.some((record) => record.id === id))
	if (missing === undefined) return
	const message = records
		? `track: there is no protein ${missing} in DATA that the model was not trained on`
		: 'track: it names proteins of DATA: subloc figures RUN DATA --track IDS'
	throw new SublocError('INVALID_OPTION', message, { option: 'track', value: missing })
}

/** Records that the other model was not trained on either: states of its training data would look better than they are. */
async function sharedRecords(
	records: readonly LabelledRecord[],
	other: Model,
	dataset: Dataset,
	log: Log,
): Promise<readonly LabelledRecord[]> {
	const unseen = await unseenRecords(other, dataset)
	if (unseen.seen === null)
		log.warning('beside: nothing is known of the other model’s training, which may have seen these proteins')
	const ids = new Set(unseen.records.map(({ id }) => id))
	const shared = records.filter(({ id }) => ids.has(id))
	if (shared.length < records.length) {
		const told = `beside: ${records.length - shared.length} of ${records.length} proteins are left out of the map`
		log.warning(`${told}: the other model was trained on them`)
	}
	if (shared.length > 0) return shared
	const message = 'beside: the other model was trained on all of these proteins; train both with the same split'
	throw new SublocError('INVALID_OPTION', message, { option: 'beside' })
}

/** Draws what can be drawn. */
async function drawAll(wanted: readonly FigureName[], drawing: Drawing, log: Log): Promise<void> {
	const missing: string[] = []
	for (const name of wanted) {
		try {
			await FIGURE_DRAWERS[name](drawing)
			log.event('figure', `drawn: ${name}`, { figure: name })
		} catch (error) {
			if (!(error instanceof Undrawable)) throw error
			missing.push(`${name}: ${error.message}`)
		}
	}
	const { written, folder } = drawing.pictures
	if (written.length === 0) {
		// What is always drawn was not asked for.
		const message = `only: nothing could be drawn: ${missing.join('; ')}`
		throw new SublocError('INVALID_OPTION', message, { option: 'only', value: wanted.join(',') })
	}
	for (const reason of missing) log.warning(`not drawn: ${reason}`)
	log.event('written', `written: ${folder} (${written.length} files)`, { folder, files: written })
}
