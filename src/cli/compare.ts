import { Command, InvalidArgumentError } from 'commander'
import {
  createJsonComparer,
  formatDifferences,
  type JsonComparer,
  type JsonDifference,
  type JsonDiffOptions,
  toJsonPatch,
} from '../json-compare/index.ts'
import { colorsFor } from './colors.ts'
import { readJson } from './read-json.ts'

interface Flags {
  readonly decimals?: number
  readonly tolerance?: number
  readonly relative?: number
  readonly ignore: readonly string[]
  readonly unordered?: boolean
  readonly json?: boolean
  readonly patch?: boolean
}

/** `ruddle compare`: exit code 0 for equal, 1 for different, 2 for wrong usage or input. */
export function compareCommand(): Command {
  return new Command('compare')
    .description(
      'Compare two JSON files, numbers to 5 decimal places. Exit code 0: equal, 1: different, 2: cannot tell.',
    )
    .argument('<a>', 'a JSON file, or - for the standard input')
    .argument('<b>', 'a JSON file, or - for the standard input')
    .option('--decimals <n>', 'decimal places that count, from 0 to 15 (default 5)', toNumber)
    .option(
      '--tolerance <x>',
      'largest absolute difference of equal numbers, instead of --decimals; 0 is exact',
      toNumber,
    )
    .option('--relative <x>', 'largest difference as a share of the larger number', toNumber)
    .option(
      '--ignore <pointer>',
      'a JSON Pointer that does not count; * is any key, ** any number of them',
      collect,
      [],
    )
    .option('--unordered', 'ignore the order of array items')
    .option('--json', 'print the differences as JSON')
    .option('--patch', 'print the JSON Patch (RFC 6902) that turns A into B')
    .addHelpText('after', EXAMPLES)
    .action(async (a: string, b: string, flags: Flags) => {
      try {
        process.exitCode = await compare(a, b, flags)
      } catch (error) {
        console.error(`ruddle compare: ${error instanceof Error ? error.message : String(error)}`)
        process.exitCode = 2
      }
    })
}

const EXAMPLES = `
Examples:
  ruddle compare till.json warehouse.json
  ruddle compare till.json warehouse.json --decimals 2 --ignore /updatedAt --ignore '/items/*/note'
  curl -s http://localhost:8080/order | ruddle compare expected.json - --unordered
  ruddle compare till.json warehouse.json --patch > patch.json`

async function compare(a: string, b: string, flags: Flags): Promise<0 | 1> {
  if (a === '-' && b === '-') throw new TypeError('Only one of the two can be the standard input')
  const comparer = comparerOf(flags)
  const differences = comparer.diff(await readJson(a), await readJson(b))
  console.log(textOf(differences, flags))
  return differences.length === 0 ? 0 : 1
}

function comparerOf({ decimals, tolerance, relative, ignore, unordered, json, patch }: Flags): JsonComparer {
  if (json && patch) throw new TypeError('Choose --json or --patch')
  if (patch && (unordered || ignore.length > 0)) {
    throw new TypeError(
      'A patch needs every difference and the order of items: --patch goes without --ignore and --unordered',
    )
  }
  const options: JsonDiffOptions = {
    ...(decimals !== undefined && { decimals }),
    ...(tolerance !== undefined && { tolerance }),
    ...(relative !== undefined && { relativeTolerance: relative }),
    ...(unordered && { arrayOrder: 'ignore' }),
    ignore,
  }
  return createJsonComparer(options)
}

function textOf(differences: readonly JsonDifference[], { json, patch }: Flags): string {
  try {
    if (json) return JSON.stringify(differences, null, 2)
    if (patch) return JSON.stringify(toJsonPatch(differences), null, 2)
  } catch (error) {
    if (error instanceof RangeError) throw new Error('A difference is nested too deep to be printed as JSON')
    throw error
  }
  if (differences.length === 0) return 'Equal'
  return formatDifferences(differences).split('\n').map(coloured).join('\n')
}

function coloured(line: string): string {
  const colors = colorsFor(process.stdout)
  if (line.startsWith('+')) return colors.green(line)
  if (line.startsWith('-')) return colors.red(line)
  return /^[~!]/.test(line) ? colors.yellow(line) : colors.bold(line)
}

function toNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It has to be a number.')
  return value
}

function collect(value: string, values: readonly string[]): string[] {
  return [...values, value]
}
