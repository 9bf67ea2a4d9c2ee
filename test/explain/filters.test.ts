import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import {
	ALPHABET,
	encodingTable,
	type FilterMatrix,
	filterMatrices,
	filterReports,
	type LabelledRecord,
	type Model,
	train,
} from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'

const dataset = smallDataset()
let model: Model
let cutting: Model
test.before(async () => {
	model = await train(dataset, { ...SMALL, blocks: ['onehot', 'blosum80'], members: 2 })
	cutting = await train(dataset, { ...SMALL, maxResidues: 31 })
})

/** A tensor of a safetensors file (an 8-byte length, a JSON header, the bytes). */
function tensor(file: Buffer, name: string): Float32Array {
	const length = Number(file.readBigUInt64LE(0))
	const [from, to] = JSON.parse(file.subarray(8, 8 + length).toString())[name].data_offsets
	return new Float32Array(Uint8Array.from(file.subarray(8 + length + from, 8 + length + to)).buffer)
}

test('a scoring matrix is the filter in the model file times the encoding table', async (t) => {
	const folder = temporaryFolder(t)
	await model.save(folder)
	const file = readFileSync(join(folder, 'model.safetensors'))
	const { data } = encodingTable(['onehot', 'blosum80'])
	for (const member of [1, 2]) {
		const filters = filterMatrices(model, { member })
		t.deepEqual(
			filters.slice(0, 4).map(({ name }) => name),
			['w1.1', 'w1.2', 'w1.3', 'w3.1'],
		)
		t.is(filters.length, 18)
		for (const { width, index, scores, bias } of filters) {
			const weights = tensor(file, `member.${member - 1}.conv.${width}.weight`)
			t.is(bias, tensor(file, `member.${member - 1}.conv.${width}.bias`)[index - 1]!)
			for (let position = 0; position < width; position++) {
				for (let residue = 0; residue < 20; residue++) {
					let sum = 0
					for (let feature = 0; feature < 40; feature++)
						sum += weights[((index - 1) * 40 + feature) * width + position]! * data[residue * 40 + feature]!
					t.true(Math.abs(scores[20 * position + residue]! - sum) < 1e-9)
				}
			}
		}
	}
	t.throws(() => filterMatrices(model, { member: 3 }), { code: 'INVALID_OPTION' })
})

/** ReLU of the bias and the score of each residue. */
function activation({ scores, bias }: FilterMatrix, residues: string): number {
	const sum = [...residues].reduce((total, letter, position) => {
		return total + (letter === '-' ? 0 : scores[20 * position + ALPHABET.indexOf(letter)]!)
	}, bias)
	return Math.max(0, sum)
}

test('hits are where the filter is most active, in the coordinates of the whole sequence, never across the cut', async (t) => {
	const long: LabelledRecord[] = dataset.records.slice(0, 12).map((record, index) => ({
		...record,
		sequence: (record.sequence + ALPHABET.repeat(5)).slice(0, 25 + 7 * index),
	}))
	const reports = await filterReports(cutting, long, { threads: 1, hits: 4 })
	t.is(reports.length, 18)
	let [beyond, second] = [0, 0]
	for (const { filter, hits, rank, classActivation, lossIncrease } of reports) {
		t.is(reports[rank - 1]!.filter, filter)
		t.true(rank === 1 || lossIncrease <= reports[rank - 2]!.lossIncrease)
		t.is(classActivation.length, cutting.classes.length)
		t.true(hits.length <= 4 && new Set(hits.map(({ id }) => id)).size === hits.length)
		for (const [at, hit] of hits.entries()) {
			const { sequence } = long.find(({ id }) => id === hit.id)!
			t.is(
				hit.residues,
				Array.from({ length: filter.width }, (_, index) => sequence[hit.start + index - 1] ?? '-').join(''),
			)
			t.is(hit.end - hit.start + 1, filter.width)
			t.true(Math.abs(hit.activation - activation(filter, hit.residues)) < 1e-4)
			t.true(at === 0 || hit.activation <= hits[at - 1]!.activation)
			// Of 31 residues the first 16 and the last 15 are kept.
			if (sequence.length > 31)
				t.true(hit.end <= 16 || hit.start > sequence.length - 15, `${hit.start} ${hit.end} of ${sequence.length}`)
			beyond += Number(hit.residues.includes('-'))
			second += Number(sequence.length > 31 && hit.start > 16)
			// No other window of the protein is more active.
			if (sequence.length > 31) continue
			for (let middle = 1; middle <= sequence.length; middle++) {
				const start = middle - Math.floor(filter.width / 2)
				const other = Array.from({ length: filter.width }, (_, index) => sequence[start + index - 1] ?? '-').join('')
				t.true(activation(filter, other) <= hit.activation + 1e-4)
			}
		}
	}
	t.true(beyond > 0 && second > 0, 'windows beyond an end and behind the cut were among them')
})

test('hits may reach into the gap of a cut, where no residue is under the filter', async (t) => {
	const gapped = await train(dataset, { ...SMALL, maxResidues: 31, cutGap: 2 })
	const long: LabelledRecord[] = dataset.records.slice(0, 12).map((record, index) => ({
		...record,
		sequence: (record.sequence + ALPHABET.repeat(5)).slice(0, 40 + index),
	}))
	let reaching = 0
	for (const { filter, hits } of await filterReports(gapped, long, { threads: 1, hits: 12 })) {
		for (const hit of hits) {
			const { sequence } = long.find(({ id }) => id === hit.id)!
			const isKept = (position: number) => position <= 16 || position > sequence.length - 15
			const letters = Array.from({ length: filter.width }, (_, index) => {
				const position = hit.start + index
				return isKept(position) ? (sequence[position - 1] ?? '-') : '-'
			})
			t.is(hit.residues, letters.join(''))
			t.true(Math.abs(hit.activation - activation(filter, hit.residues)) < 1e-4)
			const sides = [hit.start <= 16, hit.end > sequence.length - 15]
			t.false(sides[0] && sides[1], `${hit.start} ${hit.end}`)
			reaching += Number(hit.residues.includes('-') && hit.start >= 1 && hit.end <= sequence.length)
		}
	}
	t.true(reaching > 0, 'a window reached into the gap')
})

test('the cost of a filter is what the loss rises when it is silenced', async (t) => {
	const reports = await filterReports(model, dataset.records, { threads: 1, hits: 0, member: 2 })
	t.true(reports.some(({ lossIncrease }) => lossIncrease !== 0))
	t.true(reports.every(({ hits }) => hits.length === 0))
	const again = await filterReports(model, dataset.records, { threads: 2, hits: 0, member: 2 })
	t.deepEqual(again, reports, 'the same for two threads')
	const other = await filterReports(model, dataset.records, { threads: 1, hits: 0, member: 1 })
	t.notDeepEqual(
		other.map(({ lossIncrease }) => lossIncrease),
		reports.map(({ lossIncrease }) => lossIncrease),
	)
})

test('refused: no records, a class that the model does not know, too many hits, a stop', async (t) => {
	await t.throwsAsync(filterReports(model, []), { code: 'INVALID_OPTION' })
	await t.throwsAsync(filterReports(model, [{ ...dataset.records[0]!, class: 'Moon' }]), { code: 'INVALID_OPTION' })
	await t.throwsAsync(filterReports(model, dataset.records, { hits: -1 }), { code: 'INVALID_OPTION' })
	const reason = new Error('stop')
	await t.throwsAsync(filterReports(model, dataset.records, { signal: AbortSignal.abort(reason) }), { is: reason })
})
