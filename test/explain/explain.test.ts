import { Readable } from 'node:stream'
import test from 'ava'
import { ALPHABET, type Explanation, explain, type Model, predictAll, train } from 'subloc-native'
import { SMALL, smallDataset } from '../support/models.js'

const dataset = smallDataset()
const models: Record<string, Model> = {}
test.before(async () => {
	models['r-lstm'] = await train(dataset, { ...SMALL, members: 2 })
	models['a-lstm'] = await train(dataset, { ...SMALL, model: 'a-lstm' })
	// Every profile is missing: the row of each residue is its own, and a changed protein has the changed rows.
	const profiles = { rows: async () => null }
	models['profile'] = await train(dataset, {
		...SMALL,
		blocks: ['onehot', 'profile'],
		missingProfile: 'blosum',
		profiles,
	})
	models['gapped'] = await train(dataset, {
		...{ ...SMALL, maxResidues: 10, cutGap: 4, secondConv: { widths: [3], filtersPerWidth: 4 } },
	})
	models['cutting'] = await train(dataset, { ...SMALL, maxResidues: 10 })
})

async function one(model: Model, sequence: string, options = {}): Promise<Explanation> {
	for await (const found of explain(model, [{ id: 'p', sequence, description: 'SP 4' }], options)) return found
	throw new Error('nothing was explained')
}

const changesAre = test.macro({
	async exec(t, kind: string) {
		const model = models[kind]!
		const sequence = 'MKVLXAGESTDRN'
		const found = await one(model, sequence, { occlusion: 3 })
		t.like(found, {
			id: 'p',
			length: 13,
			residues: sequence,
			removed: null,
			annotations: [{ kind: 'SP', start: 1, end: 4 }],
		})
		t.deepEqual(
			[...found.positions],
			Array.from(sequence, (_, at) => at + 1),
		)
		const logOf = async (text: string) => {
			const [prediction] = await predictAll(model, [{ id: 'q', sequence: text }])
			return Math.log(prediction!.probabilities![found.compartment]!)
		}
		const [whole] = await predictAll(model, [{ id: 'q', sequence }])
		t.is(found.compartment, whole!.compartment!)
		t.true(Math.abs(found.logProbability - (await logOf(sequence))) < 1e-9)
		let largest = 0
		for (const at of [0, 4, 7, 12]) {
			for (const [code, letter] of [...ALPHABET].entries()) {
				const delta = found.mutagenesis![20 * at + code]!
				const expected = (await logOf(sequence.slice(0, at) + letter + sequence.slice(at + 1))) - found.logProbability
				t.true(Math.abs(delta - expected) < 1e-5, `${at + 1}${letter}: ${delta} ${expected}`)
				if (sequence[at] === letter) t.is(delta, 0)
				largest = Math.max(largest, Math.abs(delta))
			}
		}
		t.true(largest > 1e-4, 'something matters')
		if (kind === 'profile') return
		for (const at of [0, 5, 12]) {
			const hidden = [...sequence].map((letter, index) => (Math.abs(index - at) <= 1 ? 'X' : letter)).join('')
			t.true(Math.abs(found.occlusion!.delta[at]! - ((await logOf(hidden)) - found.logProbability)) < 1e-5)
		}
	},
	title: (_, kind) => `Δ ln p is what predicting the changed protein gives: ${kind}`,
})
for (const kind of ['r-lstm', 'a-lstm', 'profile']) test(changesAre, kind)

test('of a long protein the kept residues are explained, in the coordinates of the whole', async (t) => {
	const found = await one(models['cutting']!, 'MKVLAGESTDRNHPWYFICQ')
	t.deepEqual(found.removed, { start: 6, end: 15 })
	t.deepEqual([...found.positions], [1, 2, 3, 4, 5, 16, 17, 18, 19, 20])
	t.is(found.residues, 'MKVLAYFICQ')
	t.is(found.mutagenesis!.length, 200)
	t.is(found.occlusion!.delta.length, 10)
})

