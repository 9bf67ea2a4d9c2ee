// Homologs: how long the search takes, what its seeds miss, how its clusters agree with MMseqs2's, and what copying the nearest relative's label scores.
//
//     node bench/homology.mjs ../shared/data/multiloc                 own clusters and copying; beside MMseqs2, where mmseqs is on the PATH
//     node bench/homology.mjs ../shared/data/multiloc --exhaustive    also every pair aligned: what the seeds miss
//     node bench/homology.mjs ../shared/data/multiloc --shortest 200     every pair of the proteins of at most 200 residues aligned: what the seeds miss, and what of it crosses the folds
//     node bench/homology.mjs ../shared/data/multiloc --proteins 30000    a mixture of that size, made of pieces of the data: time and memory
import {
	auditSplit,
	auditSplitLeak,
	clusterByHomology,
	findHomologs,
	homologyFolds,
	readDataset,
	stratifiedFolds,
} from 'subloc-native'

const [, , path, ...flags] = process.argv
const dataset = await readDataset(path)
const proteins = flags.includes('--proteins') ? Number(flags[flags.indexOf('--proteins') + 1]) : 0

/** Runs work and prints wall and CPU seconds. */
async function timed(name, work) {
	const [started, cpu] = [Date.now(), process.cpuUsage()]
	const found = await work()
	const { user, system } = process.cpuUsage(cpu)
	const seconds = [(Date.now() - started) / 1000, (user + system) / 1e6].map((value) => value.toFixed(1))
	const memory = (process.resourceUsage().maxRSS / 2 ** 20).toFixed(2)
	console.log(`${name}: ${seconds[0]} s of wall time, ${seconds[1]} s of CPU time, peak memory ${memory} GiB`)
	return found
}

/** Pieces of two proteins each, the second one reversed: realistic composition, some homologs. A fixed sequence of numbers picks them. */
function mixture(count) {
	let state = 1
	const next = (below) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0
		return Math.floor((state / 2 ** 32) * below)
	}
	const { records } = dataset
	return Array.from({ length: count }, (_, row) => {
		const [first, second] = [records[next(records.length)].sequence, records[next(records.length)].sequence]
		const reversed = [...second].reverse().join('')
		return { id: `m${row}`, sequence: first.slice(0, 20 + next(200)) + reversed.slice(0, 20 + next(600)) }
	})
}

function pairsWithin(clusters) {
	const sizes = new Map()
	for (const cluster of clusters) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1)
	return [...sizes.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0)
}

/** Adjusted Rand index, and the share of the pairs within a cluster of each that the other has within one too. */
function agreement(a, b) {
	const both = pairsWithin(a.map((own, row) => `${own} ${b[row]}`))
	const [ofA, ofB] = [pairsWithin(a), pairsWithin(b)]
	const expected = (ofA * ofB) / ((a.length * (a.length - 1)) / 2)
	return { index: (both - expected) / ((ofA + ofB) / 2 - expected), ofA: both / ofA, ofB: both / ofB }
}

const share = (value) => value.toFixed(3)

if (proteins > 0) {
	const records = mixture(proteins)
	const residues = records.reduce((sum, { sequence }) => sum + sequence.length, 0)
	console.log(`${proteins} proteins, ${residues} residues`)
	const onProgress = (done, total) =>
		done % 1000 === 0 &&
		console.log(`  ${done} of ${total}, ${(process.cpuUsage().user / 1e6).toFixed(0)} s of CPU time`)
	const clusters = await timed('clusters', () => clusterByHomology(records, { onProgress }))
	console.log(`${new Set(clusters).size} clusters`)
	process.exit()
}

