/** The content as the page's script reads it: columns of small numbers. */
import { compartmentMarks } from '../figures/colours.js'
import { type MiddleCut, middleCut } from '../sequence/middle-cut.js'
import type { ReportContent, ReportMap, ReportProtein } from './content.js'
import type { Packed, PageAnnotation, PageData, PageMap, PageMembers, PageResidues } from './page-data.js'

/** Residues in a page at most, some 45 MB of it: beyond, sequences and attention are left out. */
export const MOST_RESIDUES = 12_000_000

/** Everything that the page's script needs. */
export function pageData(content: ReportContent): PageData {
	const { classes, proteins } = content
	const index = new Map(classes.map((name, at) => [name, at]))
	const predictions = proteins.map(({ prediction }) => prediction)
	const hasTruth = proteins.some((protein) => protein.class !== null)
	const hasDescription = proteins.some(({ description }) => description !== '')
	const probabilities = predictions.flatMap((own) =>
		classes.map((name) => share(own.probabilities?.[name] ?? 0, 65535)),
	)
	const isEnsemble = content.model !== null && content.model.members > 1
	const { kind } = content.subject
	return {
		classes: [...classes],
		isTested: kind === 'held-out' || kind === 'cross-validation',
		marks: compartmentMarks(classes),
		proteins: {
			count: proteins.length,
			ids: predictions.map(({ id }) => id),
			descriptions: hasDescription ? proteins.map(({ description }) => description) : null,
			lengths: packed(Uint32Array.from(predictions, ({ length }) => length)),
			truth: hasTruth
				? packed(Int16Array.from(proteins, (own) => (own.class === null ? -1 : index.get(own.class)!)))
				: null,
			predicted: packed(
				Int16Array.from(predictions, ({ compartment }) => (compartment === null ? -1 : index.get(compartment)!)),
			),
			probabilities: packed(Uint16Array.from(probabilities)),
			spread: isEnsemble ? packed(Uint16Array.from(predictions, ({ spread }) => share(spread ?? 0, 65535))) : null,
			problems: Object.fromEntries(
				predictions.flatMap(({ problem }, row) => (problem ? [[String(row), problem.message]] : [])),
			),
		},
		members: pageMembers(content),
		residues: pageResidues(content),
		annotations: pageAnnotations(proteins),
		maps: content.maps.map(pageMap),
	}
}

function pageMembers({ classes, proteins }: ReportContent): PageMembers | null {
	const count = proteins.reduce((most, { prediction }) => Math.max(most, prediction.members?.length ?? 0), 0)
	if (count < 2) return null
	const values = new Uint8Array(proteins.length * count * classes.length)
	for (const [row, { prediction }] of proteins.entries()) {
		for (const [member, own] of (prediction.members ?? []).entries()) {
			values.set(
				Array.from(own, (p) => share(p, 255)),
				(row * count + member) * classes.length,
			)
		}
	}
	return { count, values: packed(values) }
}

/** What of each protein's sequence the page would show, and how many residues that is. */
function readPart({ model, proteins }: ReportContent): { cuts: MiddleCut[]; total: number } {
	const cuts = proteins.map(({ sequence, prediction }) => {
		const isThere = sequence !== null && prediction.status === 'ok'
		return middleCut(isThere ? sequence.length : 0, model?.maxResidues ?? Number.MAX_SAFE_INTEGER)
	})
	return { cuts, total: cuts.reduce((sum, { kept }) => sum + kept, 0) }
}

/** Whether sequences and attention are at hand but too many for a page. */
export function hasTooManyResidues(content: ReportContent): boolean {
	return readPart(content).total > MOST_RESIDUES
}

function pageResidues(content: ReportContent): PageResidues | null {
	const { proteins } = content
	const { cuts, total } = readPart(content)
	if (total === 0 || total > MOST_RESIDUES) return null
	const hasAttention = proteins.some(({ prediction }) => prediction.attention !== null)
	const attention = new Uint16Array(hasAttention ? total : 0)
	const largest = new Float32Array(hasAttention ? proteins.length : 0)
	const offsets = new Uint32Array(proteins.length + 1)
	const letters: string[] = []
	for (const [row, { sequence, prediction }] of proteins.entries()) {
		const { kept, first, removed } = cuts[row]!
		offsets[row + 1] = offsets[row]! + kept
		if (kept === 0) continue
		letters.push(sequence!.slice(0, first), sequence!.slice(first + removed))
		const weights = prediction.attention?.weights
		if (!weights) continue
		largest[row] = Math.max(...weights)
		attention.set(
			Array.from(weights, (weight) => share(weight / largest[row]!, 65535)),
			offsets[row]!,
		)
	}
	return {
		offsets: packed(offsets),
		letters: letters.join(''),
		first: packed(Uint32Array.from(cuts, ({ first }) => first)),
		removed: packed(Uint32Array.from(cuts, ({ removed }) => removed)),
		attention: hasAttention ? packed(attention) : null,
		largest: hasAttention ? packed(largest) : null,
	}
}

function pageAnnotations(proteins: readonly ReportProtein[]): Record<string, PageAnnotation[]> {
	const found = proteins.flatMap(({ annotations }, row): [string, PageAnnotation[]][] =>
		annotations.length === 0 ? [] : [[String(row), annotations.map(({ kind, start, end }) => ({ kind, start, end }))]],
	)
	return Object.fromEntries(found)
}

/** Both axes to one scale, so that distances stay comparable, centred in a square. */
function pageMap({ title, points }: ReportMap): PageMap {
	let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
	for (const { x, y } of points) {
		;[left, right] = [Math.min(left, x), Math.max(right, x)]
		;[bottom, top] = [Math.min(bottom, y), Math.max(top, y)]
	}
	const side = Math.max(right - left, top - bottom, Number.MIN_VALUE)
	const place = (value: number, low: number, high: number) => share(0.5 + (value - (low + high) / 2) / side, 65535)
	// The page's y grows downward.
	const placed = points.flatMap(({ x, y }) => [place(x, left, right), 65535 - place(y, bottom, top)])
	return {
		title,
		rows: packed(Uint32Array.from(points, ({ row }) => row)),
		points: packed(Uint16Array.from(placed)),
	}
}

/** 0 to 1 as a whole number to `most`. */
function share(value: number, most: number): number {
	return Math.round(Math.min(1, Math.max(0, value)) * most)
}

function packed(values: Uint8Array | Uint16Array | Int16Array | Uint32Array | Float32Array): Packed {
	return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')
}
