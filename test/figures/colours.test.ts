import test from 'ava'
import { compartmentColours, compartmentMarks } from '../../src-ts/figures/colours.js'
import { PALETTES, type Theme } from '../../src-ts/figures/style.js'
import { CLASSES } from './fixtures.js'

/** Linear sRGB of `#rrggbb`. */
function linear(colour: string): number[] {
	return [1, 3, 5].map((at) => {
		const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
		return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
	})
}

const times = (matrix: number[][], vector: number[]) =>
	matrix.map((row) => row.reduce((sum, value, index) => sum + value * vector[index]!, 0))

/** OKLab of linear sRGB (Ottosson 2020). */
function oklab(rgb: number[]): number[] {
	const cones = times(
		[
			[0.4122214708, 0.5363325363, 0.0514459929],
			[0.2119034982, 0.6806995451, 0.1073969566],
			[0.0883024619, 0.2817188376, 0.6299787005],
		],
		rgb.map((value) => Math.min(1, Math.max(0, value))),
	)
	return times(
		[
			[0.2104542553, 0.793617785, -0.0040720468],
			[1.9779984951, -2.428592205, 0.4505937099],
			[0.0259040371, 0.7827717662, -0.808675766],
		],
		cones.map(Math.cbrt),
	)
}

/** What is seen: Machado, Oliveira & Fernandes 2009, severity 1. */
const SIGHTS: Record<string, number[][]> = {
	normal: [
		[1, 0, 0],
		[0, 1, 0],
		[0, 0, 1],
	],
	protanopia: [
		[0.152286, 1.052583, -0.204868],
		[0.114503, 0.786281, 0.099216],
		[-0.003882, -0.048116, 1.051998],
	],
	deuteranopia: [
		[0.367322, 0.860646, -0.227968],
		[0.280085, 0.672501, 0.047413],
		[-0.01182, 0.04294, 0.968881],
	],
	tritanopia: [
		[1.255528, -0.076749, -0.178779],
		[-0.078411, 0.930809, 0.147602],
		[0.004733, 0.691367, 0.3039],
	],
}

function distance(a: string, b: string, sight: number[][]): number {
	const [x, y] = [a, b].map((colour) => oklab(times(sight, linear(colour)))) as [number[], number[]]
	return Math.hypot(...x.map((value, index) => value - y[index]!))
}

const pairs = <T>(all: T[]) => all.flatMap((a, index) => all.slice(index + 1).map((b) => [a, b] as const))

for (const theme of ['light', 'dark'] as Theme[]) {
	for (const [sight, matrix] of Object.entries(SIGHTS)) {
		test(`on ${theme} paper with ${sight} no two compartments look alike`, (t) => {
			// 0.02 is about what can just be seen. The search reached 0.149 on light paper and 0.136 on dark.
			for (const [a, b] of pairs(compartmentColours(CLASSES, theme)))
				t.true(distance(a, b, matrix) > 0.11, `${a} ${b} ${distance(a, b, matrix)}`)
		})
	}

	test(`on ${theme} paper every compartment stands out from it`, (t) => {
		for (const colour of compartmentColours(CLASSES, theme))
			t.true(distance(colour, PALETTES[theme].paper, SIGHTS['normal']!) > 0.2, colour)
	})
}

test('a compartment has its colour whatever stands beside it; other classes get the rest in order', (t) => {
	const [all, some] = [compartmentColours(CLASSES), compartmentColours(['nuclear', 'ER'])]
	t.deepEqual(some, [all[CLASSES.indexOf('nuclear')], all[0]])
	const own = compartmentColours(['one', 'ER', 'two', 'three'])
	t.deepEqual(own, [all[1], all[0], all[2], all[3]])
	t.is(new Set(compartmentColours(Array.from({ length: 11 }, (_, index) => `class ${index}`))).size, 11)
	t.is(compartmentColours(Array.from({ length: 30 }, (_, index) => `class ${index}`)).length, 30)
	t.is(compartmentColours([...CLASSES, 'twelfth']).length, 12)
})

test('classes that share a mark are of unlike colour', (t) => {
	const [marks, colours] = [compartmentMarks(CLASSES), compartmentColours(CLASSES)]
	for (const [a, b] of pairs([...CLASSES.keys()])) {
		if (marks[a] === marks[b])
			t.true(distance(colours[a]!, colours[b]!, SIGHTS['normal']!) > 0.2, `${CLASSES[a]} ${CLASSES[b]}`)
	}
})
