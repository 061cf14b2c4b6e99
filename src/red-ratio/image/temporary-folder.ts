import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of its own in the system's, made when it is first needed. */
export interface TemporaryFolder {
  path(name: string): Promise<string>
  /** For good. What a decoder still has open loses its name, and what it would open there fails. */
  remove(): Promise<void>
}

export function temporaryFolder(): TemporaryFolder {
  let folder: Promise<string> | undefined
  let removed = false
  return {
    async path(name) {
      if (removed) throw new Error('The temporary folder is removed')
      folder ??= mkdtemp(join(tmpdir(), 'ruddle-pixels-'))
      return join(await folder, name)
    },
    async remove() {
      removed = true
      if (folder !== undefined) await rm(await folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}
