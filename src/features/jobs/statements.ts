// The statements of the queue over the table of jobs; each is made once for an engine.
import type { Storage, Stored } from '../../define/field.ts'
import type { Dialect } from '../../store/contract.ts'
import { type Layout, quote, returningList } from '../../store/layout.ts'
import { Draft, type Prepared } from '../../store/sql.ts'
import { lineSql } from './line.ts'

export interface Lend {
  readonly queue: string
  readonly most: number
  readonly worker: string
  readonly now: string
}

// The first unfinished job of its line, if that is another; else the one of its line that runs. The index of line and
// turn answers the one, the unique key of `busy` the other.
function blocker(table: string, of: string): string {
  const before =
    `(select p."id" from ${table} as p where p."line" = ${of}."line" and ` +
    `(p."turn" < ${of}."turn" or (p."turn" = ${of}."turn" and p."id" < ${of}."id")) order by p."turn", p."id" limit 1)`
  const busy = `(select b."id" from ${table} as b where b."busy" = ${of}."line")`
  return `case when ${of}."line" is null then null else coalesce(${before}, ${busy}) end`
}

/**
 * Lends the next jobs of a queue to a worker, passing over those that others look at and those that must wait for
 * another of their line; answers them. The index of queue, state and rank gives the order. A worker whose lease has
 * ended is lent nothing: whoever frees its jobs could not see them. Fails with 'unique' when a line has begun another
 * meanwhile.
 */
export function lend(dialect: Dialect, layout: Layout, workers: Layout): Prepared<Lend> {
  const draft = new Draft<Lend>(dialect)
  const table = quote(layout.table)
  const now = draft.slot('instant', (input) => input.now)
  const set = [
    `"state" = 'running', "worker" = ${draft.slot('text', ({ worker }) => worker)}, "fence" = "fence" + 1`,
    `"attempt" = "attempt" + 1, "busy" = "line", "started_at" = ${now}, "updated_at" = ${now}`,
    `"version" = "version" + 1`,
  ]
  // Materialized, or the limit might be asked more than once.
  const text =
    `with alive as materialized (select "id" from ${quote(workers.table)} ` +
    `where "id" = ${draft.slot('uuid', ({ worker }) => worker)} ` +
    `and "until" > ${dialect.now} ${dialect.forKeyShare}), ` +
    `next as materialized (select c."id" from ${table} as c ` +
    `where c."queue" = ${draft.slot('text', ({ queue }) => queue)} and c."state" = 'ready' ` +
    `and exists (select 1 from alive) and ${blocker(table, 'c')} is null order by c."rank", c."id" ` +
    `limit ${draft.slot('int', ({ most }) => most)} ${dialect.skipLocked}) ` +
    `update ${table} set ${set.join(', ')} where "id" in (select "id" from next) ` +
    `returning ${returningList(layout, dialect)}`
  return draft.finish(text, layout.reads)
}

export interface Waiting {
  readonly queue: string
  readonly most: number
}

/**
 * Jobs of a queue that are ready but must wait for another of their line, each with the one it waits for; among the
 * next ones only, because those are what claims pass over again and again.
 */
export function waiting(dialect: Dialect, layout: Layout): Prepared<Waiting> {
  const draft = new Draft<Waiting>(dialect)
  const table = quote(layout.table)
  const text =
    `with next as materialized (select "id", "line", "turn" from ${table} ` +
    `where "queue" = ${draft.slot('text', ({ queue }) => queue)} and "state" = 'ready' ` +
    `order by "rank", "id" limit ${draft.slot('int', ({ most }) => most)}), ` +
    `found as materialized (select "id", ${blocker(table, 'next')} as "before" from next where "line" is not null) ` +
    `select "id", "before" from found where "before" is not null`
  return draft.finish(text, ['uuid', 'uuid'])
}

export interface Ids {
  readonly ids: readonly string[]
}

/** Notes on unfinished jobs that others wait for them, and answers those where it could; never waits for a lock. */
export function follow(dialect: Dialect, layout: Layout, count: number): Prepared<Ids> {
  const draft = new Draft<Ids>(dialect)
  const table = quote(layout.table)
  const ids = Array.from({ length: count }, (_, at) => draft.slot('uuid', (input) => input.ids[at] ?? null))
  const text =
    `update ${table} set "followed" = true where "id" in (select "id" from ${table} ` +
    `where "id" in (${ids.join(', ')}) and "line" is not null ${dialect.skipLocked}) returning "id"`
  return draft.finish(text, ['uuid'])
}

/** Sets jobs that are ready aside until the one before them has ended. */
export function hold(dialect: Dialect, layout: Layout, count: number): Prepared<Ids> {
  const draft = new Draft<Ids>(dialect)
  const ids = Array.from({ length: count }, (_, at) => draft.slot('uuid', (input) => input.ids[at] ?? null))
  const text =
    `update ${quote(layout.table)} set "state" = 'held', "version" = "version" + 1 ` +
    `where "id" in (${ids.join(', ')}) and "state" = 'ready'`
  return draft.finish(text, [])
}

/** Lets the first of a line go, if it is held, and notes that others may be held behind it. */
export function letGo(dialect: Dialect, layout: Layout): Prepared<string> {
  const draft = new Draft<string>(dialect)
  const table = quote(layout.table)
  const text =
    `update ${table} set "state" = case when "state" = 'held' then 'ready' else "state" end, "followed" = true, ` +
    `"version" = "version" + 1 where "id" = (select "id" from ${table} ` +
    `where "line" = ${draft.slot('text', (line) => line)} order by "turn", "id" limit 1) returning "state"`
  return draft.finish(text, ['text'])
}

