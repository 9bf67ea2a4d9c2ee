/** Leaves the process while a job runs. Argument: how — `exit`, `end` (the event loop runs empty after cancel), `throw`. */
import { startTraining } from '../../../src-ts/native/binding.js'
import { endlessProblem } from '../problem.js'

const how = process.argv[2]
const job = startTraining(endlessProblem(), (event) => {
	if (event.kind !== 'step' && event.kind !== 'epoch') return
	if (how === 'exit') process.exit(7)
	if (how === 'throw') throw new Error('thrown by a listener')
	job.cancel()
})
