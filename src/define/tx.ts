// The verbs of a transaction: what code inside an action may do. All of them commit together, or none does.
import type { Kysely } from 'kysely'
import type { Event } from './event.ts'
import type { Fields, Has, Out } from './field.ts'
import type { Id, NewOf } from './infer.ts'
import type { EnqueueOptions, Job } from './job.ts'
import type { New, Patch, Resource, Row } from './resource.ts'
import type { TablesOf } from './tables.ts'

/** Conditions of `tx.find`: a value means equal; all of them hold. */
export type Match<R> = {
  readonly [K in keyof Row<R>]?:
    | Row<R>[K]
    | {
        readonly lt?: Row<R>[K]
        readonly lte?: Row<R>[K]
        readonly gt?: Row<R>[K]
        readonly gte?: Row<R>[K]
        readonly in?: readonly Row<R>[K][]
      }
}

export interface FindOptions<R> {
  /** One direction for all keys; `-` in front of a name is descending. Default `id`, the order of creation. */
  readonly sort?: (keyof Row<R> & string) | `-${keyof Row<R> & string}`
  /** At most this many rows; default 100, at most 1,000. */
  readonly limit?: number
}

/** Amounts to add, by field: whole numbers, for integers that are always there and that code may write. */
export type Amounts<R> = R extends Resource<string, infer F, string> ? { readonly [K in Addable<F>]?: number } : never
type Addable<F extends Fields> = {
  [K in keyof F]: Out<F[K]> extends number ? (IsAddable<F[K]> extends true ? K : never) : never
}[keyof F]
type IsAddable<F> = true extends Has<F, 'optional'> | Has<F, 'derived'> | Has<F, 'computed'> ? false : true

// A resource is passed whatever names its owner.
type Noun<N extends string, F extends Fields, O extends string> = Resource<N, F, O>

/** One open transaction. A verb that fails spoils it: later verbs and the commit refuse; code tries by `attempt`. */
export interface Tx {
  /** The time of this transaction: every row it writes carries the same. */
  readonly now: Date
  /** The row, whoever owns it. Fails with not_found. */
  get<N extends string, F extends Fields, O extends string>(
    noun: Noun<N, F, O>,
    id: Id<NoInfer<N>>,
  ): Promise<Row<Resource<N, F, O>>>
  /** The rows in the order of the ids. Fails with not_found if one is missing. */
  getAll<N extends string, F extends Fields, O extends string>(
    noun: Noun<N, F, O>,
    ids: readonly Id<NoInfer<N>>[],
  ): Promise<Row<Resource<N, F, O>>[]>
  /** The rows that match, bounded. */
  find<N extends string, F extends Fields, O extends string>(
    noun: Noun<N, F, O>,
    match: Match<Resource<N, F, O>>,
    options?: FindOptions<Resource<N, F, O>>,
  ): Promise<Row<Resource<N, F, O>>[]>
  /** The row, locked until the end of the transaction. Fails with not_found. */
  lock<N extends string, F extends Fields, O extends string>(
    noun: Noun<N, F, O>,
    id: Id<NoInfer<N>>,
  ): Promise<Row<Resource<N, F, O>>>
  /** Fails with conflict if a unique value is taken, with invalid if a constraint refuses. */
  create<N extends string, F extends Fields, O extends string>(
    noun: Noun<N, F, O>,
    data: New<Resource<N, F, O>>,
  ): Promise<Row<Resource<N, F, O>>>
  /** Many rows in one statement, in the order given. */
  createMany<N extends string, F extends Fields, O extends string>(
    noun: Noun<N, F, O>,
    rows: readonly New<Resource<N, F, O>>[],
  ): Promise<Row<Resource<N, F, O>>[]>
  /**
   * Creates rows, or changes those that have the same value in the unique fields `by`; one statement. `keep` leaves
   * rows that exist as they are and answers only the new ones.
   */
  upsert<N extends string, F extends Fields, O extends string>(
    noun: Noun<N, F, O>,
    rows: readonly New<Resource<N, F, O>>[],
    options: { readonly by: readonly (keyof F & string)[]; readonly keep?: boolean },
  ): Promise<Row<Resource<N, F, O>>[]>
  /** Fails with not_found, conflict, invalid. */
  update<N extends string, F extends Fields, O extends string>(
    noun: Noun<N, F, O>,
    id: Id<NoInfer<N>>,
    patch: Patch<Resource<N, F, O>>,
  ): Promise<Row<Resource<N, F, O>>>
  /** Fails with not_found, or with conflict while other rows refer to it. */
  delete<N extends string, F extends Fields, O extends string>(noun: Noun<N, F, O>, id: Id<NoInfer<N>>): Promise<void>
  /**
   * Adds to integer fields in one conditional statement, so that no two transactions lose an update. Answers undefined,
   * and changes nothing, when a field would leave its bounds. Fails with not_found.
   */
  add<N extends string, F extends Fields, O extends string>(
    noun: Noun<N, F, O>,
    id: Id<NoInfer<N>>,
    amounts: Amounts<Resource<N, F, O>>,
  ): Promise<Row<Resource<N, F, O>> | undefined>
  /**
   * Tells that the event happened to the row, which is locked first, so that the events of one row are numbered in the
   * order of their commits. Delivered after the commit, and only if there is one. Fails with not_found.
   */
  emit<N extends string, F extends Fields, O extends string, G extends Fields>(
    event: Event<string, Noun<N, F, O>, G>,
    of: Id<NoInfer<N>>,
    ...data: {} extends NewOf<G> ? [data?: NewOf<NoInfer<G>>] : [data: NewOf<NoInfer<G>>]
  ): Promise<void>
  /** Promises a job, begun after the commit, and only if there is one. Answers its id. */
  enqueue<F extends Fields>(job: Job<string, F>, input: NewOf<NoInfer<F>>, options?: EnqueueOptions): Promise<string>
  /** Runs work that may fail without spoiling the transaction: a savepoint. What it threw is thrown on. */
  attempt<T>(work: () => Promise<T>): Promise<T>
  /** The same verbs within one tenant: what they write and promise is that tenant's. */
  forTenant(tenant: Id): Tx
  /**
   * The same verbs over the rows of every tenant. All others know the rows of the caller's tenant alone: those of
   * another are not there, and nothing can be written there. Code that no caller asked for (schedules) spans them by
   * itself.
   */
  acrossTenants(): Tx
  /**
   * Kysely over exactly the nouns passed, inside this transaction, and their items as `<noun>_<field>`. Money and
   * decimals are their scaled whole number there, times are Date. An escape hatch: no rule of `allow` filters it, no
   * derive or check of the model runs, and bounds are those of the database alone.
   */
  sql<S extends { readonly [name: string]: Resource<string, Fields, string> }>(nouns: S): Kysely<TablesOf<S>>
}
