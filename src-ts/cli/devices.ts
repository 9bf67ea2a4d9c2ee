import { Command } from 'commander'
import { compiledBackends, cpuInfo, listDevices, nativeInfo } from 'subloc-native'
import { type CommonOptions, openLog, withLog } from './options.js'

export function devicesCommand(): Command {
	return withLog(
		new Command('devices')
			.summary('tell where a job can run here, and why not elsewhere')
			.option('--json', 'print JSON')
			.addHelpText('after', () => `\n--backend auto: ${nativeInfo().autoRule}.`),
	).action((flags: CommonOptions & { json?: boolean }) => {
		openLog(flags)
		const { build, autoRule } = nativeInfo()
		const [devices, cpu] = [listDevices(), cpuInfo()]
		if (flags.json) {
			process.stdout.write(
				`${JSON.stringify({ build, backends: compiledBackends(), cpu, devices, autoRule }, null, 2)}\n`,
			)
			return
		}
		const lines = devices.map(({ backend, name, available, reason, kind, software, auto, memoryBytes }) => {
			if (!available) return `${backend.padEnd(5)} –  ${reason}`
			const memory = memoryBytes ? `, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB` : ''
			const what = kind === 'discrete' || kind === 'integrated' ? `, ${kind}` : ''
			const note = software ? ' (computes on the CPU; only when asked for)' : ''
			return `${backend.padEnd(5)} ✔  ${name}${what}${memory}${note}${auto ? '  ← auto' : ''}`
		})
		const sets = `instruction sets ${cpu.isa.join(', ')}; bf16 ${cpu.bf16 ? 'yes' : 'no'}; ${cpu.threads} threads`
		process.stdout.write(`${build} build; ${sets}\n${lines.join('\n')}\n${autoRule}\n`)
	})
}
