import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import type { Notifier, PublishOptions, RedEvent } from '../../../src/red-stats/index.ts'
import { events, follow, idsOf, type Reading } from '../../../src/red-stats/testing/notifier/case.ts'
import type { RunningProgram } from '../../servers/program.ts'

export interface BrokerUnderTest {
  readonly server: () => RunningProgram
  readonly create: (name: string) => Notifier
  /** Starts it without what it had; undefined where that cannot happen to it. */
  readonly startEmpty?: () => Promise<void>
  /** Whether what it acknowledged survives a kill. */
  readonly keepsOverKill: boolean
}

/** What happens to a broker's process, and what instances make of it. */
export function testBrokerFaults({ server, create, startEmpty, keepsOverKill }: BrokerUnderTest): void {
  const opened: Notifier[] = []
  const readings: Reading[] = []
  let number = 0
  afterEach(async () => {
    await Promise.all(readings.splice(0).map((reading) => reading.stop()))
    for (const notifier of opened.splice(0)) await notifier.close()
  })

  async function twoInstances() {
    const name = `fault_${++number}`
    const [here, there] = [create(name), create(name)]
    opened.push(here, there)
    const { head } = await here.start()
    await there.start()
    const reading = follow(there, head)
    readings.push(reading)
    await publish(here, events(3, 'before'), 1)
    await reading.wait(3)
    return { here, there, reading }
  }

  /** As an instance does it: the same batch again until it is taken. */
  async function publish(notifier: Notifier, batch: readonly RedEvent[], number: number): Promise<number> {
    const options: PublishOptions = { publisher: 'here', number }
    for (let failures = 0; ; failures++) {
      try {
        await notifier.publish(batch, options)
        return failures
      } catch {
        await delay(20)
      }
    }
  }

  it('publishes once what was under way while the broker stood still', async () => {
    const { here, reading } = await twoInstances()
    server().pause()
    const batch = { publisher: 'here', number: 2 }
    await expect(here.publish(events(2, 'paused'), batch)).rejects.toMatchObject({
      code: 'TIMEOUT',
      retryable: true,
      outcome: 'unknown',
    })
    await expect(here.publish(events(2, 'paused'), batch)).rejects.toMatchObject({ retryable: true })
    expect(here.health().state).not.toBe('up')
    server().resume()
    await publish(here, events(2, 'paused'), 2)
    await publish(here, events(1, 'after'), 3)
    await reading.waitFor('after-0')
    expect(reading.gaps).toEqual([])
    expect(reading.ids).toEqual([...idsOf(events(3, 'before')), ...idsOf(events(2, 'paused')), 'after-0'])
  })

  it('refuses while the broker is stopped, and goes on when it is back', async () => {
    const { here, reading } = await twoInstances()
    await server().stop()
    await expect(here.publish(events(1, 'stopped'), { publisher: 'here', number: 2 })).rejects.toMatchObject({
      name: 'RedStatsError',
      retryable: true,
    })
    await server().start()
    await publish(here, events(1, 'stopped'), 2)
    await reading.waitFor('stopped-0')
    expect(new Set(reading.ids).size).toBe(reading.ids.length)
    expect(here.health().state).toBe('up')
  })

  it('loses nothing silently when the broker is killed under load', async () => {
    const { here, there, reading } = await twoInstances()
    const sent: string[] = []
    let running = true
    const load = (async () => {
      for (let number = 2; running; number++) {
        const batch = events(2, `load-${number}`)
        await publish(here, batch, number)
        sent.push(...idsOf(batch))
      }
    })()
    await reading.wait(20)
    await server().kill()
    await server().start()
    const before = reading.ids.length
    await reading.wait(before + 20)
    running = false
    await load
    await publish(here, events(1, 'last'), 1_000_000)
    await reading.waitFor('last-0')
    const lost = sent.filter((id) => !reading.ids.includes(id))
    if (keepsOverKill) expect(lost).toEqual([])
    if (lost.length > 0) expect(reading.gaps.length).toBeGreaterThan(0)
    // A broker that forgets its events forgets too which batch it had taken: the one under way comes again, after a gap.
    const repeated = reading.ids.length - new Set(reading.ids).size
    expect(repeated).toBeLessThanOrEqual(keepsOverKill ? 0 : 2)
    if (repeated > 0) expect(reading.gaps.length).toBeGreaterThan(0)
    expect(there.health().state).toBe('up')
  })

  it.skipIf(startEmpty === undefined)('tells of a gap when the broker comes back empty', async () => {
    const { here, reading } = await twoInstances()
    await startEmpty?.()
    await publish(here, events(2, 'after'), 2)
    await reading.waitFor('after-1')
    expect(reading.gaps.map(({ reason }) => reason)).toEqual(['epoch'])
    expect(reading.ids).toEqual([...idsOf(events(3, 'before')), ...idsOf(events(2, 'after'))])
  })

  it.skipIf(startEmpty === undefined)('publishes what had no answer when the broker comes back empty', async () => {
    const { here, reading } = await twoInstances()
    server().pause()
    const batch = { publisher: 'here', number: 2 }
    await expect(here.publish(events(1, 'unanswered'), batch)).rejects.toMatchObject({ outcome: 'unknown' })
    await startEmpty?.()
    await publish(here, events(1, 'unanswered'), 2)
    await reading.waitFor('unanswered-0')
    // The old broker may have taken the batch as it woke up to be stopped: then the gap comes after the first of two.
    await expect.poll(() => reading.gaps.length).toBeGreaterThan(0)
  })

  it('fails to start with an error that can be tried again while the broker is down', async () => {
    await server().stop()
    const notifier = create('late')
    opened.push(notifier)
    await expect(notifier.start()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true })
    await server().start()
    expect((await notifier.start()).epoch).toMatch(/^\w+$/)
  })
}
