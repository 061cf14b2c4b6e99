import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The path of an installed program. Where it is missing, a line names the Debian package and the result is undefined,
 * so that the caller can skip its tests; with RUDDLE_REQUIRE_SERVERS=1 it is an error instead.
 */
export function findProgram(name: string, debianPackage: string, alsoIn: readonly string[] = []): string | undefined {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), ...alsoIn, '/usr/sbin']) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {}
  }
  const message = `${name} is not installed: apt-get install ${debianPackage}`
  if (process.env['RUDDLE_REQUIRE_SERVERS'] === '1') throw new Error(message)
  console.warn(`skipped, ${message}`)
  return undefined
}
