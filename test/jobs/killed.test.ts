/**
 * Processes that get SIGKILL, once or twice, and are run again: the bytes of a run in one piece, and no file more. Five seeded moments of predict and of train; `npm
 * run soak` takes a hundred of each. A moment is a call that changes a file, before it or in the middle of a write: between two calls a kill leaves the same.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { syntheticDataset, train } from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { buildKiller, type Killer, type Moment } from '../support/kill.js'
import { labelledTable, SMALL, smallDataset, TINY_TRAINING } from '../support/models.js'
import { subloc } from '../support/subloc.js'

const MOMENTS = process.env['SUBLOC_SOAK'] === '1' ? 100 : 5
const home = mkdtempSync(join(tmpdir(), 'subloc-killed-'))
const run = join(home, 'run')
const input = join(home, 'in.fa')
const data = join(home, 'data.tsv')
let killer: Killer

test.before(async (t) => {
	killer = buildKiller(t, home)
	const model = await train(smallDataset(), { ...SMALL, model: 'a-lstm' })
	await model.save(run)
	const { records } = syntheticDataset({ seed: 5, perClass: 5, length: [30, 50] })
	// Predictions come by 1024.
	const copies = Array.from({ length: 150 }, (_, copy) =>
		records.map(({ id, sequence }) => `>${copy}.${id}\n${sequence}\n`).join(''),
	)
	writeFileSync(input, copies.join(''))
	writeFileSync(data, labelledTable(smallDataset().records))
})
test.after.always(() => rmSync(home, { recursive: true, force: true }))

/** Moments spread over the calls of a run, at random within each part: the same for a seed. */
function* moments(calls: number, seed: number): Generator<Moment> {
	let state = seed
	const random = () => {
		state = (state * 1103515245 + 12345) % 2 ** 31
		return state / 2 ** 31
	}
	for (let at = 0; at < MOMENTS; at++)
		yield { call: 1 + Math.floor(((at + random()) / MOMENTS) * calls), isTorn: random() < 0.5 }
}

/** Kills a command at a moment; every second time the run that goes on with it too, at another. Then it runs to its end. */
async function killed(t: ExecutionContext, args: readonly string[], folder: string, moment: Moment, at: number) {
	const places: string[] = []
	for (const { call, isTorn } of at % 2 ? [moment, { call: 1 + (at % 13), isTorn: !moment.isTorn }] : [moment]) {
		const { code, stderr, last } = await killer(args, folder, { call, isTorn })
		// How many calls there are depends a little on how the rows are gathered.
		if (code === null) places.push(last.replace(folder, '').replace(/\.\w{8}\.|\.\d+\.tmp/, '.'))
		else t.is(code, 0, stderr)
	}
	const again = await subloc(args)
	t.is(again.code, 0, again.stderr)
	return places
}

/** Tells where kills fell; most moments must have come. */
function tell(t: ExecutionContext, what: string, calls: number, places: readonly string[]) {
	const counts = new Map<string, number>()
	for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1)
	const lines = [...counts].map(([place, count]) => `${place}: ${count}`).sort()
	t.log(`${what}: ${MOMENTS} moments, ${calls} calls in one run, ${places.length} kills`, ...lines)
	t.true(places.length >= MOMENTS / 2, `${places.length} kills`)
}

test.serial('predict, killed and run again, gives the bytes of one run', async (t) => {
	t.timeout(3_600_000)
	const flags = ['predict', input, '--model', run, '--threads', '1', '--quiet', '--resume']
	const wholeFolder = temporaryFolder(t)
	const ways: Record<string, (folder: string) => string[]> = {
		table: (folder) => [...flags, '-o', join(folder, 'all.tsv')],
		shard: (folder) => [...flags, '-o', folder, '--shard', '2/2'],
		spans: (folder) => [...flags, '-o', join(folder, 'all.tsv'), '--gff'],
	}
	const calls: Record<string, number> = {}
	for (const [name, argsIn] of Object.entries(ways)) {
		const folder = join(wholeFolder, name)
		mkdirSync(folder)
		calls[name] = await killer.count(argsIn(folder), folder)
	}
	const whole = join(wholeFolder, 'spans')
	t.deepEqual(readdirSync(whole), ['all.gff3', 'all.tsv'])
	const places: string[] = []
	const names = Object.keys(ways)
	const at = Object.fromEntries(names.map((name, seed) => [name, [...moments(calls[name]!, seed + 1)]]))
	for (let moment = 0; moment < MOMENTS; moment++) {
		const name = names[moment % names.length]!
		const folder = temporaryFolder(t)
		places.push(...(await killed(t, ways[name]!(folder), folder, at[name]![moment]!, moment)))
		t.deepEqual(readdirSync(folder), readdirSync(join(wholeFolder, name)), `${name}, moment ${moment}`)
		if (name === 'shard') {
			t.is((await subloc([...flags, '-o', folder, '--shard', '1/2'])).code, 0)
			t.is((await subloc(['merge', folder, '-o', join(folder, 'all.tsv'), '--quiet'])).code, 0)
		}
		for (const file of readdirSync(folder).filter((file) => file.startsWith('all.')))
			t.true(readFileSync(join(folder, file)).equals(readFileSync(join(whole, file))), `${name}, moment ${moment}`)
	}
	tell(t, 'predict', Math.max(...Object.values(calls)), places)
})

test.serial('train, killed and run again, gives the bytes of one run', async (t) => {
	t.timeout(3_600_000)
	const flags = [...TINY_TRAINING, '--batch-size', '16', '--no-report']
	const argsIn = (folder: string) => ['train', data, '-o', join(folder, 'run'), ...flags, '--epochs', '8', '--resume']
	const whole = temporaryFolder(t)
	const calls = await killer.count(argsIn(whole), whole)
	const files = (folder: string) => readdirSync(folder, { recursive: true }).map(String).sort()
	const places: string[] = []
	for (const [at, moment] of [...moments(calls, 9)].entries()) {
		const folder = temporaryFolder(t)
		places.push(...(await killed(t, argsIn(folder), folder, moment, at)))
		t.deepEqual(files(folder), files(whole), `moment ${at}`)
		for (const name of ['model.safetensors', 'metrics.jsonl', 'predictions.tsv', 'evaluation.json']) {
			const [found, wanted] = [folder, whole].map((own) => readFileSync(join(own, 'run', name)))
			t.true(found!.equals(wanted!), `${name}, moment ${at}`)
		}
	}
	tell(t, 'train', calls, places)
})
