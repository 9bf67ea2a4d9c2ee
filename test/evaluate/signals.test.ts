import test from 'ava'
import { evaluatePredictions } from '../../src-ts/evaluate/evaluate.js'
import { attentionTracks, importanceTrack, signalShares, type WeightTrack } from '../../src-ts/evaluate/signals.js'

const track = (id: string, own: string, weights: number[], end: number, start = 1): WeightTrack => ({
	...{ id, class: own, cluster: '', weights, positions: weights.map((_, at) => at + 1) },
	annotations: [{ kind: 'SP', start, end }],
})

test('shares by hand: over all proteins, and a class', (t) => {
	const tracks = [track('1', 'ER', [0.5, 0.3, 0.1, 0.1], 2), track('2', 'Golgi', [1, 1, 1, 1], 1)]
	const found = signalShares(tracks, { replicates: 50 })
	t.deepEqual(
		found.map((row) => [row.kind, row.class, row.records]),
		[
			['SP', null, 2],
			['SP', 'ER', 1],
			['SP', 'Golgi', 1],
		],
	)
	const [all, er, golgi] = found
	// (0.8 + 0.25) / 2 of the weight, on (0.5 + 0.25) / 2 of the residues.
	t.true(Math.abs(all!.share - 0.525) < 1e-12 && Math.abs(all!.uniform - 0.375) < 1e-12)
	t.true(Math.abs(all!.difference - 0.15) < 1e-12 && Math.abs(all!.ratio - 1.4) < 1e-12)
	t.is(all!.top, 1)
	t.true(Math.abs(er!.ratio - 1.6) < 1e-12)
	t.like(golgi, { share: 0.25, uniform: 0.25, difference: 0, ratio: 1 })
	// Draws of two proteins say nothing; those of six reach from one kind of them towards the other.
	t.is(all!.ratioInterval, null)
	const [many] = signalShares([0, 1, 2].flatMap(() => tracks))
	t.true(Math.abs(many!.ratio - 1.4) < 1e-12)
	t.true(many!.ratioInterval!.low >= 1 && many!.ratioInterval!.low < 1.3)
	t.true(many!.ratioInterval!.high > 1.45 && many!.ratioInterval!.high <= 1.6)
})

test('a signal in what the middle cut took is not seen, one class is one row, no weight is even weight', (t) => {
	const cut = { ...track('1', 'ER', [1, 1], 7, 5), positions: [1, 9] }
	t.deepEqual(signalShares([cut]), [])
	const half = { ...track('2', 'ER', [3, 1], 9, 5), positions: [1, 9] }
	t.like(signalShares([half], { replicates: 10 })[0], { class: 'ER', records: 1, share: 0.25, uniform: 0.5, top: 0 })
	t.is(signalShares([half], { replicates: 10 }).length, 1)
	t.like(signalShares([track('3', 'ER', [0, 0, 0, 0], 1)], { replicates: 10 })[0], { share: 0.25, uniform: 0.25 })
})

test('signals of one’s own come after the tags', (t) => {
	const own = {
		...track('1', 'ER', [1, 0, 1, 0], 1),
		annotations: [
			{ kind: 'KDEL', start: 3, end: 4 },
			{ kind: 'SP', start: 1, end: 1 },
		],
	}
	t.deepEqual(
		signalShares([own], { replicates: 5 }).map(({ kind, share, uniform }) => [kind, share, uniform]),
		[
			['SP', 0.5, 0.25],
			['KDEL', 0.5, 0.5],
		],
	)
})

test('even attention has a ratio of one, and clusters widen the interval', (t) => {
	const even = Array.from({ length: 20 }, (_, n) => track(String(n), 'ER', new Array(10 + n).fill(0.1), 3))
	const [found] = signalShares(even, { replicates: 100 })
	t.true(Math.abs(found!.ratio - 1) < 1e-12)
	t.is(found!.ratioInterval, null)
	const uneven = even.map((own, n) => ({
		...own,
		weights: Array.from(own.weights, (_, at) => (at < 3 ? 1 + Math.floor(n / 4) : 1)),
	}))
	const width = (tracks: WeightTrack[]) => {
		const { low, high } = signalShares(tracks, { replicates: 400 })[0]!.differenceInterval!
		return high - low
	}
	t.true(width(uneven.map((own, n) => ({ ...own, cluster: `c${Math.floor(n / 4)}` }))) > 1.4 * width(uneven))
})

