/** Numbers of scipy, statsmodels, scikit-learn, netcal and numpy (test/golden/statistics.py), made again here. */
import { readFileSync } from 'node:fs'
import test from 'ava'
import { quantile } from '../../src-ts/evaluate/bootstrap.js'
import { calibration } from '../../src-ts/evaluate/calibration.js'
import { fitLogistic, logisticAnswers } from '../../src-ts/evaluate/composition.js'
import { mcnemar } from '../../src-ts/evaluate/mcnemar.js'
import { brierScore } from '../../src-ts/evaluate/metrics.js'
import { erfc, twoSidedZ } from '../../src-ts/evaluate/normal.js'
import { fitTemperature, temperatureScaling } from '../../src-ts/evaluate/temperature.js'

const GOLDEN = JSON.parse(readFileSync(new URL('../golden/statistics.json', import.meta.url), 'utf8'))

const close = (a: number, b: number, tolerance: number) => Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b))

/** Both right 50 times, the first alone b times, the second alone c times, neither 20 times. */
function pairs(b: number, c: number): [boolean[], boolean[]] {
	const times = (count: number, value: boolean) => new Array<boolean>(count).fill(value)
	const first = [...times(50, true), ...times(b, true), ...times(c, false), ...times(20, false)]
	return [first, [...times(50, true), ...times(b, false), ...times(c, true), ...times(20, false)]]
}

test('McNemar’s test is that of statsmodels, exact and with chi-square', (t) => {
	for (const { b, c, statistic, p } of GOLDEN.mcnemar) {
		const found = mcnemar(...pairs(b, c))
		t.like(found, { onlyFirst: b, onlySecond: c, method: b + c < 25 ? 'exact' : 'chi-square' })
		t.true(Math.abs(found.p - p) <= 1e-10 * p, `${b} ${c}: ${found.p} ${p}`)
		if (statistic === null) t.is(found.statistic, null)
		else t.true(close(found.statistic!, statistic, 1e-14))
	}
	t.is(mcnemar(...pairs(20, 20)).p, 1)
})

test('the complementary error function is that of scipy', (t) => {
	for (const [level, z] of [
		[0.5, 0.6744897501960817],
		[0.95, 1.959963984540054],
		[0.99, 2.5758293035489004],
	] as const)
		t.true(Math.abs(twoSidedZ(level) - z) < 1e-11, String(level))
	for (const [x, value] of GOLDEN.erfc) t.true(Math.abs(erfc(x) - value) <= 1e-12 * value, String(x))
})

test('quantiles are those of numpy', (t) => {
	for (const [share, value] of GOLDEN.quantiles.found)
		t.true(close(quantile(GOLDEN.quantiles.values, share), value, 1e-14))
	t.is(quantile([3], 0.7), 3)
})

test('temperature, Brier score and calibration error are those of scipy and netcal', (t) => {
	for (const own of GOLDEN.calibration) {
		const { truth, probabilities } = own
		t.true(close(fitTemperature(truth, probabilities, 4), own.temperature, 1e-6))
		const scaling = temperatureScaling(truth, probabilities, 4, 'made up')!
		t.like(scaling, { on: 'made up', records: truth.length })
		t.true(close(scaling.logLoss.before, own.before, 1e-12))
		t.true(close(scaling.logLoss.after, own.after, 1e-12))
		t.true(close(brierScore(truth, probabilities, 4), own.brier, 1e-12))
		const rows: number[][] = truth.map((_: number, at: number) => probabilities.slice(4 * at, 4 * at + 4))
		const confidence = rows.map((row) => Math.max(...row))
		const right = rows.map((row, at) => row.indexOf(confidence[at]!) === truth[at])
		t.true(close(calibration(confidence, right).expectedError, own.ece, 1e-12))
	}
})

test('logistic regression is that of scikit-learn', (t) => {
	const { features, labels, weights, bias, answers } = GOLDEN.logistic
	const found = fitLogistic(Float64Array.from(features), labels, 3)
	for (const [at, weight] of weights.entries()) t.true(close(found.weights[at]!, weight, 1e-6), `weight ${at}`)
	for (const [k, own] of bias.entries()) t.true(close(found.bias[k]!, own, 1e-6), `bias ${k}`)
	t.deepEqual([...logisticAnswers(found, Float64Array.from(features))], answers)
	t.true(found.steps < 15)
	t.deepEqual(fitLogistic(Float64Array.from(features), labels, 3), found)
})
