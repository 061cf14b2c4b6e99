import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const documents = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  ...markdownIn('docs', /^reference\//),
  ...markdownIn('examples', /(^|\/)node_modules\//),
].sort()

function markdownIn(folder: string, except: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !except.test(file))
    .map((file) => join(folder, file))
}

/** Markdown without its code, in which brackets mean something else. */
function withoutCode(text: string): string {
  return text.replace(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, '').replace(/`[^`\n]*`/g, 'code')
}

function linksIn(text: string): string[] {
  const prose = withoutCode(text)
  const inline = prose.matchAll(/\]\(([^()\s]+)\)/g)
  const definitions = prose.matchAll(/^\[[^\]\n]+\]:\s*(\S+)$/gm)
  const images = prose.matchAll(/<img[^>]*\ssrc="([^"]+)"/g)
  return [...inline, ...definitions, ...images].map(([, target]) => target!)
}

/** Names of links, `[text][name]`, that no line defines. */
function undefinedNames(text: string): string[] {
  const prose = withoutCode(text)
  const defined = new Set(Array.from(prose.matchAll(/^\[([^\]\n]+)\]:/gm), ([, name]) => name))
  return Array.from(prose.matchAll(/\]\[([^\]\n]+)\]/g), ([, name]) => name!).filter((name) => !defined.has(name))
}

/** Fragments of the headings, as GitHub makes them. */
function anchorsIn(text: string): string[] {
  const seen = new Map<string, number>()
  return Array.from(text.replace(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, '').matchAll(/^#+ +(.+?) *#*$/gm), ([, heading]) => {
    const slug = heading!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return times === 0 ? slug : `${slug}-${times}`
  })
}

/** What is wrong with a link, if anything. */
function problemOf(document: string, target: string): string | undefined {
  if (/^[a-z]+:/i.test(target)) return undefined
  const [path = '', fragment] = decodeURI(target).split('#')
  const file = path === '' ? join(root, document) : join(root, dirname(document), path)
  if (relative(root, file).startsWith('..')) return `${target}: outside of the repository`
  if (!existsSync(file)) return `${target}: no such file`
  if (fragment === undefined || statSync(file).isDirectory()) return undefined
  const text = readFileSync(file, 'utf8')
  if (file.endsWith('.md')) return anchorsIn(text).includes(fragment) ? undefined : `${target}: no such heading`
  const declared = new RegExp(
    `^export (declare )?(async )?(const|function|class|interface|type) (\\{.*)?\\b${fragment}\\b`,
    'm',
  )
  return declared.test(text) ? undefined : `${target}: nothing of this name is exported there`
}

describe('links between files', () => {
  it('are in many documents', () => {
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/upload.md']))
    expect(documents.flatMap((file) => linksIn(readFileSync(join(root, file), 'utf8'))).length).toBeGreaterThan(100)
  })

  it.each(documents)('%s leads to files, headings and names that exist', (file) => {
    const text = readFileSync(join(root, file), 'utf8')
    expect(linksIn(text).flatMap((target) => problemOf(file, target) ?? [])).toEqual([])
    expect(undefinedNames(text)).toEqual([])
  })

  it('a wrong one is found', () => {
    const text =
      '# One `two`, three!\n\n# A\n\n# A\n[a](#one-two-three) [b](none.md) [c](#a-1) [`d`][e]\n\n```\n[f](g)\n```\n\n[h]: docs/upload.md#none'
    expect(anchorsIn(text)).toEqual(['one-two-three', 'a', 'a-1'])
    expect(linksIn(text)).toEqual(['#one-two-three', 'none.md', '#a-1', 'docs/upload.md#none'])
    expect(undefinedNames(text)).toEqual(['e'])
    expect(problemOf('README.md', 'none.md')).toBe('none.md: no such file')
    expect(problemOf('README.md', 'docs/upload.md#none')).toBe('docs/upload.md#none: no such heading')
    expect(problemOf('README.md', 'src/upload/upload-folder.ts#none')).toContain('nothing of this name')
  })
})
