// The decorators in a project as NestJS makes them: legacy decorators with metadata, compiled to CommonJS.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile, type Rehearsal, rehearse, run } from './rehearsal.ts'

const compilerOptions = {
  target: 'es2023',
  module: 'node16',
  moduleResolution: 'node16',
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  strict: true,
  types: ['node'],
  rootDir: '.',
  outDir: 'out',
}

// A framework's own decorators keep what they are told by the class, or by the function that is the method.
const framework = `
const tokens = new Map<unknown, string[]>()
const routes = new WeakMap<object, string>()
const types = new Map<string, unknown>()

Object.assign(Reflect, {
  metadata: (key: string, value: unknown) => (_: object, method = 'constructor') => {
    types.set([key, method].join(' '), value)
  },
})

export const Injectable = () => (target: Function): void => void tokens.set(target, tokens.get(target) ?? [])
export const Inject = (token: string) => (target: Object, _: undefined, index: number): void => {
  const list = tokens.get(target) ?? []
  list[index] = token
  tokens.set(target, list)
}
export const Param = (name: string) => (target: Object, method: string, index: number): void => {
  tokens.set(target, [...(tokens.get(target) ?? []), [method, index, name].join(' ')])
}
export const Get = (path: string) => <T>(_: Object, __: string, descriptor: TypedPropertyDescriptor<T>): void => {
  if (typeof descriptor.value === 'function') routes.set(descriptor.value, path)
}
export const told = (target: object) => tokens.get(target)
export const routeOf = (fn: object) => routes.get(fn)
export const typeOf = (key: string) => types.get(key)
`

const service = `
import { cacheProfile, flush, profile, timeit } from 'ruddle/profiling'
import { Get, Inject, Injectable, Param, routeOf, told, typeOf } from './framework'

class Prices {
  @timeit
  @cacheProfile
  quote(item: number): number {
    return item * 1.5
  }
}

@Injectable()
class Orders {
  constructor(@Inject('prices') private readonly prices: Prices) {}

  @Get('orders/:id')
  @timeit
  @profile({ slowerThanMs: 500 })
  async find(@Param('id') id: number, @Param('count') count: number): Promise<number> {
    let sum = 0
    for (let item = 0; item < count; item++) sum += this.prices.quote(id)
    return sum
  }
}

async function main(): Promise<void> {
  const sum = await new Orders(new Prices()).find(2, 4)
  flush()
  const names = (list: unknown) => (Array.isArray(list) ? list.map((type) => type.name) : list)
  console.log(JSON.stringify({
    sum,
    injected: told(Orders),
    parameters: told(Orders.prototype),
    route: routeOf(Orders.prototype.find),
    types: [names(typeOf('design:paramtypes find')), names(typeOf('design:paramtypes constructor'))],
  }))
}
void main()
`

describe('a project with experimentalDecorators and emitDecoratorMetadata', () => {
  let release: Rehearsal
  let lines: readonly Record<string, unknown>[]

  beforeAll(async () => {
    release = await rehearse()
    const files = {
      'package.json': '{}',
      'tsconfig.json': JSON.stringify({ compilerOptions }),
      'framework.ts': framework,
      'service.ts': service,
    }
    const folder = release.project('legacy', files, ['@types/node'])
    await compile(folder)
    const { stdout } = await run(process.execPath, ['out/service.js'], folder)
    lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }, 300_000)
  afterAll(() => release?.[Symbol.dispose]())

  it('logs the calls of the decorated methods', () => {
    const perf = lines.flatMap((line) => line['perf'] ?? [])
    expect(perf).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ k: 'timeit', fn: 'Orders.find', n: 1, async: 1, err: 0 }),
        expect.objectContaining({ k: 'timeit', fn: 'Prices.quote', n: 4, async: 0, err: 0 }),
        expect.objectContaining({ k: 'cache', fn: 'Prices.quote' }),
      ]),
    )
  })

  it('keeps what the decorators of the framework were told, and the types of parameters', () => {
    expect(lines.find((line) => 'sum' in line)).toEqual({
      sum: 12,
      injected: ['prices'],
      parameters: ['find 1 count', 'find 0 id'],
      route: 'orders/:id',
      types: [['Number', 'Number'], ['Prices']],
    })
  })
})
