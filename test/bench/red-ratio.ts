import { execFileSync } from 'node:child_process'
import { rmSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { redRatioOf } from '../../src/red-ratio/image.ts'
import { redRatio } from '../../src/red-ratio/index.ts'
import { areaIntervals } from '../../src/red-ratio/kernels/area-intervals.ts'
import { areaCoefficients } from '../../src/red-ratio/kernels/area-limits.ts'
import { findProgram } from '../servers/find-program.ts'
import { interleaved, median, table } from './measure.ts'
import { floatHsv } from './red-ratio/float-hsv.ts'
import { flat, makeFiles, noise } from './red-ratio/pictures.ts'

const channels = 3
const coefficients = areaCoefficients({ hue: 20, saturation: 50, value: 20 }, 8)

/** The loop that stands in where WebAssembly is missing, block by block as the counter calls it. */
function withoutSimd(pixels: Uint8Array): number {
  const kernel = areaIntervals(coefficients, channels)
  let red = 0
  for (let at = 0; at < pixels.length; at += 98_304) red += kernel(pixels.subarray(at, at + 98_304)).red
  return red
}

const withSimd = (pixels: Uint8Array) => redRatio(pixels, { channels })
const decode = (file: string) => sharp(file).raw().toBuffer()

export default async function bench(): Promise<string> {
  const files = await makeFiles()
  try {
    const loops = await loopRows(await decode(files.jpeg))
    const routes = await routeRows(files)
    const memory = memoryRows(files)
    const rows = [...loops, ...routes, ...memory]
    return `The picture is made of those in \`examples/images\`, with the grain of a camera: 4000 x 3000, ${files.size}.
"Floating-point HSV" is the usual loop: r, g and b to hue, saturation and value, then three comparisons.

${table(['', 'measured', 'must', 'goal', 'met'], rows)}

The same JPEG, file to figure, by other means (three rounds, interleaved with ours):

${table(['', 'ms', 'times ours'], await otherRows(files.jpeg))}`
  } finally {
    rmSync(files.folder, { recursive: true })
  }
}

type Row = [what: string, measured: string, must: string, goal: string, met: string]

/** At least `must`, better `goal`. */
function atLeast(what: string, value: number, must: number, goal: number): Row {
  return [what, `${value.toFixed(1)} x`, `${must}`, `${goal}`, value >= goal ? 'goal' : value >= must ? 'must' : 'no']
}

function atMost(what: string, value: number, must: number, goal: number, unit = 'x', digits = 2): Row {
  const met = value <= goal ? 'goal' : value <= must ? 'must' : 'no'
  return [what, `${value.toFixed(digits)} ${unit}`, `${must}`, `${goal}`, met]
}

async function loopRows(photo: Uint8Array): Promise<Row[]> {
  const [noisy, plain] = [noise(photo.length), flat(photo.length)]
  const times = await interleaved({
    float: () => floatHsv(photo),
    intervals: () => withoutSimd(photo),
    intervalsNoise: () => withoutSimd(noisy),
    intervalsFlat: () => withoutSimd(plain),
    simd: () => withSimd(photo),
    simdNoise: () => withSimd(noisy),
    simdFlat: () => withSimd(plain),
  })
  return [
    atLeast('loop, TypeScript: times faster than floating-point HSV', times.float / times.intervals, 4, 5.5),
    atLeast('loop, WASM SIMD: times faster than floating-point HSV', times.float / times.simd, 12, 18),
    atMost('time for noise / for a flat picture, TypeScript', times.intervalsNoise / times.intervalsFlat, 1.15, 1.05),
    atMost('time for noise / for a flat picture, WASM SIMD', times.simdNoise / times.simdFlat, 1.15, 1.05),
  ]
}

async function routeRows({ jpeg, png }: { jpeg: string; png: string }): Promise<Row[]> {
  return [
    atMost('JPEG, file to ratio / decoding alone', await wholeOverDecoding(jpeg), 1.35, 1.2),
    atMost('PNG, file to ratio / decoding alone', await wholeOverDecoding(png), 1.2, 1.08),
  ]
}

/**
 * Garbage is collected between the measurements: each leaves a buffer of 36 MB behind, and left alone, V8 collects
 * every few buffers, which in turns of equal length would always be in the same one's time.
 */
async function wholeOverDecoding(file: string): Promise<number> {
  const times = { decode: [] as number[], whole: [] as number[] }
  const cases = { decode: () => decode(file), whole: () => redRatioOf(file) }
  for (let round = -3; round < 21; round++) {
    for (const name of round % 2 === 0 ? (['decode', 'whole'] as const) : (['whole', 'decode'] as const)) {
      globalThis.gc?.()
      const start = performance.now()
      await cases[name]()
      if (round >= 0) times[name].push(performance.now() - start)
    }
  }
  return median(times.whole) / median(times.decode)
}

/**
 * In a process of its own for each, since a peak never goes down. The file itself is mapped, and its pages are the
 * kernel's to take back: what is compared is the rest.
 */
function memoryRows({ jpeg, huge }: { jpeg: string; huge: string }): Row[] {
  const child = fileURLToPath(new URL('red-ratio/peak-memory.ts', import.meta.url))
  const peak = (route: 'bounded' | 'decode', file: string) => {
    const run = () => execFileSync(process.execPath, ['--import', 'tsx', child, route, file], { encoding: 'utf8' })
    return median([run(), run(), run()].map(Number))
  }
  const row = (name: string, file: string, must: number, goal: number): Row => {
    const mapped = statSync(file).size / 2 ** 20
    const what = `peak memory above idle, bounded route, ${name} (decoding alone, in memory: ${peak('decode', file).toFixed(0)} MB)`
    return atMost(
      what,
      peak('bounded', file) - mapped,
      must,
      goal,
      `MB + ${mapped.toFixed(0)} MB of the mapped file`,
      0,
    )
  }
  return [row('12 Mpx JPEG', jpeg, 25, 12), row('280 Mpx JPEG, 14000 x 20000', huge, 50, 32)]
}

async function otherRows(jpeg: string): Promise<(string | number)[][]> {
  const { Jimp } = await import('jimp')
  const convert = findProgram('convert', 'imagemagick')
  const others: Record<string, () => unknown> = {
    'ruddle: redRatioOf': () => redRatioOf(jpeg),
    'sharp, then floating-point HSV': async () => floatHsv(await decode(jpeg)),
    'jimp, then floating-point HSV': async () => floatHsv((await Jimp.read(jpeg)).bitmap.data, 4),
    ...(convert && {
      'ImageMagick: colours within 30 % of red': () =>
        execFileSync(convert, [
          jpeg,
          '-fuzz',
          '30%',
          '-fill',
          'white',
          '-opaque',
          'red',
          '-fill',
          'black',
          '+opaque',
          'white',
          '-format',
          '%[fx:mean]',
          'info:',
        ]),
    }),
  }
  const times = await interleaved(others, { rounds: 3, warmup: 1 })
  const ours = times['ruddle: redRatioOf']!
  return Object.entries(times).map(([name, time]) => [name, time.toFixed(0), (time / ours).toFixed(1)])
}
