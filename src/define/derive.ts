// Fields the server computes: `derive` when a row is written (stored), `compute` when it is shown (not stored).
import type { Fields, Has, In } from './field.ts'
import type { ComputedKeys, DerivedKeys, DraftOf } from './infer.ts'
import type { Resource, Row } from './resource.ts'
import type { Tx } from './tx.ts'

type Value<F> = Has<F, 'optional'> extends true ? In<F> | null : In<F>

export interface Derive {
  readonly type: 'derive'
  readonly on: string
  readonly by: { readonly [field: string]: (call: { readonly data: unknown; readonly tx: Tx }) => unknown }
}

/** Says how each `derived` field is computed from the row as it will be written. Runs on create and update. */
export function derive<N extends string, F extends Fields, O extends string>(
  on: Resource<N, F, O>,
  by: {
    [K in DerivedKeys<F>]: (call: { readonly data: DraftOf<F>; readonly tx: Tx }) => Value<F[K]> | Promise<Value<F[K]>>
  },
): Derive {
  // Called with exactly the draft of this noun.
  return Object.freeze({ type: 'derive', on: on.name, by: by as Derive['by'] })
}

export interface Compute {
  readonly type: 'compute'
  readonly on: string
  readonly by: { readonly [field: string]: (call: { readonly row: unknown }) => unknown }
}

/** Says how each `computed` field is read off a row; pure, it sees nothing but the row. */
export function compute<N extends string, F extends Fields, O extends string>(
  on: Resource<N, F, O>,
  by: { [K in ComputedKeys<F>]: (call: { readonly row: Row<Resource<N, F, O>> }) => Value<F[K]> },
): Compute {
  // Called with exactly a row of this noun.
  return Object.freeze({ type: 'compute', on: on.name, by: by as Compute['by'] })
}
