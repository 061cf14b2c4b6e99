import { expect } from 'vitest'
import type { FileSource } from '../../src/upload/index.ts'
import { type FileResult, type UploadOptions, type UploadSummary, uploadFolder } from '../../src/upload/index.ts'
import { leavesNothing } from './leaves-nothing.ts'
import type { Receiver } from './receiver.ts'

export interface Outcome {
  readonly results: ReadonlyMap<string, FileResult>
  readonly summary: UploadSummary
}

/** No waits between attempts; timeouts that a busy machine does not meet by chance. */
export const HASTY = {
  retry: { baseMs: 0, random: () => 0 },
  timeouts: { connectMs: 15_000, stallMs: 15_000, headersMs: 15_000 },
} satisfies Partial<UploadOptions>

/** For what is meant to time out. */
export const SHORT = { connectMs: 300, stallMs: 300, headersMs: 300 }

/**
 * Uploads, and asserts what holds in every case: it ends, nothing is left behind, there is one result a file, the
 * summary is the sum of the results, and what is reported as uploaded is what the server has.
 */
export async function outcomeOf(
  folder: string | FileSource,
  server: Receiver,
  options: Partial<UploadOptions> = {},
): Promise<Outcome> {
  return await leavesNothing(async () => {
    const upload = uploadFolder(folder, { url: server.url, ...HASTY, ...options })
    const results = new Map<string, FileResult>()
    for await (const result of upload) {
      expect(results.has(result.relativePath)).toBe(false)
      results.set(result.relativePath, result)
    }
    const summary = await upload
    server.noticeEnds()
    const count = (status: string): number => [...results.values()].filter((one) => one.status === status).length
    expect(summary).toMatchObject({
      uploaded: count('uploaded'),
      failed: count('failed'),
      skipped: count('skipped'),
    })
    for (const { status, error, reason, response, key, relativePath, size } of results.values()) {
      expect(error === undefined).toBe(status !== 'failed')
      expect(reason === undefined).toBe(status !== 'skipped')
      if (status !== 'uploaded') continue
      expect(response?.status).toBeGreaterThanOrEqual(200)
      expect(response?.status).toBeLessThan(300)
      const stored = server.received.filter((one) => one.key === key)
      expect(stored.length, `the server has ${relativePath}`).toBeGreaterThan(0)
      for (const one of stored) expect(one.size).toBe(size)
    }
    return { results, summary }
  })
}
