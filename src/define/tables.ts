// What a column is in `tx.sql`: the types of Kysely's tables, read off the nouns passed.
import type { Generated } from 'kysely'
import type { Money } from '../base/pure/money.ts'
import type { Fields, Has, HasDefault, Opt, Out } from './field.ts'
import type { Flat, Id } from './infer.ts'
import type { Resource } from './resource.ts'

/** Money and decimals are their scaled whole number (minor units); currency and scale stand in the field. */
type Cell<F> = Out<F> extends Money ? number : Opt<F> extends { readonly scaled: true } ? number : Out<F>
type Given<F> =
  Has<F, 'optional'> extends true ? Cell<F> | null : HasDefault<F> extends true ? Generated<Cell<F>> : Cell<F>

// Items are a table of their own, computed fields have no column, and a sealed text is of no use in SQL.
type HasColumn<F> =
  true extends Has<F, 'computed'> ? false : Out<F> extends readonly unknown[] | { reveal(): string } ? false : true
type ColumnsOf<F extends Fields> = { [K in keyof F as HasColumn<F[K]> extends true ? K : never]: Given<F[K]> }

/** A noun's table. What is Generated is filled in where an insert leaves it out. */
type Table<N extends string, F extends Fields> = {
  id: Generated<Id<N>>
  createdAt: Generated<Date>
  updatedAt: Generated<Date>
  version: Generated<number>
} & ColumnsOf<F>

/** The table of a row's items: `parent` is the row, `position` counts from 0. */
type ItemTable<N extends string, F extends Fields> = {
  id: Generated<string>
  parent: Id<N>
  position: number
} & ColumnsOf<F>

type ItemTablesOf<K, R> =
  R extends Resource<infer N, infer F, string>
    ? {
        [I in keyof F & string as Opt<F[I]> extends { readonly of: Fields } ? `${K & string}_${I}` : never]: Opt<
          F[I]
        > extends {
          readonly of: infer G extends Fields
        }
          ? ItemTable<N, G>
          : never
      }
    : never
// A union in the place of a parameter is inferred as an intersection: one type that has the tables of every noun.
type Together<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never

type Nouns = { readonly [name: string]: Resource<string, Fields, string> }

/** The tables of `tx.sql`: each noun by the name it is passed under, and its items as `<name>_<field>`. */
export type TablesOf<S extends Nouns> = Flat<
  { [K in keyof S]: S[K] extends Resource<infer N, infer F, string> ? Table<N, F> : never } & Together<
    { [K in keyof S]: ItemTablesOf<K, S[K]> }[keyof S]
  >
>
