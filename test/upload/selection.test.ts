import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { UploadOptions } from '../../src/upload/index.ts'
import { localFolder } from '../../src/upload/local-folder.ts'
import { readOptions } from '../../src/upload/read-options.ts'
import { testFolder } from './folder.ts'

async function listed(path: string, options: Partial<UploadOptions> = {}): Promise<string[]> {
  const source = localFolder(path, readOptions({ url: 'http://localhost', ...options }))
  const names: string[] = []
  for await (const { relativePath } of source.list(new AbortController().signal)) names.push(relativePath)
  return names.sort()
}

const TREE = [
  'a.jpg',
  'b.png',
  '.hidden.jpg',
  'sub/c.jpg',
  'sub/deep/d.jpg',
  'sub/.secret/e.jpg',
  'thumbs/f.jpg',
  'x[1].jpg',
]
const tree = () => testFolder(Object.fromEntries(TREE.map((name) => [name, Buffer.from(name)])))

describe('what is listed', () => {
  const cases: [string, Partial<UploadOptions>, string[]][] = [
    [
      'all but hidden files and folders',
      {},
      ['a.jpg', 'b.png', 'sub/c.jpg', 'sub/deep/d.jpg', 'thumbs/f.jpg', 'x[1].jpg'],
    ],
    ['also hidden ones', { hidden: true }, [...TREE].sort()],
    ['not the folders below', { recursive: false }, ['a.jpg', 'b.png', 'x[1].jpg']],
    [
      'names that match, in any folder',
      { include: '*.jpg' },
      ['a.jpg', 'sub/c.jpg', 'sub/deep/d.jpg', 'thumbs/f.jpg', 'x[1].jpg'],
    ],
    ['paths that match', { include: 'sub/**' }, ['sub/c.jpg', 'sub/deep/d.jpg']],
    ['one of several', { include: ['b.*', 'sub/*'] }, ['b.png', 'sub/c.jpg']],
    ['not the excluded', { exclude: '*.png' }, ['a.jpg', 'sub/c.jpg', 'sub/deep/d.jpg', 'thumbs/f.jpg', 'x[1].jpg']],
    [
      'nothing below an excluded folder',
      { exclude: ['thumbs', 'sub/deep/**'] },
      ['a.jpg', 'b.png', 'sub/c.jpg', 'x[1].jpg'],
    ],
    ['included but for the excluded', { include: '*.jpg', exclude: 'sub/**' }, ['a.jpg', 'thumbs/f.jpg', 'x[1].jpg']],
    ['a name with brackets, escaped', { include: 'x\\[1\\].jpg' }, ['x[1].jpg']],
  ]
  it.each(cases)('%s', async (_, options, expected) => {
    using folder = tree()
    expect(await listed(folder.path, options)).toEqual(expected)
  })

  it('is found while it is asked for', async () => {
    using folder = testFolder()
    for (let i = 0; i < 600; i++) folder.write(`${i}.jpg`)
    const source = localFolder(folder.path, readOptions({ url: 'http://localhost' }))
    const iterator = source.list(new AbortController().signal)[Symbol.asyncIterator]()
    await iterator.next()
    // a file of a directory that is made after the first was listed is still found
    mkdirSync(join(folder.path, 'late'))
    folder.write('late/new.jpg')
    await iterator.return?.(undefined)
    const names = await listed(folder.path)
    expect(names.length).toBe(601)
  })

  it('ends when the signal aborts', async () => {
    using folder = tree()
    const controller = new AbortController()
    const source = localFolder(folder.path, readOptions({ url: 'http://localhost' }))
    const names: string[] = []
    for await (const { relativePath } of source.list(controller.signal)) {
      names.push(relativePath)
      controller.abort()
    }
    expect(names.length).toBeLessThan(6)
  })
})
