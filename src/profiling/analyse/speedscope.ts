import { type CallTree, frameOf, isShown } from './call-tree.ts'
import type { CpuProfileFile } from './unpack-profile.ts'

/** https://www.speedscope.app/file-format-schema.json, the part that is used. */
export interface SpeedscopeFile {
  readonly $schema: 'https://www.speedscope.app/file-format-schema.json'
  readonly exporter: string
  readonly shared: {
    readonly frames: readonly { readonly name: string; readonly file?: string; readonly line?: number }[]
  }
  readonly profiles: readonly {
    readonly type: 'sampled'
    readonly name: string
    readonly unit: 'microseconds'
    readonly startValue: number
    readonly endValue: number
    /** Each sample is a stack of frames, outermost first. */
    readonly samples: readonly (readonly number[])[]
    readonly weights: readonly number[]
  }[]
}

type Stacks = Pick<SpeedscopeFile['profiles'][number], 'samples' | 'weights'>

/**
 * CPU profiles in the order of time, one speedscope profile each.
 *
 * @example
 * ```ts
 * import { createProfiler } from 'ruddle/profiling'
 * import { analyse, toSpeedscope } from 'ruddle/profiling/analyse'
 *
 * const lines: string[] = []
 * const profiler = createProfiler({ sink: (line) => lines.push(`${line}\n`) })
 * profiler.profile('order', () => JSON.stringify(Array.from({ length: 200_000 }, String)))()
 * profiler.close()
 * const { profiles } = await analyse([lines])
 * const complete = profiles.flatMap(({ fn: name, profile }) => (profile ? [{ name, profile }] : []))
 * toSpeedscope(complete).profiles.map(({ name, type }) => [name, type]) // => [['order', 'sampled']]
 * ```
 */
export function toSpeedscope(
  profiles: readonly { readonly name: string; readonly profile: CpuProfileFile }[],
): SpeedscopeFile {
  return speedscopeFile(
    profiles.map(({ name, profile }) => ({
      name,
      stacks: (frame) => {
        const paths = new Map<number, number[]>()
        for (const node of profile.nodes) {
          const path = paths.get(node.id) ?? []
          const own = isShown(node) ? [...path, frame(...frameOf(node))] : path
          paths.set(node.id, own)
          for (const child of node.children) paths.set(child, own)
        }
        return {
          samples: profile.samples.map((id) => paths.get(id) ?? []),
          weights: profile.samples.map((_, i) => profile.timeDeltas[i + 1] ?? 0),
        }
      },
    })),
  )
}

/**
 * A tree without an order of time: as one profile.
 *
 * @example
 * ```ts
 * import { treeToSpeedscope } from 'ruddle/profiling/analyse'
 *
 * // what `timingTree` or `profileTree` gives
 * const price = { name: 'price', at: 'shop.ts:9', selfMs: 20, totalMs: 20, children: [] }
 * const order = { name: 'order', at: '', selfMs: 5, totalMs: 25, children: [price] }
 * const tree = { name: 'timed functions', at: '', selfMs: 0, totalMs: 25, children: [order] }
 * const { samples, weights, unit } = treeToSpeedscope(tree).profiles[0]!
 * samples // => [[0], [0, 1]]
 * weights.map((weight) => `${weight} ${unit}`) // => ['5000 microseconds', '20000 microseconds']
 * ```
 */
export function treeToSpeedscope(tree: CallTree): SpeedscopeFile {
  const stacks = (frame: Frame): Stacks => {
    const samples: number[][] = []
    const weights: number[] = []
    const walk = ({ name, at, selfMs, children }: CallTree, above: readonly number[]): void => {
      const path = [...above, frame(name, at)]
      if (selfMs > 0) {
        samples.push(path)
        weights.push(Math.round(selfMs * 1000))
      }
      for (const child of children) walk(child, path)
    }
    for (const child of tree.children) walk(child, [])
    return { samples, weights }
  }
  return speedscopeFile([{ name: tree.name, stacks }])
}

type Frame = (name: string, at: string) => number

function speedscopeFile(profiles: readonly { name: string; stacks(frame: Frame): Stacks }[]): SpeedscopeFile {
  const frames: SpeedscopeFile['shared']['frames'][number][] = []
  const indexes = new Map<string, number>()
  const frame: Frame = (name, at) => {
    const id = `${name}\n${at}`
    let index = indexes.get(id)
    if (index === undefined) {
      const [, file = '', line = ''] = /^(.*):(\d+)$/.exec(at) ?? []
      index = frames.push({ name, ...(file !== '' && { file, line: Number(line) }) }) - 1
      indexes.set(id, index)
    }
    return index
  }
  return {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'ruddle',
    shared: { frames },
    profiles: profiles.map(({ name, stacks }) => {
      const { samples, weights } = stacks(frame)
      const endValue = weights.reduce((sum, weight) => sum + weight, 0)
      return { type: 'sampled', name, unit: 'microseconds', startValue: 0, endValue, samples, weights }
    }),
  }
}
