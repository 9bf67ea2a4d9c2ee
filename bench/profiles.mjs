// node bench/profiles.mjs [DATA] [COUNT] [FOLDER] — profiles by both tools of some MultiLoc proteins, beside those that are published.
//
// DATA (default ../shared/data) has multiloc/, profiles/ and psiblast-reference/. The database is all MultiLoc proteins: small, so that it runs anywhere. COUNT
// proteins (default 80), evenly over those whose published profile is matched for certain. FOLDER keeps the stores, and is gone on with.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { impliedProfile, makeProfiles, openProfileStore, readDataset } from 'subloc-native'

const [data = '../shared/data', count = '80', folder = mkdtempSync(join(tmpdir(), 'subloc-bench-profiles-'))] =
	process.argv.slice(2)
mkdirSync(folder, { recursive: true })

const table = (path) => {
	const [header, ...lines] = readFileSync(path, 'utf8')
		.trim()
		.split('\n')
		.map((line) => line.split('\t'))
	return lines.map((cells) => Object.fromEntries(header.map((name, at) => [name, cells[at]])))
}

const multiloc = join(data, 'multiloc')
const database = join(folder, 'multiloc.fasta')
const fastas = readdirSync(multiloc).filter((name) => name.endsWith('.fasta'))
writeFileSync(
	database,
	fastas
		.sort()
		.map((name) => readFileSync(join(multiloc, name), 'utf8'))
		.join(''),
)

const byId = new Map((await readDataset(multiloc)).records.map((record) => [record.id, record]))
const certain = table(join(data, 'psiblast-reference/reduced_val_index.tsv')).filter(({ match }) => match === 'certain')
const chosen = Array.from(
	{ length: Number(count) },
	(_, at) => certain[Math.floor((at * certain.length) / Number(count))],
)
const records = chosen.map(({ accession }) => byId.get(accession))
const published = gunzipSync(readFileSync(join(data, 'psiblast-reference/reduced_val_percent.u8.gz')))
const reference = new Map(
	chosen.map(({ accession, first_row, length }) => {
		const from = 20 * Number(first_row)
		return [accession, published.subarray(from, from + 20 * Number(length))]
	}),
)

/** Pearson correlation of two rows of 20. */
function correlation(a, b) {
	const mean = (row) => row.reduce((sum, value) => sum + value, 0) / row.length
	const [ma, mb] = [mean(a), mean(b)]
	let [ab, aa, bb] = [0, 0, 0]
	for (let at = 0; at < a.length; at++) {
		ab += (a[at] - ma) * (b[at] - mb)
		aa += (a[at] - ma) ** 2
		bb += (b[at] - mb) ** 2
	}
	return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0
}

const largest = (row) => row.indexOf(Math.max(...row))

/** Mean correlation a residue and share of the same most likely residue, over the residues of the proteins. */
function compare(ids, rows, others) {
	let [sum, same, residues] = [0, 0, 0]
	for (const id of ids) {
		const [own, other] = [rows.get(id), others.get(id)]
		for (let at = 0; at < own.length; at += 20) {
			const [a, b] = [own.subarray(at, at + 20), other.subarray(at, at + 20)]
			sum += correlation(a, b)
			same += Number(largest(a) === largest(b))
			residues += 1
		}
	}
	return { correlation: sum / residues, same: same / residues, residues }
}

const rowsOf = async (store) => {
	const found = new Map()
	for (const { id, sequence } of records) {
		const rows = await store.rows(id, sequence)
		if (rows) found.set(id, rows)
	}
	return found
}

const made = {}
for (const [name, options] of [
	['mmseqs', { tool: 'mmseqs' }],
	['psiblast', { tool: 'psiblast' }],
	['psiblast, from its scores', { tool: 'psiblast', pssm: 'score' }],
]) {
	const output = join(folder, name.replaceAll(/\W+/g, '-'))
	const started = performance.now()
	const { proteins, withProfile, before, info } = await makeProfiles(records, {
		...options,
		...{ output, database, threads: 2, resume: true },
	})
	const seconds = (performance.now() - started) / 1000
	console.error(
		`${name} ${info.tool.version}: ${withProfile} of ${proteins} have a profile, ${before} from before, ${seconds.toFixed(1)} s`,
	)
	made[name] = await rowsOf(await openProfileStore(output))
}
made['the stand-ins (docs/data.md)'] = await rowsOf(await openProfileStore(join(data, 'profiles')))
for (const policy of ['blosum', 'onehot']) {
	made[`no alignment: ${policy}`] = new Map(records.map(({ id, sequence }) => [id, impliedProfile(sequence, policy)]))
}

const all = Object.values(made)
const ids = records.map(({ id }) => id).filter((id) => all.every((rows) => rows.has(id)))
const { residues } = compare(ids, reference, reference)
console.log(
	`${records.length} proteins against ${byId.size}; ${ids.length} have a profile by every way (${residues} residues).\n`,
)
console.log(
	'| profile | proteins with one | correlation a residue with the published | same most likely residue | correlation with the stand-ins |',
)
console.log('| --- | --- | --- | --- | --- |')
for (const [name, rows] of Object.entries(made)) {
	const [to, standIn] = [compare(ids, rows, reference), compare(ids, rows, made['the stand-ins (docs/data.md)'])]
	console.log(
		`| ${name} | ${rows.size} | ${to.correlation.toFixed(3)} | ${to.same.toFixed(3)} | ${standIn.correlation.toFixed(3)} |`,
	)
}
