// The app's own verbs on a noun: checked input, its own rule, plain code inside one transaction.
import type { Problem, ProblemKind } from '../base/pure/problem.ts'
import type { Fields } from './field.ts'
import type { Id, RowOf } from './infer.ts'
import type { ActionInput, Given } from './input.ts'
import type { AnyResource, Resource, Row } from './resource.ts'
import type { Rule } from './rule.ts'
import type { Tx } from './tx.ts'

/** Who calls, as code sees it. */
export interface Me {
  /** The caller's id; fits every reference, because it is the id of the caller's own row where the app has profiles. */
  readonly id: Id<never>
  /** The organization the caller acts for; null for none. */
  readonly tenant: Id<never> | null
  /** The caller's role in it. */
  readonly member: string | null
  readonly roles: readonly string[]
  is(role: string): boolean
}

/** What an action answers: a resource's row, a shape of its own, or nothing. */
export type Output = AnyResource | Fields | 'nothing'
type Answer<Y> = Y extends AnyResource ? Row<Y> : Y extends 'nothing' ? void : Y extends Fields ? RowOf<Y> : never

interface OnCollection<I, P> {
  readonly input: Given<I>
  /** What `prepare` made; undefined without one. */
  readonly prepared: P
  /** Who calls; `id` is '' where `allow` lets callers in who are not signed in. */
  readonly me: Me
  readonly tx: Tx
}
interface OnRow<N extends string, F extends Fields, O extends string, I, P> extends OnCollection<I, P> {
  readonly row: Row<Resource<N, F, O>>
}

export interface ActionSpec<
  N extends string,
  F extends Fields,
  O extends string,
  I extends ActionInput,
  Y extends Output,
  P,
  S,
> {
  /** `row` (the default): POST /{resource}/{id}/{action}. `collection`: POST /{resource}/{action}. */
  readonly on?: S
  readonly allow: readonly Rule<NoInfer<F>>[]
  readonly input?: I
  /** Default: the resource itself. */
  readonly output?: Y
  /** `locked`: every row the code decides on is read by `tx.lock`: READ COMMITTED is enough. Default: serializable. */
  readonly isolation?: 'serializable' | 'locked'
  /** The app's own problems that the code may answer with. */
  readonly problems?: readonly ProblemKind[]
  readonly description?: string
  /** Bytes of the body at most; default 1 MiB. */
  readonly bodyBytes?: number
  /** It needs an `Idempotency-Key` (400 without). */
  readonly requireKey?: boolean
  /** Its answer holds credentials: it is never remembered, and an `Idempotency-Key` changes nothing. */
  readonly issuesCredentials?: boolean
  /** What must wait (hashing, a foreign service) happens here, before the transaction; it may run again on a retry. */
  prepare?(call: { readonly input: Given<I>; readonly me: Me; readonly signal: AbortSignal }): Promise<P>
  run(call: S extends 'collection' ? OnCollection<I, P> : OnRow<N, F, O, I, P>): Promise<Answer<Y> | Problem>
}

export interface Action<R = unknown, A extends string = string, I = unknown, Y = unknown, S = unknown> {
  readonly type: 'action'
  readonly on: R
  readonly name: A
  readonly scope: 'row' | 'collection'
  readonly spec: PlainActionSpec
  readonly types?: { readonly input: I; readonly output: Y; readonly scope: S }
}

/** An action's spec with its types erased: what the model works with. */
export interface PlainActionSpec {
  readonly allow: readonly Rule<Fields>[]
  readonly input?: ActionInput
  readonly output?: Output
  readonly isolation?: 'serializable' | 'locked'
  readonly problems?: readonly ProblemKind[]
  readonly description?: string
  readonly bodyBytes?: number
  readonly requireKey?: boolean
  readonly issuesCredentials?: boolean
  /** It only looks: GET, no body, one snapshot. */
  readonly safe?: boolean
  /** Status of its answer, where it is not the usual one. */
  readonly status?: 201 | 202
  /** Another shape that it may answer; of the house. */
  readonly other?: Fields
  /** And a third; of the house. */
  readonly third?: Fields
  /** Code of the house in place of `run` and `prepare`: it works on the call itself. */
  readonly inside?: {
    readonly prepare?: (call: never) => Promise<unknown>
    readonly run: (call: never) => Promise<unknown>
  }
  prepare?(call: { readonly input: unknown; readonly me: Me; readonly signal: AbortSignal }): Promise<unknown>
  run(call: {
    readonly row?: unknown
    readonly input: unknown
    readonly prepared: unknown
    readonly me: Me
    readonly tx: Tx
  }): Promise<unknown>
}

/**
 * Declares an action. An action on the collection named `create` takes the place of the generated create: it is
 * POST /{resource} and answers 201.
 */
export function action<
  N extends string,
  F extends Fields,
  O extends string,
  const A extends string,
  I extends ActionInput = {},
  Y extends Output = Resource<N, F, O>,
  P = undefined,
  const S extends 'row' | 'collection' = 'row',
>(on: Resource<N, F, O>, name: A, spec: ActionSpec<N, F, O, I, Y, P, S>): Action<Resource<N, F, O>, A, I, Y, S> {
  if (!/^[a-z][a-z0-9-]{0,40}(\/[a-z][a-z0-9-]{0,40})?$/.test(name)) {
    throw new TypeError(
      `action "${on.name}.${name}": a name is lower case letters, digits and -, at most 41; one / may join two`,
    )
  }
  if (spec.requireKey === true && spec.issuesCredentials === true) {
    throw new TypeError(`action "${on.name}.${name}": requireKey needs an answer that may be remembered`)
  }
  const plain = spec as unknown as PlainActionSpec // the model calls it with exactly the call it declares
  return Object.freeze({ type: 'action', on, name, scope: spec.on ?? 'row', spec: Object.freeze(plain) })
}
