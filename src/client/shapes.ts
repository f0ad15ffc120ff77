// What the client knows of an app: rows by resource name, and what a row looks like with its references expanded.
import type { Fields, Out, To } from '../define/field.ts'
import type { Flat, Id, WireOf } from '../define/infer.ts'
import type { Resource } from '../define/resource.ts'

/** The app's resources by their lasting names, whatever the constants are called. */
export type ByName<P> = {
  [K in keyof P as P[K] extends Resource<infer N, Fields, string> ? N : never]: P[K]
}

export type FieldsAt<M, N> = N extends keyof M
  ? M[N] extends Resource<string, infer F extends Fields, string>
    ? F
    : never
  : never

/** A row as the client sees it, its references as ids. */
export type WireAt<M, N> = Flat<{ id: Id<N & string>; createdAt: string; updatedAt: string } & WireOf<FieldsAt<M, N>>>

type Refs<F extends Fields> = {
  [K in keyof F & string]: [To<F[K]>] extends [never] ? never : Out<F[K]> extends readonly unknown[] ? never : K
}[keyof F & string]
type Items<F extends Fields> = {
  [K in keyof F & string]: [To<F[K]>] extends [never] ? never : Out<F[K]> extends readonly unknown[] ? K : never
}[keyof F & string]

/** The target of one reference inside items, which carry theirs as `field:target` pairs. */
type ItemTarget<L, S> = L extends `${S & string}:${infer X}` ? X : never

// A path is checked as it is written and never enumerated: the union of all paths of a cyclic model is without end,
// and with thirty resources already more than the compiler takes.

/** What a path may begin with; this much an editor completes. */
export type First<M, N> =
  FieldsAt<M, N> extends infer F extends Fields ? Refs<F> | `${Refs<F> | Items<F>}.${string}` : never

/** The path itself where each of its names is a reference, or items before one; never otherwise. */
export type Valid<M, N, E extends string> =
  FieldsAt<M, N> extends infer F extends Fields
    ? E extends `${infer H}.${infer R}`
      ? H extends Refs<F>
        ? Kept<E, Valid<M, To<F[H]>, R>>
        : H extends Items<F>
          ? ValidInItems<M, To<F[H]>, E, R>
          : never
      : E extends Refs<F>
        ? E
        : never
    : never

type Kept<E, Rest> = [Rest] extends [never] ? never : E
type ValidInItems<M, L, E, R extends string> = R extends `${infer S}.${infer Rest}`
  ? ItemTarget<L, S> extends infer X
    ? [X] extends [never]
      ? never
      : Kept<E, Valid<M, X, Rest>>
    : never
  : Kept<E, ItemTarget<L, R>>

type Head<E extends string> = E extends `${infer H}.${string}` ? H : E
type Tail<E extends string, H extends string> = E extends `${H}.${infer R}` ? R : never

/** What the caller may not read stays an id, exactly as a row that is gone would. */
type Stub<N> = { id: Id<N & string> }

/** A row with the references that the paths name in place of their ids. */
export type Expanded<M, N, E extends string> = [E] extends [never]
  ? WireAt<M, N>
  : Flat<{
      [K in keyof WireAt<M, N>]: K extends Head<E>
        ? ExpandedField<M, FieldsAt<M, N>[K & string], WireAt<M, N>[K], Tail<E, K & string>>
        : WireAt<M, N>[K]
    }>

type ExpandedField<M, F, W, E extends string> = W extends readonly (infer Item)[]
  ? Flat<{
      [S in keyof Item]: S extends Head<E> ? Target<M, ItemTarget<To<F>, S>, Tail<E, S & string>, Item[S]> : Item[S]
    }>[]
  : Target<M, To<F>, E, W>

type Target<M, N, E extends string, W> = Expanded<M, N, E> | Stub<N> | (null extends W ? null : never)
