import { isUtf8 } from 'node:buffer'
import { type Dirent, opendirSync, promises } from 'node:fs'
import { basename, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UploadError } from './errors.ts'
import type { FileEntry, FileSource } from './file-source.ts'
import { localOpener } from './local-file.ts'
import type { Settings } from './options.ts'
import { selection } from './selection.ts'

export type FolderOptions = Pick<Settings, 'recursive' | 'include' | 'exclude' | 'hidden' | 'followSymlinks'>

/** Entries read at a time; more of them only fill the memory while they wait for their turn. */
const BATCH = 32

/** Something that was found. A path that is not UTF-8 stays bytes: there is no other way to open it. */
interface Found {
  readonly path: string | Buffer
  readonly relativePath: string
  readonly name: string
}

/**
 * The files of a folder on disk, found while they are asked for. A directory is read to its end, then those that were
 * found in it, so what is kept in mind are directories, never files.
 */
export function localFolder(root: string, options: FolderOptions): FileSource {
  const { wantsFile, wantsFolder } = selection(options)
  const { recursive, followSymlinks } = options

  async function* list(signal: AbortSignal): AsyncGenerator<FileEntry> {
    const pending: Found[] = [{ path: root, relativePath: '', name: '' }]
    // Links wait until all else is read: then a file that is in the folder and linked to keeps its own name.
    const links: Found[] = []
    const seen = new Set<string>()
    for (;;) {
      const at = pending.pop()
      if (at) {
        try {
          if (followSymlinks && !(await isNew(at.path, seen))) continue
          for await (const batch of batches(at.path)) {
            for (const dirent of batch) {
              const child = below(at, dirent.name as unknown as Buffer)
              if (!wants(child, dirent)) continue
              if (dirent.isDirectory()) pending.push(child)
              else if (dirent.isSymbolicLink() && followSymlinks) links.push(child)
              else {
                if (followSymlinks && dirent.isFile()) await isNew(child.path, seen)
                yield entryOf(child, dirent)
              }
            }
          }
        } catch (error) {
          if (at.relativePath === '') throw unusable(root, error)
          yield { ...entryOf(at), error: asError(error) }
        }
      } else {
        const link = links.shift()
        if (!link) return
        yield* follow(link, pending, seen)
      }
      if (signal.aborted) return
    }
  }

  function wants({ relativePath, name }: Found, dirent: Dirent): boolean {
    if (dirent.isDirectory()) return recursive && wantsFolder(relativePath, name)
    // what a link leads to is not known yet
    return dirent.isSymbolicLink() && followSymlinks ? wantsFolder(relativePath, name) : wantsFile(relativePath, name)
  }

  async function* follow(link: Found, pending: Found[], seen: Set<string>): AsyncGenerator<FileEntry> {
    const { relativePath, name } = link
    try {
      const stats = await promises.stat(link.path)
      if (stats.isDirectory()) {
        if (recursive) pending.push(link)
      } else if (wantsFile(relativePath, name)) {
        const entry = entryOf(link)
        if (!stats.isFile()) yield { ...entry, skip: 'not-a-file' }
        else yield (await isNew(link.path, seen)) ? entry : { ...entry, skip: 'duplicate' }
      }
    } catch (error) {
      if (!wantsFile(relativePath, name)) return
      yield { ...entryOf(link), error: asError(error) }
    }
  }

  return { list, open: localOpener() }
}

/** The path of a folder that can be read; throws `FOLDER_UNUSABLE` before anything else has happened. */
export function usableFolder(folder: string | URL): string {
  try {
    const path = folder instanceof URL ? fileURLToPath(folder) : folder
    opendirSync(path).closeSync()
    return path
  } catch (error) {
    throw unusable(String(folder), error)
  }
}

/** One file on disk, as `uploadFile` takes it. */
export function localFile(path: string): FileEntry {
  return { path, relativePath: basename(path) }
}

/**
 * The entries of a directory, as many at a time as the system gave. Only the first of a batch is waited for: the rest
 * is in memory already.
 */
async function* batches(path: string | Buffer): AsyncGenerator<Dirent[]> {
  // the types do not know that `encoding` may be 'buffer'
  const directory = await promises.opendir(path, { bufferSize: BATCH, encoding: 'buffer' as BufferEncoding })
  try {
    for (let first = await directory.read(); first; first = await directory.read()) {
      const batch = [first]
      for (let next = first as Dirent | null; next && batch.length < BATCH; ) {
        next = directory.readSync()
        if (next) batch.push(next)
      }
      yield batch
    }
  } finally {
    directory.closeSync()
  }
}

function below(at: Found, bytes: Buffer): Found {
  const name = bytes.toString()
  const relativePath = at.relativePath === '' ? name : `${at.relativePath}/${name}`
  if (typeof at.path === 'string' && isUtf8(bytes)) return { path: `${at.path}${sep}${name}`, relativePath, name }
  return { path: Buffer.concat([Buffer.from(at.path), Buffer.from(sep), bytes]), relativePath, name }
}

function entryOf({ path, relativePath }: Found, dirent?: Dirent): FileEntry {
  const entry =
    typeof path === 'string' ? { path, relativePath } : { path: path.toString(), relativePath, rawPath: path }
  if (!dirent || dirent.isFile()) return entry
  return { ...entry, skip: dirent.isSymbolicLink() ? 'symlink' : 'not-a-file' }
}

async function isNew(path: string | Buffer, seen: Set<string>): Promise<boolean> {
  const real = (await promises.realpath(path, 'buffer')).toString('latin1')
  return seen.size !== seen.add(real).size
}

function unusable(root: string, error: unknown): UploadError {
  const why = error instanceof Error ? error.message : String(error)
  return new UploadError('FOLDER_UNUSABLE', `Expected a folder that can be read at ${root}: ${why}`, {
    cause: error,
    phase: 'list',
  })
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
