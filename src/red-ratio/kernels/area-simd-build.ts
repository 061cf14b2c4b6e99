// node --import tsx src/red-ratio/kernels/area-simd-build.ts: assembles area-simd.wat into area-simd-binary.ts.
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import openWabt from 'wabt'

const source = new URL('area-simd.wat', import.meta.url)
const target = new URL('area-simd-binary.ts', import.meta.url)

export async function assembled(): Promise<string> {
  const wabt = await openWabt()
  const text = wabt.parseWat('area-simd.wat', readFileSync(source, 'utf8'), { simd: true, multi_value: true })
  return Buffer.from(text.toBinary({}).buffer).toString('base64')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(
    target,
    `/** area-simd.wat, assembled by area-simd-build.ts. */\nexport const areaSimdBinary =\n  '${await assembled()}'\n`,
  )
}
