import { describe, it } from 'vitest'
import { localNotifier, type Notifier } from '../../../src/red-stats/index.ts'
import { testNotifier } from '../../../src/red-stats/testing/index.ts'

describe('localNotifier', () => {
  const streams = new Map<string, Notifier>()
  testNotifier({ describe, it }, ({ place }) => {
    const notifier = streams.get(place) ?? localNotifier()
    streams.set(place, notifier)
    return notifier
  })
})
