import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type FastifyInstance, fastify } from 'fastify'
import { pino } from 'pino'
import { memoryStore, RedStats } from 'ruddle/red-stats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { OpenApiDocument } from '../../../examples/server/openapi.ts'
import { createRedApp } from '../../../examples/server/red/app.ts'
import { createStatsApp } from '../../../examples/server/stats/app.ts'
import { serveReadiness } from '../../../examples/server/stats/readiness.ts'

const log = pino({ level: 'silent' })
const tomatoes = readFileSync('examples/images/tomatoes.jpg')
const event = { image_id: 'a', timestamp: 1000, client_id: 'me', red: 0.85 }

let data: string
let stats: RedStats
const apps: Record<string, FastifyInstance> = {}
const documents: Record<string, OpenApiDocument> = {}

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'ruddle-openapi-'))
  stats = new RedStats({ store: memoryStore() })
  apps['stats'] = await createStatsApp({ stats, page: data, redUrl: 'http://127.0.0.1:1', log })
  serveReadiness(apps['stats'], stats)
  const statsUrl = await apps['stats'].listen({ host: '127.0.0.1', port: 0 })
  apps['red'] = await createRedApp({ data, statsUrl, log, maxFileBytes: 200_000, patienceMs: 100 })
  await apps['red'].listen({ host: '127.0.0.1', port: 0 })
  for (const [name, app] of Object.entries(apps)) {
    documents[name] = (await (await fetch(`${app.listeningOrigin}/openapi.json`)).json()) as OpenApiDocument
  }
})

afterAll(async () => {
  for (const app of Object.values(apps)) await app.close()
  await stats.close()
  rmSync(data, { recursive: true, force: true })
})

