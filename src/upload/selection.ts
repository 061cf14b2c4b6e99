import picomatch from 'picomatch'
import type { FolderOptions } from './local-folder.ts'

export interface Selection {
  /** Both are asked with the path below the folder and the name, before anything is opened. */
  wantsFile(relativePath: string, name: string): boolean
  wantsFolder(relativePath: string, name: string): boolean
}

export function selection({
  include,
  exclude,
  hidden,
}: Pick<FolderOptions, 'include' | 'exclude' | 'hidden'>): Selection {
  const included = include.length > 0 ? picomatch([...include], GLOB) : undefined
  const excluded = exclude.length > 0 ? picomatch([...exclude], GLOB) : undefined
  const visible = (relativePath: string, name: string): boolean =>
    (hidden || !name.startsWith('.')) && !excluded?.(relativePath)
  return {
    wantsFile: (relativePath, name) => visible(relativePath, name) && (included?.(relativePath) ?? true),
    // what `include` selects may lie anywhere below, so only `exclude` keeps a folder from being read
    wantsFolder: visible,
  }
}

/** `hidden` decides about names with a dot, the globs do not; a glob without `/` is for names in any folder. */
const GLOB = { dot: true, basename: true }
