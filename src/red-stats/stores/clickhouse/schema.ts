/** Where the tables are. */
export interface Place {
  readonly database: string
  /** Name of the cluster, of which every server has the tables; without it, one server or chDB. */
  readonly cluster?: string | undefined
}

const partitionMs = 2_592_000_000 // 30 days
const maxPartitionsPerInsert = 100 // ClickHouse refuses an insert into more

/**
 * Int64 milliseconds, since ClickHouse reads a JSON integer given to a DateTime64 as ticks; Float64, since 0.85 as a
 * Float32 is above 0.85. The bloom filter finds repeats by id. fsync: what was acknowledged outlives a loss of power.
 * The deduplication window lets a server ignore an insert that it has already taken.
 */
const columns = `(
  ts Int64 CODEC(Delta, ZSTD(1)),
  image_id String,
  client_id String,
  red Float64,
  stored_at Int64,
  INDEX by_image_id image_id TYPE bloom_filter(0.001) GRANULARITY 1
)`
const layout = `PARTITION BY intDiv(ts, ${partitionMs}) ORDER BY (ts, image_id)`
const durably = 'fsync_after_insert = 1, fsync_part_directory = 1'

/** What brings the tables to each version; never edited once released, and harmless when done twice. */
export function migrations(place: Place): readonly (readonly string[])[] {
  const events = `${place.database}.red_events`
  if (place.cluster === undefined) {
    return [
      [`CREATE TABLE IF NOT EXISTS ${events} ${columns} ENGINE = ReplacingMergeTree ${layout} SETTINGS ${durably}`],
      [`ALTER TABLE ${events} MODIFY SETTING non_replicated_deduplication_window = 10000`],
    ]
  }
  const on = `ON CLUSTER '${place.cluster}'`
  const path = `/clickhouse/tables/{shard}/${place.database}/red_events`
  // Sharded by image id, so that the repeats of an image meet on one shard, where FINAL can merge them.
  return [
    [
      `CREATE TABLE IF NOT EXISTS ${events}_local ${on} ${columns} ENGINE = ReplicatedReplacingMergeTree('${path}', '{replica}') ${layout} SETTINGS ${durably}`,
      `CREATE TABLE IF NOT EXISTS ${events} ${on} AS ${events}_local ENGINE = Distributed('${place.cluster}', '${place.database}', red_events_local, cityHash64(image_id))`,
    ],
    [`ALTER TABLE ${events}_local ${on} MODIFY SETTING replicated_deduplication_window = 10000`],
  ]
}

/** The database and the table of migrations, which come before any migration. */
export function foundation({ database, cluster }: Place): readonly string[] {
  const on = cluster === undefined ? '' : `ON CLUSTER '${cluster}'`
  const engine =
    cluster === undefined
      ? 'MergeTree'
      : `ReplicatedMergeTree('/clickhouse/tables/{shard}/${database}/red_migrations', '{replica}')`
  return [
    `CREATE DATABASE IF NOT EXISTS ${database} ${on}`,
    `CREATE TABLE IF NOT EXISTS ${database}.red_migrations ${on} (version UInt32, applied_at Int64) ENGINE = ${engine} ORDER BY version`,
  ]
}

/** Drops the partitions whose every event is older. */
export function dropBefore(place: Place, before: number): { select: string; drop: (partition: string) => string } {
  const table = place.cluster === undefined ? 'red_events' : 'red_events_local'
  const on = place.cluster === undefined ? '' : `ON CLUSTER '${place.cluster}'`
  return {
    select: `SELECT DISTINCT partition FROM system.parts WHERE active AND database = '${place.database}' AND table = '${table}' AND toInt64(partition) < ${Math.floor(before / partitionMs)} ORDER BY partition`,
    drop: (partition) => `ALTER TABLE ${place.database}.${table} ${on} DROP PARTITION ${Number(partition)}`,
  }
}

/** Splits events so that no insert touches more partitions than ClickHouse takes. */
export function splitByPartitions<Event extends { readonly timestamp: number }>(events: readonly Event[]): Event[][] {
  const byPartition = new Map<number, Event[]>()
  for (const event of events) {
    const partition = Math.floor(event.timestamp / partitionMs)
    const group = byPartition.get(partition)
    if (group === undefined) byPartition.set(partition, [event])
    else group.push(event)
  }
  const partitions = [...byPartition.values()]
  const inserts: Event[][] = []
  for (let start = 0; start < partitions.length; start += maxPartitionsPerInsert) {
    inserts.push(partitions.slice(start, start + maxPartitionsPerInsert).flat())
  }
  return inserts
}
