// What a field is: a kind that answers for its values, and options on two axes, presence and writer.
import type { FieldCode, FieldError } from '../base/pure/problem.ts'

declare const shape: unique symbol

/** How a value lies in a column; the engine maps each class to its own type. */
export type Storage = 'uuid' | 'text' | 'int' | 'wide' | 'bool' | 'instant' | 'date'

/** The neutral form of a stored value: what both engines give and take. `wide` integers are decimal text. */
export type Stored = string | number | boolean | null

/** Comparisons of the list language; a kind says which of them it understands. */
export type Operator = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte' | 'in' | 'like' | 'null'

/** JSON Schema 2020-12, as OpenAPI 3.1 embeds it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** What the database itself can refuse about one column. */
export type ColumnCheck =
  | { readonly check: 'between'; readonly min: number | string; readonly max: number | string }
  | { readonly check: 'length'; readonly min: number; readonly max: number }
  | { readonly check: 'in'; readonly values: readonly string[] }
  | { readonly check: 'json' }
  | { readonly check: 'date' }

/** Collects every wrong value of one body; the pointer is built only when something is wrong. */
export interface Issues {
  readonly found: FieldError[]
  add(pointer: string, code: FieldCode, message: string): void
}

/** What every kind of field answers. One file of `fields/` makes one of these; nothing else knows a kind's name. */
export interface Kind<In = unknown> {
  readonly name: string
  /** Undefined for `items`, which are rows of their own. */
  readonly storage: Storage | undefined
  /** True where comparison and uniqueness ignore case: a second column holds the folded text. */
  readonly folded: boolean
  readonly operators: readonly Operator[]
  readonly sortable: boolean
  readonly checks: readonly ColumnCheck[]
  /** Shape on the wire. */
  readonly schema: JsonSchema
  /**
   * Wire value to server value; adds what is wrong to `issues` and returns undefined then. `before` is the present
   * value when a merge patch may go inside it (money).
   */
  parse(wire: unknown, pointer: string, issues: Issues, before?: unknown): In | undefined
  /** Text of a query parameter to a wire value, which `parse` then judges. */
  fromText(text: string): unknown
  /** Server value to stored value. `place` binds sealed values to table, column and row. */
  toStored(value: unknown, place: Place): Stored
  /** Stored value (never null) to server value. */
  toValue(stored: Stored, place: Place): unknown
  /** Stored value (never null) to wire value; undefined where it is the stored value itself. */
  readonly toWire: ((stored: Stored) => unknown) | undefined
  /** A valid wire value, different for each `n` where the kind allows it: for factories, examples, docs. */
  sample(n: number): unknown
}

/** Where a value lives, for kinds that seal it. */
export interface Place {
  readonly table: string
  readonly column: string
  readonly row: string
  readonly seal: (purpose: string, text: string, about: string) => string
  readonly open: (purpose: string, sealed: string, about: string) => string
}

export interface Options {
  /** May be absent or null. */
  readonly optional?: boolean
  /** Server value used when none is given; becomes the column's default. */
  readonly default?: unknown
  /** Written by server code only, never by a client. */
  readonly readonly?: boolean
  /** Never leaves the server: not on the wire, in filters, sorts, logs or history. */
  readonly private?: boolean
  /** No two rows hold the same value (within a tenant, where there is one). */
  readonly unique?: boolean
  /** Computed by `derive` whenever the row is written, and stored. */
  readonly derived?: boolean
  /** Computed by `compute` whenever the row is shown; has no column. */
  readonly computed?: boolean
  /** One sentence for the docs. */
  readonly description?: string
  /** A valid wire value for docs and factories, where the kind cannot make one up. */
  readonly example?: unknown
}

/**
 * A field. The type parameters carry what the compiler needs: `Out` the server value, `O` its options' literal type,
 * `To` the name of a reference's target, `In` what server code may write.
 */
export interface Field<Out = unknown, O extends object = {}, To extends string = never, In = Out> {
  readonly kind: Kind
  readonly options: Options
  /** Target of a reference: the resource's name. */
  readonly to?: string
  readonly inverse?: string
  readonly onDelete?: 'restrict' | 'cascade' | 'clear'
  /** Fields of one item, for `items`. */
  readonly of?: Fields
  readonly [shape]?: { out: Out; options: O; to: To; in: In }
}

// Not Field<any, any, any, any>: a contextual any is inferred INTO a field without options and makes it optional.
export type Fields = { readonly [name: string]: Field<unknown, {}, string, unknown> }

type Of<F> = F extends { readonly [shape]?: infer S } ? NonNullable<S> : never
export type Out<F> = Of<F> extends { out: infer X } ? X : never
export type In<F> = Of<F> extends { in: infer X } ? X : never
export type To<F> = Of<F> extends { to: infer X extends string } ? X : never
/** The literal type of a field's options. */
export type Opt<F> = Of<F> extends { options: infer X } ? X : never

/** Is the option set to true in the field's own literal? */
export type Has<F, P extends keyof Options> = Opt<F> extends { readonly [K in P]: true } ? true : false
export type HasDefault<F> = Opt<F> extends { readonly default: {} | null } ? true : false

/** Makes a field from its kind; the only place where the phantom type is put on. */
export function makeField<X, O extends object, T extends string = never, I = X>(
  kind: Kind,
  options: Options | undefined,
  more: Pick<Field, 'to' | 'inverse' | 'onDelete' | 'of'> = {},
): Field<X, O, T, I> {
  return Object.freeze({ kind: Object.freeze(kind), options: Object.freeze({ ...options }), ...more })
}
