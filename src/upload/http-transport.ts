import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { connectionEnded, inPhase } from './errors.ts'
import { exchange, type WireEvents } from './exchange.ts'
import { httpWire } from './http-wire.ts'
import type { Transport, UploadRequest } from './transport.ts'

export interface HttpTransportOptions {
  /** The proxy to go through, as `http://user:password@host:port`. Not set: none, whatever the environment says. */
  readonly proxy?: string | URL | undefined
  /** Certificates of authorities to trust instead of the usual ones, as PEM. */
  readonly ca?: string | Uint8Array | undefined
}

/**
 * The transport over `node:http` and `node:https`, with connections kept alive. Whoever makes it closes it.
 *
 * @throws TypeError if `proxy` is no http or https URL
 *
 * @example
 * ```ts
 * import { httpTransport, uploadFile } from 'ruddle/upload'
 *
 * const transport = httpTransport()
 * const { status } = await uploadFile('photos/rose.jpg', { url: 'http://localhost:4001', transport })
 * status // => 'uploaded'
 * await transport.close()
 * ```
 */
export function httpTransport({ proxy, ca }: HttpTransportOptions = {}): Transport {
  if (proxy !== undefined && !(URL.canParse(String(proxy)) && /^https?:/.test(String(proxy)))) {
    // not the value: it may hold a password
    throw new TypeError('Expected `proxy` to be an http or https URL')
  }
  const agents = new Map<string, Promise<HttpAgent> | HttpAgent>()
  const certificates = ca === undefined || typeof ca === 'string' ? ca : Buffer.from(ca)

  async function makeAgent(protocol: string): Promise<HttpAgent> {
    const options = { keepAlive: true, maxFreeSockets: 256 }
    if (proxy === undefined) return protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options)
    // loaded only when there is a proxy: the two take longer to load than all of this module
    if (protocol === 'https:') return new (await import('https-proxy-agent')).HttpsProxyAgent(proxy, options)
    return new (await import('http-proxy-agent')).HttpProxyAgent(proxy, options)
  }

  function agentFor(protocol: string): Promise<HttpAgent> | HttpAgent {
    const known = agents.get(protocol)
    if (known) return known
    const making = makeAgent(protocol).then((agent) => {
      agents.set(protocol, agent)
      return agent
    })
    agents.set(protocol, making)
    return making
  }

  return {
    async send(request) {
      const agent = agentFor(request.url.protocol)
      const ready = agent instanceof Promise ? await agent : agent
      const open = (asked: UploadRequest, events: WireEvents) => httpWire(asked, events, ready, certificates)
      const outcome = await exchange(request, open)
      if (outcome !== 'stale') return outcome
      // The server has closed one idle connection, so it may have closed the others as well: start on a fresh one.
      for (const sockets of Object.values(ready.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
      const second = await exchange(request, open)
      if (second !== 'stale') return second
      throw inPhase(connectionEnded(), 'send')
    },
    async close() {
      for (const agent of agents.values()) (await agent).destroy()
      agents.clear()
    },
  }
}
