// The verbs of `tx`: what an action's code does to rows, over one open transaction.
import { Problem } from '../base/pure/problem.ts'
import type { Event } from '../define/event.ts'
import type { EnqueueOptions, Job } from '../define/job.ts'
import type { AnyResource } from '../define/resource.ts'
import type { FindOptions, Match, Tx } from '../define/tx.ts'
import { type StoredRow, valueAt } from '../store/layout.ts'
import { padded, type RowStore, type Whole } from '../store/row_store.ts'
import { addTo } from './add.ts'
import { takenAlong } from './cascade.ts'
import { draftChanged, draftNew, type Values, valuesOf } from './draft.ts'
import { findRows } from './find.ts'
import { storeOf } from './house.ts'
import { openSql } from './open_sql.ts'
import { refusing, refusingDelete } from './refusal.ts'
import { tagRow } from './row_tag.ts'
import { givenWithin, isBound, matchWithin, refuseMove, seenWithin } from './within.ts'
import type { Work } from './work.ts'

type Plain = Readonly<Record<string, unknown>>
type Amounts = Readonly<Record<string, number>>

/** The verbs over one open transaction. */
export function verbsOf(work: Work): Tx {
  const { house, session, now } = work
  const rowsOf = (noun: AnyResource): RowStore => storeOf(house, noun.name)
  const verbs = {
    now,
    get: async (noun: AnyResource, id: string) => (await readAll(work, rowsOf(noun), [id], false))[0],
    getAll: (noun: AnyResource, ids: readonly string[]) => readAll(work, rowsOf(noun), ids, false),
    lock: async (noun: AnyResource, id: string) => (await readAll(work, rowsOf(noun), [id], true))[0],
    find: async (noun: AnyResource, match: Match<AnyResource>, options: FindOptions<AnyResource> = {}) => {
      const rows = rowsOf(noun)
      const own = matchWithin(rows.noun, work.within, match)
      const found = own === undefined ? [] : await findRows(rows, session, own, options)
      return shown(work, rows, await rows.wholes(session, found))
    },
    create: async (noun: AnyResource, data: Plain) => (await createAll(work, rowsOf(noun), [data], tx))[0],
    createMany: (noun: AnyResource, data: readonly Plain[]) => createAll(work, rowsOf(noun), data, tx),
    upsert: (noun: AnyResource, data: readonly Plain[], options: UpsertOptions) =>
      upsert(work, rowsOf(noun), data, options, tx),
    update: (noun: AnyResource, id: string, patch: Plain) => update(work, rowsOf(noun), id, patch, tx),
    delete: async (noun: AnyResource, id: string) => {
      const rows = rowsOf(noun)
      const [before] = await readWholes(work, rows, [id], true)
      const along = await takenAlong(house, session, rows, id)
      if (!(await refusingDelete(() => rows.delete(session, id)))) throw missing(rows)
      work.changes.push({ rows, before, after: undefined }, ...along)
    },
    add: async (noun: AnyResource, id: string, amounts: Amounts) => {
      const rows = rowsOf(noun)
      if (isBound(rows.noun, work.within)) await readAll(work, rows, [id], false)
      const row = await addTo(rows, session, { id, now: now.toISOString(), amounts })
      if (row !== undefined) return added(work, rows, row, amounts)
      await readAll(work, rows, [id], false) // not there is another answer than out of bounds
      return undefined
    },
    emit: async (event: Event, of: string, data: Values = {}) => {
      const rows = storeOf(house, event.of.name)
      if (isBound(rows.noun, work.within)) await readAll(work, rows, [of], false)
      await house.chain.emit(work, event, of, data)
    },
    enqueue: (job: Job, input: Values, options: EnqueueOptions = {}) => house.chain.enqueue(work, job, input, options),
    attempt: <T>(inner: () => Promise<T>) => attempt(work, inner),
    forTenant: (tenant: string) => verbsOf(inTenant(work, tenant)),
    acrossTenants: () => verbsOf({ ...work, within: undefined }),
    sql: (nouns: Readonly<Record<string, AnyResource>>) => openSql(work, nouns),
  }
  // The one place where the erased verbs meet their typed face; `Tx` states each noun's own types.
  const tx: Tx = Object.freeze(verbs) as unknown as Tx
  return tx
}

/** The same work as if the tenant's own code did it: what it promises is done for that tenant too. */
const inTenant = (work: Work, tenant: string): Work => ({
  ...work,
  within: tenant,
  deed: { ...work.deed, caller: { ...work.deed.caller, tenant } },
  belongings: (rows) => {
    const own = work.belongings(rows)
    return rows.noun.tenant === undefined ? own : { ...own, [rows.noun.tenant]: tenant }
  },
})

async function attempt<T>({ session, changes, sweeps }: Work, inner: () => Promise<T>): Promise<T> {
  const [done, swept] = [changes.length, sweeps.length]
  try {
    return await session.savepoint(inner)
  } catch (error) {
    changes.length = done // they were undone with it
    sweeps.length = swept
    throw error
  }
}

async function added(work: Work, rows: RowStore, row: StoredRow, amounts: Amounts): Promise<object | undefined> {
  const [after] = await rows.wholes(work.session, [row])
  if (after === undefined) return undefined
  work.changes.push({ rows, before: { ...after, row: beforeAddition(rows, row, amounts) }, after })
  return (await shown(work, rows, [after]))[0]
}

// What was there is what is there less the amounts: no statement reads it, so none has to.
function beforeAddition({ layout }: RowStore, row: StoredRow, amounts: Amounts): StoredRow {
  return row.map((value, at) => {
    const amount = amounts[layout.columns[at]?.name ?? '']
    return amount === undefined ? value : Number(value) - amount
  })
}

