import type { AnyFunction } from './decorator-types.ts'
import { cleanName } from './log-line.ts'

/** What is decorated: where, and what its row is called. */
export interface Subject {
  /** `file:line` of the decoration. */
  readonly at: string
  /** The name of the row, as known when it is called on `self` for the first time. */
  nameOn(self: unknown): string
}

/** The part of a standard decorator's context that naming needs. */
export interface MemberContext {
  readonly kind: string
  readonly name: string | symbol
  readonly static: boolean
  readonly private: boolean
}

export function namedSubject(name: string, at: string): Subject {
  const clean = cleanName(name)
  return { at, nameOn: () => clean }
}

/**
 * A standard decorator does not know its class, so the owner is looked for at the first call: the object on the
 * prototype chain of `this` that holds the decorated function. `addInitializer` would run once per construction.
 */
export function memberSubject(context: MemberContext, at: string, holds: (value: unknown) => boolean): Subject {
  let name: string | undefined
  return {
    at,
    nameOn(self) {
      name ??= cleanName(memberName(ownerOf(self, context, holds), context.name, prefixOf(context.kind)))
      return name
    },
  }
}

export function memberName(owner: string, key: string | symbol, prefix = ''): string {
  const member = typeof key === 'string' ? key : `[${key.description ?? ''}]`
  return owner === '' ? prefix + member : `${owner}.${prefix}${member}`
}

export function className(target: unknown): string {
  if (typeof target !== 'function') return ''
  const name: unknown = Reflect.getOwnPropertyDescriptor(target, 'name')?.value
  return typeof name === 'string' ? name : ''
}

function prefixOf(kind: string): string {
  return kind === 'getter' ? 'get ' : kind === 'setter' ? 'set ' : ''
}

function ownerOf(self: unknown, context: MemberContext, holds: (value: unknown) => boolean): string {
  if (!isObject(self)) return ''
  try {
    const prototype = context.static ? self : Reflect.getPrototypeOf(self)
    for (let holder: object | null = prototype; holder !== null; holder = Reflect.getPrototypeOf(holder)) {
      const member = Reflect.getOwnPropertyDescriptor(holder, context.name)
      if (member && (holds(member.value) || holds(member.get) || holds(member.set))) return holderName(holder)
    }
    return prototype === null ? '' : holderName(prototype) // private, a field, or wrapped by another decorator
  } catch {
    return '' // a proxy may refuse anything
  }
}

function holderName(holder: object): string {
  return className(
    typeof holder === 'function' ? holder : Reflect.getOwnPropertyDescriptor(holder, 'constructor')?.value,
  )
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

const HELPERS = /(?:^|[.\s])_*(?:decorate\w*|esDecorate|runInitializers|DecorateProperty|apply\w*[dD]ec\w*)$/
const HELPER_FILES = /[/\\](?:tslib|@babel|@swc|reflect-metadata)[/\\]/

/** `file:line` of the code that called `entry`, below the helper functions of compilers; relative to the current folder. */
export function placeOf(entry: AnyFunction): string {
  const holder: { stack?: unknown } = {}
  Error.captureStackTrace(holder, entry)
  if (typeof holder.stack !== 'string') return ''
  for (const line of holder.stack.split('\n').slice(1)) {
    const [, caller = '', file = '', row = ''] = /^\s+at (?:(.*?) \()?(.+?):(\d+)(?::\d+)?\)?$/.exec(line) ?? []
    if (file === '' || HELPERS.test(caller.replace(/ \[as .*/, '')) || HELPER_FILES.test(file)) continue
    const path = file.replace(/^(?:async )?file:\/\//, '').replace(`${process.cwd()}/`, '')
    return cleanName(path.length > 100 ? `…${path.slice(-99)}:${row}` : `${path}:${row}`)
  }
  return ''
}
