import { readFile } from 'node:fs/promises'
import { createJsonComparer, formatDifferences, jsonCompare, jsonDiff, toJsonPatch } from 'ruddle/json-compare'

const read = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(name, import.meta.url), 'utf8'))
const till = await read('till.json')
const warehouse = await read('warehouse.json')

console.log('Equal to 5 decimals?', jsonCompare(till, warehouse))

const differences = jsonDiff(till, warehouse)
console.log(`\nWhat differs:\n${formatDifferences(differences)}`)

const weighed = createJsonComparer({
  ignore: ['/updatedAt', '/shelf'],
  overrides: [{ path: '/items/*/kilograms', relativeTolerance: 0.01 }],
})
console.log('\nEqual, weights to 1 %, whatever the shelf?', weighed.equal(till, warehouse))

console.log('\nThe patch that turns the one into the other:')
console.log(JSON.stringify(toJsonPatch(differences), null, 2))
