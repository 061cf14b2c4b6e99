import type { AnyFunction, Decorate } from './decorator-types.ts'
import {
  className,
  type MemberContext,
  memberName,
  memberSubject,
  namedSubject,
  placeOf,
  type Subject,
} from './subject.ts'

/** What one of the three decorators does to a function. */
export interface Instrument<Options> {
  readonly name: string
  /** Kinds of targets that make no sense for it, with the reason. */
  readonly refuses?: Readonly<Record<string, string>>
  /** Throws for an unknown or wrong option. */
  check(options: object): Options
  wrap(fn: AnyFunction, subject: Subject, options: Options): AnyFunction
}

/** Which functions are wrappers, of what, and by which decorators: a second decoration by the same one does nothing. */
export type Wrappers = WeakMap<object, { readonly inner: AnyFunction; readonly by: string }>

/** Makes the one function that is a standard decorator, a legacy decorator and a plain wrapper. */
export function decorate<Options>(
  instrument: Instrument<Options>,
  wrappers: Wrappers,
  enabled: () => boolean,
): Decorate<Options> {
  const bare = (...args: unknown[]): unknown => {
    const [first, second] = args
    if (args.length === 0) return configured({})
    if (typeof first === 'string') {
      if (typeof second !== 'function') throw wrongTarget(second)
      return apply({ name: first }, [second], bare)
    }
    if (args.length === 1 && typeof first === 'object' && first !== null) return configured(first)
    return apply({}, args, bare)
  }
  function configured(options: object): unknown {
    instrument.check(options)
    const decorator = (...args: unknown[]): unknown => apply(options, args, decorator)
    return decorator
  }

  function apply(given: object, args: unknown[], entry: AnyFunction): unknown {
    const options = instrument.check(given)
    const name = (given as { name?: string }).name
    const [target, key, descriptor] = args
    const at = enabled() ? placeOf(entry) : ''
    const named = (otherwise: () => Subject) => (name === undefined ? otherwise() : namedSubject(name, at))
    const once = (fn: unknown, subject: Subject, kind = 'function'): AnyFunction => {
      if (!isFunction(fn)) throw wrongTarget(fn)
      const refusal = instrument.refuses?.[/Generator/.test(tagOf(fn)) ? 'generator' : kind]
      if (refusal) throw new TypeError(`Expected ${instrument.name} on ${refusal}, got a ${kind} \`${fn.name}\``)
      if (!enabled() || isWrappedBy(fn, instrument.name)) return fn
      const wrapper = keepFace(fn, instrument.wrap(fn, subject, options))
      wrappers.set(wrapper, { inner: fn, by: instrument.name })
      return wrapper
    }
    const member = (context: MemberContext, fn: unknown) =>
      named(() => memberSubject(context, at, (value) => isFunction(value) && original(value) === original(fn)))

    if (isContext(key)) {
      switch (key.kind) {
        case 'method':
        case 'getter':
        case 'setter':
          return once(target, member(key, target), key.kind)
        case 'accessor': {
          const { get, set } = target as ClassAccessorDecoratorTarget<unknown, unknown>
          return {
            get: once(get, member({ ...key, kind: 'getter' }, get), 'getter'),
            ...(!instrument.refuses?.['setter'] && {
              set: once(set, member({ ...key, kind: 'setter' }, set), 'setter'),
            }),
          }
        }
        case 'field': {
          const subject = member(key, undefined)
          return (value: unknown) => once(value, subject)
        }
        case 'class':
          return decorateClass(target as object, typeof key.name === 'string' ? key.name : '')
        default:
          throw wrongTarget(target)
      }
    }
    if (typeof key === 'string' || typeof key === 'symbol') {
      if (!isObject(target) || !isObject(descriptor)) {
        throw new TypeError(
          `Expected ${instrument.name} on a method or accessor, got the property \`${String(key)}\`: wrap its value instead`,
        )
      }
      const owner = className(typeof target === 'function' ? target : target.constructor)
      return decorateDescriptor(descriptor, (prefix) => named(() => namedSubject(memberName(owner, key, prefix), at)))
    }
    if (!isFunction(target)) throw wrongTarget(target)
    if (isClass(target)) return decorateClass(target, className(target))
    return once(
      target,
      named(() => namedSubject(target.name || '(anonymous)', at)),
    )

    function decorateDescriptor(member: PropertyDescriptor, subject: (prefix: string) => Subject): PropertyDescriptor {
      return {
        ...member,
        ...('value' in member && { value: once(member.value, subject(''), 'method') }),
        ...(member.get && { get: once(member.get, subject('get '), 'getter') }),
        ...(member.set &&
          !(member.get && instrument.refuses?.['setter']) && { set: once(member.set, subject('set '), 'setter') }),
      }
    }

    function decorateClass(target: object, owner: string): object {
      const prototype = Reflect.getOwnPropertyDescriptor(target, 'prototype')?.value as object
      for (const holder of [prototype, target]) {
        for (const key of Reflect.ownKeys(holder)) {
          const member = Reflect.getOwnPropertyDescriptor(holder, key)
          if (key === 'constructor' || !member?.configurable || !isFunction(member.value) || isClass(member.value))
            continue
          if (instrument.refuses?.['generator'] && /Generator/.test(tagOf(member.value))) continue
          const subject = namedSubject(memberName(name ?? owner, key), at)
          Object.defineProperty(holder, key, { ...member, value: once(member.value, subject, 'method') })
        }
      }
      return target
    }
  }

  function original(fn: unknown): unknown {
    let inner = fn
    while (isObject(inner)) {
      const wrapper = wrappers.get(inner)
      if (wrapper === undefined) break
      inner = wrapper.inner
    }
    return inner
  }
  function isWrappedBy(fn: AnyFunction, by: string): boolean {
    for (let wrapper = wrappers.get(fn); wrapper !== undefined; wrapper = wrappers.get(wrapper.inner)) {
      if (wrapper.by === by) return true
    }
    return false
  }
  function wrongTarget(target: unknown): TypeError {
    const got = target === null ? 'null' : typeof target
    return new TypeError(`Expected ${instrument.name} on a function, method, accessor or class, got ${got}`)
  }

  return bare as Decorate<Options> // the overloads are the contract, the dispatch above fulfils it
}

