// A million synthetic proteins through `subloc predict`, with the memory of the process once a second: it must not grow with the input.
import { spawn } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { ROOT, say } from './steps.mjs'

const RESIDUES = 'ARNDCQEGHILKMFPSTWYV'

/** FASTA of short proteins; a linear congruential generator, so that it is always the same. */
function* fasta(count) {
	let state = 1
	const next = (below) => {
		state = (state * 1103515245 + 12345) % 2 ** 31
		return Math.floor((state / 2 ** 31) * below)
	}
	for (let at = 0; at < count; at++) {
		let sequence = 'M'
		for (let length = 20 + next(40); sequence.length < length; ) sequence += RESIDUES[next(20)]
		yield `>p${at}\n${sequence}\n`
	}
}

/** Prints the curve (rows done, MiB resident); resolves with whether the second half needed no more than a tenth above the first. */
export async function millionProteins(count = 1_000_000) {
	const { syntheticDataset, train } = await import(join(ROOT, 'dist/index.js'))
	const folder = mkdtempSync(join(tmpdir(), 'subloc-million-'))
	try {
		const dataset = syntheticDataset({ seed: 3, perClass: 6, length: [20, 60] })
		const options = { preset: 'quick', hidden: 6, filtersPerWidth: 3, blocks: ['onehot'], epochs: 1, backend: 'cpu' }
		const model = await train(dataset, options)
		await model.save(join(folder, 'run'))
		model.close()
		await pipeline(Readable.from(fasta(count)), createGzip({ level: 1 }), createWriteStream(join(folder, 'in.fa.gz')))
		const output = join(folder, 'out.tsv')
		const args = [
			'dist/cli/start.js',
			'predict',
			join(folder, 'in.fa.gz'),
			'--model',
			join(folder, 'run'),
			'-o',
			output,
		]
		const child = spawn(process.execPath, [...args, '--quiet'], { cwd: ROOT, stdio: 'inherit' })
		const began = performance.now()
		const curve = []
		const timer = setInterval(() => {
			const pages = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))
			if (pages) curve.push({ seconds: (performance.now() - began) / 1000, mebibytes: Number(pages[1]) / 1024 })
		}, 1000)
		const code = await new Promise((done) => child.on('close', done))
		clearInterval(timer)
		const seconds = (performance.now() - began) / 1000
		const rows = readFileSync(output).toString('latin1').split('\n').length - 2
		for (const [at, { seconds, mebibytes }] of curve.entries()) {
			if (at % Math.ceil(curve.length / 20) === 0) console.log(`${seconds.toFixed(0)} s  ${mebibytes.toFixed(0)} MiB`)
		}
		const largest = (part) => Math.max(...part.map(({ mebibytes }) => mebibytes))
		const middle = curve.length >> 1
		const [first, second] = [largest(curve.slice(0, middle)), largest(curve.slice(middle))]
		const speed = `${Math.round(rows / seconds)} a second`
		say(`${rows} rows, ${speed}; largest ${first.toFixed(0)} MiB in the first half, ${second.toFixed(0)} in the second`)
		return code === 0 && rows === count && second <= 1.1 * first
	} finally {
		rmSync(folder, { recursive: true, force: true })
	}
}
