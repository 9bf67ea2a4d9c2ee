/** An indexed PNG: one byte a pixel, so that the picture's bytes are the data. */
import { crc32 } from 'node:zlib'
import { zlibSync } from 'fflate'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/**
 * PNG of `indices` [height, width] into a palette of `#rrggbb`, at most 256. Compressed by a library in JavaScript, whose bytes do not change with the
 * machine or the version of Node.
 */
export function indexedPng(indices: Uint8Array, width: number, height: number, palette: readonly string[]): Uint8Array {
	const header = new Uint8Array(13)
	const view = new DataView(header.buffer)
	view.setUint32(0, width)
	view.setUint32(4, height)
	// 8 bits a pixel, colour type 3 (palette), no interlacing.
	header.set([8, 3, 0, 0, 0], 8)
	const colours = palette.flatMap((colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)))
	// Each line begins with its filter: 0, none.
	const lines = new Uint8Array(height * (width + 1))
	for (let row = 0; row < height; row++) {
		lines.set(indices.subarray(row * width, (row + 1) * width), row * (width + 1) + 1)
	}
	return joined([
		Uint8Array.from(SIGNATURE),
		chunk('IHDR', header),
		chunk('PLTE', Uint8Array.from(colours)),
		chunk('IDAT', zlibSync(lines, { level: 9 })),
		chunk('IEND', new Uint8Array()),
	])
}

/** What asks a browser not to smooth; resvg knows the attribute alone. */
export const PIXELATED = ' style="image-rendering:pixelated"'

/** An `<image>` of an indexed PNG, stretched to a box without smoothing. */
export function pngImage(png: Uint8Array, x: number, y: number, width: number, height: number): string {
	const place = `x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none"`
	const data = Buffer.from(png).toString('base64')
	return `<image ${place} image-rendering="optimizeSpeed"${PIXELATED} href="data:image/png;base64,${data}"/>`
}

function chunk(name: string, data: Uint8Array): Uint8Array {
	const body = joined([new TextEncoder().encode(name), data])
	const [length, check] = [new Uint8Array(4), new Uint8Array(4)]
	new DataView(length.buffer).setUint32(0, data.length)
	new DataView(check.buffer).setUint32(0, crc32(body))
	return joined([length, body, check])
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
	const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
	let at = 0
	for (const part of parts) {
		all.set(part, at)
		at += part.length
	}
	return all
}
