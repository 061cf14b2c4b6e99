import { answer, common, type OpenApiDocument, ref, refusal, refusedWriters } from '../openapi.ts'

/** What RED answers over HTTP. */
export const redOpenApi: OpenApiDocument = {
  openapi: '3.1.0',
  info: {
    title: 'RED',
    version: '1',
    description: 'Receives pictures, measures how red they are, and tells RED_STATS.',
  },
  paths: {
    '/images': {
      post: {
        summary: 'Uploads a picture',
        security: common.writers,
        parameters: [
          {
            name: 'Idempotency-Key',
            in: 'header',
            description: 'The same for each attempt of one upload, which then counts once',
            schema: { type: 'string', minLength: 1, maxLength: 256 },
          },
          {
            name: 'X-Client-Id',
            in: 'header',
            description: 'Who sends it, before what the form says; default `anonymous`',
            schema: { type: 'string', minLength: 1, maxLength: 256 },
            example: 'camera-1',
          },
        ],
        requestBody: {
          required: true,
          content: {
            'multipart/form-data': {
              schema: {
                type: 'object',
                required: ['image'],
                properties: {
                  client_id: { type: 'string', description: 'Who sends it; stands before the picture' },
                  image: {
                    type: 'string',
                    format: 'binary',
                    description: 'JPEG, PNG, WebP, GIF, TIFF or AVIF; the name of the field does not matter',
                  },
                },
              },
            },
          },
        },
        responses: {
          201: answer('Measured, kept and counted', ref('Image'), {
            image_id: '3b241101-e2bb-4255-8caf-4136c566a962',
            timestamp: 1_767_225_600_000,
            client_id: 'camera-1',
            red: 0.30675,
            definition: 'area/1:h20,s50,v20',
            sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
            content_type: 'image/jpeg',
          }),
          400: refusal(
            'No form, no picture, several, or a damaged one',
            'CORRUPT',
            'The picture is damaged or not complete',
          ),
          ...refusedWriters,
          413: refusal('Too many bytes or pixels', 'TOO_LARGE', 'The file has more than 52428800 bytes'),
          415: refusal('Not a picture of a known type', 'NOT_AN_IMAGE', 'The file is not a picture of a known type'),
          422: refusal('The key is taken', 'KEY_REUSED', 'This Idempotency-Key was sent with another picture before'),
          502: refusal('RED_STATS refused the event', 'REFUSED', 'RED_STATS refused the event; the log says why'),
          503: {
            ...refusal(
              'RED_STATS is out of reach',
              'UNAVAILABLE',
              'RED_STATS is out of reach; send the image again with the same Idempotency-Key',
            ),
            headers: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } },
          },
        },
      },
      options: {
        summary: 'What a page of another origin may send',
        responses: { 204: { description: 'Method and headers' } },
      },
    },
    '/images/{id}': {
      get: {
        summary: 'The picture, as it was sent',
        parameters: [
          {
            name: 'id',
            in: 'path',
            required: true,
            description: '`image_id` of the upload',
            schema: { type: 'string' },
          },
        ],
        responses: {
          200: {
            description: 'Its bytes',
            headers: { ETag: { description: 'SHA-256 of the bytes', schema: { type: 'string' } } },
            content: { 'image/*': { schema: { type: 'string', format: 'binary' } } },
          },
          304: { description: 'If-None-Match named it' },
          404: refusal('Not here', 'NOT_FOUND', 'There is no image with this id'),
        },
      },
    },
    '/health': common.health,
    '/openapi.json': common.description,
  },
  components: {
    securitySchemes: { token: common.token },
    schemas: {
      Error: common.error,
      Image: {
        type: 'object',
        required: ['image_id', 'timestamp', 'client_id', 'red', 'definition', 'sha256', 'content_type'],
        properties: {
          image_id: { type: 'string' },
          timestamp: { type: 'integer', description: 'When it was measured, in milliseconds since the epoch' },
          client_id: { type: 'string' },
          red: { type: 'number', minimum: 0, maximum: 1 },
          definition: { type: 'string', description: 'What counts as red; compare only within one definition' },
          sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
          content_type: { type: 'string' },
        },
      },
    },
  },
}