const own = await timed('own folds', () => homologyFolds(dataset))
console.log(`${new Set(own.clusters).size} clusters at 30 % over 80 % of both, single linkage`)
const audit = await timed('their audit', () => auditSplit(own, dataset))
console.log(
	`leaks ${audit.leaks.length}, local hits between folds ${audit.local.length} of ${audit.recordsWithLocal} proteins`,
)
for (const name of dataset.classes) {
	const counts = [1, 2, 3, 4, 5].map(
		(fold) => dataset.records.filter((record, row) => record.class === name && own.parts[row] === fold).length,
	)
	console.log(`  ${name}: ${counts.join(' ')} records a fold`)
}

for (const [name, split] of [
	['homology', own],
	['stratified', stratifiedFolds(dataset, { folds: 5, seed: 1 })],
]) {
	const found = await timed(`copying, ${name} folds`, () => auditSplitLeak(split, dataset))
	console.log(`  accuracy ${share(found.copyAccuracy)}, ${found.withRelative} of ${found.records} with a relative`)
	const near = found.proteins.filter(({ identity }) => identity >= 0.3).length
	console.log(`  share with a relative of 30 % identity or more: ${share(near / found.records)}`)
}

/** What the seeds miss among short proteins, within the limits and with E as in the whole set. */
async function missedOfShort(longest, { parts }) {
	const residues = (records) => records.reduce((sum, { sequence }) => sum + sequence.length, 0)
	const rows = [...dataset.records.keys()].filter((row) => dataset.records[row].sequence.length <= longest)
	const short = rows.map((row) => dataset.records[row])
	const maxExpect = (1e-3 * residues(short)) / residues(dataset.records)
	const all = await findHomologs(short, { maxExpect, exhaustive: true })
	const known = new Set((await findHomologs(short, { maxExpect })).map(({ query, target }) => `${query} ${target}`))
	const missed = all.filter(({ query, target }) => !known.has(`${query} ${target}`))
	const crossing = all.filter(({ query, target }) => parts[rows[query]] !== parts[rows[target]])
	console.log(
		`${short.length} proteins of at most ${longest} residues: ${missed.length} of ${all.length} pairs are missed`,
	)
	console.log(
		`  ${crossing.length} stand in different folds: ${crossing.map(({ query, target }) => `${short[query].id}–${short[target].id}`).join(', ')}`,
	)
}
if (flags.includes('--shortest')) await missedOfShort(Number(flags[flags.indexOf('--shortest') + 1]), own)

const limits = { coverage: 0 }
if (flags.includes('--exhaustive')) {
	const all = await timed('every pair aligned', () =>
		findHomologs(dataset.records, { ...limits, identity: 0, exhaustive: true }),
	)
	const seeded = await timed('pairs that share seeds', () => findHomologs(dataset.records, { ...limits, identity: 0 }))
	const known = new Set(seeded.map(({ query, target }) => `${query} ${target}`))
	const isLink = (hit) => hit.identity >= 0.3 && Math.min(hit.queryCoverage, hit.targetCoverage) >= 0.8
	const recall = (name, kept) => {
		const wanted = all.filter(kept)
		const found = wanted.filter(({ query, target }) => known.has(`${query} ${target}`)).length
		console.log(`  recall of ${name}: ${found} of ${wanted.length} (${share(found / wanted.length)})`)
	}
	recall('all pairs with E up to 1e-3', () => true)
	recall('those of 30 % identity', (hit) => hit.identity >= 0.3)
	recall('those over 80 % of both too', isLink)
}

const theirs = await timed('folds by mmseqs', () => homologyFolds(dataset, { engine: 'mmseqs' })).catch((error) => {
	if (error.code !== 'TOOL_UNAVAILABLE') throw error
	console.log(error.message)
})
if (theirs) {
	console.log(`${new Set(theirs.clusters).size} clusters by MMseqs2`)
	const { index, ofA, ofB } = agreement([...own.clusters], [...theirs.clusters])
	console.log(
		`adjusted Rand index ${share(index)}; pairs within our clusters that are within theirs ${share(ofA)}, theirs within ours ${share(ofB)}`,
	)
}