/** Parts of `reflect-metadata`, where it is loaded: frameworks find a method's route by what it keeps for the function. */
interface MetadataReflect {
  getOwnMetadataKeys(target: object): unknown[]
  getOwnMetadata(key: unknown, target: object): unknown
  defineMetadata(key: unknown, value: unknown, target: object): void
}

/** Name, length, metadata and whatever else the function carries. */
function keepFace(from: AnyFunction, to: AnyFunction): AnyFunction {
  const { getOwnMetadataKeys, getOwnMetadata, defineMetadata }: typeof Reflect & Partial<MetadataReflect> = Reflect
  for (const key of getOwnMetadataKeys?.(from) ?? []) defineMetadata?.(key, getOwnMetadata?.(key, from), to)
  for (const key of Reflect.ownKeys(from)) {
    const property = Reflect.getOwnPropertyDescriptor(from, key)
    if (property && key !== 'arguments' && key !== 'caller') Object.defineProperty(to, key, property)
  }
  return to
}

function isContext(value: unknown): value is MemberContext {
  return isObject(value) && 'kind' in value && typeof value.kind === 'string' && 'name' in value
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}

/** An ES5 constructor cannot be told from a function: it is wrapped as one. */
function isClass(fn: AnyFunction): boolean {
  return /^class\b/.test(Function.prototype.toString.call(fn))
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** `[object GeneratorFunction]` and the like. */
function tagOf(fn: AnyFunction): string {
  return Object.prototype.toString.call(fn)
}
