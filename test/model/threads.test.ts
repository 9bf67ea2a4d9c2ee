/** The number of threads where nobody says one: tables of what a machine may say. */
import test from 'ava'
import { defaultThreads } from '../../src-ts/model/threads.js'

const gives = test.macro<
	[title: string, threads: number, limits: { available: number; slurm?: string; files?: Record<string, string> }]
>({
	exec(t, _, threads, { available, slurm, files = {} }) {
		t.is(defaultThreads({ available, slurm, read: (path) => files[path] ?? null }), threads)
	},
	title: (_, title) => title,
})

const V2 = { '/proc/self/cgroup': '0::/user/job\n' }
const V1 = { '/proc/self/cgroup': '4:memory:/a\n3:cpu,cpuacct:/docker/x\n' }

test(gives, 'without a limit: the cores of the affinity mask', 6, { available: 6 })
test(gives, 'Slurm’s cores a task', 4, { available: 64, slurm: '4' })
test(gives, 'Slurm never gives more than there are', 2, { available: 2, slurm: '8' })
test(gives, 'a value of Slurm that is no number limits nothing', 6, { available: 6, slurm: 'many' })
test(gives, 'a quota of the control group', 2, {
	available: 8,
	files: { ...V2, '/sys/fs/cgroup/user/job/cpu.max': '150000 100000\n' },
})
test(gives, 'a quota of a group above', 3, {
	available: 8,
	files: { ...V2, '/sys/fs/cgroup/user/cpu.max': '300000 100000\n' },
})
test(gives, 'no quota', 8, { available: 8, files: { ...V2, '/sys/fs/cgroup/user/job/cpu.max': 'max 100000\n' } })
test(gives, 'a tenth of a core is one thread', 1, {
	available: 8,
	files: { ...V2, '/sys/fs/cgroup/user/job/cpu.max': '10000 100000\n' },
})
test(gives, 'a quota of the first version', 2, {
	available: 8,
	files: {
		...V1,
		'/sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us': '200000\n',
		'/sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us': '100000\n',
	},
})
test(gives, 'no quota of the first version', 8, {
	available: 8,
	files: {
		...V1,
		'/sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us': '-1\n',
		'/sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us': '100000\n',
	},
})
