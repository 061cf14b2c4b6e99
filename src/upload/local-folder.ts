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

/** A directory still to be read. Names are bytes: those that are not UTF-8 can be opened in no other way. */
interface Pending {
  readonly path: Buffer
  readonly relativePath: string
}

/**
 * The files of a folder on disk, found while they are asked for. A directory is read to its end, then those that were
 * found in it, so what is kept in mind are directories, never files.
 */
export function localFolder(root: string, options: FolderOptions): FileSource {
  const { wantsFile, wantsFolder } = selection(options)
  const { recursive, followSymlinks } = options

  async function* list(signal: AbortSignal): AsyncGenerator<FileEntry> {
    const pending: Pending[] = [{ path: Buffer.from(root), relativePath: '' }]
    // Links wait until all else is read: then a file that is in the folder and linked to keeps its own name.
    const links: Pending[] = []
    const seen = new Set<string>()
    for (;;) {
      const directory = pending.pop()
      if (directory) {
        if (followSymlinks && !(await isNew(directory.path, seen))) continue
        yield* read(directory, pending, links, seen)
      } else {
        const link = links.shift()
        if (!link) return
        yield* follow(link, pending, seen)
      }
      if (signal.aborted) return
    }
  }

  async function* read(
    at: Pending,
    pending: Pending[],
    links: Pending[],
    seen: Set<string>,
  ): AsyncGenerator<FileEntry> {
    try {
      // the types do not know that `encoding` may be 'buffer'
      const options = { bufferSize: 256, encoding: 'buffer' as BufferEncoding }
      for await (const dirent of await promises.opendir(at.path, options)) {
        const name = dirent.name as unknown as Buffer
        const text = name.toString()
        const relativePath = at.relativePath === '' ? text : `${at.relativePath}/${text}`
        const child = { path: Buffer.concat([at.path, Buffer.from(sep), name]), relativePath }
        if (dirent.isDirectory()) {
          if (recursive && wantsFolder(relativePath, text)) pending.push(child)
        } else if (dirent.isSymbolicLink() && followSymlinks) {
          if (wantsFolder(relativePath, text)) links.push(child)
        } else if (wantsFile(relativePath, text)) {
          if (followSymlinks && dirent.isFile()) await isNew(child.path, seen)
          yield entryOf(child, dirent)
        }
      }
    } catch (error) {
      if (at.relativePath === '') throw unusable(root, error)
      yield { ...entryOf(at), error: error instanceof Error ? error : new Error(String(error)) }
    }
  }

  async function* follow(link: Pending, pending: Pending[], seen: Set<string>): AsyncGenerator<FileEntry> {
    const name = basename(link.relativePath)
    try {
      const stats = await promises.stat(link.path)
      if (stats.isDirectory()) {
        if (recursive) pending.push(link)
      } else if (wantsFile(link.relativePath, name)) {
        const entry = entryOf(link)
        if (!stats.isFile()) yield { ...entry, skip: 'not-a-file' }
        else yield (await isNew(link.path, seen)) ? entry : { ...entry, skip: 'duplicate' }
      }
    } catch (error) {
      if (!wantsFile(link.relativePath, name)) return
      yield { ...entryOf(link), error: error instanceof Error ? error : new Error(String(error)) }
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

function entryOf({ path, relativePath }: Pending, dirent?: Dirent): FileEntry {
  const named = isUtf8(path)
    ? { path: path.toString(), relativePath }
    : { path: path.toString(), relativePath, rawPath: path }
  if (!dirent || dirent.isFile()) return named
  return { ...named, skip: dirent.isSymbolicLink() ? 'symlink' : 'not-a-file' }
}

async function isNew(path: Buffer, seen: Set<string>): Promise<boolean> {
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
