/** What is trained, in order. A stage gives its runs: a name, which is also a folder's, and a command of `subloc`. */
import { ABLATION, CANDIDATES } from './ablation.mjs'

/** Folds of every cross-validation here. */
const FOLDS = 5

const SEQUENCE = ['--blocks', 'onehot,blosum80,hsdm']

/** The network of the shipped model: two seeds a fold. */
const SHIPPED = ['--preset', 'modern', '--members', '2']

/** The head sees what is attended to alone, as in the paper: `modern` before its ablation went on. */
const ATTENTION = ['--set', 'pooling=attention']

function allFeatures(profiles) {
	return ['--blocks', 'onehot,blosum80,hsdm,profile', '--profiles', profiles]
}

/**
 * The stages, in the order in which they are worth their time. `title` is what stands in docs/reproduction.md; `hours` is what two cores are expected
 * to take, from epochs that were measured (docs/reproduction.md says which); `folds` makes one a cross-validation, whose folds are scored together.
 */
export const STAGES = {
	homology: {
		title: '`modern`, sequence only, homology folds (the shipped model)',
		hours: 0.9,
		runs: ({ all, homology }) => folds(all, homology, [...SHIPPED, ...SEQUENCE]),
		folds: true,
	},
	stratified: {
		title: '`modern`, sequence only, stratified folds',
		hours: 0.9,
		runs: ({ all, stratified }) => folds(all, stratified, [...SHIPPED, ...SEQUENCE]),
		folds: true,
	},
	profiles: {
		title: '`modern`, with profiles (80 features), stratified folds',
		hours: 0.9,
		runs: ({ all, stratified, profiles }) => folds(all, stratified, [...SHIPPED, ...allFeatures(profiles)]),
		folds: true,
	},
	'paper-r-lstm': {
		title: 'R-LSTM, 80 features, H 200, `paper`, one network, fold 1 of the stratified folds',
		hours: 1.2,
		runs: (data) => paperRuns(data, ['--members', '1']),
	},
	'paper-a-lstm': {
		title: 'A-LSTM, 80 features, H 200, `paper`, one network, fold 1 of the stratified folds',
		hours: 1.7,
		runs: (data) => paperRuns(data, ['--members', '1', '--model', 'a-lstm']),
	},
	'homology-profiles': {
		title: '`modern`, with profiles (80 features), homology folds',
		hours: 0.9,
		runs: ({ all, homology, profiles }) => folds(all, homology, [...SHIPPED, ...allFeatures(profiles)]),
		folds: true,
	},
	'paper-ensemble': {
		title: 'R-LSTM, 80 features, H 200, `paper`, ten networks, fold 1 of the stratified folds',
		hours: 12,
		runs: (data) => paperRuns(data, ['--members', '10']),
	},
	'attention-homology': {
		title: '`modern` without the last states, sequence only, homology folds',
		hours: 0.8,
		runs: ({ all, homology }) => folds(all, homology, [...SHIPPED, ...ATTENTION, ...SEQUENCE]),
		folds: true,
	},
	'attention-stratified': {
		title: '`modern` without the last states, sequence only, stratified folds',
		hours: 0.8,
		runs: ({ all, stratified }) => folds(all, stratified, [...SHIPPED, ...ATTENTION, ...SEQUENCE]),
		folds: true,
	},
	'attention-profiles': {
		title: '`modern` without the last states, with profiles (80 features), stratified folds',
		hours: 0.8,
		runs: ({ all, stratified, profiles }) =>
			folds(all, stratified, [...SHIPPED, ...ATTENTION, ...allFeatures(profiles)]),
		folds: true,
	},
	ablation: {
		title: 'candidates of `modern`',
		hours: 1.5,
		runs: ({ ablation }) =>
			Object.entries(CANDIDATES).map(([name, flags]) => ({
				name,
				command: ['train', ablation, ...ABLATION.flags, ...flags],
			})),
	},
}

/** Stages whose networks answer for the same proteins of the same folds: how the first differs from the second. */
export const PAIRS = [
	['profiles', 'stratified'],
	['homology-profiles', 'homology'],
	['paper-r-lstm', 'paper-a-lstm'],
]

/** Where the answers of a stage lie: its joined folds, or its only one. */
export function scoredFolder(stage) {
	return `${stage}/${STAGES[stage].folds ? 'joined' : 'folds/1'}`
}

/** The paper's networks, all 80 features, on one fold. */
function paperRuns({ all, stratified, profiles }, flags) {
	return folds(all, stratified, ['--preset', 'paper', ...flags, '--profiles', profiles]).slice(0, 1)
}

/** A run a fold: one after the other, so that what is finished counts. */
function folds(data, split, flags) {
	return Array.from({ length: FOLDS }, (_, at) => ({
		name: `folds/${at + 1}`,
		command: ['cross-validate', data, '--split', split, '--fold', `${at + 1}/${FOLDS}`, ...flags],
	}))
}
