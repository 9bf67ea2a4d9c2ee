/** What an accuracy is worth, in plain words: it depends on which proteins it was measured on. */
import { SYNTHETIC_ID } from '../dataset/synthetic.js'
import type { ReportContent } from './content.js'

/** A heading and a few sentences. */
export interface Meaning {
	/** What was measured, in a few words. */
	label: string
	/** Why the number may deceive, or why it does not; the first sentence is the one to remember. */
	sentences: string[]
	/** Whether a reader is likely to believe too much of it. */
	caution: boolean
}

const RELATIVES =
	'Most proteins have relatives in any collection, and relatives mostly live in the same place. Copying the place of the most similar training protein ' +
	'may do nearly as well.'

/** What the scores of a report are scores of. */
export function meaningOf(content: Pick<ReportContent, 'subject' | 'training' | 'source' | 'proteins'>): Meaning {
	const meaning = meaningOfSubject(content)
	const { proteins } = content
	if (!(proteins.length > 0 && proteins.every(({ prediction }) => prediction.id.startsWith(SYNTHETIC_ID))))
		return meaning
	const first =
		'These proteins are synthetic: their signals were planted by a rule, and this page says nothing about real proteins.'
	return { ...meaning, sentences: [first, ...meaning.sentences], caution: true }
}

function meaningOfSubject({
	subject,
	training,
	source,
}: Pick<ReportContent, 'subject' | 'training' | 'source'>): Meaning {
	if (subject.kind === 'unknown') {
		return {
			label: `predictions for ${source}`,
			sentences: [
				'The true places of these proteins are not known here, so nothing on this page says how many predictions are right.',
				'A probability is the model’s own. How far it can be believed, and for which places, stands in the report of the training, or in the card of the model (`subloc info`).',
				'The model knows the places on its list alone: a protein that lives elsewhere is given one of them too.',
			],
			caution: false,
		}
	}
	if (subject.kind === 'independent') {
		const { seen } = subject
		const training =
			seen === null
				? 'Whether some of them were training data is not known here.'
				: seen === 0
					? 'None of them was training data.'
					: `None of them was training data: ${seen} more of the source were, and are left out.`
		return {
			label: `proteins of ${source}`,
			sentences: [
				'These proteins come from another source than the training data.',
				training,
				'They may still have close relatives there, and a relative is easier to place than a protein of a new family.',
			],
			caution: seen === null,
		}
	}
	const by = training?.info.split.by ?? 'unknown'
	const fold = training?.info.split.fold ?? null
	const part =
		subject.kind === 'cross-validation'
			? `all folds of a ${by} split`
			: fold === null
				? `the ${by} test part`
				: `fold ${fold} of a ${by} split`
	const { sentences, caution } = splitMeaning(by)
	const known = KNOWN_BASELINES[training?.info.dataset.digest ?? '']?.[by]
	return { label: part, sentences: known ? [...sentences, known] : sentences, caution }
}

/** What was reached without learning on data that many train on, by the data's digest and the split; docs/data.md says how it was measured. */
const KNOWN_BASELINES: Record<string, Record<string, string>> = {
	// The MultiLoc set.
	'5af3cff08c07984c6779ee8e5d0df87b07f1e46a71e32d09a1888131cad335db': {
		stratified:
			'On this set (MultiLoc), copying the place of the best hit among the training proteins is right for 84.8 % ± 0.9 of random test parts, without any learning.',
		homology:
			'On this set (MultiLoc), with folds that keep homologs together (30 % identity over 80 % of both sequences), copying the place of the best hit is right for 58.4 %.',
	},
}

function splitMeaning(by: string): Pick<Meaning, 'sentences' | 'caution'> {
	if (by === 'stratified') {
		return {
			sentences: [
				'The held-out proteins were drawn at random from each class, so relatives of them stand in the training data: expect less on proteins without known relatives.',
				RELATIVES,
				'For what to expect of a new family, hold out whole homology clusters.',
			],
			caution: true,
		}
	}
	if (by === 'homology') {
		return {
			sentences: [
				'Homologous proteins were kept together, so no held-out protein has a relative in the training data within the limits of the split.',
				'This is the number to expect for proteins of families that the model has not seen; proteins with known relatives will do better.',
			],
			caution: false,
		}
	}
	return {
		sentences: [
			`The parts were given (${by}), so the number is worth what that split is: with relatives of the held-out proteins in the training data it says little about new families.`,
			RELATIVES,
		],
		caution: true,
	}
}