export interface Due {
  readonly now: string
  readonly most: number
}

/** Jobs whose time has come are ready from now on. */
export function promote(dialect: Dialect, layout: Layout): Prepared<Due> {
  const draft = new Draft<Due>(dialect)
  const table = quote(layout.table)
  const now = draft.slot('instant', (input) => input.now)
  const text =
    `update ${table} set "state" = 'ready', "version" = "version" + 1 where "id" in (select "id" from ${table} ` +
    `where "state" = 'scheduled' and "due_at" <= ${now} order by "due_at", "id" ` +
    `limit ${draft.slot('int', ({ most }) => most)} ${dialect.skipLocked}) returning "id"`
  return draft.finish(text, ['uuid'])
}

export interface Forget extends Due {
  readonly state: 'done' | 'dead' | 'cancelled'
}

/** Deletes jobs that ended so long ago that they are due to be forgotten. */
export function forget(dialect: Dialect, layout: Layout): Prepared<Forget> {
  const draft = new Draft<Forget>(dialect)
  const table = quote(layout.table)
  const due = `"due_at" <= ${draft.slot('instant', ({ now }) => now)}`
  const text =
    `delete from ${table} where "id" in (select "id" from ${table} ` +
    `where "state" = ${draft.slot('text', ({ state }) => state)} and ${due} order by "due_at", "id" ` +
    `limit ${draft.slot('int', ({ most }) => most)} ${dialect.skipLocked}) returning "id"`
  return draft.finish(text, ['uuid'])
}

/** One job a worker was lent, by its fence: what only its last worker may change. */
export interface Lent {
  readonly id: string
  readonly fence: number
}

// Holds for the job while it is with the worker that it was lent to under this fence.
function mine<T>(draft: Draft<T>, lent: (input: T) => Lent | undefined): string {
  const id = draft.slot('uuid', (input) => lent(input)?.id ?? null)
  const fence = draft.slot('int', (input) => lent(input)?.fence ?? null)
  return `("id" = ${id} and "fence" = ${fence} and "state" = 'running')`
}

export interface End {
  readonly lent: readonly Lent[]
  readonly state: 'done' | 'dead' | 'cancelled'
  readonly error: string | null
  readonly now: string
  /** When it is forgotten. */
  readonly until: string
}

/** Ends jobs; answers those that were still this worker's: id, line, whether others are held behind it. */
export function end(dialect: Dialect, layout: Layout, count: number): Prepared<End> {
  const draft = new Draft<End>(dialect)
  const slot = (storage: Storage, from: (input: End) => Stored): string => draft.slot(storage, from)
  const now = (): string => slot('instant', (input) => input.now)
  const set = [
    `"state" = ${slot('text', ({ state }) => state)}, "error" = ${slot('text', ({ error }) => error)}`,
    `"due_at" = ${slot('instant', ({ until }) => until)}, "finished_at" = ${now()}, "updated_at" = ${now()}`,
    `"holds" = case when "schedule" is null then null else "holds" end, "worker" = null, "cancelling" = false`,
    `"line" = null, "busy" = null, "version" = "version" + 1`,
  ]
  const pairs = Array.from({ length: count }, (_, at) => mine(draft, ({ lent }) => lent[at]))
  const text =
    `update ${quote(layout.table)} set ${set.join(', ')} where ${pairs.join(' or ')} ` +
    `returning "id", ${lineSql}, "followed"`
  return draft.finish(text, ['uuid', 'text', 'bool'])
}

export interface GiveBack extends Lent {
  readonly state: 'ready' | 'scheduled'
  readonly error: string | null
  readonly dueAt: string
  readonly now: string
  /** Tries to take off the count: one, where the try did not count. */
  readonly off: number
}

/**
 * Gives a job back, to be run again; answers it as `end` does. Whoever still works on it is fenced off. One that was
 * told to stop is not given back.
 */
export function giveBack(dialect: Dialect, layout: Layout): Prepared<GiveBack> {
  const draft = new Draft<GiveBack>(dialect)
  const now = draft.slot('instant', (input) => input.now)
  const text =
    `update ${quote(layout.table)} set "state" = ${draft.slot('text', ({ state }) => state)}, ` +
    `"error" = coalesce(${draft.slot('text', ({ error }) => error)}, "error"), ` +
    `"due_at" = ${draft.slot('instant', ({ dueAt }) => dueAt)}, "updated_at" = ${now}, ` +
    `"worker" = null, "busy" = null, "version" = "version" + 1, ` +
    `"fence" = "fence" + 1, "attempt" = "attempt" - ${draft.slot('int', ({ off }) => off)} ` +
    `where ${mine(draft, (back) => back)} and not "cancelling" returning "id", ${lineSql}, "followed"`
  return draft.finish(text, ['uuid', 'text', 'bool'])
}

/** Locks a job that is still this worker's, so that nobody takes it over before this transaction commits. */
export function stillLent(dialect: Dialect, layout: Layout): Prepared<Lent> {
  const draft = new Draft<Lent>(dialect)
  const held = mine(draft, (lent) => lent)
  return draft.finish(`select "id" from ${quote(layout.table)} where ${held} ${dialect.forUpdate}`, ['uuid'])
}
