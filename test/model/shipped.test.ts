import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { fingerprint, learnBaselines, loadModel, RUN_FILES, train } from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { labelledTable, SMALL, smallDataset } from '../support/models.js'
import { subloc } from '../support/subloc.js'

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

test('a model with a card loads where its bytes are those of the card, and no other', async (t) => {
	const run = join(temporaryFolder(t), 'run')
	const dataset = smallDataset()
	const model = await train(dataset, { ...SMALL, output: run })
	model.close()
	const folder = join(temporaryFolder(t), 'shipped')
	mkdirSync(folder)
	const file = join(folder, RUN_FILES.model)
	copyFileSync(join(run, RUN_FILES.model), file)
	const [first] = dataset.records
	const card = {
		...{ name: 'small', what: 'a small one', limits: ['none'] },
		model: { file: RUN_FILES.model, bytes: readFileSync(file).length, sha256: sha256(file) },
		data: {
			...{ name: 'synthetic', proteins: dataset.records.length, digest: 'another', licence: 'ours' },
			fingerprints: [fingerprint(first!.sequence)],
		},
		baselines: learnBaselines(dataset.records, dataset.classes),
		training: { split: 'none', members: 'one', command: 'train', when: 'now' },
		scores: { on: 'nothing', file: 'evaluation.json' },
	}
	const write = (value: object) => writeFileSync(join(folder, 'card.json'), JSON.stringify(value))
	write(card)
	using loaded = await loadModel(folder)
	t.is(loaded.card!.name, 'small')
	t.is(loaded.card!.model.sha256, card.model.sha256)

	const data = join(temporaryFolder(t), 'data.tsv')
	writeFileSync(data, labelledTable(dataset.records))
	const scored = await subloc(['evaluate', folder, data, '--json'])
	t.is(scored.code, 0, scored.stderr)
	t.is(JSON.parse(scored.stdout).records, dataset.records.length - 1)
	t.deepEqual(
		JSON.parse(scored.stdout).baselines.map(({ name }: { name: string }) => name),
		['majority', 'composition', 'motif rules'],
	)
	t.regex(scored.stderr, /does not come with the model: no best hit and no relatives/)
	t.regex(scored.stderr, /1 of \d+ proteins were training data of the model: they are left out/)
	// The page, and a comparison, leave them out too.
	const scores = join(temporaryFolder(t), 'scores')
	const paged = await subloc(['evaluate', folder, data, '-o', scores])
	t.is(paged.code, 0, paged.stderr)
	t.true(existsSync(join(scores, 'report.html')))
	const compared = await subloc(['compare', folder, folder, data, '--json'])
	t.is(compared.code, 0, compared.stderr)
	t.is(JSON.parse(compared.stdout).records, dataset.records.length - 1)
	write({ ...card, data: { ...card.data, fingerprints: dataset.records.map(({ sequence }) => fingerprint(sequence)) } })
	const none = await subloc(['evaluate', folder, data])
	t.is(none.code, 65)
	t.regex(none.stderr, /trained on all of these proteins/)

	write({ ...card, model: { ...card.model, sha256: 'a'.repeat(64) } })
	await t.throwsAsync(loadModel(folder), {
		code: 'INVALID_MODEL',
		message: /not the file of its card: SHA-256 [0-9a-f]{64}, not aaaa/,
	})
	write({ name: 'small' })
	await t.throwsAsync(loadModel(folder), { code: 'INVALID_MODEL', message: /card\.json: it is no model card/ })
	// A lone file has no card.
	using lone = await loadModel(file)
	t.is(lone.card, null)
})
