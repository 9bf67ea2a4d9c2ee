import { existsSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import {
	type Dataset,
	loadModel,
	type Model,
	RUN_FILES,
	readDataset,
	readFasta,
	report,
	type SequenceRecord,
	SublocError,
	wasMadeWithSequences,
	writeWhole,
} from 'subloc-native'
import type { Log } from './log.js'
import { refuseLabelSets } from './multi-label.js'
import { type CommonOptions, EXTRA_OPTION, modelPath, openLog, runtimeOf, wholeNumber, withRuntime } from './options.js'
import { untilStopped } from './process.js'

interface ReportFlags extends CommonOptions {
	profiles?: string
	extra?: string
	output?: string
	title?: string
	filterProteins?: number
}

export function reportCommand(): Command {
	return withRuntime(
		new Command('report')
			.summary('write a page to look at: scores, maps, and every protein')
			.description(
				'Writes one HTML file that opens in any browser, without a network and without other files. DATA is what it tells of: labelled proteins (a folder of\n' +
					'<class>.fasta, or a TSV; of the data that the model was trained on the held-out part alone), or a FASTA file of proteins whose place is not\n' +
					'known. Without DATA the data of the training is read where the training found it; is it no longer there, the page is made of the run\n' +
					'folder alone and lacks sequences, attention and maps.',
			)
			.argument('<run>', 'run folder, or model.safetensors; shipped: the model that comes with the package', modelPath)
			.argument('[data]', 'labelled proteins, or FASTA')
			.option('-o, --output <file>', 'default: report.html in the run folder, or report-NAME.html for other DATA')
			.option('--profiles <dir>', 'folder of a profile store, for a model that reads profiles')
			.option(...EXTRA_OPTION)
			.option('--title <text>', 'headline; default: the name of the run folder, or of a FASTA file')
			.option(
				'--filter-proteins <n>',
				'proteins that the filters’ importance is measured on (default: 100); 0 leaves the filters out',
				wholeNumber(0),
			)
			.addHelpText(
				'after',
				`
Examples:
  subloc report runs/first                          the held-out part of its training
  subloc report runs/first independent.tsv          labelled proteins of another source
  subloc report runs/first proteome.faa.gz -o proteome.html

The page holds ids, headers and sequences of its proteins: give it to those who may see them.`,
			),
	).action((run: string, data: string | undefined, flags: ReportFlags) =>
		untilStopped((signal) => write(run, data, flags, signal)),
	)
}

async function write(run: string, data: string | undefined, flags: ReportFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	using model = await loadModel(run)
	refuseLabelSets(model.info, 'report', 'for which the page has no place')
	const proteins = data === undefined ? await trainingData(model, log) : await readProteins(data, model)
	if (proteins === undefined && flags.output === undefined) await keepBetterPage(run, model)
	const source = data === undefined ? undefined : data === '-' ? 'stdin' : basename(data)
	const { html, subject } = await report(run, {
		...{ title: flags.title ?? (Array.isArray(proteins) ? source : basename(resolve(run))) },
		...{ filterProteins: flags.filterProteins, onProgress: (part) => log.progress(`report: ${part}`) },
		...{ proteins, source, profiles: flags.profiles, extra: flags.extra, signal },
		...runtimeOf(flags),
	})
	const isOwn = source === undefined || subject.kind === 'held-out' || subject.kind === 'cross-validation'
	const name = isOwn ? RUN_FILES.report : `report-${source.replace(/\.\w+(\.gz)?$/, '')}.html`
	const output = flags.output ?? join(folderOf(run), name)
	await writeWhole(output, html)
	log.event('written', `report: ${output}`, { output, bytes: Buffer.byteLength(html) })
}

/** The run's folder, or that of a lone model file. */
function folderOf(run: string): string {
	return statSync(run).isDirectory() ? run : dirname(run)
}

/** A page that was made with the data of the training must not make place for one without. */
async function keepBetterPage(run: string, model: Model): Promise<void> {
	const path = join(folderOf(run), RUN_FILES.report)
	if (!existsSync(path)) return
	const file = await open(path)
	const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(2000) }).finally(() => file.close())
	if (!wasMadeWithSequences(buffer.toString('utf8', 0, bytesRead))) return
	const message = `${path} was made with the data of the training, and stays: name DATA, or another file with -o`
	throw new SublocError('INPUT_MISSING', message, { file: path, source: model.training?.info.dataset.source })
}

/** The data of the training, where it still is; undefined where it is not. */
async function trainingData(model: Model, log: Log): Promise<Dataset | undefined> {
	const { source, digest } = model.training?.info.dataset ?? { source: '', digest: '' }
	if (!existsSync(source)) {
		log.warning(`the data of the training is not at ${source || 'hand'}: the page is made of the run folder alone`)
		return undefined
	}
	const dataset = await readDataset(source, { minimumClasses: 1, classes: model.classes })
	if (dataset.digest === digest) return dataset
	log.warning(`${source} is not what the model was trained on: the page is made of the run folder alone`)
	return undefined
}

/** FASTA has no labels; anything else has. */
async function readProteins(data: string, model: Model): Promise<Dataset | SequenceRecord[]> {
	if (!/\.(fasta|fas|fsa|fa|faa)(\.gz)?$/i.test(data) && data !== '-') {
		return readDataset(data, { minimumClasses: 1, classes: model.classes })
	}
	const records: SequenceRecord[] = []
	for await (const record of readFasta(data, { onProblem: 'report' })) records.push(record)
	return records
}
