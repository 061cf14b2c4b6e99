import { type CurvePoint, pointAt } from './cache-curve.ts'
import type { CacheUse } from './cache-use.ts'
import { duration, group, percent, span } from './wording.ts'

const ROWS = 8

/**
 * The curves of one function, drawn with characters: how much a cache would hit, by its size and by its time to live.
 *
 * @example
 * ```ts
 * import { createProfiler } from 'ruddle/profiling'
 * import { analyse, formatCurves } from 'ruddle/profiling/analyse'
 *
 * const lines: string[] = []
 * let ms = 0 // a clock that stands still but for the work
 * const profiler = createProfiler({ sink: (line) => lines.push(`${line}\n`), now: () => ms })
 * const price = profiler.cacheProfile('price', (id: number) => id + ms++)
 * for (let i = 0; i < 20; i++) price(i % 5)
 * profiler.close()
 * const { caches } = await analyse([lines])
 * formatCurves(caches[0]!).split('\n')[1] // => '  20 calls in 20.0 ms, 5 different keys'
 * ```
 */
export function formatCurves(cache: CacheUse): string {
  const { fn, at, calls, keys, checked, changed, duplicates, duplicateMs, keyMs, errors, unkeyed, sumMs } = cache
  const facts = [
    `${group(calls)} calls in ${duration(sumMs)}, ${group(keys)} different keys`,
    checked > 0 ? `${group(changed)} of ${group(checked)} repeats had changed` : 'no result could be compared',
    `making the keys took ${duration(keyMs)}`,
    duplicates > 0 && `${group(duplicates)} calls (${duration(duplicateMs)}) began while the same one was in flight`,
    errors > 0 && `${group(errors)} calls failed`,
    unkeyed > 0 && `${group(unkeyed)} calls had arguments too large for a key`,
  ].filter((fact) => fact !== false)
  const largest = cache.sizes.at(-1)?.at ?? 1
  const sizes = Array.from({ length: Math.max(1, Math.ceil(Math.log2(largest)) + 1) }, (_, i) => 2 ** i)
  return [
    `${fn}  ${at}`,
    ...facts.map((fact) => `  ${fact}`),
    '',
    '  hits and time saved by the size of an LRU cache',
    ...chart(
      sizes.map((size) => ({ ...pointAt(cache.sizes, size), at: size })),
      (size) => group(size),
    ),
    '',
    '  by the time to live, whatever the size',
    ...chart(cache.ttls, span),
  ].join('\n')
}

function chart(points: readonly CurvePoint[], name: (at: number) => string): string[] {
  const width =
    Math.max(8, ...points.map(({ at }) => name(at).length), ...points.map((p) => duration(p.savedMs).length)) + 1
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const line = points.map(({ hitRate }) =>
      block(hitRate * ROWS - (ROWS - 1 - row))
        .repeat(width - 2)
        .padStart(width),
    )
    const scale = row === 0 ? '100 %' : row === ROWS / 2 ? ' 50 %' : '     '
    return `  ${scale} │${line.join('')}`
  })
  const foot = (title: string, cell: (point: CurvePoint) => string) =>
    `  ${title.padStart(5)}  ${points.map((point) => cell(point).padStart(width)).join('')}`
  return [
    ...rows,
    `        └${'─'.repeat(width * points.length)}`,
    foot('', ({ at }) => name(at)),
    foot('hits', ({ hitRate }) => percent(hitRate)),
    foot('saved', ({ savedMs }) => duration(savedMs)),
  ]
}

function block(height: number): string {
  const eighths = Math.max(0, Math.min(8, Math.round(height * 8)))
  return ' ▁▂▃▄▅▆▇█'[eighths]!
}
