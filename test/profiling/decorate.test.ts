import 'reflect-metadata'
import { describe, expect, test } from 'vitest'
import { createProfiler } from '../../src/profiling/index.ts'
import { record } from './recording.ts'

describe('what is wrapped', () => {
  test('keeps name, length, own properties and descriptor flags', () => {
    const { timeit } = record()
    function original(_a: number, _b: number): number {
      return 1
    }
    original.version = 3
    const wrapped = timeit(original)
    expect(wrapped).not.toBe(original)
    expect([wrapped.name, wrapped.length, wrapped.version]).toEqual(['original', 2, 3])
    class Shop {
      @timeit sell(_count: number): void {}
      @timeit get empty(): boolean {
        return true
      }
    }
    const { value, ...flags } = Object.getOwnPropertyDescriptor(Shop.prototype, 'sell')!
    expect([value.name, value.length, flags]).toEqual([
      'sell',
      1,
      { writable: true, enumerable: false, configurable: true },
    ])
    expect(Object.getOwnPropertyDescriptor(Shop.prototype, 'empty')?.get?.name).toBe('get empty')
  })

  test('keeps the metadata by which frameworks find a method', () => {
    const { timeit, cacheProfile } = record()
    class Orders {
      find(id: number): number {
        return id
      }
      list(): number[] {
        return []
      }
    }
    Reflect.defineMetadata('path', '/orders', Orders.prototype.list)
    timeit(Orders) // a class is decorated after its methods
    expect(Reflect.getMetadata('path', Orders.prototype.list)).toBe('/orders')

    const descriptor = Object.getOwnPropertyDescriptor(Orders.prototype, 'find')!
    Reflect.defineMetadata('path', '/orders/:id', descriptor.value)
    const decorate = cacheProfile as unknown as (...legacy: unknown[]) => PropertyDescriptor
    expect(Reflect.getMetadata('path', decorate(Orders.prototype, 'find', descriptor).value)).toBe('/orders/:id')
  })

  test('is an old-style constructor as well', () => {
    const { timeit } = record()
    function Point(this: { x: number }, x: number): void {
      this.x = x
    }
    Point.prototype.double = function (this: { x: number }): number {
      return 2 * this.x
    }
    const Timed = timeit(Point) as unknown as new (x: number) => { x: number; double(): number }
    const point = new Timed(4)
    expect(point.double()).toBe(8)
    expect(point).toBeInstanceOf(Point)
  })

  test('is given back itself when the profiler is not enabled', () => {
    const { timeit, cacheProfile, profile } = createProfiler({ enabled: false })
    const fn = (): number => 1
    expect([timeit(fn), cacheProfile('x', fn), profile({ max: 1 })(fn)]).toEqual([fn, fn, fn])
    class Shop {
      sell(): void {}
    }
    const { sell } = Shop.prototype
    expect(timeit(Shop).prototype.sell).toBe(sell)
  })

  test('passes calls through once the profiler is switched off or closed', () => {
    const { timeit, cacheProfile, profile, configure, close, lines } = record()
    const fn = timeit(
      'fn',
      cacheProfile(
        'fn',
        profile('fn', (x: number) => x + 1),
      ),
    )
    configure({ enabled: false })
    expect(fn(1)).toBe(2)
    expect(lines()).toEqual([])
    configure({ enabled: true })
    expect(fn(2)).toBe(3)
    close()
    expect(fn(3)).toBe(4)
    expect(lines().map((line) => line.k)).toEqual(['cpu', 'timeit', 'cache', 'process'])
  })
})

describe('decorated twice', () => {
  test('is recorded once, also with another decorator between', () => {
    const { timeit, cacheProfile, line } = record()
    const once = timeit('work', () => 1)
    expect(timeit('again', once)).toBe(once)
    const mixed = timeit('mixed', cacheProfile('mixed', once))
    mixed()
    expect(line('timeit', 'work').n).toBe(1)
    expect(line('cache', 'mixed').n).toBe(1)
  })

  test('by class and by method is recorded once, by its method’s decorator', () => {
    const { timeit, lines } = record()
    @timeit
    class Shop {
      @timeit({ name: 'own' })
      sell(): number {
        return 1
      }
      buy(): number {
        return 2
      }
    }
    new Shop().sell()
    new Shop().buy()
    expect(lines().flatMap((line) => (line.k === 'timeit' ? [line.fn] : []))).toEqual(['own', 'Shop.buy'])
  })
})

