import { crc32, gzipSync } from 'node:zlib'
import type { CpuProfile } from './cpu-profiler.ts'
import { type CpuLine, cleanName, type PackedProfile } from './log-line.ts'

const TOP = 20

/** Times in tenths of the sampling interval take half the room of microseconds, which are noise. */
export function packProfile(profile: CpuProfile, intervalUs: number): PackedProfile {
  const strings: string[] = []
  const indexOf = new Map<string, number>()
  const intern = (text: string): number => {
    let index = indexOf.get(text)
    if (index === undefined) {
      index = strings.push(text) - 1
      indexOf.set(text, index)
    }
    return index
  }
  const place = new Map(profile.nodes.map(({ id }, index) => [id, index]))
  const parents = new Map(
    profile.nodes.flatMap(({ children = [] }, index) => children.map((child): [number, number] => [child, index])),
  )
  const nodes = profile.nodes.map(({ id, callFrame }): PackedProfile['nodes'][number] => [
    parents.get(id) ?? -1,
    intern(cleanName(callFrame.functionName)),
    intern(shortUrl(callFrame.url)),
    callFrame.lineNumber,
    callFrame.columnNumber,
  ])
  const unitUs = Math.max(1, Math.round(intervalUs / 10))
  let last = 0
  const samples = (profile.samples ?? []).map((id) => {
    const index = place.get(id) ?? 0
    const step = index - last
    last = index
    return step
  })
  let elapsed = 0
  let told = 0
  const deltas = (profile.timeDeltas ?? []).map((us) => {
    elapsed += us
    const units = Math.round(elapsed / unitUs) - told
    told += units
    return units
  })
  return { strings, nodes, samples, deltas, unitUs }
}

/** The functions with the most self time: name, place, milliseconds. */
export function topOf({ strings, nodes, samples, deltas, unitUs }: PackedProfile): NonNullable<CpuLine['top']> {
  const times = new Map<string, number>()
  let index = 0
  samples.forEach((step, i) => {
    index += step
    const [, name = 0, url = 0, line = 0] = nodes[index] ?? []
    const file = strings[url] ?? ''
    const key = JSON.stringify([strings[name] || '(anonymous)', file === '' ? '' : `${file}:${line + 1}`])
    // the time to the next sample was spent here
    times.set(key, (times.get(key) ?? 0) + ((deltas[i + 1] ?? 0) * unitUs) / 1000)
  })
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, TOP)
    .map(([key, ms]) => {
      const [name, at] = JSON.parse(key) as [string, string]
      return [name, at, Math.round(ms * 10) / 10]
    })
}

type Piece = Omit<CpuLine, 'v' | 'id' | 'q' | 'tid' | 'run' | 't0' | 't1'>

/** Pieces of at most `maxBytes`; the first carries the answer in short, should the others be lost. */
export function cutProfile(
  packed: PackedProfile,
  about: Omit<Piece, 'k' | 'i' | 'of' | 'crc' | 'd' | 'top'>,
  maxBytes: number,
): Piece[] {
  const data = gzipSync(JSON.stringify(packed), { level: 9 }).toString('base64')
  const piece = (i: number, of: number, d: string): Piece => ({ k: 'cpu', ...about, i, of, crc: crc32(d), d })
  const top = [...topOf(packed)]
  const size = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))
  while (size(top) > maxBytes / 2) top.pop()
  const room = maxBytes - size(piece(99_999, 99_999, '')) - 10
  const firstRoom = Math.max(0, room - size({ top }))
  const cuts = [data.slice(0, firstRoom)]
  for (let from = firstRoom; from < data.length; from += room) cuts.push(data.slice(from, from + room))
  return cuts.map((d, i) => ({ ...piece(i, cuts.length, d), ...(i === 0 && { top }) }))
}

function shortUrl(url: string): string {
  return cleanName(url.replace(/^file:\/\//, '').replace(`${process.cwd()}/`, ''))
}
