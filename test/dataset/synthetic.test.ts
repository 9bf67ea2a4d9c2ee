import test from 'ava'
import { syntheticDataset } from '../../src-ts/dataset/synthetic.js'

test('the same seed gives the same proteins, another seed others', (t) => {
	const make = (seed: number) => syntheticDataset({ seed, perClass: 5 })
	t.is(make(1).digest, make(1).digest)
	t.not(make(1).digest, make(2).digest)
	t.is(make(1).records.length, 40)
})

test('signals stand where they belong', (t) => {
	const { records } = syntheticDataset({ perClass: 30, withoutSignal: 0 })
	const all = (own: string, rule: (sequence: string) => boolean) => {
		const proteins = records.filter((record) => record.class === own)
		t.is(proteins.length, 30)
		for (const { sequence } of proteins) t.true(rule(sequence), `${own}: ${sequence}`)
	}
	all('ER', (s) => /[KHR]DEL$/.test(s))
	all('peroxisomal', (s) => /(SKL|AKL|SRL|CKL)$/.test(s))
	all('nuclear', (s) => /PKKKRKV|KRPAATKKAGQAKKKK|PAAKRVKLD|KKRKRRKKP/.test(s))
	all('plasma_membrane', (s) => /[LIVAFGMWST]{19}/.test(s))
	all('mitochondrial', (s) => s.startsWith('MLR'))
	t.true(records.every(({ sequence }) => /^M[ACDEFGHIKLMNPQRSTVWY]+$/.test(sequence)))
})
