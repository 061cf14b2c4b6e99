import { defineConfig } from 'vitest/config'

// `vitest run` is what `npm test` runs, `--mode long` the heavy proofs, `--mode docs` the code in the documentation.
// Files named *.server.test.ts need a program that npm does not bring (Chromium, PostgreSQL, Redis, NATS).
const files: Record<string, { include: string[]; exclude?: string[] }> = {
  test: { include: ['test/**/*.test.ts'], exclude: ['test/**/*.long.test.ts', 'test/docs/**'] },
  long: { include: ['test/**/*.long.test.ts'] },
  docs: { include: ['test/docs/*.test.ts'] },
}

export default defineConfig(({ mode }) => ({
  test: {
    ...(files[mode] ?? files['test']),
    silent: 'passed-only' as const,
    maxWorkers: '100%', // many tests wait for processes and servers
    pool: 'forks', // chDB ends the process when it is loaded in a worker thread
    server: { deps: { external: [/\/dist\//, /\/\.tmp\//] } }, // the built package is loaded by Node itself
    testTimeout: mode === 'long' ? 600_000 : 20_000,
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
}))
