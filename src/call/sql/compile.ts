// Writes a query's text with the engine's own placeholders, and its values as the engine stores them.
import { DefaultQueryCompiler } from 'kysely'
import type { Stored } from '../../define/field.ts'
import type { Dialect } from '../../store/contract.ts'

/** Kysely's compiler of standard SQL; only values differ between the engines here. */
export class Compiler extends DefaultQueryCompiler {
  readonly #dialect: Dialect

  constructor(dialect: Dialect) {
    super()
    this.#dialect = dialect
  }

  protected override appendValue(value: unknown): void {
    // A fraction has no class of its own, and what it means must not hang on how a parameter's type is guessed.
    if (typeof value === 'number' && !Number.isSafeInteger(value)) return this.appendImmediateValue(finite(value))
    this.addParameter(storedOf(value))
    this.append(this.#placeholder(value, this.numParameters))
  }

  // Text and null stay untyped: beside a uuid, a date or a text each engine takes them for what stands there.
  #placeholder(value: unknown, index: number): string {
    if (typeof value === 'number') return this.#dialect.typed(index, 'int')
    if (typeof value === 'bigint') return this.#dialect.typed(index, 'wide')
    if (typeof value === 'boolean') return this.#dialect.typed(index, 'bool')
    return value instanceof Date ? this.#dialect.typed(index, 'instant') : this.#dialect.placeholder(index)
  }
}

function finite(value: number): number {
  if (!Number.isFinite(value) || Number.isInteger(value))
    throw new TypeError(`tx.sql: ${value} is no number that a column can hold`)
  return value
}

function storedOf(value: unknown): Stored {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'object') return JSON.stringify(value)
  throw new TypeError(`tx.sql: a value cannot be ${typeof value}`)
}
