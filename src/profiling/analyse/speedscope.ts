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

/** CPU profiles in the order of time, one speedscope profile each. */
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

/** A tree without an order of time: as one profile. */
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
