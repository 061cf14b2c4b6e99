import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createProfiler } from '../../src/profiling/index.ts'

// Arguments, results, keys, errors and instances carry marked texts: none may ever be in a line.
const secret = fc.string({ minLength: 6, maxLength: 30 }).map((text) => `s3cr3t-${text}`)
const holding = (leaf: fc.Arbitrary<unknown>) =>
  fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(leaf as fc.Arbitrary<string>, tie('value'), { maxKeys: 3 }),
      tie('value').map((value) => new Map([[value, value]])),
      leaf.map((text) => Object.assign(new Error(String(text)), { cause: text })),
    ),
  })).value

test('no argument, result, key, message or this is ever written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(holding(secret), { minLength: 1, maxLength: 6 }), fc.nat(5), async (values, mode) => {
      const lines: string[] = []
      const profiler = createProfiler({ sink: (line) => lines.push(line) })
      const { timeit, cacheProfile, profile } = profiler
      class Vault {
        held: unknown
        constructor(held: unknown) {
          this.held = held
        }
        @timeit({ slowMs: 0 })
        @cacheProfile({ key: (value) => [value, 'more'] })
        @profile({ everyMs: 0, max: 1 })
        open(value: unknown): unknown {
          if (mode === 1) throw value
          return { value, held: this.held }
        }
        @timeit({ slowMs: 0 })
        @cacheProfile
        async read(value: unknown): Promise<unknown> {
          if (mode === 2) throw value
          return this.open(value)
        }
        @timeit *list(value: unknown): Generator<unknown> {
          yield value
          if (mode === 3) throw value
        }
      }
      for (const value of values) {
        const vault = new Vault(value)
        for (let i = 0; i < 3; i++) {
          await vault.read(value).catch(() => {})
          try {
            vault.open(value)
            for (const _ of vault.list(value));
          } catch {}
        }
      }
      profiler.close()
      expect(lines.length).toBeGreaterThan(5)
      const written = lines.join('\n')
      expect(written).not.toContain('s3cr3t')
      // nor in another coding: what is packed, and what stands as numbers
      for (const line of lines) {
        const { perf } = JSON.parse(line)
        if (perf.k === 'cpu') continue // unpacked below, by the reader
        expect(JSON.stringify(perf, (key, value) => (key === 'id' ? undefined : value))).not.toMatch(
          /[0-9a-f]{16}|\d{14}/,
        )
      }
      const { analyse } = await import('../../src/profiling/analyse/index.ts')
      const { profiles } = await analyse([lines.map((line) => `${line}\n`)])
      expect(JSON.stringify(profiles)).not.toContain('s3cr3t')
    }),
    { numRuns: 20 },
  )
})
