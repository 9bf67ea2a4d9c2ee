/** What is trained, in order. A stage gives its runs: a name, which is also a folder's, and a command of `subloc`; `joined` is how its folds are scored together. */
import { ABLATION, CANDIDATES, folderName } from './ablation.mjs'

/** Folds of every cross-validation here. */
const FOLDS = 5

/** What the runs below share: the network of the shipped model, sequence only, two seeds a fold. */
const SHIPPED = [
	...['--preset', 'modern', '--model', 'a-lstm', '--blocks', 'onehot,blosum80,hsdm', '--hidden', '64'],
	...['--epochs', '30', '--members', '2', '--seed', '1'],
]

export const STAGES = {
	/** The shipped model: `modern`, five homology folds. */
	homology: ({ all, homology }) => folds(all, homology, SHIPPED),
	ablation: ({ ablation }) =>
		Object.entries(CANDIDATES).map(([name, flags]) => ({
			name: folderName(name),
			command: ['train', ablation, ...ABLATION.flags, ...flags],
		})),
	/** The same by a random split. */
	stratified: ({ all, stratified }) => folds(all, stratified, SHIPPED),
}

/** Stages whose runs are the folds of one cross-validation. */
export const CROSS_VALIDATIONS = ['homology', 'stratified']

/** A run a fold: one after the other, so that what is finished counts. */
function folds(data, split, flags) {
	return Array.from({ length: FOLDS }, (_, at) => ({
		name: `folds/${at + 1}`,
		command: ['cross-validate', data, '--split', split, '--fold', `${at + 1}/${FOLDS}`, ...flags],
	}))
}
