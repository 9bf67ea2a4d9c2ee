/** What docs/hpc.md shows is run, as it stands there; what needs Slurm is run by slurm.test.ts. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import { syntheticDataset, train } from 'subloc-native'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'
import { ROOT } from '../support/subloc.js'

const page = readFileSync(join(ROOT, 'docs/hpc.md'), 'utf8')
const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code]) => code!)

test('the commands of docs/hpc.md work as they stand, and the example', async (t) => {
	const folder = temporaryFolder(t)
	const model = await train(smallDataset(), SMALL)
	await model.save(join(folder, 'runs/first'))
	const { records, classes } = syntheticDataset({ seed: 3, perClass: 6, length: [20, 60] })
	const fasta = (own: typeof records) => own.map(({ id, sequence }) => `>${id}\n${sequence}\n`).join('')
	writeFileSync(join(folder, 'proteome.faa.gz'), gzipSync(fasta(records)))
	mkdirSync(join(folder, 'proteins'))
	for (const name of classes)
		writeFileSync(join(folder, `proteins/${name}.fasta`), fasta(records.filter((record) => record.class === name)))
	mkdirSync(join(folder, 'bin'))
	const start = `exec '${process.execPath}' '${join(ROOT, 'dist/cli/start.js')}' "$@"`
	writeFileSync(join(folder, 'bin/subloc'), `#!/bin/sh\n${start}\n`, { mode: 0o755 })
	const env = { ...process.env, NO_COLOR: '1', PATH: `${folder}/bin:${process.env['PATH']}` }
	t.is(blocks.length, 5)
	for (const block of blocks) {
		const { status, stderr } = spawnSync('bash', ['-e', '-c', block], { cwd: folder, env, encoding: 'utf8' })
		t.is(status, 0, `${block}\n${stderr}`)
	}
	const text = (name: string) => readFileSync(join(folder, name), 'utf8')
	t.is(text('places-1.tsv'), text('places.tsv'))
	t.is(text('places-2.tsv'), text('places.tsv'))
	const script = text('work/predict.sbatch')
	for (const line of [...page.matchAll(/^#SBATCH .*$/gm)].map(([line]) => line))
		t.true(script.includes(`\n${line}\n`), line)
	t.regex(
		script,
		/\n#SBATCH --array=1-4\n#SBATCH --cpus-per-task=\d+\n#SBATCH --mem=\d+M\n#SBATCH --time=\d\d:\d\d:00\n/,
	)
	t.regex(
		script,
		/\nexec subloc predict \.\.\/proteome.faa.gz --model \.\.\/runs\/first -o parts --shard auto\/4 --resume --requeue/,
	)
	// Slurm runs them where they are submitted, in the folder that they are in.
	for (const [name, task] of [...['3', '1', '4', '2'].map((task) => ['predict', task]), ['merge']]) {
		const ran = spawnSync('bash', [`${name}.sbatch`], {
			cwd: join(folder, 'work'),
			env: { ...env, SLURM_ARRAY_TASK_ID: task, SLURM_ARRAY_TASK_MIN: task },
			encoding: 'utf8',
		})
		t.is(ran.status, 0, ran.stderr)
	}
	t.is(text('work/places.tsv'), text('places.tsv'))
	t.regex(text('work/submit.sh'), /--dependency=afterok/)

	mkdirSync(join(folder, 'node_modules'))
	symlinkSync(ROOT, join(folder, 'node_modules/subloc-native'))
	writeFileSync(join(folder, 'predict.mjs'), readFileSync(join(ROOT, 'examples/cluster/predict.mjs')))
	for (const index of ['1', '2']) {
		const args = ['predict.mjs', 'proteome.faa.gz', 'runs/first', 'own', '2']
		const { status, stderr } = spawnSync(process.execPath, args, {
			cwd: folder,
			env: { ...env, PBS_ARRAY_INDEX: index },
			encoding: 'utf8',
		})
		t.is(status, 0, stderr)
		t.regex(stderr, /own\/shard-000\d-of-0002\.tsv: \d+ proteins/)
	}
	const { status } = spawnSync('subloc', ['merge', 'own', '-o', 'own.tsv'], { cwd: folder, env })
	t.is(status, 0)
	t.is(text('own.tsv'), text('places.tsv'))
})

/** A folder with an input, a model, what `subloc predict` makes of it, and `subloc` on the path. */
async function prepared(t: ExecutionContext) {
	const folder = temporaryFolder(t)
	const model = await train(smallDataset(), SMALL)
	await model.save(join(folder, 'run'))
	const { records } = smallDataset()
	writeFileSync(join(folder, 'in.fa'), records.map(({ id, sequence }) => `>${id}\n${sequence}\n`).join(''))
	mkdirSync(join(folder, 'bin'))
	const start = `exec '${process.execPath}' '${join(ROOT, 'dist/cli/start.js')}' "$@"`
	writeFileSync(join(folder, 'bin/subloc'), `#!/bin/sh\n${start}\n`, { mode: 0o755 })
	const env = { ...process.env, NO_COLOR: '1', HOME: folder, PATH: `${folder}/bin:${process.env['PATH']}` }
	const run = (command: string, args: string[], cwd = folder) => {
		const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
		t.is(status, 0, `${stdout}\n${stderr}`)
	}
	run('subloc', ['predict', 'in.fa', '--model', 'run', '-o', 'whole.tsv'])
	return { folder, env, run, text: (name: string) => readFileSync(join(folder, name), 'utf8') }
}

