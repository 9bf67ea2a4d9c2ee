/** The report's script: it reads the data, and connects table, panel, maps and controls. */
import { connectControls } from './controls.js'
import { readData } from './decode.js'
import { byId } from './elements.js'
import { Explorer } from './explorer.js'
import { ProteinMap } from './map.js'
import { drawPanel } from './panel.js'
import { Table } from './table.js'
import { connectTheme } from './theme.js'

const data = readData()
const explorer = new Explorer(data)
const table = new Table(explorer)
const maps = data.maps.map((map, index) => new ProteinMap(explorer, byId<HTMLCanvasElement>(`map-${index}`), map))

explorer.onChange((change) => {
	if (change === 'order') return
	const row = change === 'selected' ? explorer.selected : explorer.hovered
	if (change === 'selected') drawPanel(data, row)
	// What is pointed at on a map is to be seen in the table; a row under the pointer must not move away from it.
	if (row !== null && !byId('table').matches(':hover')) table.reveal(row)
})
connectControls(explorer)
connectTheme(() => {
	for (const map of maps) map.draw()
})
// A first protein shows what the panel is for.
const first = data.proteins.predicted.findIndex((predicted) => predicted >= 0)
if (first >= 0) explorer.select(first)
else drawPanel(data, null)
document.documentElement.dataset['ready'] = 'true'
