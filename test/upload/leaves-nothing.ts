import { readdirSync, readlinkSync } from 'node:fs'
import { expect } from 'vitest'

/** What a process holds: open files and sockets, and what keeps the event loop going. */
function holdings(): { files: string[]; resources: string[] } {
  const files = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return []
    }
  })
  const resources = process.getActiveResourcesInfo().filter((name) => name !== 'Immediate' && !name.includes('Pipe'))
  // what a listing of the folder itself holds open is no news
  return {
    files: files
      .filter((file) => !file.includes('/proc/'))
      .map(withoutNumber)
      .sort(),
    resources: resources.sort(),
  }
}

function withoutNumber(file: string): string {
  return file.replace(/\d+/g, '#')
}

/**
 * Runs something and asserts that it left no open file, socket or timer, and no rejection that nobody handled.
 * What the event loop has still to close is given turns, not time.
 */
export async function leavesNothing<Value>(work: () => Promise<Value>): Promise<Value> {
  const rejections: unknown[] = []
  const onRejection = (error: unknown): number => rejections.push(error)
  process.on('unhandledRejection', onRejection)
  const before = holdings()
  try {
    const value = await work()
    for (let turn = 0; turn < 500 && isMore(holdings(), before); turn++) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    const after = holdings()
    expect(more(after.files, before.files)).toEqual([])
    expect(more(after.resources, before.resources)).toEqual([])
    expect(rejections).toEqual([])
    return value
  } finally {
    process.removeListener('unhandledRejection', onRejection)
  }
}

type Holdings = ReturnType<typeof holdings>

function isMore(after: Holdings, before: Holdings): boolean {
  return more(after.files, before.files).length > 0 || more(after.resources, before.resources).length > 0
}

/** What is in the first list more often than in the second. */
function more(after: readonly string[], before: readonly string[]): string[] {
  const left = [...before]
  return after.filter((one) => {
    const at = left.indexOf(one)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
