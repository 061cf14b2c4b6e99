import {
  closeSync,
  constants,
  fstat,
  fstatSync,
  open,
  openSync,
  read,
  readSync,
  type Stats,
  stat,
  statSync,
} from 'node:fs'
import { promisify } from 'node:util'
import { CHUNK_BYTES, type FileEntry, type OpenFile } from './file-source.ts'

const openLater = promisify(open)
const statLater = promisify(fstat)
const statPathLater = promisify(stat)

/**
 * Files are opened and read without leaving the thread: a cached read takes less time than the way to the thread pool
 * and back. 2,000 files of 20 KB were sent 1.3 to 1.6 times faster, and 600 MB in large ones 1.1 times.
 *
 * So many reads in a row that took longer, though, come from a slow disk or a network: from then on the event loop is no longer
 * held up. A single one only shows that the processor was busy with something else.
 */
const SLOW_READ_MS = 5
const SLOW_READS = 3
/** O_NONBLOCK: should a FIFO have taken the place of the file since it was listed, opening it must not wait for ever. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * Opens files on disk; remembers whether the disk is slow.
 *
 * @param now milliseconds, of any beginning
 */
export function localOpener(
  now: () => number = () => performance.now(),
): (entry: FileEntry) => OpenFile | Promise<OpenFile> {
  let slow = false
  let slowReads = 0

  function readNow(fd: number, buffer: Uint8Array, length: number, position: number): number {
    const start = now()
    const bytes = readSync(fd, buffer, 0, length, position)
    slowReads = now() - start > SLOW_READ_MS ? slowReads + 1 : 0
    if (slowReads >= SLOW_READS) slow = true
    return bytes
  }

  function wrap(fd: number, path: string | Buffer, opened: Stats): OpenFile {
    const same = (is: Stats): boolean =>
      is.size === opened.size && is.mtimeMs === opened.mtimeMs && is.ino === opened.ino && is.dev === opened.dev
    return {
      size: opened.size,
      modifiedMs: opened.mtimeMs,
      regular: opened.isFile(),
      read(buffer, length, position) {
        if (!slow) return readNow(fd, buffer, length, position)
        return new Promise((resolve, reject) => {
          read(fd, buffer, 0, length, position, (error, bytes) => (error ? reject(error) : resolve(bytes)))
        })
      },
      unchanged() {
        // What is read in one go cannot be replaced meanwhile. Otherwise its name must still lead to the same file.
        if (!slow) return same(fstatSync(fd)) && (opened.size <= CHUNK_BYTES || same(statSync(path)))
        return statLater(fd).then(async (is) => same(is) && same(await statPathLater(path)))
      },
      close: () => closeSync(fd),
    }
  }

  async function openSlowly(path: string | Buffer): Promise<OpenFile> {
    const fd = await openLater(path, READ)
    try {
      return wrap(fd, path, await statLater(fd))
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }

  return ({ path, rawPath }) => {
    const bytes = rawPath === undefined ? path : Buffer.from(rawPath)
    if (slow) return openSlowly(bytes)
    const fd = openSync(bytes, READ)
    return wrap(fd, bytes, fstatSync(fd))
  }
}
