import { RedStatsError } from '../../errors.ts'
import { foundation, migrations, type Place } from './schema.ts'
import type { Sessions } from './sessions.ts'

/**
 * Brings the tables to the version that this package knows, and notes each step. Two processes may do so at once.
 * @throws RedStatsError `CORRUPT` if they have a newer version
 */
export async function migrate({ writer }: Sessions, place: Place, now: () => number): Promise<void> {
  for (const query of foundation(place)) await writer.command({ query })
  const table = `${place.database}.red_migrations`
  const result = await writer.query({ query: `SELECT max(version) AS version FROM ${table}`, format: 'JSONEachRow' })
  const [row] = await result.json<{ version: number }>()
  const version = Number(row!.version)
  const steps = migrations(place)
  if (version > steps.length) {
    const message = `The tables have version ${version}, this package knows ${steps.length}: use a newer one`
    throw new RedStatsError('CORRUPT', message)
  }
  for (let next = version + 1; next <= steps.length; next++) {
    for (const query of steps[next - 1]!) await writer.command({ query })
    await writer.command({ query: `INSERT INTO ${table} VALUES (${next}, ${now()})` })
  }
}
