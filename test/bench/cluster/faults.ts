import type { Fault } from './drill.ts'

/** What can happen to an instance, to the load balancer and to the store, whichever broker there is. */
export const commonFaults: readonly Fault[] = [
  { name: 'instance killed', begin: (fleet) => fleet.end(0, 'SIGKILL'), end: (fleet) => fleet.start(0) },
  {
    name: 'instance paused',
    begin: (fleet) => fleet.signal(0, 'SIGSTOP'),
    end: (fleet) => fleet.signal(0, 'SIGCONT'),
  },
  { name: 'instance restarted', begin: (fleet) => fleet.end(0, 'SIGTERM'), end: (fleet) => fleet.start(0) },
  {
    name: 'load balancer restarted',
    begin: (fleet) => fleet.balancer.kill(),
    end: (fleet) => fleet.balancer.start(),
  },
]

export const brokerFaults: readonly Fault[] = [
  { name: 'stopped', begin: (fleet) => fleet.broker?.stop(), end: (fleet) => fleet.broker?.start() },
  { name: 'paused', begin: (fleet) => fleet.broker?.pause(), end: (fleet) => fleet.broker?.resume() },
  { name: 'killed', begin: (fleet) => fleet.broker?.kill(), end: (fleet) => fleet.broker?.start() },
]

export const restartedEmpty: Fault = {
  name: 'restarted empty',
  begin: (fleet) => fleet.broker?.startEmpty?.(),
  end: () => {},
}

export const storeFaults: readonly Fault[] = [
  { name: 'ClickHouse out of reach', begin: (fleet) => fleet.store?.pause(), end: (fleet) => fleet.store?.resume() },
  {
    name: 'ClickHouse stores, and the answer is lost',
    begin: (fleet) => fleet.store?.fail(/^INSERT/i, 'dropped after commit'),
    end: () => {},
  },
  {
    name: 'ClickHouse stands still for an insert',
    begin: (fleet) => fleet.store?.fail(/^INSERT/i, 'stalled'),
    end: () => {},
  },
]
