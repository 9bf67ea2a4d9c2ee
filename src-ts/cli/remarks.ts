/** What is told once of many predictions. */
import type { Prediction } from 'subloc-native'
import type { Log } from './log.js'

export class Remarks {
	#count = 0
	#withoutProfile = 0
	#nucleotides = 0
	#firstNucleotides = ''

	add({ id, missingProfile, nucleotides }: Pick<Prediction, 'id' | 'missingProfile' | 'nucleotides'>): void {
		this.#count += 1
		if (missingProfile) this.#withoutProfile += 1
		if (nucleotides && this.#nucleotides++ === 0) this.#firstNucleotides = id
	}

	tell(log: Log): void {
		if (this.#withoutProfile > 0) {
			log.warning(
				`${this.#withoutProfile} of ${this.#count} proteins have no profile, which the model reads: another row stood in (--profiles DIR)`,
			)
		}
		if (this.#nucleotides > 0) {
			log.warning(
				`${this.#nucleotides} of ${this.#count} sequences look like DNA or RNA (first: ${this.#firstNucleotides}) and were read as amino acids: translate them first`,
			)
		}
	}
}
