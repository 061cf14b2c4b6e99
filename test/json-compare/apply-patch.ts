import type { JsonPatchOperation } from '../../src/json-compare/index.ts'

/** Applies a JSON Patch as RFC 6902 says, for the operations add, replace and remove. */
export function applyPatch(document: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const holder: Record<string, unknown> = { root: document }
  for (const operation of operations) {
    const keys = operation.path.split('/').map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    let parent: object = holder
    for (const [index, name] of ['root', ...keys.slice(1, -1)].entries()) {
      if (operation.path === '' || index > keys.length - 2) break
      parent = Object.getOwnPropertyDescriptor(parent, name)?.value
    }
    const key = operation.path === '' ? 'root' : keys.at(-1)!
    if (operation.op !== 'add' && !Object.hasOwn(parent, key)) throw new Error(`Nothing at ${operation.path}`)
    if (Array.isArray(parent)) {
      const at = Number(key)
      if (at > parent.length) throw new Error(`No index ${key} at ${operation.path}`)
      if (operation.op === 'remove') parent.splice(at, 1)
      else parent.splice(at, operation.op === 'add' ? 0 : 1, operation.value)
    } else if (operation.op === 'remove') {
      Reflect.deleteProperty(parent, key)
    } else {
      // Not by assignment, which would set the prototype for the key `__proto__`.
      Object.defineProperty(parent, key, {
        value: operation.value,
        enumerable: true,
        writable: true,
        configurable: true,
      })
    }
  }
  return holder['root']
}
