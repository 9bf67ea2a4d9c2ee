/** The residues of one protein: the attention along them, known signals, and the sequence itself. */
import type { Data } from './decode.js'
import { drawn, element } from './elements.js'

/** Height of a track with attention, and of one with signals alone; pixels. */
const [HEIGHT, FLAT] = [132, 66]
/** Left and right of the track, pixels. */
const SIDE = 6
/** Top of the track, below the names of the signals; from its bottom to the end of the picture are the positions. */
const [TOP, FOOT] = [26, 22]
/** Width of the mark for the middle that was taken out. */
const GAP = 34
/** What a track cannot show. */
const NO_ATTENTION = 'There are no attention weights here; which residues the prediction hangs on is measured by '
/** What measures it. */
const EXPLAIN = 'subloc explain protein.fasta --model RUN -o FOLDER'
/** A weight is packed as a share of the largest: this many steps. */
const STEPS = 65535
/** Residues of a block, and blocks that stand together. */
const BLOCK = 10

/** What is known of a protein's residues. */
interface Residues {
	letters: string
	/** Attention weights; null where the model has none. */
	weights: Float32Array | null
	/** Residues before the removed middle. */
	first: number
	removed: number
	/** Those that residues which were read belong to. */
	annotations: Signal[]
}

/** A signal as its header has it, and the part of it that was read: places among the read residues, from 1, both included. */
interface Signal {
	kind: string
	start: number
	end: number
	from: number
	to: number
}

/** Track and sequence of a row; nothing where the page has no residues. */
export function residueView(data: Data, row: number): HTMLElement[] {
	const residues = residuesOf(data, row)
	if (residues === null) return []
	const readout = element('p', { class: 'readout', 'aria-live': 'off' })
	const sequence = sequenceOf(residues)
	const box = element('div', { class: residues.weights ? 'track-box' : 'track-box flat' })
	const show = (at: number | null) => {
		sequence.querySelector('.here')?.classList.remove('here')
		box.querySelector('.cursor')?.setAttribute('visibility', 'hidden')
		readout.textContent = ''
		if (at === null) return
		sequence.querySelector(`[data-at="${at}"]`)?.classList.add('here')
		const weight = residues.weights ? ` · α ${alpha(residues.weights[at]!, Math.max(...residues.weights))}` : ''
		readout.textContent = `${residues.letters[at]} ${positionOf(residues, at)}${weight}`
		const cursor = box.querySelector('.cursor')
		if (!cursor) return
		const x = String(scaleOf(residues, box.clientWidth)(at + 0.5))
		cursor.setAttribute('x1', x)
		cursor.setAttribute('x2', x)
		cursor.setAttribute('visibility', 'visible')
	}
	sequence.addEventListener('pointerover', (event) => show(placeOf(event.target)))
	sequence.addEventListener('pointerleave', () => show(null))
	const title = `${residues.weights ? 'Attention along' : 'Sequence of'} ${data.proteins.ids[row]}`
	const head = element('div', { class: 'residue-head' }, element('h3', {}, title), readout)
	const note = element('p', { class: 'note' }, NO_ATTENTION, element('code', {}, EXPLAIN), '.')
	if (!residues.weights && residues.annotations.length === 0) return [head, note, sequence]
	box.addEventListener('pointermove', (event) => {
		const x = event.clientX - box.getBoundingClientRect().left
		show(nearest(residues, box.clientWidth, x))
	})
	box.addEventListener('pointerleave', () => show(null))
	new ResizeObserver(() => box.replaceChildren(trackOf(residues, box.clientWidth))).observe(box)
	return residues.weights ? [head, box, sequence] : [head, note, box, sequence]
}

function residuesOf({ residues, annotations }: Data, row: number): Residues | null {
	if (!residues) return null
	const [from, to] = [residues.offsets[row]!, residues.offsets[row + 1]!]
	if (from === to) return null
	const largest = residues.largest?.[row] ?? 0
	const [first, removed] = [residues.first[row]!, residues.removed[row]!]
	return {
		letters: residues.letters.slice(from, to),
		weights:
			residues.attention && Float32Array.from(residues.attention.subarray(from, to), (v) => (v / STEPS) * largest),
		...{ first, removed },
		annotations: (annotations[row] ?? []).flatMap((own) => {
			const part = readPart(own, first, removed, to - from)
			return part ? [{ ...own, ...part }] : []
		}),
	}
}

/** The part of a signal that was read; null where all of it was taken out or lies beyond the end. */
function readPart(
	{ start, end }: { start: number; end: number },
	first: number,
	removed: number,
	length: number,
): { from: number; to: number } | null {
	const from = start <= first ? Math.max(1, start) : Math.max(first + 1, start - removed)
	const to = end <= first ? end : Math.min(length, Math.max(first, end - removed))
	return from <= to ? { from, to } : null
}

/** A weight, in the digits that its packing carries. */
function alpha(weight: number, largest: number): string {
	const steps = (weight / largest) * STEPS
	if (steps >= 10) return weight.toPrecision(steps < 100 ? 1 : 2)
	return `< ${(10 ** Math.ceil(Math.log10((10 / STEPS) * largest))).toPrecision(1)}`
}

/** Position in the whole sequence, from 1, of a residue that was read. */
function positionOf({ first, removed }: Residues, at: number): number {
	return at < first ? at + 1 : at + 1 + removed
}

/** Pixels of a place among the residues that were read; the removed middle has a gap of its own. */
function scaleOf({ letters, first, removed }: Residues, width: number): (at: number) => number {
	const gap = removed > 0 ? GAP : 0
	const unit = (width - 2 * SIDE - gap) / letters.length
	return (at) => SIDE + at * unit + (removed > 0 && at > first ? gap : 0)
}

