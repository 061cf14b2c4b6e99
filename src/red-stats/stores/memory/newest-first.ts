import type { RedEvent } from '../../event.ts'

type Place = Pick<RedEvent, 'timestamp' | 'imageId'>

/** The order of a list: by time, then by the bytes of the image id, both descending. */
export function newestFirst(a: Place, b: Place): number {
  return b.timestamp - a.timestamp || Buffer.compare(Buffer.from(b.imageId), Buffer.from(a.imageId))
}
