/** A drawn cell with the eleven compartments: part plant, part animal, so that every one has its place. */
import { html, type Markup, raw } from './markup.js'

/** The compartments that are drawn, in the order of the layers, and other names by which classes may call them. */
const COMPARTMENTS: Record<string, { label: string; names: RegExp }> = {
	extracellular: { label: 'extracellular', names: /^(extracellular|secreted|secretory|ext|extr)/ },
	cytoplasmic: { label: 'cytoplasm', names: /^(cyto(?!skel)|cyt$)/ },
	plasma_membrane: { label: 'plasma membrane', names: /^(plasma_?membrane|cell_?membrane|membrane$|pm$|plas$)/ },
	vacuolar: { label: 'vacuole', names: /^vac/ },
	nuclear: { label: 'nucleus', names: /^(nuc|nuclear)/ },
	ER: { label: 'ER', names: /^(er$|endoplasmic)/ },
	Golgi: { label: 'Golgi', names: /^golgi/ },
	mitochondrial: { label: 'mitochondrion', names: /^mito/ },
	chloroplast: { label: 'chloroplast', names: /^(chlo|plastid)/ },
	peroxisomal: { label: 'peroxisome', names: /^pero/ },
	lysosomal: { label: 'lysosome', names: /^lys/ },
}

/** The drawn compartment that a class stands for; null where there is none. */
export function drawnCompartment(name: string): string | null {
	const plain = name.toLowerCase().replace(/[\s-]+/g, '_')
	return Object.keys(COMPARTMENTS).find((key) => COMPARTMENTS[key]!.names.test(plain)) ?? null
}

/**
 * The cell as an SVG. Each compartment that is a class is a group with `data-class`, its index; the page's script sets `--p` on it, its probability from 0 to 1,
 * and the text of its `.p`. The others stay pale. Null where no class is drawn.
 */
export function cellFigure(classes: readonly string[]): Markup | null {
	const place = new Map<string, number>()
	for (const [index, name] of classes.entries()) {
		const drawn = drawnCompartment(name)
		if (drawn !== null && !place.has(drawn)) place.set(drawn, index)
	}
	if (place.size === 0) return null
	const group = (key: string, body: string) => {
		const index = place.get(key)
		return index === undefined
			? html`<g class="place absent">${raw(body)}</g>`
			: html`<g class="place" data-class="${index}">${raw(body)}</g>`
	}
	const labels = [...place].map(([key, index]) => {
		const [x, y, anchor = 'middle'] = LABELS[key]!
		return html`<g class="label" data-class="${index}"><text x="${x}" y="${y}" text-anchor="${anchor}">${COMPARTMENTS[key]!.label}<tspan class="p" dx="5"></tspan></text></g>`
	})
	return html`<svg class="cell" viewBox="0 0 760 540" role="img" aria-label="A cell; each compartment is as strongly coloured as it is probable">
${Object.keys(COMPARTMENTS).map((key) => group(key, DRAWINGS[key]!))}
${labels}</svg>`
}

/** Where each label stands. */
const LABELS: Record<string, [x: number, y: number, anchor?: string]> = {
	extracellular: [24, 36, 'start'],
	plasma_membrane: [736, 524, 'end'],
	cytoplasmic: [318, 112],
	vacuolar: [143, 266],
	nuclear: [318, 222],
	ER: [520, 196, 'start'],
	Golgi: [566, 352],
	mitochondrial: [232, 450],
	chloroplast: [468, 477],
	peroxisomal: [330, 424],
	lysosomal: [622, 414],
}

const OUTLINE = 'M136 92C232 30 540 22 636 94C722 160 722 372 650 440C560 508 204 512 118 446C34 380 44 154 136 92Z'

const DRAWINGS: Record<string, string> = {
	extracellular: `<rect class="wash" x="2" y="2" width="756" height="536" rx="22"/>${dots()}`,
	cytoplasmic: `<path class="wash" d="${OUTLINE}"/>`,
	plasma_membrane: `<path class="membrane" d="${OUTLINE}"/><path class="gap" d="${OUTLINE}"/>${channels()}`,
	vacuolar:
		'<path class="body" d="M92 178C122 146 174 152 192 190C206 226 200 300 188 340C172 376 116 374 94 338C70 296 70 216 92 178Z"/><path class="shine" d="M96 196C104 182 118 174 132 172"/>',
	nuclear: `<ellipse class="body" cx="318" cy="236" rx="106" ry="96"/><ellipse class="pores" cx="318" cy="236" rx="98" ry="88"/><circle class="core" cx="352" cy="270" r="27"/><path class="thread" d="M252 250c16-18 26 12 42-4s6-30 24-28M262 286c14 8 22-10 36-2s14 18 28 10M276 190c10-14 28-2 40-10s24-6 34 2"/>`,
	ER: reticulum(),
	Golgi: golgi(),
	mitochondrial: `${mitochondrion('translate(212 396) rotate(-14)', 60, 27)}${mitochondrion('translate(560 118) rotate(16)', 50, 23)}`,
	chloroplast: chloroplast('translate(470 426) rotate(-5)'),
	peroxisomal: `${peroxisome(334, 386, 17)}${peroxisome(300, 366, 12)}${peroxisome(367, 372, 10)}`,
	lysosomal: `${lysosome(602, 376, 20)}${lysosome(640, 350, 14)}${lysosome(563, 390, 12)}`,
}

