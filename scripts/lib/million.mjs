// A million synthetic proteins through `subloc predict`, with the memory of the process twice a second: it must not grow with the input.
import { spawn } from 'node:child_process'
import {
	closeSync,
	createReadStream,
	createWriteStream,
	fstatSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	readSync,
	rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { ROOT, say } from './steps.mjs'

/** Characters of a piece of the input. */
const PIECE = 1 << 16

const RESIDUES = 'ARNDCQEGHILKMFPSTWYV'

/** FASTA of short proteins; a linear congruential generator, so that it is always the same. */
function* fasta(count) {
	let state = 1
	const next = (below) => {
		state = (state * 1103515245 + 12345) % 2 ** 31
		return Math.floor((state / 2 ** 31) * below)
	}
	let text = ''
	for (let at = 0; at < count; at++) {
		let sequence = 'M'
		for (let length = 20 + next(40); sequence.length < length; ) sequence += RESIDUES[next(20)]
		text += `>p${at}\n${sequence}\n`
		// A stream takes pieces, not records: one at a time it would be the slowest part.
		if (text.length < PIECE) continue
		yield text
		text = ''
	}
	yield text
}

/** Records whose rows are written, as the last whole line of the run's journal has it; 0 before the first. */
function rowsWritten(folder) {
	const journal = readdirSync(folder).find((name) => name.endsWith('.journal'))
	if (journal === undefined) return 0
	const file = openSync(join(folder, journal), 'r')
	try {
		const tail = Buffer.alloc(Math.min(fstatSync(file).size, 4096))
		readSync(file, tail, 0, tail.length, fstatSync(file).size - tail.length)
		const found = [...String(tail).matchAll(/^{"records":(\d+),.*}$/gm)].at(-1)
		return found ? Number(found[1]) : 0
	} finally {
		closeSync(file)
	}
}

/** Resident memory of a process, now and at its largest, in MiB; null where it has ended. */
function memoryOf(pid) {
	try {
		const text = readFileSync(`/proc/${pid}/status`, 'utf8')
		const of = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)[1]) / 1024
		return { now: of('VmRSS'), largest: of('VmHWM') }
	} catch {
		return null
	}
}

/**
 * Prints the curve (rows written, MiB resident, largest so far; ten points); resolves with whether the second half needed no more than a tenth above the
 * first. The first tenth counts for neither: the first batches are the program's start.
 */
export async function millionProteins(count = 1_000_000) {
	const { syntheticDataset, train } = await import(join(ROOT, 'dist/index.js'))
	const folder = mkdtempSync(join(tmpdir(), 'subloc-million-'))
	try {
		const dataset = syntheticDataset({ seed: 3, perClass: 6, length: [20, 60] })
		const options = { preset: 'quick', hidden: 6, filtersPerWidth: 3, blocks: ['onehot'], epochs: 1, backend: 'cpu' }
		const model = await train(dataset, options)
		await model.save(join(folder, 'run'))
		model.close()
		const input = join(folder, 'in.fa.gz')
		await pipeline(Readable.from(fasta(count)), createGzip({ level: 1 }), createWriteStream(input))
		const output = join(folder, 'out.tsv')
		const args = ['dist/cli/start.js', 'predict', input, '--model', join(folder, 'run'), '-o', output, '--quiet']
		const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' })
		const began = performance.now()
		const seconds = () => (performance.now() - began) / 1000
		const curve = []
		let next = count / 10
		console.log('| rows | seconds | MiB | largest so far |\n| --- | --- | --- | --- |')
		const timer = setInterval(() => {
			const memory = memoryOf(child.pid)
			if (memory === null) return
			const rows = rowsWritten(folder)
			curve.push({ rows, mebibytes: memory.now })
			if (rows < next) return
			next = (Math.floor((10 * rows) / count) + 1) * (count / 10)
			const cells = [rows, seconds().toFixed(0), memory.now.toFixed(0), memory.largest.toFixed(0)]
			console.log(`| ${cells.join(' | ')} |`)
		}, 500)
		const code = await new Promise((done) => child.on('close', done))
		clearInterval(timer)
		const took = seconds()
		let lines = 0
		for await (const piece of createReadStream(output)) for (const byte of piece) if (byte === 10) lines += 1
		const part = (from, to) => curve.filter(({ rows }) => rows >= from * count && rows < to * count)
		const largest = (points) => Math.max(0, ...points.map(({ mebibytes }) => mebibytes))
		const [first, second] = [largest(part(0.1, 0.5)), largest(part(0.5, 1.1))]
		const rows = lines - 1
		const speed = `${Math.round(rows / took)} a second`
		say(`${rows} rows, ${speed}; largest ${first.toFixed(0)} MiB in the first half, ${second.toFixed(0)} in the second`)
		return code === 0 && rows === count && first > 0 && second <= 1.1 * first
	} finally {
		rmSync(folder, { recursive: true, force: true })
	}
}
