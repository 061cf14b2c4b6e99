import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0])

/** Bytes that begin like a JPEG and are the same for the same seed. */
export function jpeg(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size)
  let state = seed >>> 0 || 1
  for (let at = 0; at < size; at++) {
    // xorshift32
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[at] = state & 0xff
  }
  JPEG.copy(bytes)
  return bytes
}

export interface TestFolder extends Disposable {
  readonly path: string
  /** Writes a file, its directories included; gives its path. */
  write(name: string, bytes?: Uint8Array): string
}

/** A folder that is gone at the end of the scope. */
export function testFolder(files: Record<string, Uint8Array> = {}): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'ruddle-upload-'))
  const folder: TestFolder = {
    path,
    write(name, bytes = jpeg(1000, name.length)) {
      const file = join(path, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, bytes)
      return file
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
  for (const [name, bytes] of Object.entries(files)) folder.write(name, bytes)
  return folder
}
