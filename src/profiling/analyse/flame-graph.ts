import type { CallTree } from './call-tree.ts'
import { FLAME_SCRIPT, FLAME_STYLE } from './flame-page.ts'

export interface FlameGraphOptions {
  /** Heading of the page. @default the name of the tree */
  readonly title?: string
  /** A line below it. */
  readonly note?: string
}

/** A page with more boxes than this is slow, and they would be too narrow to see. */
const MAX_BOXES = 20_000

type Box = readonly [name: string, at: string, selfMs: number, totalMs: number, children: readonly Box[]]

/**
 * One HTML file that needs nothing else and asks the network for nothing: a flame graph (calls from the top down, time
 * as width) to zoom and search, and the functions as a table.
 *
 * @example
 * ```ts
 * import { createProfiler } from 'ruddle/profiling'
 * import { analyse, timingTree, toFlameHtml } from 'ruddle/profiling/analyse'
 *
 * const lines: string[] = []
 * const profiler = createProfiler({ sink: (line) => lines.push(`${line}\n`) })
 * profiler.timeit('order', () => JSON.stringify(lines))()
 * profiler.close()
 * const page = toFlameHtml(timingTree(await analyse([lines])), { title: 'Build 41' })
 * page.includes('<title>Build 41</title>') // => true
 * ```
 */
export function toFlameHtml(tree: CallTree, { title = tree.name, note = '' }: FlameGraphOptions = {}): string {
  const data = JSON.stringify(boxesOf(tree)).replace(
    /[<\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${FLAME_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(note)}</p>
<p><label>Search <input id="search" type="search" placeholder="function or file"></label> <output id="found"></output>
<button id="reset" type="button" hidden>Show all</button></p>
</header>
<main id="flame" aria-label="Flame graph: click a box to zoom, Escape to show all"></main>
<p id="details">&nbsp;</p>
<table><thead><tr><th>Function</th><th>Self</th><th></th><th>Total</th><th></th><th>At</th></tr></thead><tbody id="table"></tbody></table>
<script id="data" type="application/json">${data}</script>
<script>${FLAME_SCRIPT}</script>
</body>
</html>
`
}

function boxesOf(tree: CallTree): Box {
  const sizes: number[] = []
  const measure = ({ totalMs, children }: CallTree): void => {
    sizes.push(totalMs)
    children.forEach(measure)
  }
  measure(tree)
  const least = sizes.length > MAX_BOXES ? sizes.sort((a, b) => b - a)[MAX_BOXES]! : 0
  const box = ({ name, at, selfMs, totalMs, children }: CallTree): Box => [
    name,
    at,
    Math.round(selfMs * 1e4) / 1e4,
    Math.round(totalMs * 1e4) / 1e4,
    children.filter((child) => child.totalMs > least).map(box),
  ]
  return box(tree)
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
