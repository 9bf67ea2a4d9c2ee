/** A job whose result nobody awaits fails; Node must end with 0. */
import { startTraining } from '../../../src-ts/native/binding.js'
import { problem } from '../problem.js'

startTraining({ ...problem(), labels: new Uint32Array(1) }, () => {})