const missing = ({ noun }: RowStore): Problem => new Problem('not_found', `There is no such row in ${noun.name}.`)

async function shown(work: Work, rows: RowStore, wholes: readonly Whole[]): Promise<object[]> {
  return wholes.map((whole) => tagRow(valuesOf(work.house.sealing, rows, whole), rows, whole))
}

async function readWholes(work: Work, rows: RowStore, ids: readonly string[], lock: boolean): Promise<Whole[]> {
  const wanted = [...new Set(ids)]
  const seen = seenWithin(rows.noun, work.within)
  const made = rows.readById({ seen, lock, count: padded(wanted.length) })
  const caller = { id: null, tenant: work.within ?? null }
  const wholes = await rows.wholes(
    work.session,
    await work.session.all(made.statement, made.values({ ids: wanted, caller })),
  )
  const byId = new Map(wholes.map((whole) => [whole.row[0], whole]))
  return ids.map((id) => {
    const whole = byId.get(id)
    if (whole === undefined) throw missing(rows)
    return whole
  })
}

async function readAll(work: Work, rows: RowStore, ids: readonly string[], lock: boolean): Promise<object[]> {
  if (ids.length === 0) return []
  return shown(work, rows, await readWholes(work, rows, ids, lock))
}

const newWithin = (work: Work, rows: RowStore, values: Plain): Values =>
  givenWithin(rows.noun, work.within, work.belongings(rows), values)

async function createAll(work: Work, rows: RowStore, data: readonly Plain[], tx: Tx): Promise<object[]> {
  const { house, session, now } = work
  const drafts: Whole[] = []
  for (const values of data) drafts.push(await draftNew(house, rows, newWithin(work, rows, values), now, tx))
  await refusing(rows, drafts, () => rows.insert(session, drafts))
  for (const after of drafts) work.changes.push({ rows, before: undefined, after })
  return shown(work, rows, drafts)
}

async function update(work: Work, rows: RowStore, id: string, patch: Plain, tx: Tx): Promise<object | undefined> {
  const { house, session, now } = work
  const [before] = await readWholes(work, rows, [id], true)
  if (before === undefined) throw missing(rows)
  if (rows.noun.tenant !== undefined) refuseMove(rows.noun, valueAt(rows.layout, before.row, rows.noun.tenant), patch)
  const draft = await draftChanged(house, rows, before, patch, now, tx)
  if (!(await refusing(rows, [draft], () => rows.update(session, before, draft)))) throw missing(rows)
  const at = rows.layout.at.get('version') ?? -1
  const row = draft.row.with(at, Number(valueAt(rows.layout, before.row, 'version')) + 1)
  const after = { row, items: draft.items }
  work.changes.push({ rows, before, after })
  return (await shown(work, rows, [after]))[0]
}

interface UpsertOptions {
  readonly by: readonly string[]
  readonly keep?: boolean
}

async function upsert(
  work: Work,
  rows: RowStore,
  data: readonly Plain[],
  options: UpsertOptions,
  tx: Tx,
): Promise<object[]> {
  const { house, session, now } = work
  if (data.length === 0) return []
  const drafts: Whole[] = []
  for (const values of data) drafts.push(await draftNew(house, rows, newWithin(work, rows, values), now, tx))
  const conflict = conflictOf(rows, options, data)
  // Only the record asks what was there, and only of rows that are changed.
  const isTold = rows.noun.audited && conflict.update.length > 0
  const was = isTold ? await rows.same(session, drafts, conflict.columns) : []
  const made = await refusing(rows, drafts, () => rows.upsert(session, drafts, conflict))
  const wholes = made.map((row) => ({ row, items: itemsFor(rows, drafts, row, options.by) }))
  await rows.replaceParts(session, wholes)
  const byId = new Map(was.map((whole) => [whole.row[0], whole]))
  for (const after of wholes) work.changes.push({ rows, before: byId.get(after.row[0] ?? null) ?? null, after })
  return shown(work, rows, wholes)
}

/** The unique key that `by` names, and the columns a row that exists takes over: those some row of the data gives. */
function conflictOf(
  { noun, layout }: RowStore,
  { by, keep }: UpsertOptions,
  data: readonly Plain[],
): { columns: string[]; update: string[] } {
  const names = noun.tenant === undefined || by.includes(noun.tenant) ? by : [noun.tenant, ...by]
  if (!noun.uniques.some((unique) => unique.toSorted().join() === by.toSorted().join())) {
    throw new TypeError(`${noun.name}: upsert by "${by.join(', ')}", which is not a unique key of it`)
  }
  const columns = names
    .map((name) => noun.fields.find((field) => field.name === name))
    .map((field) => field?.keyColumn ?? field?.column ?? '')
  const given = new Set(data.flatMap((values) => Object.keys(values)))
  const taken = layout.columns.filter(
    ({ name, field }) =>
      name === 'updatedAt' ||
      (field !== undefined && !names.includes(name) && (given.has(name) || field.field.options.derived === true)),
  )
  const keys = taken.map(({ field }) => field?.keyColumn).filter((column) => column !== undefined)
  return { columns, update: keep === true ? [] : [...taken.map(({ column }) => column), ...keys] }
}

// The row answered may be an older one with its own id; its items are those of the draft with the same key.
function itemsFor(
  { layout }: RowStore,
  drafts: readonly Whole[],
  row: StoredRow,
  by: readonly string[],
): Whole['items'] {
  const key = (one: StoredRow): string => JSON.stringify(by.map((name) => valueAt(layout, one, name)))
  const draft = drafts.find((one) => key(one.row) === key(row))
  return (draft?.items ?? []).map((items) => items.map((item) => item.with(1, row[0] ?? null)))
}
