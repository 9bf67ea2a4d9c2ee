import { Command, InvalidArgumentError } from 'commander'
import {
	ALPHABET,
	attentionTrackFigure,
	type Explanation,
	explain,
	loadModel,
	type Model,
	mutagenesisFigure,
	type ProteinRecord,
	predictAll,
	readable,
	readFasta,
	type SequenceRecord,
	SublocError,
	type Track,
} from 'subloc-native'
import { type CommonOptions, MODEL_OPTION, openLog, runtimeOf, wholeNumber, withRuntime } from './options.js'
import { type PictureFlags, Pictures, withPictures } from './pictures.js'
import { untilStopped } from './process.js'
import { percent } from './text.js'

interface ExplainFlags extends CommonOptions, PictureFlags {
	model?: string
	output: string
	profiles?: string
	class?: string
	mutagenesis: boolean
	occlusion: number
	strict?: boolean
}

export function explainCommand(): Command {
	const command = new Command('explain')
		.summary('tell which residues a prediction hangs on')
		.description(
			'For each protein: how ln p of its predicted class changes with every substitution (19 predictions a residue), and when a window of residues is hidden.\n' +
				'For any model; of an A-LSTM its attention is drawn too. Writes <id>.svg, <id>.mutagenesis.tsv and <id>.occlusion.tsv.\n' +
				'A record that cannot be used is skipped with a warning.',
		)
		.argument('<in>', 'FASTA, plain or gzip, or - for stdin')
		.option(...MODEL_OPTION)
		.requiredOption('-o, --output <dir>', 'folder for pictures and tables')
		.option('--profiles <dir>', 'folder of a profile store, for a model that reads profiles')
		.option('--class <name>', 'the class that is explained (default: the predicted one)')
		.option('--no-mutagenesis', 'hide windows alone, which is 20 times faster')
		.option('--occlusion <n>', 'residues that are hidden at a time, odd; 0: none', oddOrNone, 9)
		.option('--strict', 'end with an error at the first record that cannot be used')
	return withRuntime(withPictures(command))
		.addHelpText(
			'after',
			`
Examples:
  subloc explain protein.fasta --model runs/first -o why
  subloc explain protein.fasta --model runs/first -o why --class peroxisomal --occlusion 3 --png`,
		)
		.action((input: string, flags: ExplainFlags) =>
			untilStopped((signal) => run(input, flags, signal), 'the proteins so far are written'),
		)
}

/** Parser of an odd number, or 0. */
function oddOrNone(text: string): number {
	const value = wholeNumber(0, 9999)(text)
	if (value === 0 || value % 2 === 1) return value
	throw new InvalidArgumentError('an odd number, or 0, is needed.')
}

async function run(input: string, flags: ExplainFlags, signal: AbortSignal): Promise<void> {
	const log = openLog(flags)
	using model = await loadModel(flags.model)
	const pictures = await Pictures.open(flags.output, flags)
	const { profiles, mutagenesis, occlusion } = flags
	const reading = { profiles, signal, ...runtimeOf(flags) }
	const options = {
		...{ compartment: flags.class, mutagenesis, occlusion },
		...{
			onProgress: ({ id, done, variants }: { id: string; done: number; variants: number }) =>
				log.progress(`${id}: ${done}/${variants} variants`),
		},
	}
	const taken = new Set<string>()
	let [count, skipped] = [0, 0]
	for await (const record of readFasta(input, { onProblem: flags.strict ? 'fail' : 'report', signal })) {
		try {
			for await (const found of explain(model, [record], { ...reading, ...options })) {
				const name = fileName(record.id, taken)
				await pictures.draw(name, mutagenesisFigure(found, { theme: pictures.theme, title: titleOf(found) }))
				if (found.mutagenesis) await pictures.write(`${name}.mutagenesis.tsv`, mutagenesisTsv(found))
				if (found.occlusion) await pictures.write(`${name}.occlusion.tsv`, occlusionTsv(found))
				const track = await attentionOf(model, record, found, reading)
				if (track) await pictures.draw(`${name}.attention`, attentionTrackFigure([track], { theme: pictures.theme }))
				count += 1
				log.event('explained', `${record.id}: ${titleOf(found)}`, { id: record.id, compartment: found.compartment })
			}
		} catch (error) {
			if (flags.strict || !isProblemOf(record, error)) throw error
			skipped += 1
			log.warning(`skipped ${record.id || `the record in line ${record.line}`} (${error.message})`)
		}
	}
	const proteins = `${count} ${count === 1 ? 'protein' : 'proteins'} explained, ${skipped} skipped`
	log.event('written', `${proteins}: ${pictures.folder}`, { records: count, skipped, folder: pictures.folder })
}

function isProblemOf(record: SequenceRecord, error: unknown): error is SublocError {
	return error instanceof SublocError && (error === record.problem || error.record === record.id)
}

function titleOf({ compartment, logProbability }: Explanation): string {
	return `${readable(compartment)}, p = ${percent(Math.exp(logProbability))}`
}

async function attentionOf(
	model: Model,
	record: ProteinRecord,
	{ annotations }: Explanation,
	reading: object,
): Promise<Track | null> {
	if (model.info.kind !== 'a-lstm') return null
	const [prediction] = await predictAll(model, [record], { ...reading, attention: true })
	if (!prediction?.attention) return null
	return { id: record.id, length: prediction.length, annotations, ...prediction.attention }
}

/** A name that every file system takes; it, and those of the protein's other files, are used once. */
function fileName(id: string, taken: Set<string>): string {
	const plain =
		id
			.replace(/[^\w.-]/g, '_')
			.replace(/^\.+/, '_')
			.slice(0, 100) || 'protein'
	let name = plain
	const derived = () => ['', '.attention', '.mutagenesis', '.occlusion'].map((end) => `${name}${end}`.toLowerCase())
	for (let number = 2; derived().some((own) => taken.has(own)); number++) name = `${plain}-${number}`
	for (const own of derived()) taken.add(own)
	return name
}

function mutagenesisTsv({ positions, residues, mutagenesis }: Explanation): string {
	const rows = Array.from(positions, (position, at) => {
		const own = Array.from(mutagenesis!.subarray(20 * at, 20 * at + 20), digits)
		return [String(position), residues[at]!, ...own]
	})
	return [['position', 'residue', ...ALPHABET], ...rows].map((cells) => `${cells.join('\t')}\n`).join('')
}

function occlusionTsv({ positions, residues, occlusion }: Explanation): string {
	const rows = Array.from(
		positions,
		(position, at) => `${position}\t${residues[at]}\t${digits(occlusion!.delta[at]!)}\n`,
	)
	return `position\tresidue\tdelta_hidden_${occlusion!.window}\n${rows.join('')}`
}

function digits(value: number): string {
	return String(Number(value.toPrecision(6)))
}
