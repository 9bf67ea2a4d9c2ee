import test from 'ava'
import { confusionFigure } from '../../src-ts/figures/confusion.js'

test('a confusion matrix shows every count, and names with odd characters are escaped', (t) => {
	const svg = confusionFigure(
		{
			classes: ['ER', 'a<b>&"c"'],
			confusion: [
				[12, 3],
				[0, 7],
			],
		},
		{ title: 'T & C', subtitle: 'x' },
	)
	for (const text of ['>12<', '>3<', '>7<', '80 % of 15', '100 % of 7', 'T &#38; C']) t.true(svg.includes(text), text)
	t.false(svg.includes('a<b>'))
	t.false(svg.includes('>0<'))
	t.is(svg.match(/<rect /g)!.length, 5)
})

test('a class without records has no sensitivity', (t) => {
	t.true(
		confusionFigure({
			classes: ['a', 'b'],
			confusion: [
				[1, 0],
				[0, 0],
			],
		}).includes('– of 0'),
	)
})
