import { readdirSync, readFileSync, writeSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import fc from 'fast-check'
import { expect, test } from 'vitest'

export interface FuzzOptions<Outcome extends string> {
  /** Runs when no time is given; with a time they are the least. */
  readonly runs: number
  /** What `check` has to have found at least once each, so that no test passes on inputs of one kind only. */
  readonly outcomes: readonly Outcome[]
}

/** Time for all fuzz tests together, in seconds. */
const seconds = Number(process.env['RUDDLE_FUZZ_SECONDS'] ?? 0)
/** Repeats the inputs of a run whose seed was printed. */
const seed = process.env['RUDDLE_FUZZ_SEED']
const share = seconds > 0 ? shareMs() : 0

/**
 * A test with random inputs. `check` asserts what must hold for each, and says what became of it; a failure prints the
 * seed and the smallest input that fast-check found.
 */
export function fuzzTest<Input, Outcome extends string>(
  name: string,
  { runs, outcomes }: FuzzOptions<Outcome>,
  inputs: fc.Arbitrary<Input>,
  check: (input: Input) => Outcome | Promise<Outcome>,
): void {
  const run = async () => {
    const counts = new Map<Outcome, number>(outcomes.map((outcome) => [outcome, 0]))
    let total = 0
    let last: { readonly input: Input; readonly done: Promise<void> } | undefined
    const examine = async (input: Input) => {
      const outcome = await check(input)
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
      total++
    }
    await fc.assert(
      fc.asyncProperty(inputs, (input) => {
        last = { input, done: examine(input) }
        return last.done
      }),
      {
        numRuns: share > 0 ? 1e9 : runs,
        ...(share > 0 && { interruptAfterTimeLimit: share, markInterruptAsFailure: false }),
        ...(seed !== undefined && { seed: Number(seed) }),
      },
    )
    // The end of the time leaves one run alone: were it not waited for, an input that hangs would pass.
    await last?.done.catch((cause: unknown) => {
      throw new Error(`Failed at the end of the time: ${fc.stringify(last?.input)}`, { cause })
    })
    // not through the console, which the runner hides for tests that pass
    if (share > 0) writeSync(1, `${name}: ${total} runs, ${[...counts].map((each) => each.join(' ')).join(', ')}\n`)
    expect(total).toBeGreaterThanOrEqual(runs)
    for (const [outcome, count] of counts) expect(count, `inputs that were ${outcome}`).toBeGreaterThan(0)
  }
  test(name, run, share + 60_000)
}

/** Files run side by side, one for each processor, so each test gets a share of the time of all processors. */
function shareMs(): number {
  const folder = new URL('.', import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith('.test.ts'))
  const tests = files.flatMap((name) => readFileSync(new URL(name, folder), 'utf8').match(/^ *fuzzTest\($/gm) ?? [])
  return (seconds * 1000 * Math.min(availableParallelism(), files.length)) / tests.length
}
