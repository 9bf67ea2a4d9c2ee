/** Ready files for a cluster, as text. */

/** What the files are to say. */
export interface TemplateValues {
	/** FASTA file. */
	input: string
	/** Run folder or model.safetensors. */
	model: string
	/** Number of shards. */
	shards: number
	/** Cores of a task. */
	cpus: number
	/** Memory of a task. */
	memoryMiB: number
	/** Time limit of a task. */
	minutes: number
}

export const TEMPLATE_KINDS = ['slurm', 'snakemake', 'nextflow'] as const
/** `slurm`: batch scripts; `snakemake`: a Snakefile; `nextflow`: a pipeline. */
export type TemplateKind = (typeof TEMPLATE_KINDS)[number]

/** Name → text of the files that run a prediction in shards under a workflow manager or a scheduler. */
export function jobTemplates(kind: TemplateKind, values: TemplateValues): Record<string, string> {
	return { slurm, snakemake, nextflow }[kind](values)
}

function slurm({ input, model, shards, cpus, memoryMiB, minutes }: TemplateValues): Record<string, string> {
	const head = (name: string, array: string | null) => `#!/bin/bash
#SBATCH --job-name=subloc-${name}${array === null ? '' : `\n#SBATCH --array=${array}`}
#SBATCH --cpus-per-task=${cpus}
#SBATCH --mem=${memoryMiB}M
#SBATCH --time=${time(minutes)}
# USR1 comes two minutes before the limit: the state is saved, and the task is queued again.
#SBATCH --signal=B:USR1@120
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=subloc-${name}${array === null ? '' : '-%a'}.log
`
	return {
		'predict.sbatch': `${head('predict', `1-${shards}`)}
# A task that is submitted again alone (sbatch --array=7 predict.sbatch) is still shard 7 of ${shards}.
exec subloc predict ${quoted(input)} --model ${quoted(model)} -o parts --shard auto/${shards} --resume --requeue --quiet
`,
		'merge.sbatch': `${head('merge', null).replace(/#SBATCH --(signal|requeue).*\n|# USR1.*\n/g, '')}
exec subloc merge parts -o places.tsv
`,
		'train.sbatch': `${head('train', '1-10')}
# Ten members of an ensemble: sbatch train.sbatch DATA, then subloc merge members -o runs/ensemble.
# The folds of a cross-validation, with --array=1-5: subloc cross-validate "$1" -o folds --fold auto/5 --resume --requeue --quiet
exec subloc train "$1" -o members --member auto/10 --resume --requeue --quiet
`,
		'submit.sh': `#!/bin/sh
# Predicts in ${shards} tasks and joins what they have made.
set -e
job=$(sbatch --parsable predict.sbatch)
sbatch --dependency=afterok:"$job" merge.sbatch
`,
	}
}

function snakemake({ input, model, shards, cpus, memoryMiB, minutes }: TemplateValues): Record<string, string> {
	return {
		Snakefile: `# snakemake --cores 8, or with a profile of your cluster.
INPUT = ${JSON.stringify(input)}
MODEL = ${JSON.stringify(model)}
SHARDS = ${shards}


def names():
    return [f"parts/shard-{n:04d}-of-{SHARDS:04d}.json" for n in range(1, SHARDS + 1)]


rule all:
    input:
        "places.tsv",


rule predict:
    input:
        INPUT,
    output:
        "parts/shard-{n}-of-{total}.json",
    threads: ${cpus}
    resources:
        mem_mb=${memoryMiB},
        runtime=${minutes},
    params:
        n=lambda wildcards: int(wildcards.n),
        model=MODEL,
    shell:
        # Snakemake removes the record before a task runs again; what was predicted is gone on with.
        "subloc predict {input:q} --model {params.model:q} -o parts --shard {params.n}/${shards} --resume --threads {threads} --quiet"


rule merge:
    input:
        names(),
    output:
        "places.tsv",
    shell:
        "subloc merge parts -o {output:q}"
`,
	}
}

function nextflow({ input, model, shards, cpus, memoryMiB, minutes }: TemplateValues): Record<string, string> {
	return {
		'main.nf': `// nextflow run main.nf -resume
params.input = ${single(input)}
params.model = ${single(model)}
params.shards = ${shards}

process predict {
    cpus ${cpus}
    memory '${memoryMiB} MB'
    time '${minutes} min'
    // Stopped or killed by a scheduler: again. What is wrong with the input stays wrong.
    errorStrategy { task.exitStatus in [75, 130, 137, 140, 143] ? 'retry' : 'finish' }
    maxRetries 3

    input:
    tuple val(shard), val(total), path(fasta), path(model)

    output:
    path 'parts/*'

    script:
    """
    exec subloc predict '\${fasta}' --model '\${model}' -o parts --shard \${shard}/\${total} --resume --threads \${task.cpus} --quiet
    """
}

process merge {
    publishDir '.', mode: 'copy'

    input:
    path parts, stageAs: 'parts/*'

    output:
    path 'places.tsv'

    script:
    """
    exec subloc merge parts -o places.tsv
    """
}

workflow {
    shards = channel.of(1..params.shards).map { shard -> [shard, params.shards] }
    fasta = channel.fromPath(params.input, checkIfExists: true)
    model = channel.fromPath(params.model, type: 'any', checkIfExists: true)
    predict(shards.combine(fasta).combine(model))
    merge(predict.out.flatten().collect())
}
`,
	}
}

/** Slurm's form of a time. */
function time(minutes: number): string {
	const padded = (n: number) => String(n).padStart(2, '0')
	return `${padded(Math.floor(minutes / 60))}:${padded(minutes % 60)}:00`
}

/** A word for a shell. */
function quoted(text: string): string {
	return /^[\w@%+=:,./-]+$/.test(text) ? text : single(text, "'\\''")
}

/** In single quotes; `quote` stands for one inside. */
function single(text: string, quote = "\\'"): string {
	return `'${text.replaceAll("'", quote)}'`
}
