// The entry of a worker thread that runs TypeScript: the `--import` of its parent does not reach it on every Node.
import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
await import(workerData.script)
