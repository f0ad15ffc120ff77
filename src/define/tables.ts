// What a column is in `tx.sql`: the types of Kysely's tables, read off the nouns passed.
import type { Generated } from 'kysely'
import type { Fields, Has, Out } from './field.ts'
import type { Money } from '../base/pure/money.ts'
import type { Id } from './infer.ts'
import type { Resource } from './resource.ts'

/** Money is its minor units; the currency stands in the field. Times are Date on both engines. */
type Cell<V> = V extends Money ? number : V
type Nullable<F, V> = Has<F, 'optional'> extends true ? V | null : V

type Table<N extends string, F extends Fields> = {
  id: Generated<Id<N>>
  createdAt: Generated<Date>
  updatedAt: Generated<Date>
  version: Generated<number>
} & {
  [K in keyof F as Out<F[K]> extends readonly unknown[] ? never : Has<F[K], 'computed'> extends true ? never : K]: Nullable<
    F[K],
    Cell<Out<F[K]>>
  >
}

export type TablesOf<S extends { readonly [name: string]: Resource<string, Fields, string> }> = {
  [K in keyof S]: S[K] extends Resource<infer N, infer F, string> ? Table<N, F> : never
}
