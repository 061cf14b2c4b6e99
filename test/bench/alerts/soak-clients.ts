// A process with many connections that checks each one's sequence, and makes a tenth of them behave badly.
import { WebSocket } from 'ws'
import { answer } from './child.ts'

interface Client {
  socket: WebSocket
  /** Number of the newest alert, over all connections: what it resumes from. */
  last: number
  cursor: string
  /** Number of the newest alert of this connection. */
  lastOnConnection: number
}

interface Message {
  readonly type: string
  readonly seq: number
  readonly cursor: string
  readonly to: string
  readonly gap?: Message
}

const count = { received: 0, holes: 0, repeats: 0, gaps: 0, resumes: 0, stalls: 0, drops: 0 }
const clients: Client[] = []
let port = 0
let mischief: NodeJS.Timeout | undefined

function connect(client: Client): Promise<void> {
  const since = client.cursor === '' ? '' : `&since=${encodeURIComponent(client.cursor)}`
  const socket = new WebSocket(`ws://127.0.0.1:${port}/alerts?min_red=0${since}`, { perMessageDeflate: false })
  client.socket = socket
  client.lastOnConnection = 0
  if (since !== '') count.resumes++
  socket.on('error', () => {})
  socket.on('message', (data) => {
    if (client.socket === socket) take(client, JSON.parse(String(data)))
  })
  socket.on('close', () => {
    if (client.socket === socket && mischief !== undefined) void connect(client) // closed as slow
  })
  return new Promise((resolve) => socket.once('open', resolve))
}

function take(client: Client, message: Message): void {
  if (message.type === 'gap' || message.gap !== undefined) {
    client.cursor = (message.gap ?? message).to
    client.last = Number(client.cursor.split(':')[1])
    count.gaps++
  } else if (message.type === 'alert') {
    count.received++
    if (message.seq <= client.lastOnConnection) count.repeats++
    else if (client.last > 0 && message.seq > client.last + 1) count.holes++
    client.lastOnConnection = message.seq
    client.last = message.seq
    client.cursor = message.cursor
  }
}

/** One of the tenth stops reading for up to 3 s, or is cut off and comes back within 6 s. */
function misbehave(): void {
  const client = clients[Math.floor(Math.random() * clients.length * 0.1)]!
  if (client.socket.readyState !== WebSocket.OPEN || client.socket.isPaused) return
  const { socket } = client
  if (Math.random() < 0.5) {
    count.stalls++
    socket.pause()
    setTimeout(() => socket.resume(), Math.random() * 3000)
  } else {
    count.drops++
    socket.removeAllListeners('message')
    socket.removeAllListeners('close')
    socket.terminate()
    setTimeout(() => void connect(client), Math.random() * 6000)
  }
}

answer({
  connect: async (question: { port: number; connections: number }) => {
    port = question.port
    for (let made = 0; made < question.connections; made += 100) {
      const some = Array.from({ length: 100 }, () => ({ last: 0, cursor: '', lastOnConnection: 0 }) as Client)
      clients.push(...some)
      await Promise.all(some.map(connect))
    }
    mischief = setInterval(misbehave, 10)
  },
  /** Lets everyone catch up, then says what was seen. */
  finish: async ({ published }: { published: number }) => {
    clearInterval(mischief)
    const deadline = performance.now() + 30_000
    while (clients.some(({ last }) => last < published) && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    // whoever has not got the last one by now has a hole at the end
    count.holes += clients.filter(({ last }) => last < published).length
    return count
  },
})
