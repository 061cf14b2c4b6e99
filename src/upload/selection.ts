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
  const included = matcher(include)
  const excluded = matcher(exclude)
  const visible = (relativePath: string, name: string): boolean =>
    (hidden || !name.startsWith('.')) && !excluded?.(relativePath, name)
  return {
    wantsFile: (relativePath, name) => visible(relativePath, name) && (included?.(relativePath, name) ?? true),
    // what `include` selects may lie anywhere below, so only `exclude` keeps a folder from being read
    wantsFolder: visible,
  }
}

/** A glob without `/` is for names in any folder, one with it for paths. About dots `hidden` decides, not the globs. */
function matcher(globs: readonly string[]): ((relativePath: string, name: string) => boolean) | undefined {
  if (globs.length === 0) return undefined
  const isForPaths = (glob: string): boolean => glob.includes('/')
  const matchesPath = picomatch(globs.filter(isForPaths), { dot: true })
  const matchesName = picomatch(
    globs.filter((glob) => !isForPaths(glob)),
    { dot: true },
  )
  return (relativePath, name) => matchesName(name) || matchesPath(relativePath)
}
