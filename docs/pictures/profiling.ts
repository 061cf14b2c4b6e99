// Draws docs/pictures/perf-*.png: what `ruddle perf` says of the log of examples/profile-service.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import {
  analyse,
  formatCurves,
  formatReport,
  profileTree,
  timingTree,
  toDot,
  toFlameHtml,
  toSvg,
} from 'ruddle/profiling/analyse'
import { launchChromium } from '../../test/servers/chromium.ts'

const folder = mkdtempSync(join(tmpdir(), 'ruddle-pictures-'))
const example = fileURLToPath(new URL('../../examples/profile-service/main.ts', import.meta.url))
const browser = await launchChromium()
try {
  execFileSync(process.execPath, ['--import', 'tsx', example, folder, '80'])
  const analysis = await analyse([join(folder, 'first.log')])
  const profiles = analysis.profiles.flatMap(({ fn, profile }) => (profile ? [{ fn, profile }] : []))
  await draw('report', terminal('ruddle perf report first.log', formatReport(analysis)), 1180)
  const quote = analysis.caches.find(({ fn }) => fn === 'Prices.quote')!
  await draw('cache', terminal('ruddle perf cache --fn quote first.log', formatCurves(quote)), 1010)
  const flame = toFlameHtml(timingTree(analysis), { title: 'Timed functions of the shop' })
  await draw('flame', flame, 900)
  await draw('cpu', toFlameHtml(profileTree(profiles), { title: 'CPU profile of Shop.order' }), 900)
  await draw('calls', await toSvg(toDot(analysis)), 700)
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}

async function draw(name: string, content: string, width: number): Promise<void> {
  const file = join(folder, `${name}${content.startsWith('<?xml') ? '.svg' : '.html'}`)
  writeFileSync(file, content)
  const page = await browser.newPage({ viewport: { width, height: name === 'cpu' ? 480 : 120 } })
  await page.goto(pathToFileURL(file).href)
  const path = fileURLToPath(new URL(`perf-${name}.png`, import.meta.url))
  if (content.startsWith('<?xml')) await page.locator('svg').screenshot({ path })
  else await page.screenshot({ path, fullPage: name !== 'cpu' })
  await page.close()
}

function terminal(command: string, output: string): string {
  const text = `$ ${command}\n\n${output}`.replace(/[&<]/g, (c) => `&#${c.charCodeAt(0)};`)
  return `<!doctype html><meta charset="utf-8"><body style="margin:0"><pre style="margin:0;padding:14px;
    font:12px/1.18 'DejaVu Sans Mono',monospace;background:#1d1b1a;color:#eae4df;white-space:pre-wrap">${text}</pre>`
}
