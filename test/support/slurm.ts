/** Slurm on this machine, for a test: munge, the controller and one node, with everything they write in the test's folder. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { ExecutionContext } from 'ava'
import { ROOT } from './subloc.js'

const DAEMONS = ['/usr/sbin/munged', '/usr/sbin/slurmctld', '/usr/sbin/slurmd']

/** Slurm, once it answers. */
export interface Slurm {
	/** Runs one of its commands; what it prints. */
	(command: string, ...args: string[]): string
	/** Environment of its commands; `subloc` is on the path. */
	env: Record<string, string | undefined>
	/** Waits until no job is in the queue. */
	idle(): Promise<void>
}

/** Starts Slurm; null with a loud line where it is not installed or this is not root. It ends with the test. */
export async function startSlurm(t: ExecutionContext, folder: string, cpus: number): Promise<Slurm | null> {
	const why = process.getuid?.() === 0 ? DAEMONS.find((daemon) => !existsSync(daemon)) : 'root'
	if (why) {
		const line = `SKIPPED for want of Slurm: "${t.title}" needs ${why} (apt-get install slurm-wlm munge, as .ci/run does)`
		console.error(line)
		t.log(line)
		t.pass()
		return null
	}
	const bin = join(folder, 'bin')
	for (const name of ['bin', 'state', 'spool', 'pids']) mkdirSync(join(folder, name))
	// Each start of a task leaves a line with its process; `exec` keeps it the batch script's own.
	const start = `exec '${process.execPath}' '${join(ROOT, 'dist/cli/start.js')}' "$@"`
	const leave = `[ -n "$SLURM_ARRAY_TASK_ID" ] && echo $$ >> '${folder}/pids/'"$SLURM_ARRAY_JOB_ID-$SLURM_ARRAY_TASK_ID"`
	writeFileSync(join(bin, 'subloc'), `#!/bin/bash\n${leave}\n${start}\n`, { mode: 0o755 })
	const socket = join(folder, 'munge.socket')
	writeFileSync(join(folder, 'munge.key'), randomBytes(128), { mode: 0o400 })
	chmodSync(folder, 0o711)
	const port = 20_000 + 2 * Math.floor(Math.random() * 10_000)
	const host = hostname().split('.')[0]!
	const conf = join(folder, 'slurm.conf')
	writeFileSync(
		conf,
		`ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${socket},cred_expire=5
SlurmctldPort=${port}
SlurmdPort=${port + 1}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
JobRequeue=1
KillWait=5
SchedulerParameters=sched_interval=1
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus} RealMemory=100000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`,
	)
	const env = { ...process.env, SLURM_CONF: conf, PATH: `${bin}:${process.env['PATH']}`, NO_COLOR: '1' }
	const munge = ['--key-file', join(folder, 'munge.key'), '--socket', socket, '--pid-file', join(folder, 'munged.pid')]
	const children: ChildProcess[] = []
	const daemon = (command: string, args: string[]) => {
		const child = spawn(command, args, { env, stdio: 'ignore' })
		children.push(child)
	}
	const slurm = ((command: string, ...args: string[]) =>
		execFileSync(command, args, {
			env,
			encoding: 'utf8',
			cwd: folder,
			stdio: ['ignore', 'pipe', 'pipe'],
		}).trim()) as Slurm
	slurm.env = env
	t.teardown(async () => {
		try {
			slurm('scancel', '--user', 'root')
			await setTimeout(500)
		} catch {}
		// The daemons in reverse order; each is a child of ours.
		for (const child of children.reverse()) child.kill('SIGTERM')
		await Promise.race([
			Promise.all(children.map((child) => child.exitCode ?? new Promise((done) => child.once('close', done)))),
			setTimeout(10_000),
		])
		for (const child of children) child.kill('SIGKILL')
	})
	daemon(DAEMONS[0]!, [
		'--foreground',
		'--force',
		'--num-threads=2',
		...munge,
		'--log-file',
		join(folder, 'munged.log'),
		'--seed-file',
		join(folder, 'munged.seed'),
	])
	for (let time = 0; time < 100 && !existsSync(socket); time++) await setTimeout(100)
	daemon(DAEMONS[1]!, ['-D', '-f', conf, '-L', join(folder, 'slurmctld.log')])
	daemon(DAEMONS[2]!, ['-D', '-f', conf, '-N', host, '-L', join(folder, 'slurmd.log')])
	await until(
		() => /idle/.test(slurm('sinfo', '--noheader', '-o', '%T')),
		60,
		() => logs(folder),
	)
	slurm.idle = () =>
		until(
			() => slurm('squeue', '--noheader') === '',
			300,
			() => slurm('squeue') + logs(folder),
		)
	return slurm
}

/** Waits until something is so. */
export async function until(isSo: () => boolean, seconds: number, otherwise: () => string = () => ''): Promise<void> {
	for (const end = Date.now() + 1000 * seconds; Date.now() < end; await setTimeout(100)) {
		try {
			if (isSo()) return
		} catch {
			// It does not answer yet.
		}
	}
	throw new Error(`it took too long: ${isSo}\n${otherwise()}`)
}

function logs(folder: string): string {
	const names = ['munged.log', 'slurmctld.log', 'slurmd.log'].map((name) => join(folder, name))
	return names.map((path) => (existsSync(path) ? `${path}\n${readFileSync(path, 'utf8').slice(-1500)}` : '')).join('\n')
}
