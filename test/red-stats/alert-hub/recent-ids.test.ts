import { expect, it } from 'vitest'
import { createRecentIds } from '../../../src/red-stats/alert-hub/recent-ids.ts'

it('remembers the ids that came last, each once', () => {
  const recent = createRecentIds(3)
  for (const id of ['a', 'b', 'b', 'c', 'd', 'd']) recent.add(id)
  expect(['a', 'b', 'c', 'd'].map(recent.has)).toEqual([false, true, true, true])
  recent.add('a')
  expect(['a', 'b', 'c', 'd'].map(recent.has)).toEqual([true, false, true, true])
})
