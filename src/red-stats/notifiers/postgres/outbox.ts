import { type PostgresSession, type Row, sqlState } from '../../postgres/session.ts'
import { eventsOfText } from '../broker/event-text.ts'
import type { Message } from '../broker/items-after.ts'
import { lastSeqOf, messageAfter, type Place } from '../broker/place.ts'

/** The outbox of one name. Every method throws RedStatsError `UNAVAILABLE` or `TIMEOUT`. */
export interface Outbox {
  readonly channel: string
  head(session: PostgresSession): Promise<Place>
  publish(
    session: PostgresSession,
    message: { publisher: string | null; number: number | null; text: string; afterLoss: boolean },
  ): Promise<Place>
  after(session: PostgresSession, place: Place, messages: number): Promise<Page>
  /** Removes what is older. */
  trim(session: PostgresSession, keepMs: number): Promise<void>
}

export interface Page {
  /** Where the epoch begins now: nothing up to here is held any more. */
  readonly begin: Place
  readonly messages: readonly Message[]
  /** More is committed, but cannot be read yet. */
  readonly waiting: boolean
}

/**
 * A row is a message, and the id of the transaction that wrote it is its number, since only one row is written in a
 * transaction. Transactions end in another order than their ids: one with a lower id may still be open, so that only
 * what is below the oldest open one (the snapshot's xmin) is read. Nothing can then appear before what was read.
 *
 * The epoch changes when the tables are made, and when the server is another one or has another timeline (it was
 * restored, or a replica took over): then what was read may not have been kept.
 */
export function createOutbox(name: string): Outbox {
  const [rows, stream, channel] = [`${name}_outbox`, `${name}_stream`, `${name}_outbox`]
  const timeline = `left(pg_walfile_name(pg_current_wal_lsn()), 8)`
  const server = `(select system_identifier::text from pg_control_system()) || ${timeline}`
  const newEpoch = `replace(gen_random_uuid()::text, '-', '')`

  const create = `
    select pg_advisory_xact_lock(hashtext('${name}'));
    create table if not exists ${stream} (
      single boolean primary key default true check (single),
      epoch text not null, server text not null, timeline text not null, trimmed xid8 not null);
    insert into ${stream} (epoch, server, timeline, trimmed)
      values (${newEpoch}, ${server}, ${timeline}, pg_current_xact_id()) on conflict do nothing;
    update ${stream}
      set epoch = ${newEpoch}, server = ${server}, timeline = ${timeline}, trimmed = pg_current_xact_id()
      where server <> ${server};
    create table if not exists ${rows} (
      xid xid8 primary key default pg_current_xact_id(),
      publisher text, number bigint, events text not null, after_loss boolean not null default false,
      published_at timestamptz not null default now(),
      unique (publisher, number));
    create index if not exists ${rows}_published_at on ${rows} (published_at);
    create or replace function ${rows}_trimmed() returns trigger language plpgsql as $$
      begin
        if tg_op = 'TRUNCATE' then
          update ${stream} set trimmed = greatest(trimmed, (select xid from ${rows} order by xid desc limit 1));
        else
          update ${stream} set trimmed = greatest(trimmed, (select xid from gone order by xid desc limit 1));
        end if;
        return null;
      end $$;
    create or replace trigger ${rows}_deleted after delete on ${rows}
      referencing old table as gone for each statement execute function ${rows}_trimmed();
    create or replace trigger ${rows}_truncated before truncate on ${rows}
      for each statement execute function ${rows}_trimmed();`

  const headQuery = `
    select s.epoch, s.trimmed::text as trimmed,
      (select xid::text from ${rows} where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc limit 1) as xid
    from ${stream} s where s.server = ${server}`

  const insert = `
    with current as (select epoch from ${stream} where timeline = ${timeline}),
      written as (insert into ${rows} (publisher, number, events, after_loss)
        select $1, $2, $3, $4 from current on conflict (publisher, number) do nothing returning xid),
      told as (select pg_notify('${channel}', '') from written)
    select current.epoch, written.xid::text as xid, (select count(*) from told) as told
    from current left join written on true`

  const taken = `select xid::text as xid from ${rows} where publisher = $1 and number = $2`

  const next = `
    select s.epoch, s.trimmed::text as trimmed, m.xid::text as xid, m.events, m.after_loss, w.waiting
    from ${stream} s
    cross join (select exists (select from ${rows} where xid >= pg_snapshot_xmin(pg_current_snapshot())) as waiting) w
    left join lateral (
      select xid, events, after_loss from ${rows}
      where xid > $1::xid8 and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid limit $2) m on true
    order by m.xid`

  async function made<Result>(session: PostgresSession, run: () => Promise<Result | undefined>): Promise<Result> {
    const isMissing = (error: unknown) => sqlState(error) === '42P01'
    const found = await run().catch((error: unknown) => {
      if (isMissing(error)) return undefined
      throw error
    })
    if (found !== undefined) return found
    await session.query(create)
    const result = await run()
    if (result === undefined) throw new Error(`The tables ${name}_* are not as they were made`)
    return result
  }

  function placeOfRow({ epoch, xid, trimmed }: Row): Place {
    return { epoch: String(epoch), seq: Math.max(lastSeqOf(Number(xid ?? 0)), lastSeqOf(Number(trimmed ?? 0))) }
  }

  return {
    channel,
    head: (session) =>
      made(session, async () => {
        const [row] = await session.query(headQuery)
        return row && placeOfRow(row)
      }),
    publish: (session, { publisher, number, text, afterLoss }) =>
      made(session, async () => {
        const [row] = await session.query(insert, [publisher, number, text, afterLoss])
        if (row === undefined) return undefined
        if (row['xid'] !== null) return placeOfRow({ epoch: row['epoch'], xid: row['xid'] })
        const [before = row] = await session.query(taken, [publisher, number])
        return placeOfRow({ epoch: row['epoch'], xid: before['xid'] })
      }),
    after: (session, place, limit) =>
      made(session, async () => {
        const found = await session.query(next, [String(messageAfter(place.seq) - 1), limit])
        const [first] = found
        if (first === undefined) return undefined
        const begin: Place = { epoch: String(first['epoch']), seq: lastSeqOf(Number(first['trimmed'])) }
        const messages = found
          .filter(({ xid }) => xid !== null)
          .map(
            (row): Message => ({
              before: begin,
              lastSeq: lastSeqOf(Number(row['xid'])),
              events: eventsOfText(row['events']),
              afterLoss: row['after_loss'] === true,
            }),
          )
        return { begin, messages, waiting: first['waiting'] === true }
      }),
    trim: async (session, keepMs) => {
      await session.query(`delete from ${rows} where published_at < now() - $1 * interval '1 millisecond'`, [keepMs])
    },
  }
}
