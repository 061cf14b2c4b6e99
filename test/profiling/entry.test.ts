import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

test('what runs on the server is one file of at most 12 KB that needs nothing but Node', async () => {
  const { metafile, outputFiles } = await build({
    entryPoints: ['src/profiling/index.ts'],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    minify: true,
    metafile: true,
    write: false,
  })
  const imports = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
  expect(imports.length).toBeGreaterThan(0)
  for (const path of imports) expect(path).toMatch(/^node:/)
  expect(Object.keys(metafile.inputs).filter((path) => !path.startsWith('src/profiling/'))).toEqual([])
  expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThanOrEqual(12_000)
})
