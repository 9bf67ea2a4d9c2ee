/** Marks of about the same area whatever their shape, as figures draw them too: classes differ by more than their colour. */
import type { PageData } from '../page-data.js'

export type Mark = PageData['marks'][number]

/** Corners of each mark, in radii; a circle has none. */
const CORNERS: Record<Exclude<Mark, 'circle'>, readonly (readonly [x: number, y: number])[]> = {
	square: [
		[-0.9, -0.9],
		[0.9, -0.9],
		[0.9, 0.9],
		[-0.9, 0.9],
	],
	triangle: [
		[0, -1.25],
		[1.15, 0.85],
		[-1.15, 0.85],
	],
	down: [
		[0, 1.25],
		[1.15, -0.85],
		[-1.15, -0.85],
	],
	diamond: [
		[0, -1.35],
		[1.1, 0],
		[0, 1.35],
		[-1.1, 0],
	],
	cross: [
		[-0.42, -1.2],
		[0.42, -1.2],
		[0.42, -0.42],
		[1.2, -0.42],
		[1.2, 0.42],
		[0.42, 0.42],
		[0.42, 1.2],
		[-0.42, 1.2],
		[-0.42, 0.42],
		[-1.2, 0.42],
		[-1.2, -0.42],
		[-0.42, -0.42],
	],
}

/** Makes the path of a mark the pen's path. */
export function traceMark(pen: CanvasRenderingContext2D, mark: Mark, x: number, y: number, radius: number): void {
	pen.beginPath()
	if (mark === 'circle') {
		pen.arc(x, y, radius, 0, 2 * Math.PI)
		return
	}
	for (const [dx, dy] of CORNERS[mark]) pen.lineTo(x + dx * radius, y + dy * radius)
	pen.closePath()
}
