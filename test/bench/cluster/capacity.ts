import type { Measured } from './latency.ts'

/** Events a second that must be carried, and clients. */
const events = 1_000_000
const subscribers = 10_000_000
/** CPU of one delivery over WebSocket, coalesced, and memory of a connection: `npm run bench -- alerts`. */
const deliverySeconds = 10e-6
const connectionBytes = 11 * 1024

/**
 * What it would take for a million events a second and ten million subscribers, from the constants of this run. Each
 * instance reads the whole stream, so that reading does not get cheaper with more of them: cost is instances × events
 * for reading, subscribers × matches for writing.
 */
export function capacity(measured: readonly Measured[]): string {
  const redis = measured.filter(({ broker }) => broker === 'redis')
  const [one, three] = [redis.find(({ instances }) => instances === 1), redis.find(({ instances }) => instances === 3)]
  if (one === undefined || three === undefined) throw new Error('Redis was not measured')
  // CPU of all instances for an event = what its recorder does + what each reader does: two sizes give both.
  const readSeconds = Math.max(0, (three.cpuPerEvent - one.cpuPerEvent) / 2)
  const recordSeconds = Math.max(0, one.cpuPerEvent - readSeconds)
  const micro = (seconds: number) => `${(seconds * 1e6).toFixed(1)} µs`
  const readCores = events * readSeconds
  const partitions = Math.ceil(readCores / 0.5)
  const share = 1e-6
  const deliveries = events * subscribers * share
  const gib = (subscribers * connectionBytes) / 2 ** 30
  return `**Capacity model.** Processor time of this run, through Redis: recording an event ${micro(recordSeconds)}, reading it at
one instance and handing it to one client ${micro(readSeconds)} (from one and three instances). A delivery costs about ${micro(deliverySeconds)} and a
connection about 11 KiB (\`npm run bench -- alerts\`).

For ${events.toLocaleString('en')} events a second and ${subscribers.toLocaleString('en')} subscribers:
- recording: ${Math.ceil(events * recordSeconds).toLocaleString('en')} cores, on any number of instances;
- reading: every instance would need ${readCores.toFixed(1)} cores for the whole stream, and has one event loop. So the stream
  must be cut into about ${partitions} streams (\`name\` of the notifier) at half a core each, and a subscriber be connected to
  each of the streams that it follows;
- delivering: it depends on how much is wanted. When a subscriber wants one event in a million, that is
  ${deliveries.toLocaleString('en')} deliveries a second, or ${Math.round(deliveries * deliverySeconds).toLocaleString('en')} cores; when it wants one in a thousand, a thousand times that: no longer alerts,
  but a feed;
- memory of the connections: ${Math.ceil(gib)} GiB in all.

This is arithmetic from one small machine, not a measurement of such a cluster.`
}