const record = {
	...{ id: '1', description: '', sequence: 'MKV', line: 0, class: 'ER', fold: '', cluster: 'x' },
	annotations: [{ kind: 'SP' as const, start: 1, end: 2 }],
}

test('tracks of attention and of importance', (t) => {
	const nothing = {
		problem: null,
		length: 3,
		missingProfile: false,
		nucleotides: false,
		compartment: 'ER',
		probability: 1,
		calibrated: null,
	}
	const prediction = {
		id: '1',
		status: 'ok' as const,
		...nothing,
		spread: 0,
		relative: null,
		probabilities: {},
		members: null,
	}
	const attention = { weights: Float32Array.of(0.5, 0.25, 0.25), positions: Uint32Array.of(1, 2, 3) }
	t.like(attentionTracks([record], [{ ...prediction, attention }])[0], { id: '1', class: 'ER', cluster: 'x' })
	t.deepEqual(attentionTracks([record], [{ ...prediction, attention: null }]), [])
	t.deepEqual(attentionTracks([{ ...record, annotations: [] }], [{ ...prediction, attention }]), [])
	const positions = [1, 2, 3]
	const hidden = importanceTrack(record, { positions, occlusion: { delta: [-2, 0.5, -1] }, mutagenesis: null })
	t.deepEqual([...Array.from(hidden.weights)], [2, 0, 1])
	const mutagenesis = Float32Array.from({ length: 60 }, (_, at) => (at < 19 ? -1 : at === 30 ? 5 : 0))
	t.deepEqual(Array.from(importanceTrack(record, { positions, occlusion: null, mutagenesis }).weights), [1, 0, 0])
})

test('the clusters of a split are drawn for attention too, and count alike', (t) => {
	const records = Array.from({ length: 20 }, (_, n) => ({ ...record, id: String(n), cluster: '' }))
	const predictions = records.map(({ id }, n) => ({
		...{ id, status: 'ok' as const, problem: null, length: 3, missingProfile: false, nucleotides: false },
		...{ compartment: n < 5 ? 'ER' : 'Golgi', probability: 0.9, calibrated: null, spread: 0, relative: null },
		...{ probabilities: { ER: n < 5 ? 0.9 : 0.1, Golgi: n < 5 ? 0.1 : 0.9 }, members: null },
		attention: { weights: Float32Array.of(1 + Math.floor(n / 4), 1, 1), positions: Uint32Array.of(1, 2, 3) },
	}))
	const clusters = records.map((_, n) => `c${n < 5 ? n : 'rest'}`)
	const classes = ['ER', 'Golgi']
	const alone = evaluatePredictions(records, predictions, classes, 'x', { bootstrap: { replicates: 400 } })
	const fours = records.map((_, n) => `c${Math.floor(n / 4)}`)
	const drawn = evaluatePredictions(records, predictions, classes, 'x', {
		bootstrap: { replicates: 400, clusters: fours },
	})
	const width = ({ attention }: typeof alone) => attention![0]!.ratioInterval!.high - attention![0]!.ratioInterval!.low
	t.true(width(drawn) > 1.4 * width(alone))
	t.is(alone.clusters, null)
	t.is(drawn.clusters!.clusters, 5)
	// Five clusters of one protein that is right, and one of fifteen that are wrong.
	const counted = evaluatePredictions(records, predictions, classes, 'x', { bootstrap: { replicates: 5, clusters } })
	t.true(Math.abs(counted.clusters!.accuracy - 5 / 6) < 1e-12)
	t.is(counted.accuracy, 0.25)
	const own = records.map((one) => ({ ...one, cluster: 'one' }))
	const none = evaluatePredictions(own, predictions, classes, 'x', { bootstrap: { replicates: 5, clusters: null } })
	t.is(none.clusters, null)
	t.throws(() => evaluatePredictions(records, predictions, classes, 'x', { bootstrap: { clusters: ['a'] } }), {
		...{ code: 'INVALID_OPTION', message: /a cluster for each of the 20 records/ },
	})
})
