// An app as a client sees it, in types: every resource with its operations and actions, read off the app's parts.
import type { Action } from '../define/action.ts'
import type { App } from '../define/app.ts'
import type { Fields } from '../define/field.ts'
import type { Id, InputOf, Wire, WireOf } from '../define/infer.ts'
import type { StandardSchema } from '../define/input.ts'
import type { Resource, WireRow } from '../define/resource.ts'
import type { Acting, Changing } from './options.ts'
import type { HistoryLine, HistoryQuery } from './history.ts'
import type { ListQuery, Page, ReadQuery } from './query.ts'
import type { ByName, Expanded, FieldsAt, First, Valid, WireAt } from './shapes.ts'

/** A resource as a client calls it. Whether an operation is there for this caller, the app's rules say. */
export interface Rows<M, N extends string, P> {
  list<const E extends First<M, N> = never, const K extends keyof WireAt<M, N> = keyof WireAt<M, N>>(
    query?: ListQuery<FieldsAt<M, N>, E & Valid<M, N, E>, K>,
  ): Promise<Page<Chosen<Expanded<M, N, E>, K>>>
  /** Every row of the list, page after page. */
  each<const E extends First<M, N> = never, const K extends keyof WireAt<M, N> = keyof WireAt<M, N>>(
    query?: ListQuery<FieldsAt<M, N>, E & Valid<M, N, E>, K>,
  ): AsyncIterable<Chosen<Expanded<M, N, E>, K>>
  get<const E extends First<M, N> = never, const K extends keyof WireAt<M, N> = keyof WireAt<M, N>>(
    id: Id<N>,
    query?: ReadQuery<E & Valid<M, N, E>, K>,
  ): Promise<Chosen<Expanded<M, N, E>, K>>
  /** Who changed the row, newest first; fields the caller may not read are left out. */
  history(id: Id<N>, query?: HistoryQuery): Promise<Page<HistoryLine<WireAt<M, N>>>>
  create(data: CreateInput<P, M, N>, options?: Acting): Promise<WireAt<M, N>>
  /** A merge patch (RFC 7396): what is absent stays, null empties. */
  update(id: Id<N>, patch: Partial<Wire<InputOf<FieldsAt<M, N>>>>, options?: Changing): Promise<WireAt<M, N>>
  /** Every field a client may write: what is absent takes its default. */
  replace(id: Id<N>, data: Wire<InputOf<FieldsAt<M, N>>>, options?: Changing): Promise<WireAt<M, N>>
  delete(id: Id<N>, options?: Changing): Promise<void>
}

// The id is always there.
type Chosen<R, K> = Pick<R, (K | 'id') & keyof R>

// An action named `create` on the collection takes the place of the generated one, and its input too.
type CreateInput<P, M, N> = [ActionOf<P, N, 'create'>] extends [never]
  ? Wire<InputOf<FieldsAt<M, N>>>
  : ActionOf<P, N, 'create'> extends Action<unknown, string, infer I>
    ? Sent<I>
    : never

type ActionOf<P, N, A extends string> = {
  [K in keyof P]: P[K] extends Action<infer R, A> ? (R extends { readonly name: N } ? P[K] : never) : never
}[keyof P]

/** What a client sends to an action. A foreign schema tells its own input where it has one. */
type Sent<I> = I extends StandardSchema
  ? NonNullable<I['~standard']['types']>['input']
  : I extends Fields
    ? Wire<InputOf<I>>
    : never

type Got<Y> =
  Y extends Resource<string, Fields, string>
    ? WireRow<Y>
    : Y extends 'nothing'
      ? void
      : Y extends Fields
        ? WireOf<Y>
        : never

type Rest<I> = {} extends Sent<I> ? [input?: Sent<I>, options?: Changing] : [input: Sent<I>, options?: Changing]

type Call<N extends string, I, Y, S> = S extends 'collection'
  ? (...rest: Rest<I>) => Promise<Got<Y>>
  : (id: Id<N>, ...rest: Rest<I>) => Promise<Got<Y>>

// One pass over the parts for each resource: cheap, because it compares names and not shapes.
type Actions<P, N extends string> = {
  [
    K in keyof P as P[K] extends Action<infer R, infer A>
      ? R extends { readonly name: N }
        ? Exclude<A, 'create'>
        : never
      : never
  ]: P[K] extends Action<unknown, string, infer I, infer Y, infer S> ? Call<N, I, Y, S> : never
}

/** An app as a client calls it. Refused calls fail with ProblemError. */
export type Client<A> =
  A extends App<infer P>
    ? ByName<P> extends infer M
      ? { readonly [N in keyof M & string]: Rows<M, N, P> & Actions<P, N> }
      : never
    : never
