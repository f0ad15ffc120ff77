// A statement under construction: text that grows, and slots that say where each bound value comes from.
import type { Storage, Stored } from '../define/field.ts'
import type { Dialect, Statement } from './contract.ts'

/** A statement with the recipe for its values, made once per shape and used for every call of that shape. */
export interface Prepared<T> {
  readonly statement: Statement
  values(input: T): Stored[]
}

/** Collects slots in the order they appear; values are never part of the text. */
export class Draft<T> {
  readonly dialect: Dialect
  readonly #slots: ((input: T) => Stored)[] = []

  constructor(dialect: Dialect) {
    this.dialect = dialect
  }

  /** The placeholder of a value of that class, taken from the input when the statement runs. */
  slot(storage: Storage, from: (input: T) => Stored): string {
    this.#slots.push(from)
    return this.dialect.typed(this.#slots.length, storage)
  }

  /** The finished statement; `reads` are the classes of the columns it answers. */
  finish(text: string, reads: readonly Storage[]): Prepared<T> {
    const slots = this.#slots
    const statement: Statement = Object.freeze({ text, reads: Object.freeze([...reads]) })
    return {
      statement,
      values(input: T): Stored[] {
        return slots.map((slot) => slot(input))
      },
    }
  }
}

/** Conditions joined by `and`; nothing to ask is `true`. */
export const conjunction = (parts: readonly string[]): string => (parts.length === 0 ? 'true' : parts.join(' and '))

/** A bounded cache of statements by shape: the least recently made is dropped, and made again when it is asked for. */
export class Shapes<V> {
  readonly #made = new Map<string, V>()
  readonly #most: number

  constructor(most = 500) {
    this.#most = most
  }

  get(shape: string, make: () => V): V {
    const found = this.#made.get(shape)
    if (found !== undefined) return found
    const made = make()
    if (this.#made.size >= this.#most) this.#made.delete(this.#made.keys().next().value ?? '')
    this.#made.set(shape, made)
    return made
  }
}
