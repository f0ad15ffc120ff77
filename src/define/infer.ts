// What the compiler knows of rows: fields give the row, what may be written, what a client may send, what it sees.
import type { Fields, Has, HasDefault, In, Opt, Out, To } from './field.ts'
import type { Money } from '../base/pure/money.ts'

export type Flat<X> = X extends infer O ? { [K in keyof O]: O[K] } : never

declare const named: unique symbol
/** An id of one resource; another resource's id is another type. */
export type Id<N extends string = string> = string & { readonly [named]?: N }

type Nullable<F, V> = Has<F, 'optional'> extends true ? V | null : V

/** A row as server code reads it; computed fields exist only on the wire. */
export type RowOf<F extends Fields> = {
  [K in keyof F as Has<F[K], 'computed'> extends true ? never : K]: Nullable<F[K], Out<F[K]>>
}

type MayOmit<F> = true extends Has<F, 'optional'> | HasDefault<F> ? true : false
type Written<F> = true extends Has<F, 'computed'> | Has<F, 'derived'> ? false : true
type FromClient<F> =
  Written<F> extends true ? (true extends Has<F, 'readonly'> | Has<F, 'private'> ? false : true) : false

type WrittenKeys<F extends Fields> = { [K in keyof F]: Written<F[K]> extends true ? K : never }[keyof F]
type ClientKeys<F extends Fields> = { [K in keyof F]: FromClient<F[K]> extends true ? K : never }[keyof F]
// Which of the keys may be left out; the owner, where there is one, may.
type Omittable<F extends Fields, K extends keyof F, Owner> = {
  [P in K]: P extends Owner ? P : MayOmit<F[P]> extends true ? P : never
}[K]
type WrittenOf<F extends Fields, K extends keyof F> = { [P in K]: Nullable<F[P], In<F[P]>> }

/** What server code gives to create a row: everything but what is derived or computed. */
export type NewOf<F extends Fields> = NewFor<F, never>
/** The same without the owner, which is filled with the caller unless server code gives another. */
export type NewFor<F extends Fields, Owner> = Flat<
  WrittenOf<F, Exclude<WrittenKeys<F>, Omittable<F, WrittenKeys<F>, Owner>>> &
    Partial<WrittenOf<F, Omittable<F, WrittenKeys<F>, Owner>>>
>
/** What server code gives to change a row: any part of the same. */
export type PatchOf<F extends Fields> = Partial<WrittenOf<F, WrittenKeys<F>>>
// Items carry their fields in their options: inside them, too, a client leaves out what only the server writes.
type Sent<F> = Opt<F> extends { readonly of: infer G extends Fields } ? InputOf<G>[] : Nullable<F, In<F>>

/** What a client may send. */
export type InputOf<F extends Fields> = Flat<
  { [P in ClientKeys<F> as MayOmit<F[P]> extends true ? never : P]: Sent<F[P]> } & {
    [P in ClientKeys<F> as MayOmit<F[P]> extends true ? P : never]?: Sent<F[P]>
  }
>

// Inside items, too, what a client left out is filled in, and what only the server writes is not there.
type Received<F> = Opt<F> extends { readonly of: infer G extends Fields } ? GivenOf<G>[] : Nullable<F, Out<F>>

/** What a client sent, once it is checked: defaults filled in, null where an optional field was left out. */
export type GivenOf<F extends Fields> = Flat<{ [K in ClientKeys<F>]: Received<F[K]> }>

/** A server value as JSON carries it. `string` is asked before `object`, because an Id is both. */
export type Wire<X> = X extends string | number | boolean | null | undefined
  ? X
  : X extends bigint
    ? string
    : X extends Date
      ? string
      : X extends Money
        ? X
        : X extends readonly (infer E)[]
          ? Wire<E>[]
          : X extends object
            ? { [K in keyof X]: Wire<X[K]> }
            : X

/** A row as a client sees it. */
export type WireOf<F extends Fields> = {
  [K in keyof F as Has<F[K], 'private'> extends true ? never : K]: Wire<Nullable<F[K], Out<F[K]>>>
}

/** Names of the fields that `derive` must compute. */
export type DerivedKeys<F extends Fields> = { [K in keyof F]: Has<F[K], 'derived'> extends true ? K : never }[keyof F]
/** Names of the fields that `compute` must compute. */
export type ComputedKeys<F extends Fields> = { [K in keyof F]: Has<F[K], 'computed'> extends true ? K : never }[keyof F]
/** The row as it will be written, before its derived fields are known. */
export type DraftOf<F extends Fields> = Omit<RowOf<F>, DerivedKeys<F>>

/** Targets of the references inside `items`, as `field:target` pairs: enough for the client to type an expansion. */
export type ItemTargets<G extends Fields> = {
  [K in keyof G & string]: [To<G[K]>] extends [never] ? never : `${K}:${To<G[K]>}`
}[keyof G & string]
