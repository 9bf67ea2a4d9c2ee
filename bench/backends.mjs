// npm run bench [-- --quick] [-- --python python3]
//
// Every backend of this machine: seconds of a training step and proteins a second at several sizes, R- and A-LSTM, and the LSTM alone beside burn-nn's on
// the same device and PyTorch's (cuDNN on a GPU) where Python has it. A table of ratios with device names goes to bench/RESULTS.md, between the marks of this
// program, and a chart to bench/backends.svg. --quick takes small sizes.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({
	options: { quick: { type: 'boolean', default: false }, python: { type: 'string', default: 'python3' } },
})
const ROOT = join(import.meta.dirname, '..')
const TARGET = 'x86_64-unknown-linux-gnu'
const BINARY = join(ROOT, 'target/full', TARGET, 'release/subloc-bench')
const BUILD = ['build', '--workspace', '--release', '--locked', '--target', TARGET, '--target-dir', 'target/full']

const built = spawnSync('cargo', [...BUILD, '--features', 'gpu', '--bin', 'subloc-bench'], {
	cwd: ROOT,
	stdio: 'inherit',
})
if (built.status !== 0) process.exit(1)

/** Lines of JSON that a program prints; [] where it fails, and why on stderr. */
function lines(program, args) {
	const { stdout, status } = spawnSync(program, args, {
		cwd: ROOT,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
		maxBuffer: 1 << 26,
	})
	if (status !== 0) console.error(`${program} ${args.join(' ')}: exit code ${status}`)
	return (stdout ?? '').split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
}

const [{ devices, rule }] = lines(BINARY, ['probe'])
const usable = devices.filter(
	({ available }, at) => available && devices.findIndex((d) => d.backend === devices[at].backend) === at,
)
/** Software adapters and two cores take their time: they get the small sizes. */
const sizesOf = ({ software, backend }) =>
	options.quick || software || backend === 'cpu'
		? { sizes: '64:1:60', flags: ['--batch', '16', '--steps', '2', '--rounds', '2'], naive: '20', proteins: '64' }
		: { sizes: '64:1:1000,200:1:1000,64:10:1000', flags: ['--rounds', '3'], naive: '100', proteins: '640' }

const found = []
for (const device of usable) {
	const { sizes, flags, naive, proteins } = sizesOf(device)
	const on = ['--backend', device.backend, '--sizes', sizes]
	const batch = flags.includes('--batch') ? ['--batch', '16'] : []
	found.push(...lines(BINARY, ['lstm', ...on, ...batch, '--naive-residues', naive]))
	found.push(...lines(BINARY, ['steps', ...on, ...flags]))
	found.push(...lines(BINARY, ['predict', ...on, '--proteins', proteins]))
	found.push(...lines(BINARY, ['products', ...on, ...batch]))
	// The precisions that round, where the device has them; the CPU's bf16 has a bench of its own (precision.mjs).
	for (const name of device.backend === 'cuda' ? ['tf32', 'bf16'] : []) {
		const precision = ['--precision', name]
		found.push(...lines(BINARY, ['lstm', ...on, ...batch, '--naive-residues', '0', ...precision]))
		found.push(...lines(BINARY, ['steps', ...on, ...flags, ...precision]))
		found.push(...lines(BINARY, ['predict', ...on, '--proteins', proteins, ...precision]))
	}
}
for (const device of ['cpu', 'cuda']) {
	const ours = usable.find(({ backend }) => backend === device)
	if (!ours) continue
	const { sizes, flags } = sizesOf(ours)
	const peer = [join(ROOT, 'bench/peers/cudnn.py'), '--device', device, '--sizes', sizes]
	found.push(...lines(options.python, [...peer, ...(flags.includes('--batch') ? ['--batch', '16'] : [])]))
}

const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const seconds = (values) =>
	`${middle(values).toFixed(4)} (${Math.min(...values).toFixed(4)}–${Math.max(...values).toFixed(4)})`