describe.each(['stats', 'red'])('the OpenAPI description of %s', (name) => {
  it('has every route, and no other', () => {
    const described = Object.entries(documents[name]!.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const ours = (route: string) => !/^(HEAD|TRACE) | \/docs| \*$| \/?\*| \/$/.test(route)
    expect(described.sort()).toEqual(routesOf(apps[name]!).filter(ours).sort())
  })

  it('holds valid schemas and examples that fit them', () => {
    const { validate } = schemasOf(documents[name]!)
    let examples = 0
    for (const { schema, example } of contentsOf(documents[name]!)) {
      const errors = validate(schema, example)
      if (example === undefined) continue
      examples++
      expect({ example, errors }).toEqual({ example, errors: null })
    }
    expect(examples).toBeGreaterThan(8)
  })

  it('names each parameter of a path, and says of each operation what it does and how it ends', () => {
    for (const [path, operations] of Object.entries(documents[name]!.paths)) {
      for (const [method, { summary, parameters = [], responses }] of Object.entries(operations)) {
        expect(summary, `${method} ${path}`).toBeTruthy()
        const named = parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name)
        expect(named).toEqual(Array.from(path.matchAll(/\{(\w+)\}/g), ([, parameter]) => parameter))
        expect(Object.keys(responses).length, `${method} ${path}`).toBeGreaterThan(0)
        for (const response of Object.values(responses)) expect(response.description).toBeTruthy()
      }
    }
  })

  it('is rendered at /docs', async () => {
    const response = await fetch(`${apps[name]!.listeningOrigin}/docs`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(await response.text()).toContain('swagger-ui')
  })
})

describe('answers are as described', () => {
  const json = { 'content-type': 'application/json' }
  const form = (bytes: Uint8Array) => {
    const body = new FormData()
    body.append('image', new Blob([new Uint8Array(bytes)]), 'a.jpg')
    return body
  }

  it.each<[string, string, number, string, RequestInit?]>([
    ['stats', '/stats', 201, '', { method: 'POST', headers: json, body: JSON.stringify(event) }],
    ['stats', '/stats', 200, '', { method: 'POST', headers: json, body: JSON.stringify(event) }],
    [
      'stats',
      '/stats',
      200,
      '',
      { method: 'POST', headers: json, body: JSON.stringify([event, { ...event, red: 2 }]) },
    ],
    ['stats', '/stats', 409, '', { method: 'POST', headers: json, body: JSON.stringify({ ...event, red: 0.1 }) }],
    ['stats', '/stats', 400, '', { method: 'POST', headers: json, body: '{}' }],
    ['stats', '/stats', 403, '', { method: 'POST', headers: { ...json, origin: 'http://x.example' }, body: '{}' }],
    ['stats', '/stats', 413, '', { method: 'POST', headers: json, body: `"${'x'.repeat(9_000_000)}"` }],
    ['stats', '/stats', 200, '?red=0.3&from=0&to=2026-01-01&client_id=me'],
    ['stats', '/stats', 200, ''],
    ['stats', '/stats', 400, '?red=x'],
    ['stats', '/stats/series', 200, '?from=0&to=3000&step_ms=1000&red=0.1&client_id=me'],
    ['stats', '/stats/series', 200, '?from=0&to=3000&step_ms=1000'],
    ['stats', '/stats/series', 400, '?from=0'],
    ['stats', '/stats/distribution', 200, '?bins=3&from=0&to=5000&client_id=me'],
    ['stats', '/stats/list', 200, '?limit=5&red=0.1&from=0&to=5000&client_id=me'],
    ['stats', '/stats/list', 400, '?after=x'],
    ['stats', '/stats/extent', 200, ''],
    ['stats', '/config', 200, ''],
    ['stats', '/health', 200, ''],
    ['stats', '/ready', 200, ''],
    ['red', '/health', 200, ''],
    ['red', '/images', 201, '', { method: 'POST', body: form(tomatoes), headers: { 'idempotency-key': 'k' } }],
    [
      'red',
      '/images',
      422,
      '',
      { method: 'POST', body: form(readFileSync('examples/images/sea.jpg')), headers: { 'idempotency-key': 'k' } },
    ],
    ['red', '/images', 400, '', { method: 'POST', body: 'x' }],
    ['red', '/images', 403, '', { method: 'POST', body: form(tomatoes), headers: { origin: 'http://x.example' } }],
    ['red', '/images', 413, '', { method: 'POST', body: form(new Uint8Array(300_000)) }],
    ['red', '/images', 415, '', { method: 'POST', body: form(Buffer.from('text')) }],
    ['red', '/images/{id}', 404, ''],
  ])('%s %s: %i %s', async (name, path, status, query, init) => {
    const document = documents[name]!
    const response = await fetch(apps[name]!.listeningOrigin + path + query, init)
    const body = await response.json()
    expect({ status: response.status, body }).toEqual({ status, body })
    const operation = document.paths[path]![(init?.method ?? 'GET').toLowerCase()]!
    const content = operation.responses[status]?.content?.['application/json']
    expect(content, `the description has ${status}`).toBeDefined()
    expect(schemasOf(document).validate(content!.schema, body)).toBeNull()
    const described = (operation.parameters ?? []).map((parameter) => parameter.name)
    expect(described).toEqual(expect.arrayContaining([...new URLSearchParams(query).keys()]))
  })
})

it.each(['cold', 'closed'] as const)('GET /ready of a %s RED_STATS answers as described, and why', async (reason) => {
  const other = new RedStats({ store: memoryStore() })
  if (reason === 'closed') await other.close()
  const app = fastify()
  serveReadiness(app, other)
  const response = await app.inject('/ready')
  expect(response.statusCode).toBe(503)
  expect(response.json()).toMatchObject({ ready: false, reasons: [reason] })
  const { content } = documents['stats']!.paths['/ready']!['get']!.responses[503]!
  expect(schemasOf(documents['stats']!).validate(content!['application/json']!.schema, response.json())).toBeNull()
  await app.close()
  await other.close()
})

it.each([
  ['min_red=2', 400],
  ['min_red=0.5&since=', 400],
  ['min_red=0.5', 101],
])('GET /alerts?%s answers an upgrade with %i', async (query, status) => {
  const socket = new WebSocket(`${apps['stats']!.listeningOrigin.replace('http', 'ws')}/alerts?${query}`)
  const answered = await Promise.race([
    once(socket, 'open').then(() => 101),
    once(socket, 'unexpected-response').then(([, response]) => response.statusCode),
  ])
  socket.on('error', () => {}) // of the end of an attempt
  socket.terminate()
  expect(answered).toBe(status)
  expect(documents['stats']!.paths['/alerts']!['get']!.responses).toHaveProperty(String(status))
})

it.each<[string, number, string, Record<string, string>?]>([
  ['', 400, 'application/json'],
  ['?min_red=2', 400, 'application/json'],
  ['?min_red=0.5', 403, 'application/json', { origin: 'http://x.example' }],
  ['?min_red=0.5', 200, 'text/event-stream'],
])('GET /alerts%s answers a request without an upgrade with %i, as %s', async (query, status, type, headers = {}) => {
  const leave = new AbortController()
  const response = await fetch(`${apps['stats']!.listeningOrigin}/alerts${query}`, { headers, signal: leave.signal })
  expect([response.status, response.headers.get('content-type')]).toEqual([status, type])
  const content = documents['stats']!.paths['/alerts']!['get']!.responses[status]!.content![type]!
  if (type === 'application/json') {
    expect(schemasOf(documents['stats']!).validate(content.schema, await response.json())).toBeNull()
  }
  leave.abort()
})

/** Every route as `GET /path/{id}`, from the tree that Fastify prints. */
function routesOf(app: FastifyInstance): string[] {
  const above: string[] = []
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent, segment, methods] = /^([│ ]*[├└]── )(.*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? []
      if (indent === undefined) return []
      const depth = indent.length / 4
      above[depth] = (above[depth - 1] ?? '') + segment
      const path = above[depth].replace(/:(\w+)/g, '{$1}')
      return (methods ?? '')
        .split(', ')
        .filter(Boolean)
        .map((method) => `${method} ${path}`)
    })
}

/** What checks a value by a schema of the description: null, or what is wrong. */
function schemasOf({ components }: OpenApiDocument) {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { binary: true } })
  ajv.addKeyword('components')
  ajv.addSchema({ $id: 'document', components })
  return {
    validate: (schema: object, value: unknown): unknown => {
      const text = JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/')
      const check = ajv.compile(JSON.parse(text))
      return check(value) ? null : check.errors
    },
  }
}

function contentsOf({ paths }: OpenApiDocument): { schema: object; example?: unknown }[] {
  return Object.values(paths).flatMap((operations) =>
    Object.values(operations).flatMap(({ parameters = [], requestBody, responses }) => [
      ...parameters,
      ...Object.values(requestBody?.content ?? {}),
      ...Object.values(responses).flatMap(({ content = {}, headers = {} }) => [
        ...Object.values(content),
        ...Object.values(headers),
      ]),
    ]),
  )
}
