// Actions of the house itself: declared as an app's are, but their code works on the call and may answer with headers.
import type { Problem, ProblemKind } from '../base/pure/problem.ts'
import { type Action, action, type Output, type PlainActionSpec } from '../define/action.ts'
import type { Fields } from '../define/field.ts'
import type { GivenOf, RowOf } from '../define/infer.ts'
import type { AnyResource, Resource, Row } from '../define/resource.ts'
import type { CallerRule } from '../define/rule.ts'
import type { Tx } from '../define/tx.ts'
import type { Session } from '../store/contract.ts'
import type { Call, Told } from './call.ts'
import type { Caller } from './caller.ts'
import type { Origin } from './deed.ts'
import type { House } from './house.ts'
import { valuesOf } from './draft.ts'
import { tagRow } from './row_tag.ts'
import type { Work } from './work.ts'

/** A value with headers of its own, such as cookies. */
export class Reply<V> implements Told {
  readonly value: V
  readonly headers: Readonly<Record<string, string>>

  constructor(value: V, headers: Readonly<Record<string, string>>) {
    this.value = value
    this.headers = headers
  }
}

/** An answer of the other shape that the action declared. */
export class Other<V> {
  readonly value: V

  constructor(value: V) {
    this.value = value
  }
}

/** An answer of the third shape that the action declared. */
export class Third<V> {
  readonly value: V

  constructor(value: V) {
    this.value = value
  }
}

/** What is known before the transaction. */
export interface Preparing<I> {
  readonly house: House
  readonly caller: Caller
  readonly origin: Origin
  readonly now: Date
  readonly signal: AbortSignal
  readonly input: I
}

/** The same inside it. */
export interface Acting<I, P> extends Preparing<I> {
  readonly prepared: P
  readonly tx: Tx
  readonly work: Work
}

/** The same for an action that only looks. */
export interface Viewing extends Preparing<{}> {
  readonly session: Session
}

/** The same for an action on a row. */
export interface ActingOnRow<R, I = {}> extends Acting<I, undefined> {
  readonly row: Row<R>
}

type Answered<Y> = Y extends AnyResource ? Row<Y> : Y extends Fields ? RowOf<Y> : void
type Given<Y, Z = never, T = never> = Promise<
  Answered<Y> | Reply<Answered<Y>> | Other<Answered<Z>> | Reply<Third<Answered<T>>> | Problem
>

interface Declared<Y> {
  readonly allow: readonly CallerRule[]
  readonly output: Y
  readonly description: string
  readonly problems?: readonly ProblemKind[]
}

interface HouseActionSpec<
  I extends Fields,
  Y extends Output,
  P,
  Z extends Fields,
  T extends Fields,
> extends Declared<Y> {
  readonly input: I
  /** What it may answer instead, by `Other`. */
  readonly other?: Z
  /** And instead of both, by `Third`. */
  readonly third?: T
  /** 201: something was made, and more is answered than it. 202: it is begun, and how it ends is not told. */
  readonly status?: 201 | 202
  /** Default `locked`: what it decides on, it locks. */
  readonly isolation?: 'serializable' | 'locked'
  readonly bodyBytes?: number
  readonly issuesCredentials?: boolean
  readonly prepare?: (call: Preparing<GivenOf<I>>) => Promise<P>
  readonly run: (call: Acting<GivenOf<I>, P>) => Given<Y, Z, T>
}

/**
 * Declares an action on the collection: POST below the resource's path. The name may hold one `/`; `create` takes the
 * place of the generated create.
 */
export function houseAction<
  I extends Fields,
  Y extends Output,
  P = undefined,
  Z extends Fields = never,
  T extends Fields = never,
>(on: AnyResource, name: string, { prepare, run, ...spec }: HouseActionSpec<I, Y, P, Z, T>): Action {
  const inside = { run, ...(prepare && { prepare }) }
  return declare(on, name, { isolation: 'locked', ...spec, inside, run: unused })
}

/** Declares an action that only looks: GET below the resource's path. */
export function houseView<Y extends Fields>(
  on: AnyResource,
  name: string,
  { run, ...spec }: Declared<Y> & { readonly run: (call: Viewing) => Given<Y> },
): Action {
  return declare(on, name, { ...spec, safe: true, inside: { run }, run: unused })
}

interface RowActionSpec<R extends AnyResource, I extends Fields, Y extends 'nothing' | 'row' | Fields> {
  readonly allow: readonly CallerRule[]
  readonly description: string
  readonly problems?: readonly ProblemKind[]
  readonly input?: I
  /** Default: the row. */
  readonly output?: Y
  /** Default `locked`: what it decides on, it locks. */
  readonly isolation?: 'serializable' | 'locked'
  readonly issuesCredentials?: boolean
  readonly run: (call: ActingOnRow<R, GivenOf<I>>) => Promise<RowAnswer<R, Y> | Problem>
}

type RowAnswer<R, Y> = Y extends 'nothing' ? void : Y extends Fields ? RowOf<Y> : Row<R>

/** Declares an action on a row: POST below it. The row is locked while it runs. */
export function houseRowAction<
  N extends string,
  F extends Fields,
  O extends string,
  I extends Fields = {},
  const Y extends 'nothing' | 'row' | Fields = 'row',
>(on: Resource<N, F, O>, name: string, spec: RowActionSpec<Resource<N, F, O>, I, Y>): Action {
  const { run, output, ...declared } = spec
  const inside = { inside: { run }, run: unused }
  const answer: { output?: Output } = output === undefined || output === 'row' ? {} : { output }
  const plain: PlainActionSpec = { isolation: 'locked', ...declared, ...answer, ...inside }
  return Object.freeze({ ...declare(on, name, plain), scope: 'row' })
}

function declare(on: AnyResource, name: string, spec: PlainActionSpec): Action {
  const declared = action(on, name, { on: 'collection', allow: spec.allow, run: unused })
  return Object.freeze({ ...declared, spec: Object.freeze(spec) })
}

function unused(): never {
  throw new TypeError('an action of the house runs by its own code')
}

export type Inside = NonNullable<PlainActionSpec['inside']>

/** What `prepare` made; undefined without one. */
export async function prepareInside({ prepare }: Inside, call: Call): Promise<unknown> {
  return prepare?.(known(call) as never) // the call that it declared
}

/** What the action returned. */
export async function runInside({ run }: Inside, call: Call): Promise<unknown> {
  const { prepared, session, tx, work, before, rows, house } = call
  const row = before && tagRow(valuesOf(house.sealing, rows, before), rows, before)
  const own = { prepared, session: session?.house, tx, work } // code of the house asks no rule
  return run({ ...known(call), ...(row && { row }), ...own } as never) // the call that it declared
}

function known({ house, caller, now, input, ask }: Call): Preparing<unknown> {
  return { house, caller, origin: ask.origin, now, signal: ask.signal, input }
}
