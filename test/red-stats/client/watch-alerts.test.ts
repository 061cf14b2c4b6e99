import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { alertServer } from '../transports/alert-server.ts'

it('the example watch-alerts prints alerts, goes on where it was, and says where it ended', async () => {
  const server = await alertServer()
  const url = `ws://127.0.0.1:${server.port}`
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/watch-alerts/main.ts', url, '0.8'])
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  while (!said.includes('open')) await once(child.stderr, 'data')
  await server.record(0.85)
  expect((await lines.next()).value).toBe('1970-01-01T00:00:00.000Z  0.850  0 from camera')
  server.dropAll()
  await server.record(0.5)
  await server.record(0.9)
  expect((await lines.next()).value).toBe('1970-01-01T00:00:00.000Z  0.900  2 from camera')
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([0, null])
  expect(said).toMatch(/To go on later: … ws:\S+ 0\.8 \S+:3\n$/)
  await server.close()
})
