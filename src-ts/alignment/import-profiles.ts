/** Profiles that were made elsewhere, into a store. */

import { PSSM_VALUES } from '../encoding/profile/formats/psiblast.js'
import type { ProfiledRecord } from '../encoding/profile/found.js'
import { type ImportProfilesOptions, importProfiles, type UnclaimedProfile } from '../encoding/profile/import.js'
import type { StoredProfile } from '../encoding/profile/store-writer.js'
import { requireKnown, requireOption } from '../errors.js'
import { distinct } from './distinct.js'
import { openPart, type ProfilesInfo, readProfilesInfo, requireSame, writeProfilesInfo } from './record-file.js'

export interface StoreImportedOptions extends ImportProfilesOptions {
	/** Folder of the store; made where it is not there. */
	output: string
	/** Adds to a store of imported profiles: those of proteins that it has are passed over. Default false. */
	resume?: boolean
	/** After each profile that was stored: how many there are. */
	onProgress?: (stored: number) => void
}

/** What an import has made. */
export interface ImportReport {
	output: string
	/** Profiles that were stored now. */
	imported: number
	/** Profiles of the store. */
	withProfile: number
	/** Ids of the proteins that still have none. */
	missing: string[]
	/** Profiles of no protein. */
	unclaimed: UnclaimedProfile[]
}

const OPTIONS = ['output', 'resume', 'pssm', 'lookup', 'signal', 'onProgress']

/** Profiles that are written at a time. */
const PIECE = 100

/**
 * Reads profiles of files (PSI-BLAST's text matrices, MMseqs2's `profile2pssm`, A3M, HHM, packed stores; see `importProfiles`) and stores those of the given
 * proteins. Each is checked against its protein; what was stored before an error stays.
 *
 * Errors: `INVALID_PROFILE` with file, line, record and residue; `INVALID_OPTION`, `INPUT_MISSING`, `INVALID_CONFIG`, `INVALID_DATASET`, `IO`.
 */
export async function storeImportedProfiles(
	given: readonly ProfiledRecord[],
	files: readonly string[],
	options: StoreImportedOptions,
): Promise<ImportReport> {
	requireKnown(options, OPTIONS)
	const { output, resume = false, pssm = 'percent', lookup, signal, onProgress } = options
	requireOption(typeof output === 'string' && output !== '', 'output', output, 'a folder')
	requireOption(PSSM_VALUES.includes(pssm), 'pssm', pssm, `one of ${PSSM_VALUES.join(', ')}`)
	requireOption(files.length > 0, 'files', files, 'at least one file')
	const records = distinct(given)
	const former = await readProfilesInfo(output, 'profiles')
	const started = new Date().toISOString()
	const fresh: ProfilesInfo = {
		...{ formatVersion: 1, tool: { name: 'import', version: null }, database: null },
		settings: { iterations: null, evalue: null, pssm },
		...{
			commands: [...(former?.commands ?? []), ...files.map((file) => `import ${file}`)],
			proteins: 0,
			withProfile: 0,
			runs: [],
		},
	}
	requireSame(former, fresh, resume, output, 'profiles')
	const store = await openPart(output, 'profiles', former)
	const before = store.size
	const unclaimed: UnclaimedProfile[] = []
	let ready: StoredProfile[] = []
	const flush = async () => {
		await store.add(ready)
		ready = []
	}
	const save = () => {
		const own = { started, finished: new Date().toISOString(), threads: null, version: '', added: store.size - before }
		const runs = [...(former?.runs ?? []), own]
		return writeProfilesInfo(output, 'profiles', {
			...fresh,
			proteins: store.size,
			withProfile: store.withProfile,
			runs,
		})
	}
	try {
		const missing = new Set(records.filter((record) => !store.has(record)).map(({ id }) => id))
		await save()
		try {
			for await (const found of importProfiles(files, records, {
				pssm,
				...(lookup !== undefined && { lookup }),
				...(signal && { signal }),
			})) {
				if ('unclaimed' in found) unclaimed.push(found.unclaimed)
				else if (missing.delete(found.profile.id)) ready.push(found.profile)
				if (ready.length >= PIECE) await flush()
				onProgress?.(store.size + ready.length)
			}
		} finally {
			await flush()
			await save()
		}
		return { output, imported: store.size - before, withProfile: store.withProfile, missing: [...missing], unclaimed }
	} finally {
		await store.close()
	}
}
