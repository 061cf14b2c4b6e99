import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { maxTimestamp, type RedEvent } from '../../event.ts'
import { event, type StoreCase, type StoreContext, statuses } from './case.ts'

/** Each of these ids is another image, comes back as it went in, and is known again. */
const ids: Record<string, readonly string[]> = {
  'quotes and backslashes': ["'", "''", '"', '`', '\\', "\\'", '\\\\', "it's"],
  'pieces of SQL': ["'; DROP TABLE red_events; --", '{ids:Array(String)}', '%s', '?', '$1', '/* */', 'NULL', "',''"],
  'line breaks, tabs and NUL': ['\n', '\r\n', '\t', 'a\u0000b', 'a\u0000', 'a', '\\n', '\\N', '\\0'],
  'spaces around it': ['x', ' x', 'x ', ' ', '  '],
  'upper and lower case': ['é', 'É', 'straße', 'STRASSE', 'ß'],
  'the same look in other code points': ['é', 'e\u0301', '\u212b', '\u00c5', 'ﬁ', 'fi'],
  'characters beyond the basic plane': ['🍅', '🍅🍅', '\u{10ffff}', '👩‍👩‍👧'],
  'numbers as text': ['7', '07', '7.0', '+7', '-7', '1e3', '1000', '0x7', '9007199254740993', '9007199254740992'],
  JSON: ['[]', '{}', '["a","b"]', 'null', 'true', '{"image_id":1}'],
  '256 bytes': ['x'.repeat(256), `${'x'.repeat(255)}y`, 'é'.repeat(128), '🍅'.repeat(64)],
}

const idCases = Object.entries(ids).map(
  ([name, list]): StoreCase => ({
    name: `keeps ids with ${name} apart`,
    run: async ({ store }) => {
      const images = list.map((imageId, n) => event({ imageId, timestamp: n, clientId: list.at(-1 - n)! }))
      deepStrictEqual(await statuses(store.append(images)), Array(list.length).fill('stored'))
      deepStrictEqual(await statuses(store.append(images)), Array(list.length).fill('duplicate'))
      deepStrictEqual(await store.list({ limit: 100 }), images.toReversed())
      for (const { clientId } of images) strictEqual((await store.count({ clientId })).total, 1)
    },
  }),
)

async function comesBack({ store }: StoreContext, image: RedEvent): Promise<void> {
  await store.append([image])
  deepStrictEqual(await store.list({ limit: 10 }), [image])
  deepStrictEqual(await statuses(store.append([image])), ['duplicate'])
}

const reds = [0, Number.MIN_VALUE, 1e-300, 0.1, 0.1 + 0.2, 1 / 3, 0.85, 1 - Number.EPSILON / 2, 1]

export const valueCases: readonly StoreCase[] = [
  ...idCases,
  {
    name: 'takes the first millisecond of 1970',
    run: async (context) => {
      await comesBack(context, event({ timestamp: 0 }))
      strictEqual((await context.store.count({ from: 0, to: 1 })).total, 1)
    },
  },
  {
    name: 'takes the last millisecond of 2099',
    run: async (context) => {
      await comesBack(context, event({ timestamp: maxTimestamp }))
      strictEqual((await context.store.count({ from: maxTimestamp, to: maxTimestamp + 1 })).total, 1)
      strictEqual((await context.store.count({ to: maxTimestamp })).total, 0)
    },
  },
  {
    name: 'keeps every digit of red',
    run: async ({ store }) => {
      const images = reds.map((red, n) => event({ imageId: String(n), timestamp: n, red }))
      await store.append(images)
      deepStrictEqual(await store.list({ limit: 100 }), images.toReversed())
      deepStrictEqual(new Set(await statuses(store.append(images))), new Set(['duplicate']))
    },
  },
  {
    name: 'compares red in every digit',
    run: async ({ store }) => {
      await store.append(reds.map((red, n) => event({ imageId: String(n), red })))
      for (const [n, red] of reds.entries()) {
        deepStrictEqual(await store.count({ red }), { total: reds.length, above: reds.length - 1 - n })
      }
    },
  },
]
