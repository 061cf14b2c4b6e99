import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningServer, serve, startServer } from './run-server.ts'

let data: string
const running: RunningServer[] = []

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'ruddle-main-'))
})

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop('SIGKILL')
  rmSync(data, { recursive: true, force: true })
})

const track = async (server: Promise<RunningServer>) => {
  running.push(await server)
  return server
}

async function count(server: RunningServer, query = 'red=0.5') {
  return (await fetch(`${server.statsUrl}/stats?${query}`)).json()
}

/** What the demonstration says at its end. */
const correct = /Correct: 16 uploaded, 0 failed, 16 counted, (\d+) redder than 0\.3, \1 alerts\./

describe('npm start', () => {
  it('keeps its data from another process, over kill -9 and between two runs', async () => {
    const { code, output } = await (await track(startServer(['--once', '--data', data]))).ended
    expect({ code, output }).toMatchObject({ code: 0 })
    expect(output).toMatch(/ALERT red 0\.\d{5} {2}http:\/\/127\.0\.0\.1:\d+\/images\//)
    expect(output).toContain('The last hour: 16 images')
    expect(output).toMatch(correct)
    const log = readFileSync(join(data, 'server.log'), 'utf8')
    expect(log).toContain('"perf"')
    expect(log).toContain('POST /images')

    const first = await track(serve(data))
    const demonstrated = await count(first)
    expect(demonstrated.total).toBe(16)
    for (let id = 0; id < 20; id++) {
      const event = { image_id: id, timestamp: 1000 + id, client_id: 'me', red: id / 20 }
      const { status } = await fetch(`${first.statsUrl}/stats`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(event),
      })
      expect(status).toBe(201)
    }
    expect(await count(first, 'to=2000&red=0.5')).toMatchObject({ total: 20, above: 9 })
    const before = await count(first)
    expect(before.total).toBe(36)

    const second = await (await track(startServer(['--no-demo', '--data', data]))).ended
    expect(second.code).toBe(1)
    expect(second.output).toMatch(/^Error: The data folder .* another process has it open .*--data/m)
    expect(second.output).not.toMatch(/^\s+at /m)
    expect(await count(first)).toEqual(before)

    await first.stop('SIGKILL')
    const again = await track(startServer(['--data', data], first.ports))
    await expect.poll(() => again.output(), { timeout: 30_000 }).toContain('Serving')
    expect(again.output()).toContain('The last hour: 32 images')
    expect(again.output()).toMatch(correct)
    const { total, above } = await count(again)
    expect({ total, above }).toEqual({ total: before.total + 16, above: before.above + demonstrated.above })
    expect((await again.stop('SIGTERM')).code).toBe(0)
  })

  it('says in one line that a port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => holder.once('listening', resolve))
    const { port } = holder.address() as { port: number }
    const server = await track(startServer(['--once', '--data', data, '--red-port', String(port)]))
    const { code, output } = await server.ended
    holder.close()
    expect(code).toBe(1)
    expect(output.split('\n').filter((line) => line.includes('Error'))).toEqual([
      `Error: port ${port} of 127.0.0.1 is taken; stop the program that uses it or choose another with --red-port`,
    ])
  })

  it('starts each app alone', async () => {
    const stats = await track(startServer(['--only', 'stats', '--data', join(data, 'stats')]))
    await expect.poll(() => stats.output(), { timeout: 15_000 }).toContain('Serving')
    const red = await track(
      startServer(['--only', 'red', '--data', join(data, 'red'), '--stats-url', stats.statsUrl, '--log', '-']),
    )
    await expect.poll(() => red.output(), { timeout: 15_000 }).toContain('Serving')
    const form = new FormData()
    form.append('image', new Blob([readFileSync('examples/images/tomatoes.jpg')]), 'tomatoes.jpg')
    const { status } = await fetch(`${red.redUrl}/images`, { method: 'POST', body: form })
    expect(status).toBe(201)
    expect((await count(stats)).total).toBe(1)
    expect(await fetch(`${red.statsUrl}/stats`).catch(() => 'refused')).toBe('refused')
    expect(red.output()).toContain('"app":"red"')
  })
})
