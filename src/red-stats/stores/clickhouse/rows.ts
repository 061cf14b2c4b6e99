import type { RedEvent } from '../../event.ts'
import type { Counts } from '../../store.ts'

/** An event as it is stored. */
export interface StoredRow {
  readonly image_id: string
  readonly ts: number | string
  readonly client_id: string
  readonly red: number
  readonly stored_at: number | string
}

/** What a count says; ClickHouse writes 64-bit numbers as text or as numbers, depending on its version. */
export interface CountRow {
  readonly total: number | string
  readonly above: number | string | null
}

export function toRow({ imageId, timestamp, clientId, red }: RedEvent, storedAt: number): StoredRow {
  return { image_id: imageId, ts: timestamp, client_id: clientId, red, stored_at: storedAt }
}

export function fromRow(row: StoredRow): RedEvent {
  return { imageId: row.image_id, timestamp: Number(row.ts), clientId: row.client_id, red: Number(row.red) }
}

export function toCounts({ total, above }: CountRow): Counts {
  return { total: Number(total), above: above === null ? null : Number(above) }
}
