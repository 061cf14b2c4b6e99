import { expect, it } from 'vitest'
import { entriesRead } from '../../../src/red-stats/notifiers/redis/entries.ts'

const entries = [['1700000000000-2', ['events', '[["a",0,"c",1],["b",0,"c",1]]']]]
const message = {
  before: { epoch: '1700000000000', seq: 0 },
  lastSeq: 2,
  events: [
    { imageId: 'a', timestamp: 0, clientId: 'c', red: 1 },
    { imageId: 'b', timestamp: 0, clientId: 'c', red: 1 },
  ],
  afterLoss: false,
}

it.each([
  ['pairs', [['stream', entries]]],
  ['a map', new Map([['stream', entries]])],
  ['an object', { stream: entries }],
  ['a flat list', ['stream', entries]],
])('reads what a client of Redis gives as %s', (_, reply) => {
  expect(entriesRead(reply)).toEqual([message])
})

it('reads nothing from no reply', () => {
  expect(entriesRead(null)).toEqual([])
})
