/** docs/model.md: the card of the shipped model for a person. Every number is read from its files. */
export function modelPage(card, evaluation, calibration, newer) {
	const { intervals, baselines, strata, perClass, probabilities } = evaluation
	const range = (interval) =>
		interval ? `${(100 * interval.low).toFixed(1)}–${(100 * interval.high).toFixed(1)} %` : '–'
	const table = (header, rows) =>
		[header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
	const { calibrated } = probabilities
	const shares = (what, rows) =>
		table(
			['signal', 'proteins', what, 'of the residues', 'ratio', '95 %'],
			firsts(rows ?? []).map((own) => [
				...[own.kind, own.records, percent(own.share), percent(own.uniform), `×${own.ratio.toFixed(1)}`],
				own.ratioInterval ? `${own.ratioInterval.low.toFixed(1)}–${own.ratioInterval.high.toFixed(1)}` : '–',
			]),
		)
	const firstResidue = ({ change, records, before, after, difference, interval }) => {
		const points = (value) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(1)}`
		const who =
			change === 'removed' ? 'Without the first M of those that have one' : 'With an M before those that lack it'
		const told = `${points(difference)} points${interval ? `, ${points(interval.low)} to ${points(interval.high)}` : ''}`
		return `${who} (${records}), ${percent(before)} become ${percent(after)} (${told}).`
	}
	return `# The model that comes with the package

<!-- Written by scripts/ship-model.mjs from models/multiloc. -->

\`subloc predict proteome.fasta\` works without \`--model\`: ${card.what} ([why so](adr/0008-the-shipped-model.md)). \`loadModel()\` gives it to a program, \`subloc info\` prints
what follows in short. Its file has ${(card.model.bytes / 1e6).toFixed(1)} MB; its SHA-256 is checked whenever it is loaded.

## What it is worth

**Accuracy ${percent(evaluation.accuracy)}** (95 % interval ${range(intervals.accuracy)}, ${intervals.units} clusters drawn) on ${evaluation.records} proteins, each predicted by the two networks
that saw neither it nor a relative of it that is at least 30 % identical over 80 % of both.

${table(
	['beside it', 'accuracy', '95 %'],
	[
		['**the model**', `**${percent(evaluation.accuracy)}**`, range(intervals.accuracy)],
		...baselines.map(({ name, what, accuracy, interval }) => [`${name} (${what})`, percent(accuracy), range(interval)]),
	],
)}

Each cluster of homologs counting alike, ${percent(evaluation.clusters.accuracy)} (${range(evaluation.clusters.interval)}). Balanced accuracy ${percent(evaluation.balancedAccuracy)}, macro F1 ${evaluation.macroF1.toFixed(3)}, Gorodkin R_K ${evaluation.gorodkin.toFixed(3)}, log loss ${evaluation.logLoss.toFixed(3)} nats.

${table(
	['class', 'proteins', 'sensitivity', '95 %', 'precision', 'MCC'],
	perClass.map((own, at) => [
		...[own.class, own.support, percent(own.sensitivity), range(intervals.perClass[at].sensitivity)],
		...[percent(own.precision), own.mcc.toFixed(3)],
	]),
)}

By identity to the nearest protein of the other folds (homologs are kept apart where they cover 80 % of both; local similarity is left):

${table(
	['identity', 'proteins', 'accuracy', '95 %', 'copying the class of the nearest (none: the largest class)'],
	(strata.identity ?? [])
		.filter(({ records }) => records > 0)
		.map((own) => [own.name, own.records, percent(own.accuracy), range(own.interval), percent(own.copyAccuracy)]),
)}

By length:

${table(
	['residues', 'proteins', 'accuracy', '95 %'],
	strata.length.map((own) => [own.name, own.records, percent(own.accuracy), range(own.interval)]),
)}

## Where it looks

The share of attention inside the known signals of held-out proteins, and the share of their residues that lies there:

${shares('attention inside', evaluation.attention)}

SP: signal peptide, SA: signal anchor, mTP and cTP: transit peptides of mitochondrion and chloroplast. Beside what it attends to, the head of each network sees the last states of both
directions, which know the ends of a protein: a signal there needs no attention, and an attention map alone does not tell why. Is what the attention points at also what the answer hangs on? For some of these
proteins, evenly taken, nine residues at a time were hidden: the share of all falls of ln p that lies inside (\`--importance\`):

${shares('importance inside', evaluation.importance)}

${(evaluation.methionine ?? []).map(firstResidue).join(' ')} The first M of the MultiLoc proteins depends on the place ([data.md](data.md)), which a network may learn.

## On newer proteins

All ten networks on MultiLoc2's second independent set ([data.md](data.md)): ${newer.records} proteins of animals, fungi and plants that are newer than the training data, in seven of the places,
${newer.clusters.clusters} homology clusters. Cytoplasm, nucleus, mitochondrion and chloroplast are not in it.

${table(
	['', 'accuracy', '95 %'],
	[
		['**the model**', `**${percent(newer.accuracy)}**`, range(newer.intervals.accuracy)],
		['the model, each cluster counting alike', percent(newer.clusters.accuracy), range(newer.clusters.interval)],
		...newer.baselines.map(({ name, accuracy, interval }) => [name, percent(accuracy), range(interval)]),
	],
)}

${table(
	['class', 'proteins', 'sensitivity', 'precision'],
	newer.perClass
		.filter(({ support }) => support > 0)
		.map((own) => [own.class, own.support, percent(own.sensitivity), percent(own.precision)]),
)}

${newerText(newer, perClass)}

## Whether to believe a probability

Calibration error ${percent(probabilities.expectedError)} and Brier score ${probabilities.brier.toFixed(3)} as the networks give them; ${calibrated ? `${percent(calibrated.expectedError)} and ${calibrated.brier.toFixed(3)} with a temperature that the other folds chose` : 'no temperature'}.
The shipped temperature, ${calibration.temperature.toFixed(3)}, is fitted on all held-out proteins; it gives the \`calibrated\` of a prediction.

${table(
	['right among', 'probability from', 'answered', 'proteins', '95 % of what is right'],
	evaluation.selective.targets.map(({ accuracy, point, interval }) => [
		...[percent(accuracy), point ? point.threshold.toFixed(2) : '–', point ? percent(point.coverage) : 'none'],
		...[point ? point.records : '–', range(interval)],
	]),
)}

Each row is the lowest probability from which on so many are right, chosen on these very proteins and for the mean of two networks; of all ten it may differ.

\`--trust\` adds to each row \`calibrated\`, and \`--training DATA\` the nearest training protein and its identity: a prediction of a protein with a near relative in the
training data is partly memory. The training proteins are not ours to give; [data.md](data.md) says where they are.

## What it was made from

- Data: ${card.data.name}; ${card.data.proteins} proteins; digest \`${card.data.digest}\`. Licence: ${card.data.licence}.
- Split: ${card.training.split}.
- Members: ${card.training.members}.
- Training: ${card.training.when}. \`${card.training.command}\`.

## Limits

${card.limits.map((limit) => `- ${limit}`).join('\n')}
`
}

/** One row a kind of signal: the first, which is all classes. */
function firsts(shares) {
	return shares.filter(({ kind }, at) => shares.findIndex((own) => own.kind === kind) === at)
}

/** Training proteins that are few for a place. */
const FEW = 200

/** What the newer proteins say of the model. */
function newerText({ accuracy, baselines, probabilities, perClass }, training) {
	const rules = baselines.find(({ name }) => name === 'motif rules')
	const verdict = rules.accuracy < accuracy ? 'are right less often' : 'do at least as well'
	const { expectedError } = probabilities.calibrated
	const gap = probabilities.bins.reduce(
		(sum, { count, confidence, accuracy: right }) => sum + (count > 0 ? count * (confidence - right) : 0),
		0,
	)
	const promise = gap > 0 ? 'promise too much' : 'promise too little'
	const places = perClass.filter(({ support }) => support > 0).map((own) => own.class)
	const few = training.filter((own) => places.includes(own.class) && own.support < FEW)
	return `Here rules of known signals ${verdict}, and probabilities ${promise}: calibration error ${percent(expectedError)} with the temperature. Of ${few.length} of the ${places.length} places the training
data have fewer than ${FEW} proteins.`
}

function percent(share) {
	return share === null || share === undefined ? '–' : `${(100 * share).toFixed(1)} %`
}
