import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { httpTransport, proxyFor, uploadFolder } from '../../src/upload/index.ts'
import { CERTIFICATE, KEY } from './certificate.ts'
import { jpeg, testFolder } from './folder.ts'
import { leavesNothing } from './leaves-nothing.ts'
import { receiver } from './receiver.ts'

describe('the proxy of the environment', () => {
  const cases: [string, Record<string, string>, string | undefined][] = [
    ['http://a.example', {}, undefined],
    ['http://a.example', { http_proxy: 'http://p:1' }, 'http://p:1'],
    ['http://a.example', { HTTP_PROXY: 'http://p:1' }, 'http://p:1'],
    ['http://a.example', { HTTP_PROXY: 'http://p:1', REQUEST_METHOD: 'GET' }, undefined],
    ['http://a.example', { http_proxy: 'http://p:1', HTTP_PROXY: 'http://q:1' }, 'http://p:1'],
    ['http://a.example', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://a.example', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
    ['https://a.example', { ALL_PROXY: 'p:1' }, 'http://p:1'],
    ['http://a.example', { http_proxy: 'http://p:1', NO_PROXY: '*' }, undefined],
    ['http://a.example', { http_proxy: 'http://p:1', no_proxy: 'b.example, a.example' }, undefined],
    ['http://x.a.example', { http_proxy: 'http://p:1', NO_PROXY: '.a.example' }, undefined],
    ['http://x.a.example', { http_proxy: 'http://p:1', NO_PROXY: '*.a.example' }, undefined],
    ['http://xa.example', { http_proxy: 'http://p:1', NO_PROXY: 'a.example' }, 'http://p:1'],
    ['http://a.example:8080', { http_proxy: 'http://p:1', NO_PROXY: 'a.example:8080' }, undefined],
    ['http://a.example', { http_proxy: 'http://p:1', NO_PROXY: 'a.example:8080' }, 'http://p:1'],
    ['http://[::1]:80', { http_proxy: 'http://p:1', NO_PROXY: '::1' }, undefined],
    ['http://[::1]:81', { http_proxy: 'http://p:1', NO_PROXY: '[::1]:81' }, undefined],
  ]
  it.each(cases)('for %s with %o is %s', (url, env, proxy) => {
    expect(proxyFor(new URL(url), env)).toBe(proxy)
  })
})

/** A proxy that passes requests on and makes tunnels, and writes down what it was asked. */
async function testProxy() {
  const asked: string[] = []
  const server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url} ${incoming.headers['proxy-authorization'] ?? ''}`.trim())
    const onward = request(
      incoming.url ?? '',
      { method: 'POST', headers: incoming.headers, agent: false },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers)
        answer.pipe(response)
      },
    )
    incoming.pipe(onward)
  })
  server.on('connect', (incoming, socket) => {
    asked.push(`CONNECT ${incoming.url}`)
    const [host, port] = (incoming.url ?? '').split(':')
    const onward = connect(Number(port), host, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    onward.on('error', () => socket.destroy())
    socket.on('error', () => onward.destroy())
    onward.pipe(socket).pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    asked,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('an upload through a proxy', () => {
  it('of http asks it for the whole address, with its password', async () => {
    using folder = testFolder({ 'a.jpg': jpeg(1000), 'b.jpg': jpeg(900_000, 2) })
    await leavesNothing(async () => {
      await using server = await receiver()
      await using proxy = await testProxy()
      const transport = httpTransport({ proxy: `http://me:pw@127.0.0.1:${proxy.port}` })
      const summary = await uploadFolder(folder.path, { url: server.url, transport })
      await transport.close()
      expect(summary).toMatchObject({ uploaded: 2, failed: 0 })
      const password = Buffer.from('me:pw').toString('base64')
      expect(proxy.asked).toEqual([`POST ${server.url} Basic ${password}`, `POST ${server.url} Basic ${password}`])
      expect(server.received.map(({ size }) => size).sort()).toEqual([1000, 900_000])
    })
  })

  it('of https makes a tunnel', async () => {
    using folder = testFolder({ 'a.jpg': jpeg(1000), 'b.jpg': jpeg(900_000, 2) })
    await leavesNothing(async () => {
      await using server = await receiver({ tls: { key: KEY, cert: CERTIFICATE } })
      await using proxy = await testProxy()
      const transport = httpTransport({ proxy: `http://127.0.0.1:${proxy.port}`, ca: CERTIFICATE })
      const summary = await uploadFolder(folder.path, { url: server.url, transport, concurrency: 1 })
      await transport.close()
      expect(summary).toMatchObject({ uploaded: 2, failed: 0 })
      expect(proxy.asked).toEqual([`CONNECT ${new URL(server.url).host}`])
    })
  })

  it('that is not there fails without having sent anything', async () => {
    using folder = testFolder({ 'a.jpg': jpeg(1000) })
    await using server = await receiver()
    const proxy = await testProxy()
    await proxy[Symbol.asyncDispose]()
    const transport = httpTransport({ proxy: `http://127.0.0.1:${proxy.port}` })
    const summary = await uploadFolder(folder.path, { url: server.url, transport, retry: false })
    await transport.close()
    expect(summary.byReason).toEqual({ ECONNREFUSED: 1 })
  })

  it('whose address is none is a mistake', () => {
    expect(() => httpTransport({ proxy: 'nonsense' })).toThrow(/Expected `proxy` to be an http or https URL/)
  })
})
