// node bench/signals.mjs RUN DATA [PROTEINS] [WORD] — do attention and importance rise at known sorting signals?
//
// On the held-out proteins of a run, as Markdown. Attention (A-LSTM): the share of α inside a signal, against the share of residues that it has, with the 95 %
// interval of their ratio (signalShares). Occlusion (any
// model, `subloc explain`'s, 9 residues hidden, at most PROTEINS of each kind, default 15; WORD: only kinds whose name has it): mean −Δ ln p of the predicted class inside against outside, and how
// often the largest drop is inside. Signals are the header's tags (SP, SA, mTP, cTP), a KDEL-like C-terminus of ER proteins ([KH]DEL), a PTS1-like one of peroxisomal
// proteins ([SAC][KRH][LM]), and transmembrane stretches of plasma membrane proteins as hydropathy sees them (Kyte & Doolittle, mean of 19 residues above 1.6).
import { explain, heldOutRecords, loadModel, predictAll, readDataset, signalShares } from 'subloc-native'

const [run, data, most = '15', word = ''] = process.argv.slice(2)
const model = await loadModel(run)
const records = await heldOutRecords(model, await readDataset(data))
const HYDROPATHY = Object.fromEntries(
	'I4.5 V4.2 L3.8 F2.8 C2.5 M1.9 A1.8 G-0.4 T-0.7 S-0.8 W-0.9 Y-1.3 P-1.6 H-3.2 E-3.5 Q-3.5 D-3.5 N-3.5 K-3.9 R-4.5'
		.split(' ')
		.map((pair) => [pair[0], Number(pair.slice(1))]),
)

/** kind → the positions (from 1) of a record's signal, empty where it has none */
const KINDS = {
	'signal peptide (SP)': (record) => tagged(record, 'SP'),
	'signal anchor (SA)': (record) => tagged(record, 'SA'),
	'mitochondrial transit peptide (mTP)': (record) => tagged(record, 'mTP'),
	'chloroplast transit peptide (cTP)': (record) => tagged(record, 'cTP'),
	'ER, ends in [KH]DEL: last 4': (record) => ending(record, 'ER', /[KH]DEL$/, 4),
	'ER, other ends: last 4': (record) => (/[KH]DEL$/.test(record.sequence) ? [] : ending(record, 'ER', /./, 4)),
	'peroxisomal, ends in [SAC][KRH][LM]: last 3': (record) => ending(record, 'peroxisomal', /[SAC][KRH][LM]$/, 3),
	'peroxisomal, other ends: last 3': (record) =>
		/[SAC][KRH][LM]$/.test(record.sequence) ? [] : ending(record, 'peroxisomal', /./, 3),
	'plasma membrane: hydrophobic stretches': (record) =>
		record.class === 'plasma_membrane' ? stretches(record.sequence) : [],
	'cytoplasmic: first 25': (record) => (record.class === 'cytoplasmic' ? range(1, 25) : []),
	'nuclear: first 25': (record) => (record.class === 'nuclear' ? range(1, 25) : []),
}

function range(from, to) {
	return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}

function tagged({ annotations }, kind) {
	return annotations.filter((own) => own.kind === kind).flatMap(({ start, end }) => range(start, end))
}

function ending({ class: name, sequence }, wanted, pattern, residues) {
	return name === wanted && pattern.test(sequence) ? range(sequence.length - residues + 1, sequence.length) : []
}

/** Residues in windows of 19 whose mean hydropathy is above 1.6, behind the first 40 (where signal peptides are). */
function stretches(sequence) {
	const found = new Set()
	for (let from = 40; from + 19 <= sequence.length; from++) {
		const sum = [...sequence.slice(from, from + 19)].reduce((total, letter) => total + (HYDROPATHY[letter] ?? 0), 0)
		if (sum / 19 > 1.6) for (const position of range(from + 1, from + 19)) found.add(position)
	}
	return [...found]
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length

if (model.info.kind === 'a-lstm') {
	const predictions = await predictAll(model, records, { attention: true, threads: 2 })
	const spans = (positions) => positions.map((position) => ({ start: position, end: position }))
	const tracks = predictions.map(({ attention }, row) => {
		const { id, class: name, cluster } = records[row]
		const annotations = Object.entries(KINDS).flatMap(([kind, signalOf]) =>
			spans(signalOf(records[row])).map((span) => ({ kind, ...span })),
		)
		return { id, class: name, cluster, annotations, ...attention }
	})
	console.log('| signal | proteins | share of α | share of residues | ratio | 95 % | largest α inside |')
	console.log('| --- | --- | --- | --- | --- | --- | --- |')
	const known = new Set()
	for (const { kind, records: count, share, uniform, ratio, ratioInterval, top } of signalShares(tracks)) {
		// The first row of a kind is all of its classes.
		if (known.has(kind)) continue
		known.add(kind)
		const range = `${ratioInterval.low.toFixed(2)}–${ratioInterval.high.toFixed(2)}`
		const cells = [
			kind,
			count,
			share.toFixed(3),
			uniform.toFixed(3),
			ratio.toFixed(2),
			range,
			`${Math.round(100 * top)} %`,
		]
		console.log(`| ${cells.join(' | ')} |`)
	}
}

for (const kind of Object.keys(KINDS)) if (!kind.includes(word)) delete KINDS[kind]
console.log(
	'\n| signal | proteins | mean −Δ ln p inside | outside | largest drop inside (hidden window overlaps) |\n| --- | --- | --- | --- | --- |',
)
for (const [kind, signalOf] of Object.entries(KINDS)) {
	const chosen = records.filter((record) => signalOf(record).length > 0).slice(0, Number(most))
	const rows = []
	for await (const { positions, occlusion } of explain(model, chosen, { mutagenesis: false, threads: 2 })) {
		const signal = new Set(signalOf(chosen[rows.length]))
		const near = (at) => range(-4, 4).some((offset) => signal.has(positions[at + offset]))
		const inside = [...positions.keys()].filter((at) => signal.has(positions[at]))
		const outside = [...positions.keys()].filter((at) => !near(at))
		const drop = (all) => (all.length === 0 ? 0 : -mean(all.map((at) => occlusion.delta[at])))
		const lowest = occlusion.delta.indexOf(Math.min(...occlusion.delta))
		rows.push({ inside: drop(inside), outside: drop(outside), top: near(lowest) })
	}
	if (rows.length === 0) continue
	const cells = [rows.length, ...['inside', 'outside'].map((part) => mean(rows.map((row) => row[part])).toFixed(3))]
	console.log(`| ${kind} | ${cells.join(' | ')} | ${Math.round(100 * mean(rows.map(({ top }) => Number(top))))} % |`)
}
