/** Where an A-LSTM looked, as spans of residues and as GFF3. */
import type { Prediction } from '../predict/predict.js'

/** Residues of the whole sequence, from 1, both ends included, and the attention that they hold. */
export interface AttentionSpan {
	start: number
	end: number
	/** Σα of its residues, 0 to 1. */
	weight: number
}

/**
 * The residues, heaviest first, that together hold `share` of the attention (default a half); those that adjoin in the sequence form a span. In the order
 * of the sequence. Of equal weights the earlier residue comes first.
 */
export function attentionSpans(attention: NonNullable<Prediction['attention']>, share = 0.5): AttentionSpan[] {
	const { weights, positions } = attention
	const order = Array.from(weights.keys()).sort((a, b) => weights[b]! - weights[a]! || a - b)
	const taken: number[] = []
	let held = 0
	for (const at of order) {
		if (held >= share) break
		held += weights[at]!
		taken.push(at)
	}
	const spans: AttentionSpan[] = []
	for (const at of taken.sort((a, b) => a - b)) {
		const [position, weight] = [positions[at]!, weights[at]!]
		const last = spans.at(-1)
		if (last && last.end === position - 1) {
			last.end = position
			last.weight += weight
		} else spans.push({ start: position, end: position, weight })
	}
	return spans
}

/** First line of a GFF3 file. */
export const GFF_HEADER = '##gff-version 3\n'

/** A protein's spans as lines of GFF3 (`polypeptide_region`, the score is the attention); empty where there are none. */
export function gffLines({ id, compartment, attention }: Prediction): string {
	if (!attention || compartment === null) return ''
	const name = escaped(id, /[^A-Za-z0-9.:^*$@!+_?|-]/gu)
	const place = escaped(compartment, /[;=&,%\p{Cc}]/gu)
	return attentionSpans(attention)
		.map(({ start, end, weight }) => {
			const cells = [name, 'subloc-native', 'polypeptide_region', start, end, weight.toFixed(6), '.', '.']
			return `${cells.join('\t')}\tcompartment=${place}\n`
		})
		.join('')
}

function escaped(text: string, odd: RegExp): string {
	return text.replace(odd, (character) => encodeURIComponent(character).replace(/^[^%]$/, hex))
}

/** `encodeURIComponent` leaves a few characters as they are. */
function hex(character: string): string {
	return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