test('with a gap the changed residues are those that are named, in front of the gap and behind it', async (t) => {
	const [model, sequence] = [models['gapped']!, 'MKVLAGESTDRNHPWYFICQ']
	const found = await one(model, sequence, { occlusion: 3 })
	t.is(found.residues, 'MKVLAYFICQ')
	t.deepEqual([...found.positions], [1, 2, 3, 4, 5, 16, 17, 18, 19, 20])
	const logOf = async (text: string) => {
		const [prediction] = await predictAll(model, [{ id: 'q', sequence: text }])
		return Math.log(prediction!.probabilities![found.compartment]!)
	}
	for (const [kept, position] of found.positions.entries()) {
		const code = kept % 2 === 0 ? 1 : 15
		const changed = sequence.slice(0, position - 1) + ALPHABET[code] + sequence.slice(position)
		const expected = (await logOf(changed)) - found.logProbability
		t.true(Math.abs(found.mutagenesis![20 * kept + code]! - expected) < 1e-5, `${position}`)
		const hidden = [...sequence]
		for (const near of [kept - 1, kept, kept + 1]) if (near >= 0 && near < 10) hidden[found.positions[near]! - 1] = 'X'
		const without = (await logOf(hidden.join(''))) - found.logProbability
		t.true(Math.abs(found.occlusion!.delta[kept]! - without) < 1e-5, `${position}`)
	}
})

test('what is not asked for is not computed, and a class may be named', async (t) => {
	const model = models['r-lstm']!
	const fast = await one(model, 'MKVLA', { mutagenesis: false, occlusion: 1 })
	t.is(fast.mutagenesis, null)
	const whole = await one(model, 'MKVLA', { occlusion: 1 })
	t.deepEqual(fast.occlusion, whole.occlusion)
	t.is((await one(model, 'MKVLA', { occlusion: 0 })).occlusion, null)
	const other = model.classes.find((name) => name !== whole.compartment)!
	t.is((await one(model, 'MKVLA', { compartment: other })).compartment, other)
})

test('progress counts the variants of a protein', async (t) => {
	const seen: number[] = []
	const found = await one(models['r-lstm']!, 'MKVLA'.repeat(30), {
		onProgress: ({ done, variants }: { done: number; variants: number }) => seen.push(done, variants),
	})
	t.is(seen.at(-1), 150 * 19 + 150)
	t.is(seen.at(-2), 150 * 19 + 150)
	t.true(seen.length > 2)
	t.is(found.residues.length, 150)
})

test('refused: options, records that cannot be used, a class that is not there; a stop ends it', async (t) => {
	const model = models['r-lstm']!
	for (const options of [{ occlusion: 2 }, { occlusion: -1 }, { mutagenesis: false, occlusion: 0 }, { windows: 3 }])
		await t.throwsAsync(one(model, 'MKVLA', options), { code: 'INVALID_OPTION' }, JSON.stringify(options))
	await t.throwsAsync(one(model, 'MKVLA', { compartment: 'Moon' }), { code: 'UNKNOWN_CLASS' })
	await t.throwsAsync(one(model, 'MK7'), { code: 'UNKNOWN_RESIDUE' })
	await t.throwsAsync(one(model, ''), { code: 'INVALID_FASTA' })
	const all = async (input: Parameters<typeof explain>[1], options = {}) => {
		for await (const _ of explain(model, input, options));
	}
	await t.throwsAsync(all(3 as never), { code: 'INVALID_OPTION' })
	await t.throwsAsync(all('/no/such/file.fasta'), { code: 'INPUT_MISSING' })
	await t.throwsAsync(all(Readable.from([Buffer.from('>a\nM\n>b\n')])), { code: 'INVALID_FASTA' })
	const reason = new Error('stop')
	await t.throwsAsync(one(model, 'MKVLA', { signal: AbortSignal.abort(reason) }), { is: reason })
})
