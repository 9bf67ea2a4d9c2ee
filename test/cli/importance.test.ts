/** `--importance`: which proteins are tried, and with which network. */
import test from 'ava'
import { makeDataset, train } from 'subloc-native'
import { importanceOf } from '../../src-ts/cli/scoring.js'
import { SMALL, smallDataset } from '../support/models.js'

/** A log that keeps what it is told. */
function listener() {
	const told: string[] = []
	const tell = (text: string) => void told.push(text)
	return { told, log: { progress: tell, warning: tell } as unknown as Parameters<typeof importanceOf>[3] }
}

test('each protein is tried with the network of its part, evenly over those that have a signal', async (t) => {
	const tagged = smallDataset().records.map((record, row) => ({
		...{ ...record, description: row % 2 === 0 ? 'SP 9' : '', cluster: `${row}` },
		annotations: row % 2 === 0 ? [{ kind: 'SP' as const, start: 1, end: 9 }] : [],
	}))
	const dataset = makeDataset(tagged)
	using first = await train(dataset, SMALL)
	using second = await train(dataset, { ...SMALL, seed: 2 })
	const [left, right] = [dataset.records.slice(0, 20), dataset.records.slice(20)]
	const { log, told } = listener()
	const weightsOf = async (models: [typeof first, typeof first], most = 4) => {
		const parts = [
			{ model: models[0], records: left },
			{ model: models[1], records: right },
		]
		return (await importanceOf(parts, most, {}, log)).map(({ id, weights }) => ({ id, weights: Array.from(weights) }))
	}
	const tracks = await weightsOf([first, second])
	t.is(tracks.length, 4)
	t.true(told.includes('importance: 4 of 4 proteins'))
	const one = (model: typeof first, records: typeof left) => importanceOf([{ model, records }], 99, {}, log)
	const alone = new Map(
		[...(await one(first, left)), ...(await one(second, right))].map(({ id, weights }) => [id, Array.from(weights)]),
	)
	for (const { id, weights } of tracks) t.deepEqual(weights, alone.get(id))
	t.notDeepEqual(await weightsOf([second, first]), tracks)
	// Every one that has a signal, and no other.
	t.is((await weightsOf([first, second], 99)).length, tagged.filter(({ annotations }) => annotations.length > 0).length)
	const none = await importanceOf([{ model: first, records: left.filter((_, row) => row % 2 === 1) }], 4, {}, log)
	t.deepEqual(none, [])
	t.regex(told.at(-1)!, /no header tells of a known signal/)
})
