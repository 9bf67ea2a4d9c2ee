/** The model that comes with the package. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { loadModel, parseEvaluation, predictAll, SHIPPED_MODEL } from 'subloc-native'
import { subloc } from '../support/subloc.js'

/** Human proteins of UniProt whose places are in every textbook: begin of insulin's precursor, and histone H4. */
const INSULIN =
	'MALWMRLLPLLALLALWGPDPAAAFVNQHLCGSHLVEALYLVCGERGFFYTPKTRREAEDLQVGQVELGGGPGAGSLQPLALEGSLQKRGIVEQCCTSICSLYQLENYCN'
const HISTONE =
	'MSGRGKGGKGLGKGGAKRHRKVLRDNIQGITKPAIRRLARRGGVKRISGLIYEETRGVLKVFLENVIRDAVTYTEHAKRKTVTAMDVVYALKRQGRTLYGFGG'

test('it loads without a name, has a card, and places insulin and a histone', async (t) => {
	using model = await loadModel()
	t.is(model.info.members, 10)
	t.is(model.classes.length, 11)
	t.is(model.card!.data.proteins, 5959)
	t.is(model.card!.data.fingerprints.length, 5959)
	t.true(statSync(join(SHIPPED_MODEL, 'model.safetensors')).size < 30e6)
	const [insulin, histone] = await predictAll(model, [
		{ id: 'INS', sequence: INSULIN },
		{ id: 'H4', sequence: HISTONE },
	])
	t.is(insulin!.compartment, 'extracellular')
	t.is(histone!.compartment, 'nuclear')
	t.true(insulin!.calibrated! > 0.5 && insulin!.calibrated! <= 1)
	t.true(insulin!.spread! > 0)
	const evaluation = parseEvaluation(
		JSON.parse(readFileSync(join(SHIPPED_MODEL, 'evaluation.json'), 'utf8')),
		'evaluation.json',
	)
	t.is(evaluation.records, 5959)
	const copying = evaluation.baselines!.find(({ name }) => name === 'best hit')!
	t.true(evaluation.accuracy > copying.accuracy)
	t.is(evaluation.intervals!.resampled, 'clusters')
})

test('predict needs no --model; info and evaluate tell what it is worth', async (t) => {
	const { code, stdout, stderr } = await subloc(['predict', '-', '--trust'], { input: `>INS\n${INSULIN}\n` })
	t.is(code, 0, stderr)
	t.regex(stdout, /\tcalibrated\trelative\trelative_class\tidentity\nINS\tok\textracellular\t0\.\d{6}\t/)
	const info = await subloc(['info'])
	t.regex(info.stdout, /\naccuracy \d\d\.\d % on 5 folds of a homology split \(5959 proteins, 95 % interval/)
	t.regex(info.stdout, /\nlimit: /)
	const scores = await subloc(['evaluate', 'shipped'])
	t.regex(scores.stdout, /^accuracy \d\d\.\d % on 5 folds of a homology split/)
})
