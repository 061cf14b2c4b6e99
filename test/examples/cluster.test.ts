import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const folder = 'examples/cluster'
const text = (name: string) => readFileSync(join(folder, name), 'utf8')

interface Compose {
  readonly services: Record<string, { depends_on?: string[]; volumes?: string[]; environment?: Record<string, string> }>
  readonly volumes: Record<string, null>
}
const compose = parse(text('compose.yaml'), { merge: true }) as Compose
const services = Object.keys(compose.services)

/** What of the form `name:port` or `<tag>name</tag>` a file speaks of. */
const hosts = (name: string, pattern: RegExp) => [...text(name).matchAll(pattern)].map(([, host]) => host)

describe('the configuration for containers', () => {
  it('has three RED_STATS, two RED, and two shards with three replicas', () => {
    const count = (prefix: string) => services.filter((name) => name.startsWith(prefix)).length
    expect([count('stats-'), count('red-'), count('clickhouse-1-'), count('clickhouse-2-')]).toEqual([3, 2, 3, 3])
  })

  it('names only services that it has', () => {
    for (const { depends_on = [] } of Object.values(compose.services)) {
      expect(services).toEqual(expect.arrayContaining(depends_on))
    }
    const spokenOf = [
      ...hosts('haproxy.cfg', /^ {2}server \S+ ([\w-]+):\d+/gm),
      ...hosts('clickhouse/cluster.xml', /<host>([^<]+)</g),
      ...hosts('clickhouse/keeper.xml', /<hostname>([^<]+)</g),
      ...Object.values(compose.services['stats-1']?.environment ?? {}).flatMap(
        (value) => /^\w+:\/\/(?:[^@]*@)?([\w-]+):\d+/.exec(value)?.[1] ?? [],
      ),
    ]
    expect(spokenOf.length).toBeGreaterThan(20)
    expect(services).toEqual(expect.arrayContaining(spokenOf))
  })

  it('mounts files that are there, and volumes that it has', () => {
    const mounts = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes.map((it) => it.split(':')[0]!))
    expect(mounts.filter((it) => it.startsWith('.') && !existsSync(join(folder, it)))).toEqual([])
    expect(new Set(mounts.filter((it) => !it.startsWith('.')))).toEqual(new Set(Object.keys(compose.volumes)))
  })
})
