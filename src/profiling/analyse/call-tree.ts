import type { Analysis } from './analyse.ts'
import type { FunctionTimes } from './function-times.ts'
import type { CpuProfileFile, ProfileNode } from './unpack-profile.ts'

/** Time by call path. */
export interface CallTree {
  readonly name: string
  /** `file:line`, or empty. */
  readonly at: string
  readonly selfMs: number
  readonly totalMs: number
  /** Most time first. */
  readonly children: readonly CallTree[]
}

const MAX_DEPTH = 64
/** A part of the whole that no viewer shows. */
const NEGLIGIBLE = 1e-5

/**
 * The samples of CPU profiles in one tree, each profile below the name of its function. Waiting is left out.
 *
 * @example
 * ```ts
 * import { createProfiler } from 'ruddle/profiling'
 * import { analyse, profileTree } from 'ruddle/profiling/analyse'
 *
 * const lines: string[] = []
 * const profiler = createProfiler({ sink: (line) => lines.push(`${line}\n`) })
 * profiler.profile('order', () => JSON.stringify(Array.from({ length: 200_000 }, String)))()
 * profiler.close()
 * const { profiles } = await analyse([lines])
 * const complete = profiles.flatMap(({ fn, profile }) => (profile ? [{ fn, profile }] : []))
 * profileTree(complete).children.map(({ name }) => name) // => ['order']
 * ```
 */
export function profileTree(profiles: readonly { readonly fn: string; readonly profile: CpuProfileFile }[]): CallTree {
  const root = new Branch('CPU profiles', '')
  for (const { fn, profile } of profiles) {
    const top = root.child(fn, '')
    const branches = new Map<number, Branch>()
    const grow = (node: ProfileNode, parent: Branch): void => {
      const branch = isShown(node) ? parent.child(...frameOf(node)) : parent
      branches.set(node.id, branch)
    }
    const byId = new Map(profile.nodes.map((node) => [node.id, node]))
    for (const node of profile.nodes) {
      if (!branches.has(node.id)) grow(node, top)
      for (const id of node.children) grow(byId.get(id)!, branches.get(node.id)!)
    }
    profile.samples.forEach((id, i) => {
      const branch = branches.get(id)
      if (branch && byId.get(id)?.callFrame.functionName !== '(idle)')
        branch.ms += (profile.timeDeltas[i + 1] ?? 0) / 1000
    })
  }
  return root.tree(0)
}

/**
 * The call graph of the timed functions as a tree. A function's callees are known only in total, so each of its
 * callers is given its share of them, as gprof does.
 *
 * @example
 * ```ts
 * import { createProfiler } from 'ruddle/profiling'
 * import { analyse, timingTree } from 'ruddle/profiling/analyse'
 *
 * const lines: string[] = []
 * let ms = 0 // a clock that stands still but for the work
 * const profiler = createProfiler({ sink: (line) => lines.push(`${line}\n`), now: () => ms })
 * const price = profiler.timeit('price', () => void (ms += 20))
 * profiler.timeit('order', () => price())()
 * profiler.close()
 * const [order] = timingTree(await analyse([lines])).children
 * order?.children.map(({ name, totalMs }) => [name, totalMs]) // => [['price', 20]]
 * ```
 */
export function timingTree({ functions }: Pick<Analysis, 'functions'>): CallTree {
  const byKey = new Map(functions.map((times) => [key(times), times]))
  const calledMs = new Map<string, number>()
  for (const caller of functions) {
    for (const callee of caller.callees) {
      if (key(callee) !== key(caller)) calledMs.set(key(callee), (calledMs.get(key(callee)) ?? 0) + callee.ms)
    }
  }
  const whole = functions.reduce((sum, { sumMs }) => sum + sumMs, 0)
  const root = new Branch('timed functions', '')
  const grow = (times: FunctionTimes, ms: number, parent: Branch, above: ReadonlySet<string>): void => {
    const branch = parent.child(times.fn, times.at)
    const share = times.sumMs > 0 ? ms / times.sumMs : 0
    let left = ms
    for (const callee of times.callees) {
      const called = byKey.get(key(callee))
      const part = Math.min(callee.ms * share, left)
      if (called === undefined || above.has(key(callee)) || above.size > MAX_DEPTH || part <= whole * NEGLIGIBLE)
        continue
      left -= part
      grow(called, part, branch, new Set(above).add(key(callee)))
    }
    branch.ms += left
  }
  for (const times of functions) {
    const outside = times.sumMs - (calledMs.get(key(times)) ?? 0)
    if (outside > times.sumMs * 0.01) grow(times, outside, root, new Set([key(times)]))
  }
  return root.tree(whole * NEGLIGIBLE)
}

/**
 * Stacks with the time spent in their last function, `a;b;c 1234` in microseconds, for flamegraph.pl and the like.
 *
 * @example
 * ```ts
 * import { toFolded } from 'ruddle/profiling/analyse'
 *
 * // what `timingTree` or `profileTree` gives
 * const price = { name: 'price', at: 'shop.ts:9', selfMs: 20, totalMs: 20, children: [] }
 * const order = { name: 'order', at: '', selfMs: 5, totalMs: 25, children: [price] }
 * const tree = { name: 'timed functions', at: '', selfMs: 0, totalMs: 25, children: [order] }
 * toFolded(tree) // => 'order 5000\norder;price (shop.ts:9) 20000\n'
 * ```
 */
export function toFolded(tree: CallTree): string {
  const lines: string[] = []
  const walk = ({ name, at, selfMs, children }: CallTree, above: string): void => {
    const frame = (at === '' ? name : `${name} (${at})`).replace(/[;\s]+/g, ' ')
    const path = above === '' ? frame : `${above};${frame}`
    const us = Math.round(selfMs * 1000)
    if (us > 0) lines.push(`${path} ${us}`)
    for (const child of children) walk(child, path)
  }
  for (const child of tree.children) walk(child, '')
  return lines.map((line) => `${line}\n`).join('')
}

/** The profiler's own wrappers stand between every two functions: without them it reads as the program was written. */
export function isShown({ callFrame }: ProfileNode): boolean {
  const { functionName, url } = callFrame
  return url !== 'node:async_hooks' && !/^\(root\)$|^ruddle(?:Timeit|CacheProfile|Profile)/.test(functionName)
}

export function frameOf({ callFrame }: ProfileNode): [name: string, at: string] {
  const { functionName, url, lineNumber } = callFrame
  return [functionName || '(anonymous)', url === '' ? '' : `${url}:${lineNumber + 1}`]
}

class Branch {
  ms = 0
  readonly #name: string
  readonly #at: string
  readonly #children = new Map<string, Branch>()

  constructor(name: string, at: string) {
    this.#name = name
    this.#at = at
  }

  child(name: string, at: string): Branch {
    const id = `${name}\n${at}`
    let child = this.#children.get(id)
    if (child === undefined) {
      child = new Branch(name, at)
      this.#children.set(id, child)
    }
    return child
  }

  tree(leastMs: number): CallTree {
    const all = [...this.#children.values()].map((child) => child.tree(leastMs))
    const totalMs = all.reduce((sum, child) => sum + child.totalMs, this.ms)
    const children = all
      .filter((child) => child.totalMs > leastMs)
      .sort((a, b) => b.totalMs - a.totalMs || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.at < b.at ? -1 : 1))
    return { name: this.#name, at: this.#at, selfMs: this.ms, totalMs, children }
  }
}

function key({ fn, at }: { fn: string; at: string }): string {
  return `${fn}\n${at}`
}