function nearest(residues: Residues, width: number, x: number): number | null {
	const scale = scaleOf(residues, width)
	let best: number | null = null
	for (let at = 0; at < residues.letters.length; at++) {
		const distance = Math.abs(scale(at + 0.5) - x)
		if (best === null || distance < Math.abs(scale(best + 0.5) - x)) best = at
	}
	return best
}

function trackOf(residues: Residues, width: number): SVGSVGElement {
	const { letters, weights, first, removed, annotations } = residues
	const scale = scaleOf(residues, width)
	const isCut = removed > 0
	const height = weights ? HEIGHT : FLAT
	const bottom = height - FOOT
	const svg = drawn('svg', {
		class: 'track-plot',
		width,
		height,
		viewBox: `0 0 ${width} ${height}`,
		role: 'img',
	})
	svg.setAttribute('aria-label', weights ? 'Attention weight of each residue' : 'Known signals along the sequence')
	for (const { kind, start, end, ...part } of annotations) {
		// Just inside, so that the mark of the removed middle is no part of a signal beside it.
		const [from, to] = [scale(part.from - 1 + 1e-6), scale(part.to - 1e-6)]
		const signal = drawn('rect', {
			class: 'signal',
			x: from,
			y: 16,
			width: Math.max(2, to - from),
			height: bottom - 16,
		})
		const name = drawn('text', { class: 'signal-name', x: from, y: 11 }, `${kind} ${start}–${end}`)
		svg.append(signal, name)
	}
	if (weights) {
		const largest = Math.max(...weights, 1e-9)
		const area = (from: number, to: number) => {
			let d = `M${round(scale(from + 1e-6))} ${bottom}`
			for (let at = from; at < to; at++) {
				const y = round(bottom - (weights[at]! / largest) * (bottom - TOP))
				d += `V${y}H${round(at + 1 === to ? scale(to - 1e-6) : scale(at + 1))}`
			}
			return `${d}V${bottom}Z`
		}
		const parts = isCut
			? [
					[0, first],
					[first, letters.length],
				]
			: [[0, letters.length]]
		svg.append(
			drawn(
				'text',
				{ class: 'tick', x: width - SIDE, y: TOP - 4, 'text-anchor': 'end' },
				`largest α ${largest.toPrecision(2)}`,
			),
		)
		for (const [from, to] of parts) svg.append(drawn('path', { class: 'attention', d: area(from!, to!) }))
	}
	svg.append(drawn('line', { class: 'axis', x1: SIDE, x2: width - SIDE, y1: bottom, y2: bottom }))
	if (isCut) {
		const from = scale(first)
		svg.append(
			drawn('rect', { class: 'removed', x: from, y: TOP, width: GAP, height: bottom - TOP }),
			drawn('text', { class: 'tick', x: from + GAP / 2, y: bottom - 6, 'text-anchor': 'middle' }, `⋯`),
		)
	}
	let reach = -Infinity
	for (const position of positionsToTell(residues)) {
		const at = keptOf(residues, position)
		const isLast = at === letters.length
		const x = scale(at - 0.5)
		const half = 4 * String(position).length
		// A number that would touch the one before, or the last, is left out.
		if (
			x - half < reach ||
			(!isLast && x + half > width - SIDE - 8 * String(residues.letters.length + removed).length - 8)
		)
			continue
		reach = x + half + 6
		const anchor = isLast ? 'end' : at === 1 ? 'start' : 'middle'
		svg.append(
			drawn(
				'text',
				{ class: 'tick', x: isLast ? width - SIDE : x, y: height - 7, 'text-anchor': anchor },
				`${position}`,
			),
		)
	}
	svg.append(drawn('line', { class: 'cursor', x1: 0, x2: 0, y1: TOP - 6, y2: bottom, visibility: 'hidden' }))
	return svg
}

/** Place among the read residues, from 1, of a position; one that was taken out counts for the last before. */
function keptOf({ letters, first, removed }: Residues, position: number): number {
	const at = position <= first ? position : Math.max(first, position - removed)
	return Math.min(letters.length, Math.max(1, at))
}

/** The first, the last, and round positions between. */
function positionsToTell(residues: Residues): number[] {
	const { letters, first, removed } = residues
	const last = letters.length + removed
	const step = [10, 20, 50, 100, 200, 500].find((size) => letters.length / size <= 7) ?? 1000
	const round = Array.from({ length: Math.floor(last / step) }, (_, index) => (index + 1) * step)
	return [1, ...round.filter((position) => position < last && (position <= first || position > first + removed)), last]
}

/** The letters in blocks of ten, shaded by their attention, with the position of each line's first. */
function sequenceOf({ letters, weights, first, removed }: Residues): HTMLElement {
	const largest = weights ? Math.max(...weights, 1e-9) : 1
	const box = element('div', { class: 'sequence', tabindex: 0, role: 'group', 'aria-label': `Sequence: ${letters}` })
	let block: HTMLElement | null = null
	for (let at = 0; at < letters.length; at++) {
		if (removed > 0 && at === first) {
			box.append(element('span', { class: 'cut' }, `⋯ ${removed} residues were not read ⋯`))
			block = null
		}
		const position = at < first ? at : at + removed
		if (!block || position % BLOCK === 0) {
			block = element('span', { class: 'block', 'data-from': position + 1 })
			box.append(block)
		}
		const letter = element('span', { 'data-at': at }, letters[at]!)
		if (weights) letter.style.setProperty('--a', (weights[at]! / largest).toFixed(3))
		block.append(letter)
	}
	return box
}

function placeOf(target: EventTarget | null): number | null {
	const at = target instanceof HTMLElement ? target.dataset['at'] : undefined
	return at === undefined ? null : Number(at)
}

function round(value: number): number {
	return Math.round(value * 100) / 100
}
