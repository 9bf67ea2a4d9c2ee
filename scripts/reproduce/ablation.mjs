/** The candidates of the `modern` preset. Each differs from the base in what is named, and is scored on a validation part alone: the test fold is never read. */

/** What every candidate has: a small network, few epochs, sequence only, and `modern` as it was before the ablation. Two seeds stand for the noise. */
export const ABLATION = {
	flags: [
		...['--preset', 'modern', '--model', 'r-lstm', '--batch-size', '64', '--set', 'optimizer.learningRate=0.001'],
		...['--set', 'dropout.denseInput=0.5', '--set', 'dropout.softmaxInput=0.5'],
		...['--blocks', 'onehot,blosum80,hsdm', '--hidden', '64', '--epochs', '15'],
		...['--members', '2', '--seed', '1', '--test-fraction', '0', '--validation-fraction', '0.2'],
	],
	/** Fold of the stratified split (seed 1) that is left out altogether. */
	testFold: 1,
}

/** What `modern` became: the last of {@link STEPS}. */
const REACHED = [
	...['--model', 'a-lstm', '--set', 'optimizer.learningRate=0.002', '--batch-size', '32'],
	...['--set', 'dropout.denseInput=0.3', '--set', 'dropout.softmaxInput=0.3'],
]

/** From the base to `modern`, and what was tried on the way: name → what it sets. */
const STEPS = {
	base: [],
	'a-lstm': ['--model', 'a-lstm'],
	'learning rate 0.002': ['--set', 'optimizer.learningRate=0.002'],
	'a-lstm, learning rate 0.002': ['--model', 'a-lstm', '--set', 'optimizer.learningRate=0.002'],
	'a-lstm, learning rate 0.002, batch size 32, dropout 0.3 in the head': REACHED,
}

/** Changes of `modern`, in the order in which they are worth their time: name → what it sets beside {@link REACHED}. */
const CHANGES = {
	'last states too': ['--set', 'pooling=attention+last'],
	'dropout 0.5 in the head': ['--set', 'dropout.denseInput=0.5', '--set', 'dropout.softmaxInput=0.5'],
	'batch size 64': ['--batch-size', '64'],
	'H 128': ['--hidden', '128'],
	'a second bank of filters': ['--set', 'secondConv={"widths":[1,3,5],"filtersPerWidth":40}'],
	'no dropout of residues': ['--set', 'dropout.residues=0'],
	'no weight averaging': ['--set', 'weightAveraging=null'],
	'label smoothing 0.05': ['--set', 'labelSmoothing=0.05'],
	'balanced class weights': ['--set', 'classWeights=balanced'],
	'constant learning rate': ['--set', 'schedule={"kind":"constant"}'],
	'no clipping': ['--set', 'clipNorm=null'],
	'forget bias 0': ['--set', 'forgetBias=0'],
	"PyTorch's initial weights": ['--set', 'initialWeights={"kind":"framework"}'],
	'dropout 0.1 before the LSTM': ['--set', 'dropout.lstmInput=0.1'],
	'the middle cut is masked': ['--set', 'cutGap=21'],
	'learning rate 0.004': ['--set', 'optimizer.learningRate=0.004'],
	'weight decay 0.0001': ['--set', 'optimizer.weightDecay=0.0001'],
	'one-hot alone': ['--blocks', 'onehot'],
}

/**
 * The tables. The first candidate of each is what the others of it are compared with; `shown` are the flags that it differs in. One that stands in both is trained once.
 */
export const TABLES = [
	Object.entries(STEPS).map(([name, flags]) => ({ name, flags, shown: flags, folder: folderName(name) })),
	[
		{ name: '`modern`', flags: REACHED, shown: [], folder: folderName(Object.keys(STEPS).at(-1)) },
		...Object.entries(CHANGES).map(([name, shown]) => ({
			...{ name, shown, flags: [...REACHED, ...shown] },
			folder: folderName(`modern, ${name}`),
		})),
	],
]

/** All that is trained: folder → flags. */
export const CANDIDATES = Object.fromEntries(TABLES.flat().map(({ folder, flags }) => [folder, flags]))

function folderName(name) {
	return name.replaceAll(/[^a-zA-Z0-9.-]+/g, '-')
}
