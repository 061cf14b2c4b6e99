import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../servers/free-port.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

export interface RunningServer {
  readonly process: ChildProcess
  readonly statsUrl: string
  readonly redUrl: string
  readonly ports: readonly string[]
  /** Standard output and standard error so far. */
  output(): string
  /** Resolves with the exit code and the whole output. */
  ended: Promise<{ code: number | null; output: string }>
  /** Ends it by a signal, if it still runs, and waits for it. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; output: string }>
}

/** Starts the example's main file as its own process, on the ports given or free ones. */
export async function startServer(flags: readonly string[], ports?: readonly string[]): Promise<RunningServer> {
  const [port, redPort] = ports ?? [String(await freePort()), String(await freePort())]
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'examples/server/main.ts', '--port', port!, '--red-port', redPort!, ...flags],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }))
  return {
    process: child,
    statsUrl: `http://127.0.0.1:${port}`,
    redUrl: `http://127.0.0.1:${redPort}`,
    ports: [port!, redPort!],
    output: () => output,
    ended,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null) child.kill(signal)
      return ended
    },
  }
}

/** Starts the server without the demonstration and waits until it serves. */
export async function serve(data: string, ports?: readonly string[]): Promise<RunningServer> {
  const server = await startServer(['--no-demo', '--data', data], ports)
  while (!server.output().includes('Serving')) {
    if (server.process.exitCode !== null) throw new Error(server.output())
    await new Promise((resolve) => server.process.stdout!.once('data', resolve).once('close', resolve))
  }
  return server
}
