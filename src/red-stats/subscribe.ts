import type { Request } from './alert-hub/receiver.ts'
import { invalid, parseId, parseRed } from './event.ts'
import type { Cursor, Gap } from './notifier.ts'

export interface SubscribeOptions {
  /** Alert on images with more red than this, from 0 to 1. */
  readonly minRed: number
  /** Alert only on images of this sender. */
  readonly clientId?: string | number
  /** Begin after this place (the `cursor` of an alert) instead of now. */
  readonly since?: Cursor
  /** Told when alerts may have been missed. */
  readonly onGap?: (gap: Gap) => void
}

/** Ends when closed; closing it again does nothing. */
export interface Subscription {
  close(): void
}

const maxCursor = 256

/** @throws RedStatsError `INVALID` */
export function parseSubscription(options: SubscribeOptions): Request & Pick<SubscribeOptions, 'onGap' | 'since'> {
  const { minRed, clientId, since, onGap } = options
  return {
    id: '',
    minRed: parseRed('minRed', minRed),
    clientId: clientId === undefined ? undefined : parseId('clientId', clientId),
    ...(since === undefined ? {} : { since: parseCursor('since', since) }),
    ...(onGap === undefined ? {} : { onGap }),
  }
}

/** Any short text may be a cursor; whether it is a place of the stream is found out by comparing. */
export function parseCursor(field: string, value: unknown): Cursor {
  if (typeof value !== 'string' || value.length === 0 || value.length > maxCursor) {
    throw invalid(field, `the cursor of an alert, of 1 to ${maxCursor} characters`, value)
  }
  return value
}
