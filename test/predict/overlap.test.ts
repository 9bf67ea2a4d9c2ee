/** How reading, computing and taking overlap. The package's own modules are loaded from the source, since the door to the native side is watched. */
import test, { type ExecutionContext } from 'ava'
import { type Model as PackageModel, predictAll as packagePredictAll, sequenceRecord, train } from 'subloc-native'
import { loadModel, type Model } from '../../src-ts/model/model.js'
import { NativeModel } from '../../src-ts/native/binding.js'
import { type Prediction, predict } from '../../src-ts/predict/predict.js'
import { temporaryFolder } from '../support/folder.js'
import { SMALL, smallDataset } from '../support/models.js'

let trained: PackageModel
test.before(async () => {
	trained = await train(smallDataset(), SMALL)
})

async function modelOf(t: ExecutionContext): Promise<Model> {
	const folder = temporaryFolder(t)
	await trained.save(folder)
	return loadModel(folder)
}

const probabilities = (predictions: { probabilities: Prediction['probabilities'] }[]) =>
	predictions.map((prediction) => prediction.probabilities)

/** What the native side is asked. */
interface Jobs {
	begun: number
	ended: number
	/** At once. */
	most: number
	signals: AbortSignal[]
}

/** Runs `work`, which sees what is asked meanwhile. */
async function watched(work: (jobs: Jobs) => Promise<void>): Promise<void> {
	const jobs: Jobs = { begun: 0, ended: 0, most: 0, signals: [] }
	const original = NativeModel.prototype.predict
	NativeModel.prototype.predict = async function (records, options, signal, onWarning) {
		jobs.begun += 1
		jobs.most = Math.max(jobs.most, jobs.begun - jobs.ended)
		jobs.signals.push(signal!)
		try {
			return await original.call(this, records, options, signal, onWarning)
		} finally {
			jobs.ended += 1
		}
	}
	try {
		await work(jobs)
	} finally {
		NativeModel.prototype.predict = original
	}
}

test.serial('the next chunk is computed while the rows of one are taken, one at a time, and no third is', async (t) => {
	const model = await modelOf(t)
	const records = Array.from({ length: 5000 }, (_, at) => sequenceRecord(`r${at}`, 'MKVLA'.repeat(1 + (at % 7))))
	const expected = probabilities(await packagePredictAll(trained, records))
	await watched(async (jobs) => {
		const found: Prediction[] = []
		for await (const prediction of predict(model, records)) {
			found.push(prediction)
			// The first row of a chunk is held until the next chunk is done: it is only where nobody waits for the rows.
			const chunk = Math.floor((found.length - 1) / 1024)
			if (found.length % 1024 !== 1) continue
			while (jobs.ended < Math.min(chunk + 2, 5)) await new Promise((done) => setTimeout(done, 5))
			t.is(jobs.begun, Math.min(chunk + 2, 5))
		}
		t.deepEqual(
			found.map(({ id }) => id),
			records.map(({ id }) => id),
		)
		t.deepEqual(probabilities(found), expected)
		t.deepEqual([jobs.begun, jobs.most], [5, 1])
	})
})

test.serial('leaving the loop cancels what is being computed', async (t) => {
	const model = await modelOf(t)
	const records = Array.from({ length: 4096 }, (_, at) => sequenceRecord(`r${at}`, 'MKVLA'.repeat(60)))
	await watched(async (jobs) => {
		for await (const _ of predict(model, records)) break
		t.true(jobs.begun <= 2)
		t.true(jobs.signals.every((signal) => signal.aborted))
	})
})
