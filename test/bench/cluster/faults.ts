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
  { name: 'ClickHouse stopped', begin: (fleet) => fleet.store?.stop(), end: (fleet) => fleet.store?.start() },
  { name: 'ClickHouse paused', begin: (fleet) => fleet.store?.pause(), end: (fleet) => fleet.store?.resume() },
  { name: 'ClickHouse killed', begin: (fleet) => fleet.store?.kill(), end: (fleet) => fleet.store?.start() },
  {
    name: 'ClickHouse restarted empty',
    begin: (fleet) => fleet.store?.startEmpty(),
    end: () => {},
    losesStored: true,
  },
  {
    name: 'disk of ClickHouse full',
    begin: (fleet) => fleet.store?.fillDisk(),
    end: (fleet) => fleet.store?.freeDisk(),
  },
  {
    name: 'ClickHouse stores, and the answer is lost',
    begin: (fleet) => fleet.store?.fail('INSERT', 'dropped after commit'),
    end: () => {},
  },
  {
    name: 'ClickHouse stands still for an insert',
    begin: (fleet) => fleet.store?.fail('INSERT', 'stalled'),
    end: () => {},
  },
]

export const registryFaults: readonly Fault[] = [
  { name: 'registry stopped', begin: (fleet) => fleet.registry?.stop(), end: (fleet) => fleet.registry?.start() },
  { name: 'registry paused', begin: (fleet) => fleet.registry?.pause(), end: (fleet) => fleet.registry?.resume() },
  { name: 'registry killed', begin: (fleet) => fleet.registry?.kill(), end: (fleet) => fleet.registry?.start() },
  { name: 'registry restarted empty', begin: (fleet) => fleet.registry?.startEmpty(), end: () => {} },
]
