import multipart from '@fastify/multipart'
import { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { createProfiler } from 'ruddle/profiling'
import { redRatioOf } from 'ruddle/red-ratio/image'
import { answerBadUrl, answerErrors, HttpError, requireWriter } from '../http-errors.ts'
import { serveOpenApi } from '../openapi.ts'
import { allowPages } from './allow-pages.ts'
import { type ImageRecord, openImageStore, type ReceivedFile } from './image-store.ts'
import { createKeyedLock } from './keyed-lock.ts'
import { redOpenApi } from './openapi.ts'
import { receiveUpload } from './receive-upload.ts'
import { reportTo } from './report.ts'

export interface RedAppOptions {
  /** Folder of the pictures. */
  readonly data: string
  /** Where RED_STATS is. */
  readonly statsUrl: string
  readonly log: FastifyBaseLogger
  readonly token?: string | undefined
  /** Web pages of these origins may upload. */
  readonly pageOrigins?: readonly string[]
  readonly maxFileBytes?: number
  /** How long RED_STATS may be out of reach before an upload is answered with 503. */
  readonly patienceMs?: number
}

/** RED: receives pictures, measures how red they are, and tells RED_STATS. */
export async function createRedApp(options: RedAppOptions): Promise<FastifyInstance> {
  const { data, statsUrl, log, token, pageOrigins = [], maxFileBytes = 50 * 2 ** 20, patienceMs } = options
  const images = await openImageStore(data)
  const report = reportTo(statsUrl, { token, ...(patienceMs === undefined ? {} : { patienceMs }) })
  const onceAtATime = createKeyedLock()
  const profiler = createProfiler({ sink: log })
  const app = fastify({ loggerInstance: log, requestTimeout: 120_000, frameworkErrors: answerBadUrl })
  answerErrors(app, () => undefined)
  allowPages(app, pageOrigins)
  app.addHook('onClose', async () => profiler.close())
  await app.register(multipart, {
    limits: { fileSize: maxFileBytes, files: 2, fields: 10, fieldSize: 1024, fieldNameSize: 100, parts: 12 },
  })

  async function receiveImage(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const record = await receiveRecord(request).catch((error: unknown) => {
      // The answer arrives only if what is still being sent is read, and the connection can be used again.
      request.raw.unpipe()
      request.raw.resume()
      throw error
    })
    await report(record)
    return reply.code(201).send(record)
  }

  async function receiveRecord(request: FastifyRequest): Promise<ImageRecord> {
    const { clientId, file, contentType } = await receiveUpload(request, images, maxFileBytes)
    try {
      const id = images.imageId(clientId, keyOf(request))
      // Of two uploads with one key at the same time the second finds the record of the first.
      return await onceAtATime(id, () => findOrMeasure(id, clientId, file, contentType))
    } finally {
      await file.discard()
    }
  }

  async function findOrMeasure(id: string, clientId: string, file: ReceivedFile, type: string): Promise<ImageRecord> {
    const known = await images.readRecord(id)
    if (known !== undefined) {
      if (known.sha256 === file.sha256) return known
      throw new HttpError(422, 'KEY_REUSED', 'This Idempotency-Key was sent with another picture before')
    }
    const { ratio, definition } = await measure(file.path)
    const record: ImageRecord = {
      image_id: id,
      timestamp: Date.now(),
      client_id: clientId,
      red: ratio,
      definition,
      sha256: file.sha256,
      content_type: type,
    }
    await file.keep()
    await images.writeRecord(record)
    return record
  }

  async function sendImage(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { id } = request.params as { id: string }
    const record = await images.readRecord(id)
    if (record === undefined) throw new HttpError(404, 'NOT_FOUND', 'There is no image with this id')
    reply
      .header('etag', `"${record.sha256}"`)
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('cross-origin-resource-policy', 'cross-origin')
    if (request.headers['if-none-match'] === `"${record.sha256}"`) return reply.code(304).send()
    return reply.type(record.content_type).send(images.readFile(record))
  }

  app.post('/images', { onRequest: requireWriter(token, pageOrigins) }, profiler.timeit('POST /images', receiveImage))
  app.get('/images/:id', profiler.timeit('GET /images/:id', sendImage))
  app.get('/health', async () => ({ status: 'up' }))
  await serveOpenApi(app, redOpenApi)
  return app
}

async function measure(path: string) {
  try {
    return await redRatioOf(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'UNSUPPORTED') throw new HttpError(415, 'UNSUPPORTED', 'This type of picture cannot be decoded here')
    if (code === 'CORRUPT') throw new HttpError(400, 'CORRUPT', 'The picture is damaged or not complete')
    if (code === 'TOO_LARGE') throw new HttpError(413, 'TOO_LARGE', 'The picture has too many pixels')
    throw error
  }
}

function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && key.length >= 1 && key.length <= 256) return key
  throw new HttpError(400, 'INVALID', 'Expected the header Idempotency-Key once, with 1 to 256 characters', {
    field: 'Idempotency-Key',
  })
}
