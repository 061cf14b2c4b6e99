import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from './find-program.ts'
import { freePort } from './free-port.ts'
import { type RunningProgram, startProgram } from './program.ts'

export const haproxyServer: string | undefined = findProgram('haproxy', 'haproxy')

export interface Haproxy extends RunningProgram {
  readonly url: string
  close(): Promise<void>
}

export interface Backends {
  /** Ports of RED_STATS. */
  readonly stats: readonly number[]
  /** Ports of RED; without any, `/images` is nobody's. */
  readonly red?: readonly number[]
}

/**
 * A private HAProxy in front of several instances. The fewest connections go first, nothing sticks to an instance, and
 * one that is not ready gets nothing; `X-Instance` says who answered.
 */
export async function startHaproxy({ stats, red = [] }: Backends): Promise<Haproxy> {
  if (haproxyServer === undefined) throw new Error('haproxy is not installed')
  const folder = await mkdtemp(join(tmpdir(), 'ruddle-haproxy-'))
  const port = await freePort()
  const file = join(folder, 'haproxy.cfg')
  await writeFile(file, configuration(port, stats, red))
  const server = await startProgram({ program: haproxyServer, args: ['-db', '-f', file], port, stopSignal: 'SIGUSR1' })
  return {
    ...server,
    get pid() {
      return server.pid
    },
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      await server.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function configuration(port: number, stats: readonly number[], red: readonly number[]): string {
  const servers = (name: string, ports: readonly number[], check: string) =>
    ports.map((to, index) => `  server ${name}-${index + 1} 127.0.0.1:${to} ${check}`).join('\n')
  return `global
  maxconn 4000
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
  option redispatch 1
  retries 3
  retry-on conn-failure empty-response response-timeout 503
frontend all
  bind 127.0.0.1:${port}
  option forwardfor
  http-response set-header X-Instance %s
  use_backend red if { path_beg /images }
  default_backend stats
backend stats
  balance leastconn
  option httpchk GET /ready
${servers('stats', stats, 'check inter 200ms fall 1 rise 1')}
backend red
  balance roundrobin
${red.length === 0 ? '  http-request deny deny_status 404' : servers('red', red, 'check inter 500ms')}
`
}
