// Gives committed rows their place: one order without gaps, in which every effect comes after its cause.
import { eventLimits } from '../../base/limits.ts'
import type { Storage, Stored } from '../../define/field.ts'
import type { House } from '../../call/house.ts'
import { storeOf } from '../../call/house.ts'
import type { OpenWrite } from '../../call/work.ts'
import { write } from '../../call/write.ts'
import type { Dialect, Statement } from '../../store/contract.ts'
import { type Layout, type LayoutColumn, quote } from '../../store/layout.ts'
import { Draft, type Prepared, Shapes } from '../../store/sql.ts'
import { sequences } from './nouns.ts'

/** A table whose rows are written without a place, by any number of writers, and ordered after their commit. */
export interface Sequence {
  /**
   * The noun: it has the fields `arrival` (an integer, written as `dialect.arrival` says) and `position` (an optional
   * one, written here), with an index of both in that order: `index: [['position', 'arrival']]`.
   */
  readonly noun: string
  /** Woken after rows were given their places. */
  readonly wakes: string
  /** What else is known only now, such as a hash over the row and the one before: further fields of the noun. */
  readonly fill?: Fill
}

export interface Fill {
  /** Fields of the row that the values are made from. */
  readonly reads: readonly string[]
  readonly fields: readonly string[]
  /** The stored values of `fields`, for each row in order. In the transaction that gives the places. */
  values(batch: readonly Placed[], open: OpenWrite): Promise<readonly (readonly Stored[])[]>
}

/** A row about to get its place, and the stored values of what `Fill.reads` names. */
export interface Placed {
  readonly id: string
  readonly position: number
  readonly values: readonly Stored[]
}

/**
 * Gives the oldest rows without a place theirs, and answers how many; 0 too where another process is at it. Rows that
 * were visible together are placed by arrival, and whatever was committed before a row it depends on is visible with
 * it, so no reader of places ever has to look back. Fails as `Engine.write` does, with nothing placed.
 */
export async function sequence(
  house: House,
  { noun, wakes, fill }: Sequence,
  most: number = eventLimits.placedAtOnce,
): Promise<number> {
  // Asked first without a transaction, so that nothing is written while nothing happens.
  const statements = statementsOf(house, noun, fill)
  if ((await house.engine.query(statements.waiting, [])).length === 0) return 0
  return write(house, { name: `sequence ${noun}`, isolation: 'locked' }, async (open) => {
    const { session } = open
    if (!(await session.tryLock(`plinth sequence ${noun}`))) return 0
    const rows = await session.all(statements.pending.statement, statements.pending.values(most))
    if (rows.length === 0) return 0
    const taken = statements.take.values({ id: house.id(), now: house.clock.now().toISOString(), count: rows.length })
    const [[last] = []] = await session.all(statements.take.statement, taken)
    const first = Number(last) - rows.length + 1
    const batch = rows.map(([id, ...values], at) => ({ id: String(id), position: first + at, values }))
    const filled = await fill?.values(batch, open)
    for (let at = 0; at < batch.length; at += ROWS_PER_STATEMENT) {
      const part = batch.slice(at, at + ROWS_PER_STATEMENT)
      const place = statements.place(part.length)
      const values = part.map(({ id, position }, index) => [id, position, ...(filled?.[at + index] ?? [])])
      await session.all(place.statement, place.values(values))
    }
    open.channels.add(wakes)
    return rows.length
  })
}

const ROWS_PER_STATEMENT = 100

interface Taken {
  readonly id: string
  readonly now: string
  readonly count: number
}

interface Statements {
  readonly waiting: Statement
  readonly pending: Prepared<number>
  readonly take: Prepared<Taken>
  place(count: number): Prepared<readonly (readonly Stored[])[]>
}

const made = new WeakMap<Layout, Statements>()

function statementsOf(house: House, noun: string, fill: Fill | undefined): Statements {
  const { layout, dialect } = storeOf(house, noun)
  const found = made.get(layout)
  if (found !== undefined) return found
  const shapes = new Shapes<Prepared<readonly (readonly Stored[])[]>>(ROWS_PER_STATEMENT)
  const reads = columnsOf(layout, ['id', ...(fill?.reads ?? [])])
  const writes = columnsOf(layout, ['position', ...(fill?.fields ?? [])])
  const statements = {
    waiting: waitingRow(layout),
    pending: pendingRows(dialect, layout, reads),
    take: takePlaces(dialect, noun),
    place: (count: number) => shapes.get(String(count), () => placeRows(dialect, layout, writes, count)),
  }
  made.set(layout, statements)
  return statements
}

function columnsOf({ table, columns, at }: Layout, names: readonly string[]): readonly LayoutColumn[] {
  return names.map((name) => {
    const column = columns[at.get(name) ?? -1]
    if (column === undefined) throw new TypeError(`${table} has no column for "${name}"`)
    return column
  })
}

const waitingRow = ({ table }: Layout): Statement =>
  Object.freeze({ text: `select 1 from ${quote(table)} where "position" is null limit 1`, reads: ['int'] as const })

// Locked, so that a row deleted meanwhile leaves no gap.
function pendingRows(dialect: Dialect, { table }: Layout, columns: readonly LayoutColumn[]): Prepared<number> {
  const draft = new Draft<number>(dialect)
  const list = columns.map(({ column, storage }) => dialect.read(`t.${quote(column)}`, storage))
  const text =
    `select ${list.join(', ')} from ${quote(table)} as t where t."position" is null ` +
    `order by t."arrival", t."id" limit ${draft.slot('int', (most) => most)} ${dialect.forUpdate}`
  return draft.finish(
    text,
    columns.map(({ storage }) => storage),
  )
}

// The row of the sequence is locked until the end: places are given once, whoever else believes to be the only one.
function takePlaces(dialect: Dialect, noun: string): Prepared<Taken> {
  const draft = new Draft<Taken>(dialect)
  const id = draft.slot('uuid', (input) => input.id)
  const name = draft.slot('text', () => noun)
  const count = draft.slot('int', (input) => input.count)
  const now = draft.slot('instant', (input) => input.now)
  const text =
    `insert into ${quote(sequences.name)} as t ("id", "name", "last", "created_at", "updated_at", "version") ` +
    `values (${id}, ${name}, ${count}, ${now}, ${now}, 1) on conflict ("name") do update ` +
    `set "last" = t."last" + excluded."last", "updated_at" = excluded."updated_at", "version" = t."version" + 1 ` +
    `returning "last"`
  return draft.finish(text, ['int'])
}

function placeRows(
  dialect: Dialect,
  layout: Layout,
  columns: readonly LayoutColumn[],
  count: number,
): Prepared<readonly (readonly Stored[])[]> {
  const draft = new Draft<readonly (readonly Stored[])[]>(dialect)
  const storages: Storage[] = ['uuid', ...columns.map(({ storage }) => storage)]
  const tuples = Array.from({ length: count }, (_, row) => {
    const slots = storages.map((storage, at) => draft.slot(storage, (rows) => rows[row]?.[at] ?? null))
    return `(${slots.join(', ')})`
  })
  const set = columns.map(({ column }, at) => `${quote(column)} = v.column${at + 2}`)
  const text =
    `update ${quote(layout.table)} as t set ${set.join(', ')} ` +
    `from (values ${tuples.join(', ')}) as v where t."id" = v.column1`
  return draft.finish(text, [])
}
