/** The audit of a split, as `split` and `audit --split` tell it. */
import { InvalidArgumentError, Option } from 'commander'
import { auditSplit, type Dataset, type Split, type SplitAudit } from 'subloc-native'
import type { Log } from './log.js'
import { percent } from './text.js'

export function engineOption(): Option {
	return new Option('--engine <name>', 'what looks for relatives; mmseqs must be on the PATH').choices([
		'own',
		'mmseqs',
	])
}

export function identityOption(): Option {
	return new Option('--identity <share>', 'least identity of relatives, 0 to 1').argParser(share)
}

export function coverageOption(): Option {
	const what = 'least share of both proteins that their alignment spans, 0 to 1'
	return new Option('--coverage <share>', what).argParser(share)
}

/** Lines of pairs that are told. */
const TOLD = 5

/** Tells what an audit finds. The audit, and what is wrong where it fails. */
export async function tellAudit(
	split: Split,
	dataset: Dataset,
	search: Parameters<typeof auditSplit>[2],
	log: Log,
): Promise<{ audit: SplitAudit; failure: { message: string; details: { file: string; pairs: number } } | null }> {
	const audit = await auditSplit(split, dataset, search)
	const { passed, leaks, local, recordsWithLocal, identity, coverage } = audit
	log.clearLine()
	const limits = `${percent(identity)} identity over ${percent(coverage)} of both`
	const note = `${local.length} local hits between folds reach the identity but not the coverage (${recordsWithLocal} proteins)`
	log.event('audit', `audit: ${leaks.length} pairs of different folds have ${limits}; ${note}`, {
		...{ passed, leaks: leaks.length, localHits: local.length, recordsWithLocalHits: recordsWithLocal },
	})
	if (passed) return { audit, failure: null }
	const told = leaks.slice(0, TOLD).map(({ ids, identity }) => `${ids.join(' – ')} (${percent(identity)})`)
	const message = `${leaks.length} pairs of different folds have ${limits}: ${told.join(', ')}${leaks.length > TOLD ? ', …' : ''}`
	return { audit, failure: { message, details: { file: dataset.source, pairs: leaks.length } } }
}

function share(text: string): number {
	const value = Number(text)
	if (text.trim() !== '' && value >= 0 && value <= 1) return value
	throw new InvalidArgumentError('a number from 0 to 1 is needed.')
}