describe('names', () => {
  test('are those of the class that declares the method', () => {
    const { timeit, lines } = record()
    class Base {
      @timeit run(): string {
        return 'base'
      }
      @timeit static make(): string {
        return 'made'
      }
    }
    class Derived extends Base {
      override run(): string {
        return `derived ${super.run()}`
      }
    }
    expect([new Derived().run(), Derived.make()]).toEqual(['derived base', 'made'])
    expect(lines().flatMap((line) => (line.k === 'timeit' ? [line.fn] : []))).toEqual(['Base.run', 'Base.make'])
  })

  test('are found on proxies, and do without an owner when there is none', () => {
    const { timeit, lines } = record()
    const refusing = new Proxy(
      {},
      {
        getPrototypeOf() {
          throw new Error('no')
        },
      },
    )
    class A {
      @timeit first(): void {}
      @timeit second(): void {}
      @timeit third(): void {}
    }
    A.prototype.first.call(new Proxy(new A(), {}))
    A.prototype.second.call(refusing as A)
    A.prototype.third.call(undefined as unknown as A)
    expect(lines().flatMap((line) => (line.k === 'timeit' ? [line.fn] : []))).toEqual(['A.first', 'second', 'third'])
  })

  test('cannot break a line, and are cut', () => {
    const { timeit, written, lines } = record()
    timeit('a\nb\u2028c\u001b[31m\ud800"', () => 1)()
    timeit('x'.repeat(500), () => 1)()
    timeit(Object.defineProperty(() => 1, 'name', { value: '' }))()
    const names = lines().flatMap((line) => (line.k === 'timeit' ? [line.fn] : []))
    expect(names[0]).toBe('a\ufffdb\ufffdc\ufffd[31m\ufffd"')
    expect(names[1]).toHaveLength(120)
    expect(names[2]).toBe('(anonymous)')
    for (const line of written) expect(line).toMatch(/^[^\p{Cc}\p{Cs}\p{Zl}]+$/u)
  })

  test('and places tell apart two functions of one name', () => {
    const { timeit, lines } = record()
    timeit('same', () => 1)()
    timeit('same', () => 1)()
    const places = lines().flatMap((line) => (line.k === 'timeit' ? [line.at] : []))
    expect(new Set(places).size).toBe(2)
    for (const place of places) expect(place).toMatch(/^test\/profiling\/decorate\.test\.ts:\d+$/)
  })

  test('share a row when made at one place', () => {
    const { timeit, line } = record()
    for (let i = 0; i < 5; i++) timeit('handler', () => i)()
    expect(line('timeit', 'handler').n).toBe(5)
  })
})

describe('a wrong target', () => {
  const { timeit, cacheProfile, profile } = createProfiler({ sink: () => {} })
  const loose = timeit as unknown as (...args: unknown[]) => unknown

  test.each([
    [[7], 'Expected timeit on a function, method, accessor or class, got number'],
    [[null], /got null/],
    [['name', 7], /got number/],
    [['name'], /got undefined/],
    [
      [class {}.prototype, 'field', undefined],
      'Expected timeit on a method or accessor, got the property `field`: wrap its value instead',
    ],
    [[undefined, { kind: 'parameter', name: 'x' }], /got undefined/],
  ])('%o is a TypeError', (args, message) => {
    expect(() => loose(...args)).toThrow(TypeError)
    expect(() => loose(...args)).toThrow(message)
  })

  test('a field without a function is a TypeError in the constructor', () => {
    class Shop {
      // @ts-expect-error -- only function fields can be timed
      @timeit price = 7
    }
    expect(() => new Shop()).toThrow('Expected timeit on a function, method, accessor or class, got number')
  })

  test('a setter or generator has no result to cache, a generator is no call to profile', () => {
    function* steps(): Generator<number> {
      yield 1
    }
    expect(() => cacheProfile(steps)).toThrow(
      'Expected cacheProfile on a function with one result, got a function `steps`',
    )
    expect(() => profile(steps)).toThrow(TypeError)
    expect(() => {
      class Shop {
        @cacheProfile set price(_value: number) {}
      }
      return Shop
    }).toThrow('Expected cacheProfile on a function whose result could be cached, got a setter `set price`')
  })
})

describe('a profiler', () => {
  test.each([
    [{ flushMs: 1 }, 'Expected `flushMs` to be an integer from 100 to 3600000, got 1'],
    [{ maxFunctions: 0 }, /Expected `maxFunctions` to be an integer from 1/],
    [{ maxLineBytes: 1_000 }, /Expected `maxLineBytes` to be an integer from 2000/],
    [{ now: 5 }, 'Expected `now` to be a function, got 5'],
    [{ run: '' }, 'Expected `run` to be a string of 1 to 120 characters, got ""'],
    [{ sink: 'stdout' }, 'Expected `sink` to be a function, stream, logger or console, got "stdout"'],
    [{ enabled: 'yes' }, 'Expected `enabled` to be a boolean, got "yes"'],
    [{ salt: 5 }, 'Expected `salt` to be a string, got 5'],
    [{ asyncEdge: true }, /Expected options among sink, flushMs.*got `asyncEdge`/],
  ])('refuses %o', (options, message) => {
    expect(() => createProfiler(options as object)).toThrow(message)
  })

  test('records so many functions, and counts those beyond', () => {
    const { timeit, cacheProfile, lines } = record({ maxFunctions: 3 })
    const made = ['a', 'b', 'c', 'd', 'e'].map((name) => timeit(name, (x: number) => x))
    const cached = cacheProfile('f', (x: number) => x)
    expect([...made.map((fn) => fn(1)), cached(2)]).toEqual([1, 1, 1, 1, 1, 2])
    const found = lines()
    expect(found.flatMap((line) => (line.k === 'timeit' ? [line.fn] : []))).toEqual(['a', 'b', 'c'])
    expect(found.at(-1)).toMatchObject({ k: 'process', dropped: 3 })
  })

  test('has a snapshot that takes nothing away', () => {
    const { timeit, snapshot, line } = record()
    timeit('work', () => 1)()
    expect(snapshot()).toMatchObject([{ k: 'timeit', fn: 'work', n: 1, q: 0 }, { k: 'process' }])
    expect(line('timeit', 'work').n).toBe(1)
    expect(snapshot()).toEqual([])
  })
})
