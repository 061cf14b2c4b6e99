// A process that holds connections to servers and counts what they are sent, on bare sockets, so that it can keep up.
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { answer } from './child.ts'

interface Group {
  readonly sockets: Socket[]
  braces: number
}

const groups = new Map<string, Group>()
let wanted: { name: string; messages: number; resolve: (value: object) => void } | undefined

/** Each alert holds two opening braces, wherever the bytes are split. */
function count(group: Group, bytes: Buffer): void {
  for (let at = bytes.indexOf(123); at >= 0; at = bytes.indexOf(123, at + 1)) group.braces++
  if (wanted !== undefined && groups.get(wanted.name) === group && group.braces >= wanted.messages * 2) {
    wanted.resolve({})
    wanted = undefined
  }
}

function open(port: number, path: string, isSocketIo: boolean, group: Group): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let head = ''
    socket.setNoDelay(true)
    socket.on('error', reject)
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    )
    socket.on('data', function greet(bytes: Buffer) {
      head += bytes.toString('latin1')
      // socket.io: its own opening packet, then we join the namespace and are answered
      if (!head.includes('\r\n\r\n') || (isSocketIo && !head.includes('"pingInterval"'))) return
      if (isSocketIo && !head.includes('40{"sid"')) {
        if (!socket.listenerCount('joined')) {
          socket.once('joined', () => {})
          socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]))
        }
        return
      }
      socket.off('data', greet)
      socket.on('data', (more: Buffer) => count(group, more))
      group.sockets.push(socket)
      resolve()
    })
  })
}

answer({
  connect: async ({
    name,
    port,
    path,
    connections,
  }: {
    name: string
    port: number
    path: string
    connections: number
  }) => {
    const group = groups.get(name) ?? { sockets: [], braces: 0 }
    groups.set(name, group)
    for (let made = 0; made < connections; made += 100) {
      await Promise.all(
        Array.from({ length: Math.min(100, connections - made) }, (_, at) =>
          open(port, path.replace('RANDOM', (((made + at) % 800) / 1000).toFixed(3)), name === 'socket.io', group),
        ),
      )
    }
  },
  expect: ({ name }: { name: string }) => {
    groups.get(name)!.braces = 0
  },
  received: ({ name, messages }: { name: string; messages: number }) =>
    new Promise<object>((resolve, reject) => {
      const group = groups.get(name)!
      setTimeout(() => reject(new Error(`${name} sent ${group.braces / 2} of ${messages} in time`)), 60_000).unref()
      if (groups.get(name)!.braces >= messages * 2) resolve({})
      else wanted = { name, messages, resolve }
    }),
  pause: ({ name }: { name: string }) => {
    for (const socket of groups.get(name)!.sockets) socket.pause()
  },
})
