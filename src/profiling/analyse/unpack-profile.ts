/** A `.cpuprofile` as Chrome DevTools, VS Code and speedscope read it. */
export interface CpuProfileFile {
  readonly nodes: readonly ProfileNode[]
  readonly startTime: number
  readonly endTime: number
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface ProfileNode {
  readonly id: number
  readonly callFrame: {
    readonly functionName: string
    readonly scriptId: string
    readonly url: string
    readonly lineNumber: number
    readonly columnNumber: number
  }
  readonly hitCount: number
  readonly children: readonly number[]
}

/** V8 records 256 frames of a stack (measured, Node 20); what is made of the nodes walks them by recursion. */
const MAX_DEPTH = 2_000

/** The inverse of `packProfile`. Throws if the data have another form. */
export function unpackProfile(packed: unknown): CpuProfileFile {
  const { strings, nodes, samples, deltas, unitUs } = packed as Record<string, unknown>
  if (!isListOf(strings, (text): text is string => typeof text === 'string')) throw new TypeError('No strings')
  if (!isListOf(nodes, isNode) || !isListOf(samples, isInteger) || !isListOf(deltas, isInteger)) {
    throw new TypeError('No nodes and samples')
  }
  if (typeof unitUs !== 'number' || !(unitUs > 0)) throw new TypeError('No unit')
  const children: number[][] = nodes.map(() => [])
  const depths = new Int32Array(nodes.length)
  nodes.forEach(([parent], i) => {
    if (parent >= i) throw new TypeError('A node before its parent')
    if (parent < 0) return
    children[parent]!.push(i + 1)
    depths[i] = depths[parent]! + 1
    if (depths[i]! > MAX_DEPTH) throw new TypeError('A stack too deep')
  })
  const hits = new Int32Array(nodes.length)
  let index = 0
  const ids = samples.map((step) => {
    index += step
    if (index < 0 || index >= nodes.length) throw new TypeError('A sample of no node')
    hits[index]!++
    return index + 1
  })
  const timeDeltas = deltas.map((units) => units * unitUs)
  const endTime = timeDeltas.reduce((sum, us) => sum + us, 0)
  if (!Number.isFinite(endTime)) throw new TypeError('Times without end')
  return {
    nodes: nodes.map(([, name, url, lineNumber, columnNumber], i) => ({
      id: i + 1,
      callFrame: {
        functionName: strings[name] ?? '',
        scriptId: String(url),
        url: strings[url] ?? '',
        lineNumber,
        columnNumber,
      },
      hitCount: hits[i]!,
      children: children[i]!,
    })),
    startTime: 0,
    endTime,
    samples: ids,
    timeDeltas,
  }
}

type Node = readonly [parent: number, name: number, url: number, line: number, column: number]

function isNode(value: unknown): value is Node {
  return Array.isArray(value) && value.length === 5 && value.every(isInteger)
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is)
}