/** Whether a program is there; says loudly where it is not. */
function has(t: ExecutionContext, command: string, args: string[], where: string): boolean {
	if (spawnSync(command, args).status === 0) return true
	const line = `SKIPPED for want of ${command}: "${t.title}" (${where})`
	console.error(line)
	t.log(line)
	return false
}

test('the Snakefile runs where Snakemake is, and gives the bytes of one run', async (t) => {
	t.timeout(600_000)
	const { folder, env, run, text } = await prepared(t)
	run('subloc', ['init', 'snakemake', 'in.fa', '--model', 'run', '--threads', '1', '--shards', '3'])
	const again = spawnSync('subloc', ['init', 'snakemake', 'in.fa', '--model', 'run'], {
		cwd: folder,
		env,
		encoding: 'utf8',
	})
	t.is(again.status, 2)
	t.regex(again.stderr, /Snakefile is there already/)
	if (!has(t, 'snakemake', ['--version'], 'apt-get install snakemake, as .ci/run does')) return
	run('snakemake', ['--cores', '2', '--quiet'])
	t.is(text('places.tsv'), text('whole.tsv'))
})

test('the Nextflow pipeline runs where Nextflow is; its commands do what they should without it', async (t) => {
	t.timeout(600_000)
	const { folder, run, text } = await prepared(t)
	run('subloc', ['init', 'nextflow', 'in.fa', '--model', 'run', '--threads', '1', '--shards', '3'])
	const pipeline = text('main.nf')
	const [predict, merge] = [...pipeline.matchAll(/"""\n([^"]*)"""/g)].map(([, script]) => script!)
	const filled = (shard: number) =>
		predict!.replace(/\$\{([\w.]+)\}/g, (_, name: string) => {
			const values: Record<string, string | number> = { fasta: 'in.fa', model: 'run', shard, total: 3, 'task.cpus': 1 }
			return String(values[name])
		})
	// As Nextflow does it: a folder for each task, with links to what it reads.
	const task = (name: string, links: Record<string, string>, script: string) => {
		const work = join(folder, 'tasks', name)
		mkdirSync(join(work, 'parts'), { recursive: true })
		for (const [link, target] of Object.entries(links)) symlinkSync(target, join(work, link))
		run('bash', ['-ue', '-c', script], work)
		return work
	}
	const parts: Record<string, string> = {}
	for (const shard of [3, 1, 2]) {
		const work = task(`predict-${shard}`, { 'in.fa': join(folder, 'in.fa'), run: join(folder, 'run') }, filled(shard))
		for (const name of readdirSync(join(work, 'parts'))) parts[`parts/${name}`] = join(work, 'parts', name)
	}
	t.is(Object.keys(parts).length, 6)
	const work = task('merge', parts, merge!)
	t.is(readFileSync(join(work, 'places.tsv'), 'utf8'), text('whole.tsv'))
	if (!has(t, 'nextflow', ['-version'], 'it is in no registry that .ci/run reaches')) return
	run('nextflow', ['run', 'main.nf'])
	t.is(text('places.tsv'), text('whole.tsv'))
})
