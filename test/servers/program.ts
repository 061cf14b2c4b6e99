import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
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
  /** Whether it answers as it should, once the port is open. */
  readonly isReady?: () => Promise<boolean>
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
    await Promise.race([failed, answers(port, up.signal, options.isReady)]).finally(() => up.abort())
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    signalTree('SIGCONT')
    if (signal === 'SIGKILL') signalTree(signal)
    else child.kill(signal)
    await ended
  }

  /** PostgreSQL has a process for each connection. */
  function signalTree(signal: NodeJS.Signals): void {
    const pid = child.pid ?? 0
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    child.kill(signal)
    for (const one of children.split(' ')) if (one !== '') tryKill(Number(one), signal)
  }

  await start()
  return {
    port,
    get pid() {
      return child.pid ?? 0
    },
    pause: () => {
      signalTree('SIGSTOP')
      while (!hasStopped(child.pid ?? 0)); // a signal is not yet its effect
    },
    resume: () => signalTree('SIGCONT'),
    kill: () => end('SIGKILL'),
    stop: () => end(stopSignal),
    start,
  }
}

/** Whether every thread stands still. */
function hasStopped(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) =>
    / T | t /.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').replace(/^.*\)/, '')),
  )
}

/** Resolves when something listens, and is ready. */
async function answers(port: number, signal: AbortSignal, isReady = async () => true): Promise<void> {
  while (!signal.aborted) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open && (await isReady())) return
    await delay(10)
  }
}

/** A child may have ended in the meantime. */
function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {}
}
