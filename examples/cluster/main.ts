import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { formatDifferences, jsonDiff } from 'ruddle/json-compare'
import { uploadFolder } from 'ruddle/upload'
import { WebSocket } from 'ws'
import { freePort } from '../../test/servers/free-port.ts'
import { startHaproxy } from '../../test/servers/haproxy.ts'
import { type Instance, startRed, startStats } from './instances.ts'
import { startShared } from './programs.ts'

// Three RED_STATS and two RED behind a load balancer: uploads pictures through it, follows the alerts at each instance,
// shows who did what, and checks that all agree.

const minRed = 0.3
const clientId = 'cluster'
const pictures = fileURLToPath(new URL('../images', import.meta.url))
const closing: (() => Promise<void>)[] = []

try {
  const shared = await startShared()
  closing.push(shared.close)
  const stats = await Promise.all([1, 2, 3].map(() => tracked(startStats(shared))))
  const redPorts = [await freePort(), await freePort()]
  const balancer = await startHaproxy({ stats: stats.map(({ port }) => port), red: redPorts })
  closing.push(() => balancer.close())
  await Promise.all(redPorts.map((port) => tracked(startRed(port, balancer.url))))
  await hasServer(`${balancer.url}/images/none`)
  console.log(`Three RED_STATS and two RED behind ${balancer.url}\n`)

  const followers = []
  for (const _ of stats) followers.push(await follow(balancer.url))
  const uploadedBy = await upload(balancer.url)
  const expected = [...uploadedBy.values()].flat().filter((red) => red > minRed).length
  await Promise.all(followers.map((follower) => follower.wait(expected, 10_000)))

  for (const [instance, reds] of uploadedBy) console.log(`  ${instance.padEnd(8)} took ${reds.length} pictures`)
  for (const { instance, alerts, close } of followers) {
    console.log(`  ${instance.padEnd(8)} alerted a client of ${alerts.size} pictures`)
    close()
  }
  const total = [...uploadedBy.values()].flat().length
  const counts = await Promise.all(stats.map(({ port }) => count(port)))
  const found = { counts, alerts: followers.map(({ alerts }) => alerts.size) }
  const wanted = { counts: stats.map(() => ({ total, above: expected })), alerts: followers.map(() => expected) }
  const differences = jsonDiff(found, wanted)
  for (const [index, { total, above }] of counts.entries()) {
    console.log(`  stats-${index + 1}  counts ${total} pictures, ${above} redder than ${minRed}`)
  }
  console.log(
    differences.length === 0 ? '\nCorrect: all instances agree.' : `\nWRONG:\n${formatDifferences(differences)}`,
  )
  process.exitCode = differences.length === 0 ? 0 : 1
} finally {
  for (const close of closing.reverse()) await close()
}

/** A load balancer looks from time to time whether a server is up; until it has seen one it answers 503 itself. */
async function hasServer(url: string): Promise<void> {
  const end = Date.now() + 30_000
  while ((await fetch(url)).status === 503) {
    if (Date.now() > end) throw new Error(`Nothing behind ${url} for 30 s`)
    await delay(100)
  }
}

async function tracked(starting: Promise<Instance>): Promise<Instance> {
  const instance = await starting
  closing.push(() => instance.close())
  return instance
}

/** Uploads the pictures; how red they are, by the instance of RED that took them. */
async function upload(url: string): Promise<Map<string, number[]>> {
  const taken = new Map<string, number[]>()
  const include = ['*.{jpg,png,webp}']
  for await (const result of uploadFolder(pictures, {
    url: `${url}/images`,
    include,
    headers: { 'X-Client-Id': clientId },
  })) {
    const { body = '', headers = {} } = result.response ?? {}
    if (result.status !== 'uploaded') throw new Error(`${result.relativePath}: ${result.error?.message ?? body}`)
    const instance = String(headers['x-instance'] ?? 'red')
    taken.set(instance, [...(taken.get(instance) ?? []), (JSON.parse(body) as { red: number }).red])
  }
  return taken
}

async function follow(url: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/alerts?min_red=${minRed}`)
  const alerts = new Set<string>()
  let instance = ''
  let arrival = () => {}
  socket.on('upgrade', ({ headers }) => {
    instance = String(headers['x-instance'])
  })
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as { type: string; image: { image_id: string; client_id: string } }
    if (message.type === 'alert' && message.image.client_id === clientId) alerts.add(message.image.image_id)
    arrival()
  })
  await once(socket, 'open')
  const wait = (count: number, timeoutMs: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      arrival = () => {
        if (alerts.size < count) return
        clearTimeout(timer)
        resolve()
      }
      arrival()
    })
  return { instance, alerts, wait, close: () => socket.close() }
}

async function count(port: number): Promise<{ total: number; above: number }> {
  const response = await fetch(`http://127.0.0.1:${port}/stats?red=${minRed}&client_id=${clientId}`)
  const { total, above } = (await response.json()) as { total: number; above: number }
  return { total, above }
}