/** Proteins on their way out. */
function dots(): string {
	const places = [
		[668, 62, 5],
		[690, 86, 4],
		[700, 52, 6],
		[722, 74, 4],
		[716, 106, 5],
		[736, 44, 4],
		[738, 118, 4],
		[684, 30, 4],
		[654, 36, 4],
		[712, 26, 4],
		[744, 88, 3],
	]
	return places.map(([x, y, r]) => `<circle class="body thin" cx="${x}" cy="${y}" r="${r}"/>`).join('')
}

/** Proteins in the membrane. */
function channels(): string {
	const places = [
		[258, 49, -8],
		[460, 42, 4],
		[704, 262, 90],
		[300, 494, 4],
		[520, 489, -6],
		[61, 262, 92],
	]
	return places
		.map(
			([x, y, turn]) =>
				`<g transform="translate(${x} ${y}) rotate(${turn})"><rect class="body thin" x="-9" y="-11" width="7" height="22" rx="3.5"/><rect class="body thin" x="2" y="-11" width="7" height="22" rx="3.5"/></g>`,
		)
		.join('')
}

/** Cisternae around the right half of the nucleus, with ribosomes on the outer ones. */
function reticulum(): string {
	const arc = (rx: number, ry: number, from: number, to: number) => {
		const at = (degrees: number) => {
			const angle = (degrees * Math.PI) / 180
			return `${round(318 + rx * Math.cos(angle))} ${round(236 + ry * Math.sin(angle))}`
		}
		return `M${at(from)}A${rx} ${ry} 0 0 1 ${at(to)}`
	}
	const tubes = [arc(126, 115, -62, 58), arc(147, 135, -56, 50), arc(168, 155, -50, 42), arc(189, 174, -40, 20)]
	const ribosomes = Array.from({ length: 15 }, (_, index) => {
		const angle = ((-36 + index * 4) * Math.PI) / 180
		return `<circle class="dot" cx="${round(318 + 199 * Math.cos(angle))}" cy="${round(236 + 184 * Math.sin(angle))}" r="2.6"/>`
	})
	return `${tubes.map((d) => `<path class="tube-edge" d="${d}"/><path class="tube" d="${d}"/>`).join('')}${ribosomes.join('')}`
}

function golgi(): string {
	const stack = Array.from({ length: 5 }, (_, index) => {
		const [x, half] = [536 + index * 15, 44 - Math.abs(index - 2) * 5]
		const d = `M${x} ${286 - half}Q${x + 22} 286 ${x} ${286 + half}`
		return `<path class="tube-edge" d="${d}"/><path class="tube" d="${d}"/>`
	})
	const vesicles = [
		[632, 262, 7],
		[640, 290, 6],
		[626, 312, 7],
	]
	return `${stack.join('')}${vesicles.map(([x, y, r]) => `<circle class="body thin" cx="${x}" cy="${y}" r="${r}"/>`).join('')}`
}

function mitochondrion(transform: string, rx: number, ry: number): string {
	const [left, right] = [-rx + 14, rx - 14]
	const folds = 6
	const step = (right - left) / folds
	const inner = ry - 8
	const cristae = Array.from({ length: folds }, (_, index) => {
		const x = left + index * step
		const side = index % 2 === 0 ? 1 : -1
		return `M${round(x + step / 2)} ${side * inner}V${round(-side * inner * 0.35)}`
	})
	return `<g transform="${transform}"><rect class="body" x="${-rx}" y="${-ry}" width="${2 * rx}" height="${2 * ry}" rx="${ry}"/><rect class="inner" x="${-rx + 6}" y="${-ry + 6}" width="${2 * rx - 12}" height="${2 * ry - 12}" rx="${ry - 6}"/><path class="fold" d="${cristae.join('')}"/></g>`
}

function chloroplast(transform: string): string {
	const grana = [-44, -15, 14, 43].map((x, index) => {
		const discs = index % 3 === 0 ? 4 : 5
		const top = -((discs - 1) * 7) / 2
		return Array.from(
			{ length: discs },
			(_, disc) => `<rect class="disc" x="${x - 9}" y="${top + disc * 7 - 2.5}" width="18" height="5" rx="2.5"/>`,
		).join('')
	})
	return `<g transform="${transform}"><ellipse class="body" rx="78" ry="34"/><ellipse class="inner" rx="71" ry="27.5"/><path class="fold" d="M-38-3H38M-38 5H38"/>${grana.join('')}</g>`
}

function peroxisome(x: number, y: number, r: number): string {
	const side = round(r * 0.62)
	return `<circle class="body" cx="${x}" cy="${y}" r="${r}"/><rect class="inner" x="${round(x - side / 2)}" y="${round(y - side / 2)}" width="${side}" height="${side}" rx="1.5" transform="rotate(24 ${x} ${y})"/>`
}

function lysosome(x: number, y: number, r: number): string {
	const grains = [
		[-0.4, -0.25],
		[0.3, -0.38],
		[0.05, 0.1],
		[-0.3, 0.38],
		[0.42, 0.3],
	]
	return `<circle class="body" cx="${x}" cy="${y}" r="${r}"/>${grains.map(([dx, dy]) => `<circle class="dot" cx="${round(x + dx! * r)}" cy="${round(y + dy! * r)}" r="${round(r * 0.13)}"/>`).join('')}`
}

function round(value: number): number {
	return Math.round(value * 10) / 10
}
