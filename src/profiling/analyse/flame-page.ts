/** The style of the flame graph's page. */
export const FLAME_STYLE: string = `
:root { color-scheme: light dark; font: 14px/1.4 system-ui, sans-serif; }
body { margin: 1rem; }
h1 { font-size: 1.2rem; margin: 0; }
header p { margin: .4rem 0; }
#flame { position: relative; overflow: hidden; border: 1px solid #8886; }
.box { position: absolute; box-sizing: border-box; height: 18px; border: 0; border-right: 1px solid #fff8; padding: 0 3px;
  overflow: hidden; white-space: nowrap; text-align: left; font: 11px/17px system-ui, sans-serif; color: #1b0d08; cursor: pointer; }
.box:hover, .box:focus-visible { outline: 2px solid #3a6ea5; z-index: 1; }
.above { opacity: .55; }
.found { background: #6f4bd8 !important; color: #fff; }
#details { min-height: 1.4em; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .1rem .6rem; }
th:first-child, td:first-child, th:last-child, td:last-child { text-align: left; }
td:first-child { cursor: pointer; }
tbody tr:nth-child(odd) { background: #8881; }
`

/** Its script: plain JavaScript for the browser, without a template so that nothing from a log gets into it. */
export const FLAME_SCRIPT: string = `
'use strict'
const ROW = 18
const root = read(JSON.parse(document.getElementById('data').textContent), null)
const flame = document.getElementById('flame')
const search = document.getElementById('search')
const reset = document.getElementById('reset')
let zoomed = root
let wanted = ''

function read([name, at, self, total, children], parent) {
  const node = { name, at, self, total, parent }
  node.children = children.map((child) => read(child, node))
  return node
}
function time(ms) {
  if (ms >= 1000) return (ms / 1000).toPrecision(3) + ' s'
  return ms >= 1 || ms === 0 ? Number(ms.toPrecision(3)) + ' ms' : (ms * 1000).toPrecision(3) + ' \\u00b5s'
}
function share(ms) {
  return (root.total > 0 ? (100 * ms / root.total).toFixed(1) : '0') + ' %'
}
function matches(node) {
  return wanted !== '' && (node.name + ' ' + node.at).toLowerCase().includes(wanted)
}
function colour(name) {
  let hash = 0
  for (let i = 0; i < name.length; i++) hash = (hash * 31 + name.charCodeAt(i)) | 0
  const part = Math.abs(hash)
  return name.startsWith('(') ? '#c9c4c0' : 'hsl(' + (4 + part % 36) + ' ' + (55 + part % 20) + '% ' + (66 + (part >> 6) % 14) + '%)'
}
function describe(node) {
  return node.name + (node.at ? '  ' + node.at : '') + '  \\u2013  total ' + time(node.total) + ' (' + share(node.total) + '), self ' + time(node.self) + ' (' + share(node.self) + ')'
}
function draw() {
  flame.replaceChildren()
  const above = []
  for (let node = zoomed.parent; node; node = node.parent) above.unshift(node)
  let deepest = above.length
  const least = zoomed.total / Math.max(400, flame.clientWidth)
  function box(node, left, width, depth, faded) {
    deepest = Math.max(deepest, depth)
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'box' + (faded ? ' above' : '') + (matches(node) ? ' found' : '')
    button.style.left = 100 * left + '%'
    button.style.width = 100 * width + '%'
    button.style.top = depth * ROW + 'px'
    button.style.background = colour(node.name)
    if (width > 0.02) button.textContent = node.name
    button.title = describe(node)
    button.addEventListener('click', () => zoom(node))
    button.addEventListener('mouseenter', () => { document.getElementById('details').textContent = describe(node) })
    flame.append(button)
  }
  function below(node, left, depth) {
    const width = zoomed.total > 0 ? node.total / zoomed.total : 1
    box(node, left, width, depth, false)
    let from = left
    for (const child of node.children) {
      if (child.total >= least) below(child, from, depth + 1)
      from += zoomed.total > 0 ? child.total / zoomed.total : 0
    }
  }
  above.forEach((node, depth) => box(node, 0, 1, depth, true))
  below(zoomed, 0, above.length)
  flame.style.height = (deepest + 1) * ROW + 'px'
  reset.hidden = zoomed === root
}
function zoom(node) {
  zoomed = node
  draw()
}
function find(text) {
  wanted = text.trim().toLowerCase()
  let sum = 0
  ;(function walk(node) {
    if (matches(node)) sum += node.total
    else node.children.forEach(walk)
  })(root)
  document.getElementById('found').textContent = wanted === '' ? '' : share(sum) + ' of the time'
  draw()
}
function table() {
  const rows = new Map()
  ;(function walk(node, open) {
    const key = node.name + '\\n' + node.at
    const row = rows.get(key) || { node, self: 0, total: 0 }
    rows.set(key, row)
    row.self += node.self
    if (!open.has(key)) row.total += node.total
    const inside = new Set(open).add(key)
    for (const child of node.children) walk(child, inside)
  })(root, new Set())
  const body = document.getElementById('table')
  const list = [...rows.values()].filter((row) => row.node !== root).sort((a, b) => b.self - a.self || b.total - a.total).slice(0, 100)
  for (const { node, self, total } of list) {
    const row = body.insertRow()
    for (const text of [node.name, time(self), share(self), time(total), share(total), node.at]) row.insertCell().textContent = text
    row.cells[0].addEventListener('click', () => {
      search.value = node.name
      find(node.name)
    })
  }
}
search.addEventListener('input', () => find(search.value))
reset.addEventListener('click', () => zoom(root))
addEventListener('keydown', (event) => { if (event.key === 'Escape') zoom(root) })
addEventListener('resize', draw)
table()
draw()
`
