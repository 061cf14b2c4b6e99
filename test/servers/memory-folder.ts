import { statfsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder in memory where the system has such a place with room: what is tested is not the disk. */
export function memoryFolder(prefix: string): Promise<string> {
  return mkdtemp(join(freeBytes('/dev/shm') > 1e9 ? '/dev/shm' : tmpdir(), prefix))
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return 0
  }
}
