import test from 'ava'
import { Log } from '../../src-ts/cli/log.js'

/** A stream that keeps what is written, and the lines that a terminal would show of it. */
function fakeStream(isTTY: boolean, columns?: number) {
	const written: string[] = []
	const shown = () => {
		const lines = ['']
		for (const [part] of written.join('').matchAll(/\r\x1b\[2K|\n|[^\r\n\x1b]+|[\s\S]/g)) {
			if (part === '\r\x1b[2K') lines[lines.length - 1] = ''
			else if (part === '\n') lines.push('')
			else lines[lines.length - 1] += part
		}
		return lines
	}
	return { isTTY, columns, written, shown, write: (text: string) => written.push(text) }
}

test('on a terminal progress is one line that is drawn anew, cut to the width, and gone when something is told', (t) => {
	const stream = fakeStream(true, 12)
	const log = new Log({}, stream)
	log.progress('step 1 of 20')
	t.deepEqual(stream.shown(), ['step 1 of 2'])
	log.progress('step 2')
	t.deepEqual(stream.shown(), ['step 2'])
	log.event('epoch', 'epoch 1 is longer than the terminal is wide')
	t.deepEqual(stream.shown(), ['epoch 1 is longer than the terminal is wide', ''])
	log.progress('step 3')
	log.clearLine()
	t.deepEqual(stream.shown(), ['epoch 1 is longer than the terminal is wide', ''])
	const before = stream.written.length
	log.clearLine()
	t.is(stream.written.length, before)
})

test('elsewhere progress is a plain line, and not at every step', (t) => {
	const stream = fakeStream(false)
	let now = 1000
	const log = new Log({}, stream, () => now)
	// A step every second: the first line after ten seconds, so that short work says only what it comes to.
	for (let step = 1; step <= 25; step++) {
		log.progress(`step ${step}`)
		now += 1000
	}
	t.deepEqual(stream.written, ['step 11\n', 'step 21\n'])
})

test('progress is not shown when quiet, nor among JSON, on a terminal too', (t) => {
	for (const options of [{ quiet: true }, { logFormat: 'json' }] as const) {
		const stream = fakeStream(true, 80)
		const log = new Log(options, stream)
		log.progress('step 1')
		log.warning('mind')
		t.is(stream.written.length, 1)
		t.regex(stream.written[0]!, /mind/)
		t.notRegex(stream.written[0]!, /\r/)
	}
})
