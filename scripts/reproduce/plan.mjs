/** What is trained, in order. A stage gives its runs: a name, which is also a folder's, and a command of `subloc`. */
import { ABLATION, CANDIDATES, folderName } from './ablation.mjs'

export const STAGES = {
	ablation: ({ ablation }) =>
		Object.entries(CANDIDATES).map(([name, flags]) => ({
			name: folderName(name),
			command: ['train', ablation, ...ABLATION.flags, ...flags],
		})),
}
