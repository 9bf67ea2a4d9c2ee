// One task of an array, as a program: node predict.mjs IN MODEL FOLDER N
// What `subloc predict IN --model MODEL -o FOLDER --shard auto/N --resume` does, for those who want to do something else with each protein too.
import { exitCode, loadModel, partFromEnvironment, predictFile, StoppedBySignal, stopSignals } from 'subloc-native'

const [input, modelPath, folder, parts] = process.argv.slice(2)
const stop = stopSignals() // SIGTERM, SIGUSR1, … end the work; what is done is kept
try {
	const model = await loadModel(modelPath)
	const shard = { index: await partFromEnvironment(Number(parts), folder), count: Number(parts) }
	const places = new Map()
	const done = await predictFile(model, input, folder, {
		shard,
		resume: true,
		signal: stop.signal,
		onPrediction: ({ compartment }) => places.set(compartment, (places.get(compartment) ?? 0) + 1),
	})
	console.error(`${done.output}: ${done.records} proteins`, Object.fromEntries(places))
	model.close()
} catch (error) {
	console.error(String(error))
	process.exitCode = error instanceof StoppedBySignal ? error.exitCode : exitCode(error)
} finally {
	stop.close()
}
