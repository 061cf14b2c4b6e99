import { defineConfig } from 'vitest/config'

// `vitest run` is what `npm test` runs, `--mode long` the heavy proofs, `--mode docs` the code in the documentation, and
// `--mode node` those that need no server, for another version of Node. Files named *.server.test.ts need a program that
// npm does not bring (Chromium, PostgreSQL, Redis, NATS).
const files: Record<string, { pattern: string; exclude: string[] }> = {
  test: { pattern: '**/*.test.ts', exclude: ['test/**/*.long.test.ts', 'test/docs/**'] },
  node: {
    pattern: '**/*.test.ts',
    // `.ci/run` starts the example's server itself on each version.
    exclude: ['test/**/*.{long,server}.test.ts', 'test/docs/**', 'test/examples/server/main.test.ts'],
  },
  long: { pattern: '**/*.long.test.ts', exclude: [] },
  docs: { pattern: 'docs/*.test.ts', exclude: [] },
}

const profilers = 'test/profiling/{decorate,log-lines,profile,secrets}.test.ts'

export default defineConfig(({ mode }) => {
  const { pattern, exclude } = files[mode] ?? files['test']!
  // A project evaluates this file again, without the mode: what depends on it must be its own.
  const testTimeout = mode === 'long' ? 600_000 : 60_000 // only to end what hangs: machines differ
  return {
    test: {
      projects: [
        // A process of its own for each of a hundred files took a quarter of the time.
        {
          extends: true as const,
          test: {
            name: 'shared',
            include: [`test/${pattern}`],
            exclude: [...exclude, 'test/bench/**', profilers],
            isolate: false,
            testTimeout,
          },
        },
        // V8 has one profiler: when the one under test ends, so does the coverage of what comes after it.
        ...(pattern === '**/*.test.ts'
          ? [{ extends: true as const, test: { name: 'profilers', include: [profilers], exclude, testTimeout } }]
          : []),
      ],
      silent: 'passed-only' as const,
      maxWorkers: '100%', // more of them cost more than they bring
      pool: 'forks' as const, // chDB ends the process when it is loaded in a worker thread
      server: { deps: { external: [/\/dist\//, /\/\.tmp\//] } }, // the built package is loaded by Node itself
      hookTimeout: 30_000,
      reporters: ['default', './test/totals-reporter.ts'],
      coverage: {
        provider: 'v8' as const,
        include: ['src/**/*.ts'],
        exclude: ['src/cli/**', 'src/**/index.ts'],
        reporter: ['text-summary', 'json-summary'],
        thresholds: { statements: 90, branches: 85 },
      },
    },
  }
})
