import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { detectImageType } from 'ruddle/upload'
import { HttpError } from '../http-errors.ts'
import type { ImageStore, ReceivedFile } from './image-store.ts'

export interface ReceivedUpload {
  readonly clientId: string
  readonly file: ReceivedFile
  readonly contentType: string
}

/** Streams the one picture of a form to disk. Who gets it keeps the file or discards it. */
export async function receiveUpload(
  request: FastifyRequest,
  images: ImageStore,
  maxFileBytes: number,
): Promise<ReceivedUpload> {
  if (!request.isMultipart()) throw new HttpError(400, 'NOT_MULTIPART', 'Send a multipart/form-data body with a file')
  if (Number(request.headers['content-length']) > maxFileBytes + 65_536) throw tooLarge(maxFileBytes)
  let clientId = parseClientId(request.headers['x-client-id'])
  let picture: Omit<ReceivedUpload, 'clientId'> | undefined
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        if (picture !== undefined) throw new HttpError(400, 'SEVERAL_FILES', 'Send one picture a request')
        picture = await receivePicture(part, images, maxFileBytes)
      } else if (part.fieldname === 'client_id' && picture === undefined) {
        clientId ??= parseClientId(part.value)
      }
    }
  } catch (error) {
    await picture?.file.discard()
    throw isBrokenForm(error) ? new HttpError(400, 'BAD_FORM', 'The form is broken or ends early') : error
  }
  if (picture === undefined) throw new HttpError(400, 'NO_FILE', 'The form has no file')
  return { clientId: clientId ?? 'anonymous', ...picture }
}

/** What the parser of forms finds comes as a bare `Error`, unlike errors of the system, which have codes. */
function isBrokenForm(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof HttpError) return false
  return 'code' in error ? error.code === 'FST_INVALID_JSON_FIELD_ERROR' : error.name === 'Error'
}

async function receivePicture(part: MultipartFile, images: ImageStore, maxFileBytes: number) {
  let contentType = ''
  const file = await images.receive(part.file, (head) => {
    contentType = detectImageType(head) ?? ''
    if (contentType === '') throw new HttpError(415, 'NOT_AN_IMAGE', 'The file is not a picture of a known type')
  })
  if (!part.file.truncated) return { file, contentType }
  await file.discard()
  throw tooLarge(maxFileBytes)
}

function parseClientId(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= 256 && !/\p{Surrogate}/u.test(value)) {
    return value
  }
  throw new HttpError(400, 'INVALID', 'Expected client_id to be text of 1 to 256 bytes', { field: 'client_id' })
}

function tooLarge(maxFileBytes: number): HttpError {
  return new HttpError(413, 'TOO_LARGE', `The file has more than ${maxFileBytes} bytes`)
}
