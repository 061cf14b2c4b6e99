// Deploys a shop, reads from its log what is slow, deploys it mended, and shows what that saved.
// node --import tsx examples/profile-service/main.ts [FOLDER for the logs] [number of orders]
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { analyse, diff, formatCurves, formatDiff, formatReport } from 'ruddle/profiling/analyse'
import { deploy } from './deploy.ts'

const [folder = '.data/profile-service', orders = '80'] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const logs = { first: join(folder, 'first.log'), mended: join(folder, 'mended.log') }

await deploy('shop.ts', 'first', Number(orders), logs.first)
const first = await analyse([logs.first])
console.log(`$ ruddle perf report ${logs.first}\n\n${formatReport(first)}\n`)

const quote = first.caches.find(({ fn }) => fn === 'Prices.quote')!
console.log(`$ ruddle perf cache --fn Prices ${logs.first}\n\n${formatCurves(quote)}\n`)

await deploy('shop-mended.ts', 'mended', Number(orders), logs.mended)
console.log(`$ ruddle perf diff ${logs.first} ${logs.mended}\n`)
console.log(formatDiff(diff(first, await analyse([logs.mended]))))
