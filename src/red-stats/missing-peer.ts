import { RedStatsError } from './errors.ts'

/** Loads an optional package; its absence is an error that says what to install. */
export async function loadPeer<Module>(names: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause
    throw new RedStatsError('MISSING_PEER', `An optional package is not installed; run: npm i ${names}`, { cause })
  }
}
