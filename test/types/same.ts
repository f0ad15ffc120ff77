// What tests of types say: two types are the same, and this is for the compiler alone.
// oxlint-disable typescript/no-unnecessary-type-parameters -- the parameters are what is compared
import type { Id, Tx } from 'plinth'

/** True only where two types are the same, not merely assignable. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Does not compile unless its type is true. */
export const holds = <_ extends true>(): void => {}

/** An id of one resource; a text alone would fit them all. */
export const idOf = <N extends string>(): Id<N> => ''

/** Code in a transaction that is type-checked and never run. */
export function neverRun(work: (tx: Tx) => Promise<unknown>): void {
  void work
}
