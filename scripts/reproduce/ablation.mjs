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

/** In the order in which they are tried: name → what it sets. */
export const CANDIDATES = {
	base: [],
	'a-lstm': ['--model', 'a-lstm'],
	'learning rate 0.002': ['--set', 'optimizer.learningRate=0.002'],
	'a-lstm, learning rate 0.002': ['--model', 'a-lstm', '--set', 'optimizer.learningRate=0.002'],
	'a-lstm, learning rate 0.002, batch size 32, dropout 0.3 in the head': [
		...['--model', 'a-lstm', '--set', 'optimizer.learningRate=0.002', '--batch-size', '32'],
		...['--set', 'dropout.denseInput=0.3', '--set', 'dropout.softmaxInput=0.3'],
	],
	'a-lstm, learning rate 0.004': ['--model', 'a-lstm', '--set', 'optimizer.learningRate=0.004'],
	'a-lstm, learning rate 0.002, last states too': [
		...['--model', 'a-lstm', '--set', 'optimizer.learningRate=0.002', '--set', 'pooling=attention+last'],
	],
	'batch size 32': ['--batch-size', '32'],
	'dropout 0.1 before the LSTM': ['--set', 'dropout.lstmInput=0.1'],
	'dropout 0.2 in the head': ['--set', 'dropout.denseInput=0.2', '--set', 'dropout.softmaxInput=0.2'],
	'no dropout of residues': ['--set', 'dropout.residues=0'],
	'no weight averaging': ['--set', 'weightAveraging=null'],
	'label smoothing 0.05': ['--set', 'labelSmoothing=0.05'],
	'forget bias 0': ['--set', 'forgetBias=0'],
	"PyTorch's initial weights": ['--set', 'initialWeights={"kind":"framework"}'],
	'constant learning rate': ['--set', 'schedule={"kind":"constant"}'],
	'no clipping': ['--set', 'clipNorm=null'],
	'H 128': ['--hidden', '128'],
	'balanced class weights': ['--set', 'classWeights=balanced'],
	'one-hot alone': ['--blocks', 'onehot'],
	'weight decay 0.0001': ['--set', 'optimizer.weightDecay=0.0001'],
}

/** The folder of a candidate. */
export function folderName(name) {
	return name.replaceAll(/[^a-zA-Z0-9.-]+/g, '-')
}
