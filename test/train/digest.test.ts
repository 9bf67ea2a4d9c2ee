/** Digests of what a training reads. */
import { createHash } from 'node:crypto'
import test from 'ava'
import { digestOf } from '../../src-ts/train/digest.js'

test('the digest is SHA-256 of the bytes, of an array of 2 GiB too', (t) => {
	const known = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' // of FIPS 180-4
	t.is(digestOf(new Uint8Array([9, 97, 98, 99, 9]).subarray(1, 4)), known)
	t.is(digestOf(new Uint8Array()), createHash('sha256').digest('hex'))
	t.is(digestOf(null), null)
	const zeros = 'a7c744c13cc101ed66c29f672f92455547889cc586ce6d44fe76ae824958ea51' // of sha256sum
	t.is(digestOf(new Float32Array(2 ** 29)), zeros)
})
