import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type ImageSource, RedRatioError, type RedRatioOutcome, redRatioBatch } from '../red-ratio/image.ts'
import { area } from '../red-ratio/index.ts'
import { redDisplay } from './red-display.ts'

interface Flags {
  readonly definition: string
  readonly alpha: 'weight' | 'ignore'
  readonly pages: 'first' | 'all' | number
  readonly maxPixels: number
  readonly svg: boolean
  readonly json?: boolean
}

/** `ruddle red IMAGE…` */
export function redCommand(): Command {
  return new Command('red')
    .description(
      'Measure how much red is in images, from 0 to 1. Exit code 0: all measured, 1: some not, 2: wrong usage.',
    )
    .argument('<image...>', 'files, folders (all images in them), or - for the standard input')
    .option(
      '--definition <id>',
      'what "red" means: area/1:… with other limits, excess/1, share/1, mean/1, oklch/1:h20,c8',
      area(),
    )
    .addOption(
      new Option('--alpha <how>', 'transparent pixels weigh less, or as much')
        .choices(['weight', 'ignore'])
        .default('weight'),
    )
    .option('--pages <which>', 'pages or frames: first, all, or a number from 0', asPages, 'first')
    .option('--max-pixels <n>', 'the largest image that is decoded', asCount, 100_000_000)
    .option('--svg', 'draw and measure SVG, too', false)
    .option('--json', 'results as JSON, one a line')
    .addHelpText('after', EXAMPLES)
    .action(red)
}

const EXAMPLES = `
Examples:
  ruddle red photos
  ruddle red a.jpg b.png --definition area/1:h15,s50,v20
  ruddle red photos --json > red.jsonl
  curl -s http://localhost:8080/a.jpg | ruddle red -`

async function red(names: string[], { json = false, ...options }: Flags, command: Command): Promise<void> {
  const controller = new AbortController()
  const stopOn = (event: 'SIGINT' | 'SIGTERM', code: number): void => {
    process.once(event, () => {
      process.exitCode = code
      controller.abort()
    })
  }
  stopOn('SIGINT', 130)
  stopOn('SIGTERM', 143)
  process.stdout.once('error', () => controller.abort()) // whoever was reading has gone: head, less

  const { images, missing } = await imagesOf(names)
  const display = redDisplay({ json, total: images.length + missing.length })
  let failed = false
  const show = (outcome: RedRatioOutcome): void => {
    failed ||= outcome.error !== undefined
    display.outcome(outcome)
  }
  try {
    for (const outcome of missing) show(outcome)
    for await (const outcome of redRatioBatch(images, { ...options, signal: controller.signal })) show(outcome)
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError)
      command.error(`error: ${error.message}`, { exitCode: 2 })
    if (!controller.signal.aborted) throw error
    failed = true
  } finally {
    display.end()
  }
  if (failed) process.exitCode ??= 1
}

/** The images of the arguments, and the folders that there are none of. */
async function imagesOf(names: readonly string[]): Promise<{ images: ImageSource[]; missing: RedRatioOutcome[] }> {
  const images: ImageSource[] = []
  const missing: RedRatioOutcome[] = []
  for (const name of names) {
    if (name === '-') images.push(process.stdin)
    else if (!(await isFolder(name))) images.push(name)
    else {
      try {
        images.push(...(await imagesIn(name)))
      } catch (error) {
        if (!(error instanceof RedRatioError)) throw error
        missing.push({ image: name, error })
      }
    }
  }
  return { images, missing }
}

async function isFolder(name: string): Promise<boolean> {
  try {
    return (await stat(name)).isDirectory()
  } catch {
    return false // why it cannot be read, measuring it will tell
  }
}

const IMAGE_NAME = /\.(jpe?g|png|webp|gif|tiff?|avif|svg)$/i

/** By name, in the order of names, through all folders; links to other folders are not followed. */
async function imagesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((cause) => {
    throw new RedRatioError(cause.code, `The folder cannot be read: ${cause.message}`, { cause })
  })
  const images = entries
    .filter((entry) => !entry.isDirectory() && IMAGE_NAME.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (images.length === 0) throw new RedRatioError('UNSUPPORTED', 'There are no images in this folder')
  return images
}

function asPages(value: string): 'first' | 'all' | number {
  if (value === 'first' || value === 'all') return value
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('Expected first, all, or a number from 0.')
  return Number(value)
}

function asCount(value: string): number {
  if (!/^[1-9]\d{0,14}$/.test(value)) throw new InvalidArgumentError('Expected a whole number of at least 1.')
  return Number(value)
}
