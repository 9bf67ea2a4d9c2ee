/** `npm run reproduce` takes a run that is DONE only for what it is. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { type TrainOptions, train } from 'subloc-native'
import { CANDIDATES } from '../../scripts/reproduce/ablation.mjs'
import { reproductionPage } from '../../scripts/reproduce/page.mjs'
import { STAGES } from '../../scripts/reproduce/plan.mjs'
import { configOfCommand, experimentName, isDone } from '../../scripts/reproduce/settings.mjs'
import { temporaryFolder } from '../support/folder.js'
import { smallDataset } from '../support/models.js'
import { ROOT } from '../support/subloc.js'

const COMMAND = [
	...['cross-validate', 'data', '--split', 'folds.tsv', '--fold', '1/5', '--preset', 'quick', '--hidden', '6'],
	...['--epochs', '2', '--blocks', 'onehot', '--members', '1', '--set', 'optimizer.learningRate=0.002'],
]

test('options that make another experiment give another folder', (t) => {
	t.is(experimentName({ quick: false }), '')
	t.is(experimentName({ quick: true }), 'quick')
	t.is(experimentName({ quick: true, members: '10' }), 'quick-members-10')
	t.is(experimentName({ members: '10' }), 'members-10')
	t.is(experimentName({ folds: '2', preset: 'paper', quick: false }), 'preset-paper-folds-2')
})

test('a run that is DONE is another one where any value of its configuration differs', async (t) => {
	const output = temporaryFolder(t)
	const config = configOfCommand(COMMAND)
	t.like(config, { hidden: 6, epochs: 2, members: 1, optimizer: { learningRate: 0.002 }, batchSize: 64 })
	const options = {
		...{ preset: 'quick', hidden: 6, epochs: 2, blocks: ['onehot'], optimizer: { learningRate: 0.002 } },
		...{ threads: 1, backend: 'cpu' },
	} satisfies TrainOptions
	t.false(await isDone(output, COMMAND))
	;(await train(smallDataset(), { ...options, output })).close()
	t.true(readdirSync(output).includes('DONE'))
	t.true(await isDone(output, COMMAND))
	const stops = (why: string) => `${output} is DONE, and is not what is asked for: ${why}. Name another folder (--runs)`
	// The last of two flags counts, as with the command itself.
	for (const [more, difference] of [
		[['--members', '10'], 'members is 1, not 10'],
		[['--epochs', '30'], 'epochs is 2, not 30'],
		[['--seed', '7'], 'seed is 1, not 7'],
		[['--set', 'optimizer.learningRate=0.004'], 'optimizer.learningRate is 0.002, not 0.004'],
		[['--preset', 'modern'], 'model is "r-lstm", not "a-lstm"'],
	] as const)
		await t.throwsAsync(isDone(output, [...COMMAND, ...more]), { message: stops(difference) })
	const path = join(output, 'config.json')
	writeFileSync(path, readFileSync(path, 'utf8').replace('"batchSize": 64', '"batchSize": 32'))
	await t.throwsAsync(isDone(output, COMMAND), { message: stops('batchSize is 32, not 64') })
	rmSync(path)
	await t.throwsAsync(isDone(output, COMMAND), { message: stops('config.json is missing') })
})

test('the page is what the committed run folders say', (t) => {
	const page = reproductionPage(join(ROOT, 'reproduction'))
	t.is(page, readFileSync(join(ROOT, 'docs/reproduction.md'), 'utf8'))
	// A run that is DONE and has no scores is no result.
	const runs = temporaryFolder(t)
	cpSync(join(ROOT, 'reproduction'), runs, { recursive: true })
	rmSync(join(runs, 'homology/joined/evaluation.json'))
	rmSync(join(runs, 'ablation', Object.keys(CANDIDATES)[0]!), { recursive: true })
	const other = reproductionPage(runs)
	t.regex(other, /\nNot run: .*`homology`/)
	t.notRegex(other, /npm run reproduce -- homology`/)
	t.notRegex(other, /\n\| base \|/)
})

test('every command of the plan can be compared', (t) => {
	const data = { all: 'all', ablation: 'ablation', homology: 'h.tsv', stratified: 's.tsv', profiles: 'profiles' }
	const commands = Object.values(STAGES).flatMap(({ runs }) => runs(data).map(({ command }) => command))
	t.true(commands.length > 20)
	for (const command of commands) {
		const at = command.lastIndexOf('--epochs')
		const { epochs } = configOfCommand(command)
		const preset = command[command.indexOf('--preset') + 1] === 'paper' ? 100 : 30
		t.is(epochs, at < 0 ? preset : Number(command[at + 1]), command.join(' '))
	}
})

test('every committed run is what its stage asks for', async (t) => {
	const data = { all: 'all', ablation: 'ablation', homology: 'h.tsv', stratified: 's.tsv', profiles: 'profiles' }
	let compared = 0
	for (const [stage, { runs }] of Object.entries(STAGES)) {
		for (const { name, command } of runs(data)) {
			const folder = join(ROOT, 'reproduction', stage, name)
			if (!existsSync(folder)) continue
			t.true(await isDone(folder, command), folder)
			compared += 1
		}
	}
	t.true(compared > 20)
})