const times = (a, b) => (a && b ? `${Number((middle(a.seconds) / middle(b.seconds)).toPrecision(3))}×` : '–')
const key = ({ precision, hidden, members, residues, batch }) => [precision, hidden, members, residues, batch].join(':')
const of = (what, test) => found.filter((f) => f.what === what && test(f))
const table = (head, rows) =>
	[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const lstm = of('lstm', ({ form }) => form === 'ours').map((ours) => {
	const beside = (form, backend) =>
		found.find((f) => f.what === 'lstm' && f.form === form && f.backend === backend && key(f) === key(ours))
	const cells = [ours.device, ours.backend, ours.precision, ours.hidden, ours.members, ours.residues, ours.batch]
	const peers = [times(beside('burn-nn', ours.backend), ours), times(beside('pytorch', ours.backend), ours)]
	return [...cells, seconds(ours.seconds), ...peers]
})
const steps = of('step', () => true).map((step) => {
	const exact = key({ ...step, precision: 'f32' })
	const cpu = found.find((f) => f.what === 'step' && f.backend === 'cpu' && f.kind === step.kind && key(f) === exact)
	const where = [step.device, step.backend, step.precision, step.kind]
	const cells = [...where, step.hidden, step.members, step.residues, step.batch]
	return [...cells, seconds(step.seconds), step.backend === 'cpu' ? '1' : times(cpu, step)]
})
const predictions = of('predict', () => true).map((p) => {
	const rate = (p.proteins / middle(p.seconds)).toFixed(0)
	return [p.device, p.backend, p.precision, p.kind, p.hidden, p.members, `up to ${p.residues}`, rate]
})
const products = of('product', ({ form }) => form === 'ours').map((ours) => {
	const peer = found.find(
		(f) => f.what === 'product' && f.form !== 'ours' && f.backend === ours.backend && key(f) === key(ours),
	)
	const cells = [ours.device, ours.backend, ours.members, ours.residues * ours.batch, ours.inputs, 4 * ours.hidden]
	return [...cells, seconds(ours.seconds), times(peer, ours)]
})
const missing = devices.filter(({ available }) => !available).map(({ backend, reason }) => `- ${backend}: ${reason}`)

const text = `## Backends

    npm run bench${options.quick ? ' -- --quick' : ''}

Medians (range) of the rounds of one run; a ratio above 1 says that ours is faster. ${rule[0].toUpperCase()}${rule.slice(1)}.
${missing.length ? `\nNot here, and so not measured:\n\n${missing.join('\n')}\n` : ''}
The bidirectional LSTM alone, forward and backward, 60 inputs, one length; seconds.

${table(['device', 'backend', 'precision', 'H', 'M', 'T', 'B', 'seconds', 'burn-nn ÷ ours', 'PyTorch ÷ ours'], lstm)}

A training step, one length; seconds.

${table(['device', 'backend', 'precision', 'network', 'H', 'M', 'T', 'B', 'seconds', 'CPU in f32 ÷ this'], steps)}

Prediction of random proteins of mixed length; proteins a second.

${table(['device', 'backend', 'precision', 'network', 'H', 'M', 'residues', 'proteins a second'], predictions)}

The large product of a step, x wᵀ + b, forward and backward in f32: our tiles with a fixed order (ADR 7), and burn's matmul on the same device; seconds.

${table(['device', 'backend', 'M', 'rows', 'inputs', 'outputs', 'seconds', 'burn ÷ ours'], products)}
`
const [BEGIN, END] = ['<!-- npm run bench: begin -->', '<!-- npm run bench: end -->']
const file = join(ROOT, 'bench/RESULTS.md')
const before = readFileSync(file, 'utf8')
const section = `${BEGIN}\n${text}${END}`
const at = [before.indexOf(BEGIN), before.indexOf(END)]
writeFileSync(
	file,
	at[0] < 0
		? `${before.trimEnd()}\n\n${section}\n`
		: before.slice(0, at[0]) + section + before.slice(at[1] + END.length),
)
writeFileSync(join(ROOT, 'bench/backends.svg'), chart(of('step', () => true)))
console.log(text)

/** Bars of seconds a step, on a logarithmic axis: one a measurement. */
function chart(bars) {
	const [left, row, width] = [360, 22, 420]
	const values = bars.map(({ seconds }) => middle(seconds))
	const [low, high] = [
		10 ** Math.floor(Math.log10(Math.min(...values))),
		10 ** Math.ceil(Math.log10(Math.max(...values))),
	]
	const x = (value) => left + (width * Math.log10(value / low)) / Math.max(1, Math.log10(high / low))
	const escaped = (name) => name.replace(/&/g, '&amp;').replace(/</g, '&lt;')
	const ticks = []
	for (let tick = low; tick <= high * 1.01; tick *= 10) {
		const place = x(tick).toFixed(1)
		ticks.push(`<line x1="${place}" x2="${place}" y1="24" y2="${30 + bars.length * row}" stroke="#ddd"/>`)
		ticks.push(`<text x="${place}" y="18" text-anchor="middle">${Number(tick.toPrecision(1))} s</text>`)
	}
	const colours = { cpu: '#4e79a7', wgpu: '#f28e2b', cuda: '#59a14f' }
	const drawn = bars.map((bar, at) => {
		const y = 30 + at * row
		const label = `${bar.backend}, ${bar.precision}, ${bar.kind}, H ${bar.hidden}, M ${bar.members}, T ${bar.residues}, B ${bar.batch}`
		const end = x(middle(bar.seconds))
		return `<text x="${left - 8}" y="${y + 14}" text-anchor="end">${escaped(label)}<title>${escaped(bar.device)}</title></text><rect x="${left}" y="${y + 3}" width="${(end - left).toFixed(1)}" height="${row - 6}" fill="${colours[bar.backend]}"/>`
	})
	const size = `width="${left + width + 40}" height="${40 + bars.length * row}"`
	return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="12"><title>Seconds of a training step</title>${ticks.join('')}${drawn.join('')}</svg>\n`
}
