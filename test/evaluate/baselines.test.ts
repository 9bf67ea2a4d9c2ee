import { join } from 'node:path'
import { Readable } from 'node:stream'
import test from 'ava'
import { makeDataset, type Split } from 'subloc-native'
import {
	baselineAnswers,
	foldedBaselineAnswers,
	largestClass,
	learnBaselines,
	learnedBaselineAnswers,
} from '../../src-ts/evaluate/baselines.js'
import { composition, fitLogistic, logisticAnswers, solveSymmetric } from '../../src-ts/evaluate/composition.js'
import { motifRules } from '../../src-ts/evaluate/motifs.js'
import { readRelatives } from '../../src-ts/evaluate/relative.js'
import { strata } from '../../src-ts/evaluate/strata.js'
import { temporaryFolder } from '../support/folder.js'

const CLASSES = [
	'ER',
	'chloroplast',
	'cytoplasmic',
	'extracellular',
	'mitochondrial',
	'nuclear',
	'peroxisomal',
	'plasma_membrane',
]
const record = (id: string, own: string, sequence = 'MK', cluster = '') => ({
	...{ id, description: '', sequence, line: 0, class: own, fold: '', cluster, annotations: [] },
})

/** Nothing hydrophobic, basic, acidic or small: no rule holds. */
const PLAIN = 'MNQNQNQDQNQDNQNDQNQNQDNQNQNDQNQNQNDQNQNQNQNDQNQ'

test('motif rules: each holds for its sequence, and what is left to no rule is null', (t) => {
	const rules = motifRules(CLASSES)
	t.is(rules(PLAIN), null)
	t.is(rules(`${PLAIN}KDEL`), 'ER')
	t.is(rules(`${PLAIN}HDEL`), 'ER')
	t.is(rules(`${PLAIN}KDELQ`), null)
	t.is(rules(`${PLAIN}SKL`), 'peroxisomal')
	t.is(rules(`${PLAIN}ARM`), 'peroxisomal')
	t.is(rules(`${PLAIN}SKQ`), null)
	t.is(rules(`MNQLLLLVLLLQ${PLAIN}`), 'extracellular')
	t.is(rules(`MNQLLLLVLLLQ${PLAIN}${'LAVLIALVFLLAVLIALVF'}${PLAIN}`), 'plasma_membrane')
	t.is(rules(`${PLAIN}${'LAVLIALVFLLAVLIALVF'}${PLAIN}`), 'plasma_membrane')
	t.is(rules(`MNSTSTSQSTNSTQNQSTNNNNNNNNNNNNNNNNNNNNNNN${PLAIN}`), 'chloroplast')
	t.is(rules(`MNRQNRQNNQRQNQNNQNQNNQNQN${PLAIN}`), 'mitochondrial')
	t.is(rules(`${PLAIN}KRKR${PLAIN}`), 'nuclear')
	t.is(rules(`${PLAIN}KRNNNNNNNNNNKQRQK${PLAIN}`), 'nuclear')
	t.is(rules(`${PLAIN}KRNNNNNNNNNNKQRQQ${PLAIN}`), null)
})

test('a rule for a place that the classes lack is left out; names may be spelt otherwise', (t) => {
	t.is(motifRules(['cytoplasmic'])(`${PLAIN}KDEL`), null)
	t.is(motifRules(['Nucleus', 'Peroxisome'])(`${PLAIN}SKL`), 'Peroxisome')
	t.is(motifRules(['Nucleus', 'Peroxisome'])(`${PLAIN}KRKR${PLAIN}`), 'Nucleus')
	// `extracellular` has an er in it.
	t.is(motifRules(['extracellular'])(`${PLAIN}KDEL`), null)
})

test('composition counts the 20 alone', (t) => {
	t.deepEqual([...composition('AARX')].slice(0, 3), [2 / 3, 1 / 3, 0])
	t.deepEqual([...composition('XX')], new Array(20).fill(0))
})

test('regression separates what can be separated, and a feature that never varies does no harm', (t) => {
	const features = Float64Array.from([0, 7, 1, 7, 2, 7, 8, 7, 9, 7, 10, 7])
	const labels = [0, 0, 0, 1, 1, 1]
	const found = fitLogistic(features, labels, 2)
	t.deepEqual([...logisticAnswers(found, features)], labels)
	t.true(Math.abs(found.weights[1]!) < 1e-12)
	t.is(found.deviation[1], 1)
	// 0.1 six times has a mean that is not quite 0.1; a record with another value is still no outlier of 10¹⁵ deviations.
	const rounding = fitLogistic(Float64Array.from(labels.flatMap((_, n) => [n, 0.1])), labels, 2)
	t.deepEqual([...logisticAnswers(rounding, Float64Array.of(0, 0.2, 5, 0.2))], [0, 1])
	t.deepEqual([...logisticAnswers(fitLogistic(features, [0, 0, 0, 0, 0, 0], 1), features)], [0, 0, 0, 0, 0, 0])
	// [[4, 2], [2, 3]] x = [10, 8]: x = [1.75, 1.5].
	const x = solveSymmetric(Float64Array.from([4, 0, 2, 3]), Float64Array.from([10, 8]))
	t.true(Math.abs(x[0]! - 1.75) < 1e-14 && Math.abs(x[1]! - 1.5) < 1e-14)
})

