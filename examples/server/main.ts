import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { RedStats } from 'ruddle/red-stats'
import { runDemo } from './demo.ts'
import { readOptions, type ServerOptions } from './options.ts'
import { createRedApp } from './red/app.ts'
import { adaptersOf } from './stats/adapters.ts'
import { createStatsApp } from './stats/app.ts'
import { serveReadiness } from './stats/readiness.ts'

const options = readOptions(process.argv.slice(2))
const closing: (() => Promise<void>)[] = []
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(signal))

try {
  await mkdir(options.data, { recursive: true })
  const log = await openLog(options)
  if (options.only !== 'red') await startStats(log)
  if (options.only !== 'stats') await startRed(log)
  if (options.log !== '-') console.log(`  log            ${options.log}   (npx ruddle perf report ${options.log})`)
  const correct = options.demo ? await runDemo(options, stop.signal) : true
  if (options.once) {
    process.exitCode = correct ? 0 : 1
  } else {
    if (!stop.signal.aborted) console.log('\nServing; end with Ctrl-C.')
    await aborted(stop.signal)
  }
} catch (error) {
  if (!stop.signal.aborted) {
    console.error(`Error: ${explain(error)}`)
    process.exitCode = 1
  }
} finally {
  for (const close of closing.reverse()) await close()
}

async function openLog({ log, data }: ServerOptions) {
  if (log !== '-') await mkdir(dirname(log === '' ? data : log), { recursive: true })
  const destination = pino.destination({ dest: log === '-' ? 1 : log, sync: false })
  closing.push(async () => destination.flushSync())
  await new Promise((resolve, reject) => destination.once('ready', resolve).once('error', reject))
  return pino(destination)
}

async function startStats(log: pino.Logger): Promise<void> {
  const stats = new RedStats(adaptersOf(options))
  closing.push(() => stats.close())
  stats.on('error', (error) => log.error({ err: error }, 'RedStats'))
  await stats.ready()
  const app = await createStatsApp({
    stats,
    page: fileURLToPath(new URL('page/dist', import.meta.url)),
    redUrl: options.redUrl,
    log: log.child({ app: 'stats' }),
    token: options.token,
    proxies: options.proxy,
  })
  serveReadiness(app, stats)
  await listen(app, options.port, '--port')
  console.log(`  page           ${options.statsUrl}/`)
  console.log(`  RED_STATS      ${options.statsUrl}/stats`)
  console.log(`  alerts         ${options.statsUrl.replace('http', 'ws')}/alerts?min_red=0.8`)
}

async function startRed(log: pino.Logger): Promise<void> {
  const app = await createRedApp({
    data: join(options.data, 'images'),
    statsUrl: options.statsUrl,
    log: log.child({ app: 'red' }),
    token: options.token,
    pageOrigins: originsOf(options.statsUrl),
  })
  await listen(app, options.redPort, '--red-port')
  console.log(`  RED            ${options.redUrl}/images`)
}

/** A page of this machine is opened by number or by name. */
function originsOf(url: string): string[] {
  const { origin, port } = new URL(url)
  return origin === `http://127.0.0.1:${port}` ? [origin, `http://localhost:${port}`] : [origin]
}

async function listen(app: FastifyInstance, port: number, flag: string): Promise<void> {
  closing.push(() => app.close())
  try {
    await app.listen({ host: options.host, port })
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error
    throw new Error(
      `port ${port} of ${options.host} is taken; stop the program that uses it or choose another with ${flag}`,
      { cause: error },
    )
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (codeOf(error) === 'LOCKED') return `${error.message} (--data)`
  return error.message
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function aborted(signal: AbortSignal): Promise<void> {
  // An abort signal does not hold the process, but the listening servers do.
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
