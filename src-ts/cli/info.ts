import { Command } from 'commander'
import { type Evaluation, loadModel, type ModelCard, type ModelInfo, RunFolder, SHIPPED_MODEL } from 'subloc-native'
import { type CommonOptions, modelPath, openLog, withLog } from './options.js'
import { percent, percentRange } from './text.js'

export function infoCommand(): Command {
	return withLog(
		new Command('info')
			.summary('tell what a model is and how it was trained')
			.argument('[run]', 'run folder or model.safetensors; default: the model that comes with the package', modelPath)
			.option('--json', 'print JSON'),
	).action(async (path: string | undefined, flags: CommonOptions & { json?: boolean }) => {
		openLog(flags)
		using model = await loadModel(path)
		const { info, training, card } = model
		if (flags.json) {
			const told = { model: info, config: training?.config ?? null, run: training?.info ?? null, card }
			process.stdout.write(`${JSON.stringify(told, null, 2)}\n`)
			return
		}
		const { kind, members, parameters, hidden, attention, dense, filterWidths, filtersPerWidth } = info
		const units =
			kind === 'a-lstm' ? `${hidden} LSTM, ${attention} attention, ${dense} dense` : `${hidden} LSTM, ${dense} dense`
		const lines = [
			`${kind}, ${members} ${members === 1 ? 'network' : 'networks'} of ${parameters} weights (seeds ${info.seeds.join(', ')})`,
			`classes: ${info.classes.join(', ')}`,
			`blocks: ${info.blocks.join(', ')}; at most ${info.maxResidues} residues${info.cutGap > 0 ? `, a gap of ${info.cutGap} where the middle is cut out` : ''}`,
			...(info.extraFeatures > 0 ? [`own numbers: ${info.extraFeatures} a residue (--extra)`] : []),
			...(info.profileDropout > 0 ? [`trained with profile dropout ${info.profileDropout}`] : []),
			...(info.secondConv
				? [
						`second convolution: ${info.secondConv.filtersPerWidth} filters of each width ${info.secondConv.widths.join(', ')}`,
					]
				: []),
			...(info.loss === 'multi-label' ? [`several labels a protein; thresholds: ${thresholdText(info)}`] : []),
			...(info.pooling === 'attention' ? [] : ['pooling: attention and last states']),
			`units: ${units}; ${filtersPerWidth} filters of each width ${filterWidths.join(', ')}`,
		]
		if (training) {
			const { dataset, split, rows, device, started, finished, versions } = training.info
			const fold = split.fold === null ? '' : `, fold ${split.fold} held out`
			lines.push(
				`trained on ${dataset.source}: ${rows.train} proteins, ${rows.test} held out (${split.by}${fold}), ${training.config.epochs} epochs`,
				`${started} to ${finished ?? 'not finished'} on ${device.backend} (${device.cpuIsa}, ${device.threads} threads), subloc-native ${versions.sublocNative}`,
			)
		}
		if (card)
			lines.push(
				...cardLines(card),
				...scoreLines(await new RunFolder(path ?? SHIPPED_MODEL).readJson('evaluation'), path ?? 'shipped'),
			)
		process.stdout.write(`${lines.join('\n')}\n`)
	})
}

function cardLines({ what, data, training, limits }: ModelCard): string[] {
	return [
		what,
		`data: ${data.name}, ${data.proteins} proteins (digest ${data.digest.slice(0, 16)}…); ${data.licence}`,
		`training: ${training.members}; ${training.split}; ${training.when}`,
		...limits.map((limit) => `limit: ${limit}`),
	]
}

function scoreLines(evaluation: Evaluation | null, run: string): string[] {
	if (!evaluation) return []
	const { accuracy, on, records, intervals } = evaluation
	const range = intervals ? `, 95 % interval ${percentRange(intervals.accuracy)} %` : ''
	return [`accuracy ${percent(accuracy)} on ${on} (${records} proteins${range}); all scores: subloc evaluate ${run}`]
}

/** From which probability on each label is given. */
function thresholdText({ classes, thresholds }: Pick<ModelInfo, 'classes' | 'thresholds'>): string {
	if (!thresholds) return '0.5 each'
	return classes.map((name, index) => `${name} ${thresholds[index]!.toFixed(3)}`).join(', ')
}
