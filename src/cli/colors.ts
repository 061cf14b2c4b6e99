import type { WriteStream } from 'node:tty'
import picocolors from 'picocolors'

/**
 * Colours for what is written to this stream: on a terminal, or where FORCE_COLOR asks for them, unless NO_COLOR
 * forbids them. picocolors by itself would also colour a pipe when CI is set.
 */
export function colorsFor({ isTTY }: Pick<WriteStream, 'isTTY'>): ReturnType<typeof picocolors.createColors> {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  const asked = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0'
  return picocolors.createColors(!NO_COLOR && (asked || (isTTY === true && TERM !== 'dumb')))
}
