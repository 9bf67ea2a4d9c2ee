/** Maps of proteins by what the network keeps of them. */
import type { Model } from '../model/model.js'
import type { ProteinRecord } from '../predict/predict.js'
import type { ReportMap } from './content.js'

/** no maps yet */
export async function reportMaps(
	_model: Model,
	_records: readonly ProteinRecord[],
	_options: object,
): Promise<ReportMap[]> {
	return []
}
