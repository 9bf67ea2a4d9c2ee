/** The candidates of the `modern` preset. Each differs from the base in what is named, and is scored on a validation part alone: the test fold is never read. */

/** What every candidate has: a small network, few epochs, sequence only, and `modern` as it was before the ablation. Two seeds stand for the noise. */
export const ABLATION = {
	flags: [
		...['--preset', 'modern', '--model', 'r-lstm', '--set', 'pooling=attention'],
		...['--batch-size', '64', '--set', 'optimizer.learningRate=0.001'],
		...['--set', 'dropout.denseInput=0.5', '--set', 'dropout.softmaxInput=0.5'],
		...['--blocks', 'onehot,blosum80,hsdm', '--hidden', '64', '--epochs', '15'],
		...['--members', '2', '--seed', '1', '--test-fraction', '0', '--validation-fraction', '0.2'],
	],
	/** Fold of the stratified split (seed 1) that is left out altogether. */
	testFold: 1,
}

/** From the base: name → what it sets. The last is what {@link CHANGES} start from. */
const STEPS = {
	base: [],
	'a-lstm': ['--model', 'a-lstm'],
	'learning rate 0.002': ['--set', 'optimizer.learningRate=0.002'],
	'a-lstm, learning rate 0.002': ['--model', 'a-lstm', '--set', 'optimizer.learningRate=0.002'],
	'a-lstm, learning rate 0.002, batch size 32, dropout 0.3 in the head': [
		...['--model', 'a-lstm', '--set', 'optimizer.learningRate=0.002', '--batch-size', '32'],
		...['--set', 'dropout.denseInput=0.3', '--set', 'dropout.softmaxInput=0.3'],
	],
}

const [REACHED, REACHED_FLAGS] = Object.entries(STEPS).at(-1)

const LAST_STATES = 'last states too'

/** What was then tried, one at a time: name → what it sets beside the last of {@link STEPS}. */
const CHANGES = {
	[LAST_STATES]: ['--set', 'pooling=attention+last'],
	'dropout 0.5 in the head': ['--set', 'dropout.denseInput=0.5', '--set', 'dropout.softmaxInput=0.5'],
	'batch size 64': ['--batch-size', '64'],
	'H 128': ['--hidden', '128'],
	'a second bank of filters': ['--set', 'secondConv={"widths":[1,3,5],"filtersPerWidth":40}'],
	'no dropout of residues': ['--set', 'dropout.residues=0'],
}

/** What was tried once the last states were in, in the order in which it is worth its time: name → what it sets beside them. */
const CHANGES_OF_LAST = {
	'balanced class weights': ['--set', 'classWeights=balanced'],
	'dropout 0.1 before the LSTM': ['--set', 'dropout.lstmInput=0.1'],
	'no weight averaging': ['--set', 'weightAveraging=null'],
	'learning rate 0.004': ['--set', 'optimizer.learningRate=0.004'],
	'label smoothing 0.05': ['--set', 'labelSmoothing=0.05'],
	'H 128': ['--hidden', '128'],
	'forget bias 0': ['--set', 'forgetBias=0'],
	"PyTorch's initial weights": ['--set', 'initialWeights={"kind":"framework"}'],
	'no clipping': ['--set', 'clipNorm=null'],
	'constant learning rate': ['--set', 'schedule={"kind":"constant"}'],
	'weight decay 0.0001': ['--set', 'optimizer.weightDecay=0.0001'],
	'the middle cut is masked': ['--set', 'cutGap=21'],
	'one-hot alone': ['--blocks', 'onehot'],
}

/**
 * The tables: a title and candidates. The first candidate of each is what the others of it are compared with; `shown` are the flags that it differs in. One
 * that stands in two is trained once.
 */
export const TABLES = [
	{
		title: 'From the base',
		candidates: Object.entries(STEPS).map(([name, flags]) => ({ name, flags, shown: flags, folder: folderName(name) })),
	},
	{
		title: 'Changes of the last row above',
		candidates: changesOf(
			{ name: 'the last row above', flags: REACHED_FLAGS, folder: folderName(REACHED) },
			CHANGES,
			'modern',
		),
	},
	{
		title: 'Changes once the last states are in',
		candidates: changesOf(
			{
				name: LAST_STATES,
				flags: [...REACHED_FLAGS, ...CHANGES[LAST_STATES]],
				folder: folderName(`modern, ${LAST_STATES}`),
			},
			CHANGES_OF_LAST,
			'last states',
		),
	},
]

/** All that is trained: folder → flags. */
export const CANDIDATES = Object.fromEntries(
	TABLES.flatMap(({ candidates }) => candidates).map(({ folder, flags }) => [folder, flags]),
)

/** A reference and what each change makes of it. */
function changesOf(reference, changes, prefix) {
	return [
		{ ...reference, shown: [] },
		...Object.entries(changes).map(([name, shown]) => ({
			...{ name, shown, flags: [...reference.flags, ...shown] },
			folder: folderName(`${prefix}, ${name}`),
		})),
	]
}

function folderName(name) {
	return name.replaceAll(/[^a-zA-Z0-9.-]+/g, '-')
}
