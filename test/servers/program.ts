import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A program that serves a port of 127.0.0.1, and what can happen to it. */
export interface RunningProgram {
  readonly port: number
  readonly pid: number
  /** It stands still: connections stay open, and nothing is answered. */
  pause(): void
  resume(): void
  /** Dies at once, as from a power cut. */
  kill(): Promise<void>
  /** Ends in order. */
  stop(): Promise<void>
  /** Starts it again after it ended, on the same port and folder. */
  start(): Promise<void>
}

export interface ProgramOptions {
  readonly program: string
  readonly args: readonly string[]
  readonly port: number
  readonly spawn?: SpawnOptions
  /** What ends it in order. Default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals
}

export async function startProgram(options: ProgramOptions): Promise<RunningProgram> {
  const { program, args, port, stopSignal = 'SIGTERM' } = options
  let child: ChildProcess
  let output = ''

  async function start(): Promise<void> {
    output = ''
    child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options.spawn })
    const keep = (data: Buffer) => {
      output = (output + data).slice(-4000)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    const failed = new Promise<never>((_, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) => reject(new Error(`${program} ended (${code ?? signal}): ${output}`)))
    })
    failed.catch(() => {})
    const up = new AbortController()
    await Promise.race([failed, answers(port, up.signal)]).finally(() => up.abort())
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGCONT')
    child.kill(signal)
    await ended
  }

  await start()
  return {
    port,
    get pid() {
      return child.pid ?? 0
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: () => end('SIGKILL'),
    stop: () => end(stopSignal),
    start,
  }
}

/** Resolves when something listens. */
async function answers(port: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return
    await delay(10)
  }
}
