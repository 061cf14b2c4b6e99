/** Every function, whatever its parameters. */
export type AnyFunction = (this: never, ...args: never) => unknown
type AnyClass = abstract new (...args: never) => unknown

/** The context of a standard decorator, as far as it matters: its own type would fix the type of `this`. */
interface MethodContext {
  readonly kind: 'method' | 'getter' | 'setter'
  readonly name: string | symbol
}

/** A decorator for both dialects that is a plain wrapper as well. The type of what is decorated is kept. */
export interface Decorator {
  /** A function, plainly wrapped; a method, getter or setter of a class. */
  <F extends AnyFunction>(fn: F, context?: MethodContext): F
  <This, V>(
    accessor: ClassAccessorDecoratorTarget<This, V>,
    context: ClassAccessorDecoratorContext<This, V>,
  ): ClassAccessorDecoratorResult<This, V>
  /** A field that holds a function. */
  <This, F extends AnyFunction>(
    field: undefined,
    context: ClassFieldDecoratorContext<This, F>,
  ): (this: This, fn: F) => F
  /** A class: its own methods. */
  <C extends AnyClass>(target: C, context?: ClassDecoratorContext<C>): C
  /** `experimentalDecorators`: a method or accessor. */
  <T>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<T>): TypedPropertyDescriptor<T>
}

/** `@d`, `@d()`, `@d({…})`, `d(fn)`, `d('name', fn)` and `d({…})(fn)`. */
export interface Decorate<Options> extends Decorator {
  <F extends AnyFunction>(name: string, fn: F): F
  (options: Options): Decorator
  // not one with an optional parameter: it would accept `undefined`, which is what a field of any type gives
  (): Decorator
}
