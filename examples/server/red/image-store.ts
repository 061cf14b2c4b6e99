import { createHash, type Hash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** So many bytes tell the type of an image. */
const headBytes = 4096

/** What is known of an uploaded image; written to disk before RED_STATS hears of it. */
export interface ImageRecord {
  readonly image_id: string
  readonly timestamp: number
  readonly client_id: string
  readonly red: number
  /** Id of the definition of red; values compare only within one definition. */
  readonly definition: string
  readonly sha256: string
  readonly content_type: string
}

/** A file that was received and is not yet kept. */
export interface ReceivedFile {
  readonly path: string
  readonly sha256: string
  /** Gives it its place among the files, or drops it if these bytes are there already. */
  keep(): Promise<void>
  discard(): Promise<void>
}

/**
 * Pictures and their records in a folder: `files/` by SHA-256, each content once; `records/` by image id.
 * A record's id is made from its sender and idempotency key, so that a repeated upload finds the first one's record.
 */
export async function openImageStore(folder: string) {
  const files = join(folder, 'files')
  const records = join(folder, 'records')
  const incoming = join(folder, 'incoming')
  await rm(incoming, { recursive: true, force: true }) // what an earlier process did not finish
  for (const path of [files, records, incoming]) await mkdir(path, { recursive: true })

  const filePath = (sha256: string) => join(files, sha256.slice(0, 2), sha256)
  const recordPath = (id: string) => join(records, id.slice(0, 2), `${id}.json`)

  return {
    imageId: (clientId: string, idempotencyKey: string | undefined): string =>
      idempotencyKey === undefined
        ? randomUUID()
        : createHash('sha256')
            .update(JSON.stringify([clientId, idempotencyKey]))
            .digest('hex')
            .slice(0, 32),

    /** Streams a file to disk; `check` sees its first bytes and throws if it is not to be received. */
    receive: async (stream: Readable, check: (head: Buffer) => void): Promise<ReceivedFile> => {
      const path = join(incoming, randomUUID())
      const hash = createHash('sha256')
      const target = createWriteStream(path)
      const discard = () => rm(path, { force: true })
      try {
        await pipeline(stream, (source: AsyncIterable<Buffer>) => checked(source, check, hash), target)
      } catch (error) {
        // A file that is still being opened would be there again after it was removed.
        if (!target.closed) await new Promise<void>((resolve) => target.once('close', resolve))
        await discard()
        throw error
      }
      const sha256 = hash.digest('hex')
      return {
        path,
        sha256,
        discard,
        keep: async () => {
          if (await exists(filePath(sha256))) return discard()
          await mkdir(join(files, sha256.slice(0, 2)), { recursive: true })
          await rename(path, filePath(sha256))
        },
      }
    },

    readRecord: async (id: string): Promise<ImageRecord | undefined> => {
      if (!/^[0-9a-f-]{32,36}$/.test(id)) return undefined
      try {
        return JSON.parse(await readFile(recordPath(id), 'utf8')) as ImageRecord
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
    },

    writeRecord: async (record: ImageRecord): Promise<void> => {
      const path = recordPath(record.image_id)
      await mkdir(join(records, record.image_id.slice(0, 2)), { recursive: true })
      const temporary = join(incoming, randomUUID())
      const file = await open(temporary, 'w')
      try {
        await file.writeFile(JSON.stringify(record))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
    },

    readFile: (record: ImageRecord): Readable => createReadStream(filePath(record.sha256)),
  }
}

export type ImageStore = Awaited<ReturnType<typeof openImageStore>>

/** Passes everything on; the first bytes only after `check` has let them pass. */
async function* checked(stream: AsyncIterable<Buffer>, check: (head: Buffer) => void, hash: Hash) {
  let head: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of stream) {
    hash.update(chunk)
    if (head === undefined) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < headBytes) continue
    check(head)
    yield head
    head = undefined
  }
  if (head !== undefined) {
    check(head)
    yield head
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