test('baselines are fitted on the training part alone; the best hit copies, or falls back', (t) => {
	const training = [
		...Array.from({ length: 5 }, (_, n) => record(`e${n}`, 'extracellular', `${'W'.repeat(5 + n)}A`)),
		...Array.from({ length: 3 }, (_, n) => record(`c${n}`, 'cytoplasmic', `${'G'.repeat(5 + n)}A`)),
	]
	const test = [record('1', 'cytoplasmic', 'GGGG'), record('2', 'cytoplasmic', 'WWWW'), record('3', 'ER', 'GGGKDEL')]
	const answers = (relatives: Parameters<typeof baselineAnswers>[3]) =>
		Object.fromEntries(baselineAnswers(training, test, CLASSES, relatives).map((own) => [own.name, own.answers]))
	const without = answers(null)
	t.deepEqual(Object.keys(without), ['majority', 'composition', 'motif rules'])
	t.deepEqual(without['majority'], ['extracellular', 'extracellular', 'extracellular'])
	t.deepEqual(without['composition']!.slice(0, 2), ['cytoplasmic', 'extracellular'])
	t.deepEqual(without['motif rules']!.slice(2), ['ER'])
	// What a card keeps of them answers alike.
	const learned = JSON.parse(JSON.stringify(learnBaselines(training, CLASSES)))
	for (const { name, answers: again } of learnedBaselineAnswers(learned, test, CLASSES))
		t.deepEqual(again, without[name])
	const hit = { identity: 0.5, coverage: 1, bits: 40 }
	const found = answers([
		{ id: '1', relative: 'c2', ...hit },
		{ id: '3', relative: null, identity: null, coverage: null, bits: null },
	])
	t.deepEqual(found['best hit'], ['cytoplasmic', 'extracellular', 'extracellular'])
	t.is(largestClass([record('x', 'b'), record('y', 'a')], ['a', 'b']), 'a')
})

test('baselines of folds: each fold by the others', (t) => {
	const records = [record('1', 'a'), record('2', 'a'), record('3', 'b'), record('4', 'b'), record('5', 'b')]
	const dataset = makeDataset(records)
	const split: Split = { by: 'by hand', folds: 2, parts: [1, 1, 2, 2, 1] }
	const majority = foldedBaselineAnswers(dataset, split).find(({ name }) => name === 'majority')!
	// Fold 2 alone has b, b; fold 1 has a, a, b.
	t.deepEqual(majority.answers, ['b', 'b', 'a', 'a', 'b'])
})

test('strata: bins by identity, length and class', (t) => {
	const one = (id: string, length: number, right: boolean, own = 'a') => ({
		id,
		class: own,
		length,
		cluster: '',
		right,
		copied: id === '4' ? false : id === '1',
	})
	const scored = [one('1', 50, true), one('2', 99, false), one('3', 100, true), one('4', 1000, true, 'b')]
	const relative = (id: string, identity: number) => ({ id, relative: 'x', identity, coverage: 1, bits: 50 })
	const found = strata(scored, ['a', 'b', 'c'], [relative('1', 0.3), relative('2', 0.299), relative('3', 1)], false)
	const counts = (of: typeof found.length) =>
		Object.fromEntries(of.filter((s) => s.records).map((s) => [s.name, [s.right, s.records]]))
	t.deepEqual(counts(found.identity!), { 'none found': [1, 1], '< 30 %': [0, 1], '30–50 %': [1, 1], '≥ 90 %': [1, 1] })
	const copies = found.identity!.filter((s) => s.records).map((s) => s.copyAccuracy)
	t.deepEqual(copies, [0, 0, 1, 0])
	t.is(found.identity!.find((s) => s.records === 0)!.copyAccuracy, null)
	t.deepEqual(counts(found.length), { '1–99': [1, 2], '100–249': [1, 1], '≥ 1000': [1, 1] })
	t.deepEqual(counts(found.class), { a: [2, 3], b: [1, 1] })
	t.like(found.class[2], { name: 'c', records: 0, accuracy: null })
	t.is(strata(scored, ['a', 'b'], null, false).identity, null)
})

test('a table of relatives: what is read, and what is refused with its line', async (t) => {
	const read = (text: string) => readRelatives(Readable.from([Buffer.from(text)]), 'hits.tsv')
	t.deepEqual(await read('id\trelative\tidentity\tbits\na\tx\t0.5\t33.5\nb\t\t\t\n'), [
		{ id: 'a', relative: 'x', identity: 0.5, coverage: null, bits: 33.5 },
		{ id: 'b', relative: null, identity: null, coverage: null, bits: null },
	])
	const bad = 'id\trelative\tidentity\na\tx\t50\n'
	await t.throwsAsync(read(bad), { code: 'INVALID_DATASET', message: /'50'/, instanceOf: Error })
	await t.throwsAsync(read('id\trelative\tidentity\na\tx\t1\na\ty\t1\n'), { message: /twice/ })
	await t.throwsAsync(readRelatives(join(temporaryFolder(t), 'none.tsv')), { code: 'INPUT_MISSING' })
})
