/** Where lines go: a function, a writable stream, a pino logger or a console. */
export type Sink =
  | ((line: string) => unknown)
  | { write(text: string, done?: (error?: Error | null) => void): unknown; readonly writableLength?: number }
  | { info(fields: object, message: string): unknown }
  | { log(line: string): unknown; info(...values: unknown[]): unknown }

/** What a stream may hold back before lines are dropped instead: a log that nobody reads must not fill the memory. */
const MAX_WAITING_BYTES = 1 << 20

interface Emitter {
  once(event: 'error', listener: () => void): unknown
  listenerCount(event: 'error'): number
}

/** Writes one line; calls `lost` if that fails, now or later. Never throws. */
export function writeLine(sink: Sink | undefined, fields: object, lost: () => void): void {
  const target: Sink = sink ?? process.stdout
  try {
    let written: unknown
    if (typeof target === 'function') written = target(JSON.stringify(fields))
    else if ('write' in target) {
      if ((target.writableLength ?? 0) > MAX_WAITING_BYTES) lost()
      else
        target.write(`${JSON.stringify(fields)}\n`, (error) => {
          if (!error) return
          lost()
          // as console.log does: the event that follows must not end a process that does not listen for it
          const emitter = target as Partial<Emitter>
          if (emitter.listenerCount?.('error') === 0) emitter.once?.('error', () => {})
        })
    } else if ('log' in target) target.log(JSON.stringify(fields))
    else {
      const { perf } = fields as { perf: object }
      written = target.info({ perf }, 'perf')
    }
    if (written instanceof Promise) written.catch(lost)
  } catch {
    lost()
  }
}
