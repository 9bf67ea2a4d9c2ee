/** Everything that could tempt the addon to print: training, prediction, errors, a panic. */
import { listDevices, NativeModel, startTraining } from '../../../src-ts/native/binding.js'
import { problem } from '../problem.js'

listDevices()
const options = problem()
const model = await startTraining(options, () => {}).result
await model.predict(options.records, options)
await startTraining({ ...options, labels: new Uint32Array(1) }, () => {}).result.catch(() => {})
await startTraining({ ...options, model: { ...options.model, hidden: 0 } }, () => {}).result.catch(() => {})
await NativeModel.load('/nowhere/model.safetensors').catch(() => {})
