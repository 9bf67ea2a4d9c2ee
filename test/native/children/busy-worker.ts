/** A worker thread that trains until it is terminated; posts its first event. */
import { parentPort } from 'node:worker_threads'
import { startTraining } from '../../../src-ts/native/binding.js'
import { endlessProblem } from '../problem.js'

let told = false
startTraining(endlessProblem(), (event) => {
	if (!told) parentPort!.postMessage(event.kind)
	told = true
})
