import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

/** A description as https://spec.openapis.org/oas/v3.1.0 has it, as far as it is used here. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: {
    readonly schemas: Record<string, object>
    readonly securitySchemes: Record<string, object>
  }
}

interface Operation {
  readonly summary: string
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, Content> }
  readonly responses: Record<string, Response>
  /** Who may: without an entry, everyone. */
  readonly security?: readonly Record<string, readonly string[]>[]
}

interface Parameter {
  readonly name: string
  readonly in: 'query' | 'header' | 'path'
  readonly required?: boolean
  readonly description: string
  readonly schema: object
  readonly example?: unknown
}

interface Content {
  readonly schema: object
  readonly example?: unknown
}

interface Response {
  readonly description: string
  readonly headers?: Record<string, { readonly description: string; readonly schema: object }>
  readonly content?: Record<string, Content>
}

/** Serves the description at /openapi.json, and for people at /docs. */
export async function serveOpenApi(app: FastifyInstance, document: OpenApiDocument): Promise<void> {
  await app.register(swagger, { mode: 'static', specification: { document: document as never } })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list', defaultModelsExpandDepth: 0, validatorUrl: null },
    theme: { title: document.info.title },
    staticCSP: "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
  })
  app.get('/openapi.json', async () => document)
}

/** What every description has. */
export const common = {
  error: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message'],
        properties: {
          code: { type: 'string', description: 'What went wrong, for programs' },
          message: { type: 'string', description: 'The same for people' },
          field: { type: 'string', description: 'The field or parameter that was wrong' },
        },
      },
    },
  },
  /** The header that is wanted where the server has a token. */
  token: { type: 'http', scheme: 'bearer', description: 'The token of the server, if it was started with one' },
  writers: [{}, { token: [] }],
  health: {
    get: {
      summary: 'Whether the server runs',
      responses: {
        200: answer('It does', { type: 'object', properties: { status: { const: 'up' } } }, { status: 'up' }),
      },
    },
  },
  description: {
    get: { summary: 'This description', responses: { 200: answer('OpenAPI 3.1', { type: 'object' }) } },
  },
} as const

export function answer(description: string, schema: object, example?: unknown): Response {
  return { description, content: { 'application/json': { schema, ...(example !== undefined && { example }) } } }
}

/** An answer of an error; `field` names what was wrong. */
export function refusal(description: string, code: string, message: string, field?: string): Response {
  const error = { code, message, ...(field !== undefined && { field }) }
  return answer(description, ref('Error'), { error })
}

export function ref(schema: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${schema}` }
}

export const refusedWriters = {
  401: refusal('The token is missing or wrong', 'UNAUTHORIZED', 'Send the header `Authorization: Bearer TOKEN`'),
  403: refusal('A web page of another origin asked', 'FORBIDDEN', 'Pages of https://example.org may not write here'),
}
