import { answer, common, type OpenApiDocument, ref, refusal, refusedWriters } from '../openapi.ts'

const red = { type: 'number', minimum: 0, maximum: 1 }
const image = { image_id: 'a1', timestamp: 1_767_225_600_000, client_id: 'camera-1', red: 0.85 }
const time = { anyOf: [{ type: 'integer', minimum: 0, maximum: 4_102_444_799_999 }, { type: 'string' }] }

const parameters = {
  from: parameter('from', 'First moment: milliseconds since the epoch or ISO 8601, UTC unless it says otherwise', time),
  to: parameter('to', 'First moment after the period, likewise', time),
  red: parameter('red', 'Images with more red than this count as above', red, 0.3),
  client_id: parameter('client_id', 'Only images of this sender', { type: 'string' }),
}
const filter = [parameters.from, parameters.to, parameters.client_id]
const counting = [...filter, parameters.red]

const wrongQuery = refusal('A parameter is wrong', 'INVALID', 'Expected `red` to be a number', 'red')
const unavailable = {
  ...refusal('The store cannot answer now', 'UNAVAILABLE', 'RED_STATS cannot answer now; try again'),
  headers: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } },
}
const queryRefusals = { 400: wrongQuery, 503: unavailable }

/** What RED_STATS answers over HTTP. */
export const statsOpenApi: OpenApiDocument = {
  openapi: '3.1.0',
  info: {
    title: 'RED_STATS',
    version: '1',
    description:
      'Keeps how red each image was, counts them over time, and alerts. Periods are half open: from ≤ t < to.',
  },
  paths: {
    '/stats': {
      get: {
        summary: 'How many images a period has, and how many redder than a threshold',
        parameters: counting,
        responses: {
          200: answer('Both numbers, and what was asked for', ref('Counts'), {
            from: 1_767_225_600_000,
            to: null,
            red: 0.3,
            total: 2616,
            above: 1415,
          }),
          ...queryRefusals,
        },
      },
      post: {
        summary: 'Records images',
        description:
          'One event, or up to 100,000 as an array or one a line. Repeating an event changes nothing; of many, each has a result of its own.',
        security: common.writers,
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: { anyOf: [ref('Event'), { type: 'array', maxItems: 100_000, items: ref('Event') }] },
              example: image,
            },
            'application/x-ndjson': { schema: { type: 'string' }, example: `${JSON.stringify(image)}\n` },
          },
        },
        responses: {
          200: answer(
            'A repeat, or the results of many',
            {
              anyOf: [ref('Result'), { type: 'array', items: ref('Result') }],
            },
            { image_id: 'a1', status: 'duplicate' },
          ),
          201: answer('Stored', ref('Result'), { image_id: 'a1', status: 'stored' }),
          400: refusal('The event is wrong', 'INVALID', 'Expected `red` to be a number from 0 to 1, got 2', 'red'),
          ...refusedWriters,
          409: refusal('Other values stand', 'CONFLICT', 'This image_id was recorded with other values before'),
          413: refusal('More than 8 MiB', 'CTP_BODY_TOO_LARGE', 'Request body is too large'),
          503: unavailable,
        },
      },
    },
    '/stats/series': {
      get: {
        summary: 'The counts of each step of a period',
        parameters: [
          { ...parameters.from, required: true },
          { ...parameters.to, required: true },
          parameters.client_id,
          parameters.red,
          {
            ...parameter(
              'step_ms',
              'Length of a step in milliseconds; at most 10,000 steps',
              {
                type: 'integer',
                minimum: 1,
              },
              60_000,
            ),
            required: true,
          },
        ],
        responses: {
          200: answer(
            'Every step, also the empty ones',
            {
              type: 'array',
              items: {
                type: 'object',
                required: ['from', 'total', 'above'],
                properties: {
                  from: { type: 'integer' },
                  total: { type: 'integer' },
                  above: { type: ['integer', 'null'] },
                },
              },
            },
            [{ from: 1_767_225_600_000, total: 31, above: 12 }],
          ),
          ...queryRefusals,
        },
      },
    },
    '/stats/distribution': {
      get: {
        summary: 'How many images are how red',
        parameters: [
          ...filter,
          parameter('bins', 'Equal parts of 0 to 1', { type: 'integer', minimum: 1, maximum: 1000, default: 20 }, 4),
        ],
        responses: {
          200: answer(
            'The number of images in each part',
            { type: 'array', items: { type: 'integer' } },
            [60, 21, 14, 5],
          ),
          ...queryRefusals,
        },
      },
    },
    '/stats/list': {
      get: {
        summary: 'The images of a period, the newest first',
        parameters: [
          ...filter,
          { ...parameters.red, description: 'Only images with more red than this' },
          parameter('limit', 'At most so many', { type: 'integer', minimum: 1, maximum: 10_000, default: 100 }),
          parameter('after', '`next` of the page before', { type: 'string' }),
        ],
        responses: {
          200: answer(
            'One page',
            {
              type: 'object',
              required: ['images', 'next'],
              properties: { images: { type: 'array', items: ref('Event') }, next: { type: ['string', 'null'] } },
            },
            { images: [image], next: null },
          ),
          ...queryRefusals,
        },
      },
    },
    '/stats/extent': {
      get: {
        summary: 'When the first and the last image were',
        responses: {
          200: answer(
            'Milliseconds since the epoch; null where there is no image',
            {
              type: 'object',
              required: ['from', 'to'],
              properties: { from: { type: ['integer', 'null'] }, to: { type: ['integer', 'null'] } },
            },
            { from: 1_767_225_600_000, to: 1_767_229_200_000 },
          ),
          503: unavailable,
        },
      },
    },
    '/alerts': {
      get: {
        summary: 'Alerts, over a WebSocket or as server-sent events',
        description:
          'A message for each image redder than asked, as it is recorded. An upgrade is answered by the protocol `redstats.v1`, any other request by an endless stream of events.',
        parameters: [
          parameter('min_red', 'Alert on more red than this; a WebSocket may ask for it later', red, 0.8),
          parameter('since', '`cursor` of an alert to go on after', { type: 'string' }),
          {
            ...parameter('Last-Event-ID', 'The same, for server-sent events; goes before `since`', { type: 'string' }),
            in: 'header',
          },
        ],
        responses: {
          101: { description: 'The connection is a WebSocket from here on' },
          200: {
            description: 'The events follow',
            content: {
              'text/event-stream': {
                schema: { type: 'string' },
                example: `id: e:18\ndata: ${JSON.stringify({ type: 'alert', seq: 18, cursor: 'e:18', image })}\n\n`,
              },
            },
          },
          400: refusal('A parameter is wrong', 'INVALID', 'Expected `min_red` to be a number from 0 to 1'),
          403: refusal(
            'A web page of another origin asked',
            'FORBIDDEN',
            'Pages of https://example.org may not connect',
          ),
          429: refusal('Too many connections of one address', 'LIMIT', 'Too many connections from this address'),
          503: refusal('The server is full or stops', 'BUSY', 'The server is stopping'),
        },
      },
    },
    '/config': {
      get: {
        summary: 'Where RED is, which has the pictures',
        responses: {
          200: answer(
            'Its address',
            {
              type: 'object',
              required: ['red_url'],
              properties: { red_url: { type: 'string' } },
            },
            { red_url: 'http://127.0.0.1:4001' },
          ),
        },
      },
    },
    '/health': common.health,
    '/ready': {
      get: {
        summary: 'Whether a load balancer should send clients here',
        responses: {
          200: answer('It should', ref('Readiness'), { ready: true, reasons: [], notifier: 'up', spooled: 0 }),
          503: answer('It should not, and why', ref('Readiness'), {
            ready: false,
            reasons: ['draining'],
            notifier: 'up',
            spooled: 0,
          }),
        },
      },
    },
    '/openapi.json': common.description,
  },
  components: {
    securitySchemes: { token: common.token },
    schemas: {
      Error: common.error,
      Event: {
        type: 'object',
        required: ['image_id', 'timestamp', 'client_id', 'red'],
        properties: {
          image_id: { type: ['string', 'integer'], description: '1 to 256 bytes; 7 and "7" are one id' },
          timestamp: { type: 'integer', minimum: 0, description: 'Milliseconds since the epoch' },
          client_id: { type: ['string', 'integer'], description: 'Who sent the image' },
          red,
        },
      },
      Result: {
        type: 'object',
        required: ['image_id', 'status'],
        properties: {
          image_id: { type: ['string', 'integer', 'null'] },
          status: { enum: ['stored', 'duplicate', 'conflict', 'invalid'] },
          error: common.error.properties.error,
        },
      },
      Readiness: {
        type: 'object',
        required: ['ready', 'reasons', 'notifier', 'spooled'],
        properties: {
          ready: { type: 'boolean' },
          reasons: {
            type: 'array',
            items: { enum: ['cold', 'draining', 'closed', 'lagging'] },
            description: 'Why not: not open yet, stopping, stopped, or reads more than 2 s behind',
          },
          notifier: {
            enum: ['up', 'degraded', 'down'],
            description: 'What carries alerts between instances; that it is down is no reason',
          },
          spooled: { type: 'integer', description: 'Events that wait for it' },
        },
      },
      Counts: {
        type: 'object',
        required: ['from', 'to', 'red', 'total', 'above'],
        properties: {
          from: { type: ['integer', 'null'] },
          to: { type: ['integer', 'null'] },
          red: { type: ['number', 'null'] },
          total: { type: 'integer' },
          above: { type: ['integer', 'null'], description: 'null when no threshold was given' },
        },
      },
    },
  },
}

function parameter(name: string, description: string, schema: object, example?: unknown) {
  return { name, in: 'query' as const, description, schema, ...(example !== undefined && { example }) }
}
