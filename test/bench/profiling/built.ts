// The built package: by name it is not found here, as this folder belongs to a package.json of its own.
type Profiling = typeof import('../../../src/profiling/index.ts')
type Analyse = typeof import('../../../src/profiling/analyse/index.ts')

const built = (file: string) => import(new URL(`../../../dist/profiling/${file}`, import.meta.url).href)

export const { createProfiler }: Profiling = await built('index.js')
export const { analyse }: Analyse = await built('analyse/index.js')
