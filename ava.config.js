// Child processes, not worker threads: a native addon under test must be able to end its own process.
// `serial` files would hide nothing, but two files at a time already fill two cores.
export default {
	files: ['test/**/*.test.ts'],
	extensions: { ts: 'module' },
	nodeArguments: ['--import=tsx'],
	workerThreads: false,
	concurrency: 2,
	timeout: '10m',
}
